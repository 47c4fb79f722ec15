import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { revokeLogin, setPartnerDisabled } from '../../src/replication/central/invite.ts'
import {
  CENTRAL_MIGRATIONS,
  type CentralDatabase,
  startCentralDatabase,
} from '../support/central-database.ts'
import { createWorld, type World } from '../support/world.ts'

let central: CentralDatabase
const worlds: World[] = []

beforeAll(async () => {
  central = await startCentralDatabase()
}, 120_000)
afterAll(() => central?.stop(), 60_000)
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop()
})

/** A laptop with a few people, which may join. */
async function laptop(people = 5): Promise<World> {
  const world = await createWorld({
    people,
    config: { schedule: true, centralMigrations: CENTRAL_MIGRATIONS },
  })
  worlds.push(world)
  const { id } = await world.connect()
  await world.call().sync.manual({ connectionId: id, wait: true })
  return world
}

const LONG = { timeout: 60_000, interval: 100 }
const centralOf = async (world: World) => (await world.call().system.health()).central
const comesTo = (world: World, state: string) =>
  expect.poll(async () => (await centralOf(world)).state, LONG).toBe(state)

/** The desk works whatever the database does. */
async function deskWorks(world: World, bib: string): Promise<void> {
  const [match] = (await world.call().raceDay.lookup({ bib: '1' })).matches
  const id = match?.id ?? expect.unreachable()
  const person = await world.callAs('crew', 'Bea').raceDay.decide({ id, field: 'note', value: bib })
  expect(person.note).toBe(bib)
}

test('a code that is wrong is said in words, whatever is wrong with it, and the laptop goes on', async () => {
  const world = await laptop()
  const good = await central.invite()
  const typo = `${good.code.slice(0, -1)}${good.code.endsWith('x') ? 'y' : 'x'}`
  const nobody = await central.invite({ port: 1 })
  const wrong = await central.invite({ password: 'not-the-password' })
  const late = await central.invite({}, -1000)
  const cases: readonly (readonly [code: string, said: string, words: RegExp])[] = [
    ['hello', 'input.invalid', /no connection code/],
    [typo, 'input.invalid', /character of the connection code is wrong/],
    [good.code.slice(0, -3), 'input.invalid', /end of the connection code is missing/],
    [nobody.code, 'central.unreachable', /does not answer/],
    [wrong.code, 'central.refused', /refuses this login/],
    [late.code, 'central.refused', /expired/],
  ]
  for (const [code, said, words] of cases) {
    const refused = await world
      .call()
      .replication.join({ code })
      .then(
        () => null,
        error => error,
      )
    expect(refused, said).toMatchObject({ code: said, message: expect.stringMatching(words) })
    expect(String(refused)).not.toContain('not-the-password')
  }
  expect(await centralOf(world)).toMatchObject({ state: 'not-set-up' })
  await deskWorks(world, 'still here')
  await expect(world.callAs('crew').replication.join({ code: good.code })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
}, 120_000)

test('a laptop that worked alone joins, comes in step, and the code serves nobody else', async () => {
  const world = await laptop(8)
  const { code } = await central.invite()
  const joined = await world.call().replication.join({ code })
  expect(joined).toMatchObject({ kind: 'central', name: 'Coastline Timing' })
  expect(JSON.stringify(joined)).not.toContain(code)
  await comesTo(world, 'in-step')
  expect(await centralOf(world)).toEqual({ state: 'in-step', pending: 0, words: 'in step' })
  const there = await central.asOwner(async client => {
    const { rows } = await client.query<{ people: number }>(
      'SELECT count(*)::int AS people FROM normalized_participants WHERE timing_partner_id = $1',
      [central.partner.id],
    )
    return rows[0]?.people
  })
  expect(there).toBe(8)
  expect((await world.call().monitoring.syncSummary()).summary).toMatchObject([
    { timingPartner: 'Coastline Timing', totalConnections: 1, totalSyncs24h: 1 },
  ])

  const second = await laptop()
  await expect(second.call().replication.join({ code })).rejects.toMatchObject({ code: 'central.refused' })
  await deskWorks(second, 'alone')

  const peerId = joined.id
  await world.call().replication.leave({ id: peerId })
  expect(await centralOf(world)).toMatchObject({ state: 'not-set-up' })
  await deskWorks(world, 'left')
}, 120_000)

test('the database goes away and comes back: changes wait, said with their number, and go by themselves', async () => {
  const world = await laptop()
  await world.call().replication.join({ code: (await central.invite()).code })
  await comesTo(world, 'in-step')
  await central.goAway()
  await comesTo(world, 'offline')
  await deskWorks(world, 'offline')
  await expect
    .poll(async () => (await centralOf(world)).words, LONG)
    .toMatch(/^offline, \d+ changes? waits?$/)
  const { peers } = await world.call().replication.run()
  expect(peers).toMatchObject([{ state: 'offline', code: 'central.unreachable' }])
  await central.comeBack()
  await comesTo(world, 'in-step')
  expect((await centralOf(world)).pending).toBe(0)
}, 120_000)

test('a login taken back and a partner disabled are blocked with the reason, and raise an alert until it goes on', async () => {
  const world = await laptop()
  const { code, user } = await central.invite()
  await world.call().replication.join({ code })
  await comesTo(world, 'in-step')
  await central.asOwner(client => setPartnerDisabled(client, central.partner, { reason: 'invoice 7' }))
  await deskWorks(world, 'disabled')
  // Connected all the while, it is told the reason, not only that something is refused.
  await comesTo(world, 'blocked')
  expect((await centralOf(world)).words).toMatch(/^blocked: partner disabled, \d+ changes? waits?$/)
  const alerts = async () => (await world.call().alerts.list()).alerts.map(({ kind }) => kind)
  await expect.poll(alerts, LONG).toContain('replication-blocked')
  await central.asOwner(client => setPartnerDisabled(client, central.partner, null))
  await world.call().replication.run()
  await comesTo(world, 'in-step')
  await expect.poll(alerts, LONG).not.toContain('replication-blocked')

  await central.asOwner(client => revokeLogin(client, user, 'laptop stolen'))
  await comesTo(world, 'blocked')
  const [peer] = (await world.call().replication.status()).peers
  expect(peer).toMatchObject({ state: 'blocked', code: 'central.refused' })
  expect((await centralOf(world)).words).toMatch(/^blocked: login refused/)
  await deskWorks(world, 'revoked')
}, 120_000)

test('a central database that is named at start and cannot be joined is said with the reason, until it is', async () => {
  const { code } = await central.invite({ port: 1 })
  const world = await createWorld({
    people: 1,
    config: { schedule: true, centralMigrations: CENTRAL_MIGRATIONS, central: code },
  })
  worlds.push(world)
  await comesTo(world, 'offline')
  expect((await centralOf(world)).words).toMatch(/^not joined yet, tried again by itself: .*does not answer$/)
  expect(await world.call().replication.status()).toMatchObject({ canJoin: true, peers: [] })
  // By another code somebody pasted: the one from the start is of no use any more.
  await world.call().replication.join({ code: (await central.invite()).code })
  await comesTo(world, 'in-step')
}, 60_000)
