import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRaceRosterServer } from '../../../src/rehearsal/race-roster-server.ts'
import { rowsWhere } from '../../../src/store/rows.ts'
import { createWorld, type World } from '../../support/world.ts'

const login = {
  client_id: 'roster-client',
  client_secret: 'roster-secret-canary-5d',
  username: 'crew@example.com',
  password: 'roster-password-canary-61',
}

let world: World
let roster: ReturnType<typeof createRaceRosterServer>

beforeEach(async () => {
  world = await createWorld({ people: 30 })
  roster = createRaceRosterServer({
    registrations: world.registrations,
    login,
    clock: world.clock,
    largestPage: 12,
  })
  await roster.start()
})
afterEach(async () => {
  await world.stop()
  await roster.stop()
})

const connect = () =>
  world.connect({
    sourceProvider: 'race-roster',
    sourceSettings: {
      client_id: login.client_id,
      username: login.username,
      base_url: roster.url,
      calls_per_hour: '1000000',
    },
    sourceCredentials: { client_secret: login.client_secret, password: login.password },
  })
const run = (connectionId: string) => world.call().sync.manual({ connectionId, wait: true })
const entries = () => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })

test('Add connection offers it with its own form', async () => {
  const { providers } = await world.call().connections.providers({})
  const offered = providers.find(provider => provider.id === 'race-roster')
  expect(offered).toMatchObject({ name: 'Race Roster', roles: ['registration'] })
  expect(
    offered?.settings.filter(setting => setting.required).map(({ name, secret }) => [name, secret]),
  ).toEqual([
    ['client_id', false],
    ['client_secret', true],
    ['username', false],
    ['password', true],
  ])
})

test('everybody comes in and goes to scoring by the mapping nobody touched', async () => {
  const connection = await connect()
  const answer = await run(connection.id)
  expect(answer).toMatchObject({
    success: true,
    operation: { status: 'completed', addedRecords: 30, pushedRecords: 30, errorRecords: 0 },
  })
  const someone = world.added[6]?.person
  expect(entries()).toHaveLength(30)
  expect(entries().find(entry => entry.entry_bib === '7')).toMatchObject({
    athlete_first_name: someone?.firstName,
    athlete_last_name: someone?.lastName,
    athlete_email: someone?.email,
    athlete_sex: someone?.gender,
  })
  const [match] = (await world.call().raceDay.lookup({ bib: '7' })).matches
  expect(match).toMatchObject({ sourceProvider: 'race-roster', eventName: '5K', lastName: someone?.lastName })
})

test('the next run sends who changed, calls withdrawn who is not active, and gone who is not listed', async () => {
  const connection = await connect()
  await run(connection.id)
  const [first, second, third] = world.added
  if (!first || !second || !third) throw new Error('thirty people')
  world.registrations.edit(first.registrationId, { person: { lastName: 'Corrected' } })
  world.registrations.remove(second.registrationId, 'removed')
  world.registrations.remove(third.registrationId, 'cleared')
  const answer = await run(connection.id)
  expect(answer.operation).toMatchObject({ status: 'completed', goneRecords: 1, addedRecords: 0 })
  expect(entries().filter(entry => entry.athlete_last_name === 'Corrected')).toHaveLength(1)
  const status = async (bib: string) =>
    (await world.call().raceDay.lookup({ bib })).matches[0]?.registrationStatus
  expect([await status('1'), await status('2'), await status('3')]).toEqual([
    'registered',
    'withdrawn',
    'gone',
  ])
  const again = await run(connection.id)
  expect(again.operation).toMatchObject({ changedRecords: 0, goneRecords: 0, pushedRecords: 0 })
})

test('a run that is cut goes on where it stopped, and calls nobody gone before it is through', async () => {
  const connection = await connect()
  await run(connection.id)
  // Within a day of the start a fetch is judged as a whole, and begins anew when it is cut.
  world.store().write(writer => {
    for (const event of rowsWhere(writer, 'normalized_events', '1'))
      writer.put('normalized_events', { ...event, startAt: world.clock() + 3 * 86_400_000 })
  })
  world.registrations.remove(world.added[2]?.registrationId ?? 0, 'cleared')
  roster.faults.add({ kind: 'status', status: 404, path: 'offset=12', times: 1 })
  roster.faults.add({ kind: 'status', status: 404, path: 'offset=6', times: 1 })
  const cut = await run(connection.id)
  expect(cut.operation).toMatchObject({ status: 'failed', goneRecords: 0 })
  roster.faults.clear()
  const asked = roster.calls.length
  const rest = await run(connection.id)
  expect(rest.operation).toMatchObject({ status: 'completed', goneRecords: 1 })
  expect(roster.calls[asked]?.query.offset).not.toBe('0')
})
