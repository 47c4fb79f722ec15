import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { rowsWhere } from '../../src/store/rows.ts'
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

const LONG = { timeout: 60_000, interval: 100 }
const ANA = { first_name: 'Ana', last_name: 'Ruiz', email: 'ana@example.org', date_of_birth: '1986-01-06' }

/** The office's Trackside with two registrations of one Ana, one of another of her name, in two events. */
async function office(keepsOrder = true): Promise<World> {
  const world = await createWorld({
    people: 0,
    config: { schedule: true, keepsOrder, centralMigrations: CENTRAL_MIGRATIONS },
  })
  worlds.push(world)
  const [someone] = makePeople({ seed: 1, year: 2026, bibs: ['1'] })
  if (someone === undefined) throw new Error('nobody')
  const other = world.registrations.addEvent(world.race.raceId, {
    ...{ name: '10K', distance: '10K', startsAt: world.clock() + 4 * 3_600_000 },
  })
  const ana = { ...someone, firstName: 'Ana', lastName: 'Ruiz', email: ANA.email, dob: ANA.date_of_birth }
  world.registrations.add(world.event.eventId, { person: { ...ana, bib: '1' } })
  world.registrations.add(other.eventId, { person: { ...ana, bib: '2' } })
  world.registrations.add(other.eventId, {
    person: { ...ana, bib: '3', email: 'anaruiz@example.org', dob: '1987-02-01', phone: '555-0000' },
  })
  const { id } = await world.connect()
  await world.call().sync.manual({ connectionId: id, wait: true })
  await world.call().replication.join({ code: (await central.invite()).code })
  await world.call().replication.run()
  return world
}

const found = async (world: World): Promise<readonly number[]> =>
  (await world.call().identity.find({ q: 'ana ruiz' })).people
    .map(({ registrations }) => registrations.length)
    .sort()

test('the office computes who is one person by itself; people are joined and split by hand, over the next computing', async () => {
  const world = await office()
  await vi.waitFor(async () => {
    await world.call().identity.compute()
    expect(await found(world)).toEqual([1, 2])
  }, LONG)
  const work = await world.call().identity.work()
  expect(work).toMatchObject({ keeps: true, message: null })
  const { people } = await world.call().identity.find({ q: 'ana ruiz' })
  const [two, one] = [2, 1].map(n => people.find(({ registrations }) => registrations.length === n))
  const ids = [two?.registrations[0]?.id ?? '', one?.registrations[0]?.id ?? '']
  expect(two?.registrations.map(({ evidence }) => evidence)).toEqual(['email-name-birth', 'email-name-birth'])

  const [registrationId = '', otherId = ''] = ids
  const joined = await world.callAs('manager', 'Ann').identity.join({
    ...{ registrationId, otherId, reason: 'she called: a new address' },
  })
  expect(await found(world)).toEqual([3])
  await world.call().identity.compute()
  await vi.waitFor(async () => expect((await world.call().identity.work()).state).toBe('resting'), LONG)
  expect(await found(world)).toEqual([3])

  await world.callAs('manager', 'Ann').identity.split({ registrationId, reason: 'her daughter of that name' })
  expect(await found(world)).toEqual([1, 2])
  const { decisions } = await world.call().identity.words({})
  expect(decisions.map(({ kind, reason }) => [kind, reason])).toEqual([
    ['apart', 'her daughter of that name'],
    ['same', 'she called: a new address'],
  ])
  for (const { id } of decisions) await world.call().identity.undo({ id })
  expect(await found(world)).toEqual([1, 2])
  await expect(world.call().identity.undo({ id: joined.decisionId })).rejects.toMatchObject({
    code: 'not-found',
  })
  const audited = rowsWhere(
    world.store().read,
    'audit_log',
    "action LIKE '%people%' OR action LIKE '%person%'",
  )
  expect(audited.map(({ actor }) => actor)).toEqual(expect.arrayContaining(['Ann']))
  expect(audited).toHaveLength(4)
}, 120_000)

test('a laptop that is not the office’s computes nothing, and says who does', async () => {
  const world = await office(false)
  expect(await world.call().identity.work()).toMatchObject({ keeps: false })
  await expect(world.call().identity.compute()).rejects.toThrow(/runs as a service/)
}, 60_000)

test('without a central database nobody is looked up', async () => {
  const world = await createWorld({ people: 0 })
  worlds.push(world)
  await expect(world.call().identity.find({ q: 'ana' })).rejects.toMatchObject({ code: 'conflict' })
  await expect(world.callAs('crew').identity.find({ q: 'ana' })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
})
