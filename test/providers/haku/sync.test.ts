import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHakuServer } from '../../../src/rehearsal/haku-server.ts'
import { createWorld, type World } from '../../support/world.ts'

const keys = { client_id: 'haku-client', client_secret: 'haku-secret-canary-5d' }

let world: World
let haku: ReturnType<typeof createHakuServer>

beforeEach(async () => {
  world = await createWorld({ people: 30 })
  haku = createHakuServer({ registrations: world.registrations, keys, clock: world.clock })
  await haku.start()
})
afterEach(async () => {
  await world.stop()
  await haku.stop()
})

const connect = (settings: Record<string, string> = {}) =>
  world.connect({
    sourceProvider: 'haku',
    sourceSettings: {
      client_id: keys.client_id,
      base_url: haku.url,
      auth_url: haku.url,
      calls_per_hour: '1000000',
      ...settings,
    },
    sourceCredentials: { client_secret: keys.client_secret },
  })
const run = (connectionId: string) => world.call().sync.manual({ connectionId, wait: true })
const entries = () => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })

test('Add connection offers it with its own form', async () => {
  const { providers } = await world.call().connections.providers({})
  const offered = providers.find(provider => provider.id === 'haku')
  expect(offered).toMatchObject({ name: 'Haku', roles: ['registration'] })
  expect(
    offered?.settings.filter(setting => setting.required).map(({ name, secret }) => [name, secret]),
  ).toEqual([
    ['client_id', false],
    ['client_secret', true],
  ])
})

test('everybody comes in and goes to scoring by the mapping nobody touched', async () => {
  const connection = await connect()
  expect(await run(connection.id)).toMatchObject({
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
    athlete_birthdate: someone?.dob,
    location_city: someone?.city,
  })
  const [match] = (await world.call().raceDay.lookup({ bib: '7' })).matches
  expect(match).toMatchObject({
    sourceProvider: 'haku',
    eventName: 'Harbor Run',
    lastName: someone?.lastName,
  })
})

test('categories that are named are events, each with its own race in scoring', async () => {
  const tenK = world.registrations.addEvent(world.race.raceId, {
    name: '10K',
    startsAt: world.clock() + 3 * 3_600_000,
  })
  const moved = world.added[4]
  if (!moved) throw new Error('thirty people')
  const { registrationId } = world.registrations.transfer(moved.registrationId, { eventId: tenK.eventId })
  const scoredTenK = world.scoring.addRace(String(world.scored.event_id), { race_name: '10K' })
  const connection = await connect({
    event_id: String(world.race.raceId),
    event_categories: '5K, 10k',
  })
  // What was transferred is cancelled in Haku's list.
  expect(await run(connection.id)).toMatchObject({
    operation: { status: 'completed', addedRecords: 31, pushedRecords: 30, errorRecords: 0 },
  })
  expect(entries()).toHaveLength(29)
  expect(world.scoring.entriesOf({ raceId: String(scoredTenK.race_id) })).toHaveLength(1)
  const { matches } = await world.call().raceDay.lookup({ bib: String(moved.bib) })
  expect(matches.map(match => [match.eventName, match.registrationStatus]).toSorted()).toEqual([
    ['10k', 'registered'],
    ['5K', 'withdrawn'],
  ])
  // Who is in the other one by the list was not asked for twice, but for the first page.
  const asked = haku.calls.filter(({ path }) => path.endsWith(`/registrations/${registrationId}`))
  expect(asked.length).toBeLessThanOrEqual(4)
})

test('the next run sends who changed and calls withdrawn who cancelled; a full one finds who is gone', async () => {
  const connection = await connect()
  await run(connection.id)
  const [first, second, third] = world.added
  if (!first || !second || !third) throw new Error('thirty people')
  world.registrations.edit(first.registrationId, { person: { lastName: 'Corrected' } })
  world.registrations.remove(second.registrationId, 'removed')
  world.registrations.remove(third.registrationId, 'cleared')
  expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', addedRecords: 0 })
  expect(entries().filter(entry => entry.athlete_last_name === 'Corrected')).toHaveLength(1)
  const status = async (bib: string) =>
    (await world.call().raceDay.lookup({ bib })).matches[0]?.registrationStatus
  expect([await status('1'), await status('2'), await status('3')]).toEqual([
    'registered',
    'withdrawn',
    'registered',
  ])
  const full = await world.call().sync.manual({ connectionId: connection.id, wait: true, full: true })
  expect(full.operation).toMatchObject({ status: 'completed', goneRecords: 1 })
  expect(await status('3')).toBe('gone')
})
