import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CopernicoRace, createCopernicoRace } from '../../../src/rehearsal/copernico-athletes.ts'
import { createCopernicoServer } from '../../../src/rehearsal/copernico-server.ts'
import { createHakuServer } from '../../../src/rehearsal/haku-server.ts'
import type { OutsideServer } from '../../../src/rehearsal/http-host.ts'
import { createRaceRosterServer } from '../../../src/rehearsal/race-roster-server.ts'
import { createTestClock, createWorld, type World } from '../../support/world.ts'
import { COLUMNS, FIVE_K, harborRace, KEY, RACE_ID, settingsOf } from './site.ts'

const clock = createTestClock()
const open: OutsideServer[] = []
let world: World
let race: CopernicoRace
let copernico: OutsideServer

beforeEach(async () => {
  world = await createWorld({ people: 30, clock, config: { wait: async () => {} } })
  race = harborRace()
  copernico = await begin(createCopernicoServer({ race, apiKey: KEY.api_key, clock }))
})
afterEach(async () => {
  await world.stop()
  for (const server of open.splice(0)) await server.stop()
})

async function begin(server: OutsideServer): Promise<OutsideServer> {
  await server.start()
  open.push(server)
  return server
}

const connect = (settings: Record<string, string> = {}, changes: Record<string, unknown> = {}) =>
  world.connect({
    targetProvider: 'copernico',
    targetSettings: { ...settingsOf(copernico.url), calls_per_hour: '1000000', ...settings },
    targetCredentials: {},
    ...changes,
  })
const run = async (connectionId: string) =>
  (await world.call().sync.manual({ connectionId, wait: true })).operation
const athletes = () => race.athletesOf(FIVE_K)
const posts = () => copernico.calls.filter(({ method }) => method === 'POST')

test('Add connection offers it with its own form, what nobody confirmed, and what there is no way to do', async () => {
  const { providers } = await world.call().connections.providers({})
  const offered = providers.find(provider => provider.id === 'copernico')
  expect(offered).toMatchObject({
    name: 'Copernico',
    roles: ['scoring'],
    evidence: { push: 'inferred', 'read-back': 'inferred', file: 'documented' },
    cannot: expect.objectContaining({ publish: expect.stringContaining('No way is known to send results') }),
  })
  expect(
    offered?.settings.filter(setting => setting.required || setting.secret).map(({ name }) => name),
  ).toEqual(['race_id', 'events', 'race_slug', 'preset_login', 'preset_name', 'api_key'])
})

type Source = { readonly [name: string]: unknown }
const SOURCES: Readonly<Record<string, () => Promise<Source>>> = {
  runsignup: async () => ({}),
  'race-roster': async () => {
    const login = { client_id: 'c', client_secret: 's', username: 'u@example.com', password: 'p' }
    const server = await begin(createRaceRosterServer({ registrations: world.registrations, login, clock }))
    const { client_id, username, ...secrets } = login
    const sourceSettings = { client_id, username, base_url: server.url, calls_per_hour: '1000000' }
    return { sourceProvider: 'race-roster', sourceSettings, sourceCredentials: secrets }
  },
  haku: async () => {
    const keys = { client_id: 'c', client_secret: 's' }
    const server = await begin(createHakuServer({ registrations: world.registrations, keys, clock }))
    const sourceSettings = {
      client_id: keys.client_id,
      base_url: server.url,
      auth_url: server.url,
      calls_per_hour: '1000000',
      ...{ event_id: String(world.race.raceId), event_categories: '5K' },
    }
    return { sourceProvider: 'haku', sourceSettings, sourceCredentials: { client_secret: 's' } }
  },
}

test.each(Object.keys(SOURCES))(
  'everybody of %s goes to it by the mapping nobody touched, five of them first',
  async id => {
    const source = await SOURCES[id]?.()
    const connection = await connect({}, source)
    expect(await run(connection.id)).toMatchObject({
      status: 'completed',
      addedRecords: 30,
      pushedRecords: 30,
      errorRecords: 0,
    })
    const words = { M: 'male', F: 'female', X: 'mixed' } as const
    for (const { bib, person } of world.added)
      expect(athletes().find(({ fields }) => fields.dorsal === String(bib))).toMatchObject({
        id: expect.stringMatching(new RegExp(`^${id}:.`)),
        fields: { name: person.firstName, surname: person.lastName, gender: words[person.gender] },
      })
    expect(new Set(athletes().map(athlete => athlete.id)).size).toBe(30)
    expect(posts().map(({ body }) => JSON.parse(body).length)).toEqual([5, 25])
    const once = copernico.calls.length
    expect(await run(connection.id)).toMatchObject({ status: 'completed', pushedRecords: 0 })
    expect(copernico.calls.length).toBe(once)
  },
)

test('nothing is sent before somebody allows it, and the same rows are its import file', async () => {
  const connection = await connect({ events: `5K = ${FIVE_K} Cinco K` }, { inferredAllowed: false })
  expect(await run(connection.id)).toMatchObject({ status: 'held', heldRecords: 30 })
  expect(posts()).toEqual([])
  const file = await world.call().connections.export({ id: connection.id })
  expect(file).toMatchObject({ fileName: 'copernico-registrants-Cinco_K.csv', rows: 30 })
  const lines = file.text.split('\r\n')
  expect(lines[0]).toBe('id,bib-number,name,surname,gender,birthdate,eventName,club,document')
  expect(lines).toHaveLength(32)
  expect(lines.slice(1, -1).every(line => line.includes(',Cinco K,'))).toBe(true)
})

test('what is taken but not shown by the preset stops the push: it would not reach the timing', async () => {
  // Entries go to the 5K, and the preset of another event is read.
  const connection = await connect({ events: `5K = ${FIVE_K} Media Maratón` })
  expect(await run(connection.id)).toMatchObject({
    status: 'held',
    pushedRecords: 5,
    heldRecords: 25,
    errorMessage: expect.stringContaining('was accepted but is not in the race when it is read back'),
  })
  const [shown] = (await world.call().connections.list()).connections
  expect(shown).toMatchObject({ id: connection.id, inferredAllowed: false })
})

test('that a race was seen to take entries says nothing of another race', async () => {
  await run((await connect()).id)
  const seen = world.store().read.all<{ account: string }>('SELECT account FROM evidence_seen')
  expect(seen).toMatchObject([{ account: expect.stringContaining(RACE_ID) }])
  const other = 'ffffffff-8a47-4c0d-9b5e-2d7a1c9e4f10'
  const elsewhere = createCopernicoRace({ ...harborRace(), id: other, slug: 'other-run' })
  const server = await begin(createCopernicoServer({ race: elsewhere, apiKey: KEY.api_key, clock }))
  const changed = { ...settingsOf(server.url), race_id: other, race_slug: 'other-run' }
  const { id } = await connect(changed, { connectionName: 'Other Run' })
  await run(id)
  const sent = server.calls.filter(({ method }) => method === 'POST')
  expect(sent.map(({ body }) => JSON.parse(body).length)).toEqual([5, 25])
})

test('a field that comes back otherwise stops the push, said with both', async () => {
  const register = race.register
  Object.assign(race, {
    register: (eventId: string, id: string, fields: Readonly<Record<string, string>>) =>
      register(eventId, id, { ...fields, dorsal: `0${fields.dorsal}` }),
  })
  const connection = await connect()
  const operation = await run(connection.id)
  expect(operation).toMatchObject({ status: 'held', pushedRecords: 5 })
  const { errors } = await world.call().sync.operation({ id: operation?.id ?? '' })
  expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('entry.differs'))
  expect(errors[0]?.message).toMatch(/dorsal sent (\d+), came back 0\1/)
})

test('an array whose answer was lost is read back before anybody is sent again', async () => {
  const connection = await connect()
  await run(connection.id)
  for (const { registrationId } of world.added.slice(0, 3))
    world.registrations.edit(registrationId, { person: { lastName: 'Corrected' } })
  const added = world.registrations.add(world.event.eventId, {
    person: { ...(world.added[0]?.person ?? never()), bib: '31', email: 'n@example.com' },
    bib: 31,
  })
  copernico.faults.add({ method: 'POST', kind: 'cut', times: 1 })
  expect(await run(connection.id)).toMatchObject({ pushedRecords: 0 })
  const before = copernico.calls.length
  copernico.faults.clear()
  expect(await run(connection.id)).toMatchObject({ status: 'completed', pushedRecords: 4 })
  const again = copernico.calls.slice(before).map(({ method }) => method)
  expect(again).toEqual(['GET', 'POST'])
  expect(athletes().filter(({ fields }) => fields.surname === 'Corrected')).toHaveLength(3)
  expect(athletes().filter(({ id }) => id === `runsignup:${added.registrationId}`)).toHaveLength(1)
  expect(athletes()).toHaveLength(31)
})

test('a bib that somebody else has there is refused by name, and everybody else goes', async () => {
  race.register(FIVE_K, '7c1a', { dorsal: '7', name: 'Eva', surname: 'Imported' })
  const connection = await connect()
  const operation = await run(connection.id)
  expect(operation).toMatchObject({ pushedRecords: 29, errorRecords: 1 })
  const { errors } = await world.call().sync.operation({ id: operation?.id ?? '' })
  expect(errors).toMatchObject([
    { code: 'entry.bib-taken', message: expect.stringContaining('(Eva Imported)') },
  ])
})

test('an event that nobody said where it goes is said with what to add, and goes once it is', async () => {
  const connection = await connect({ events: `10K = ${FIVE_K}` })
  const operation = await run(connection.id)
  expect(operation).toMatchObject({ pushedRecords: 0, errorRecords: 1 })
  const { errors } = await world.call().sync.operation({ id: operation?.id ?? '' })
  expect(errors).toMatchObject([
    { code: 'entry.no-race', message: expect.stringContaining('add 5K = its event id') },
  ])
  await world.call().connections.update({
    id: connection.id,
    targetSettings: { ...settingsOf(copernico.url), calls_per_hour: '1000000' },
  })
  expect(await run(connection.id)).toMatchObject({ status: 'completed', pushedRecords: 30 })
})

test('results come back to the people who were sent, and only what changed comes again', async () => {
  const connection = await connect({ ...COLUMNS })
  await run(connection.id)
  const start = clock()
  for (const [index, { id }] of athletes().entries()) {
    const time = 1_500_000 + index * 1000
    race.pass(id, 'Km 2', { time: time / 2, netTime: time / 2, rawTime: start + time / 2 })
    race.pass(id, 'Meta', { time, netTime: time - 4000, rawTime: start + time })
  }
  const [event] = (await world.call().results.events({})).events
  const of = { connectionId: connection.id, eventId: event?.eventId ?? '' }
  const pull = () => world.call().results.pull({ ...of, wait: true })
  expect(await pull()).toMatchObject({ status: 'completed', addedRecords: 30, errorRecords: 0 })
  const { results } = await world.call().results.list({ ...of, limit: 1000 })
  const named = new Map(world.added.map(({ bib, person }) => [String(bib), person.lastName]))
  for (const result of results)
    expect(result).toMatchObject({
      resultStatus: 'finished',
      name: expect.stringContaining(named.get(result.bibNumber ?? '') ?? 'nobody'),
    })
  expect(await pull()).toMatchObject({ status: 'completed', processedRecords: 0, goneRecords: 0 })
  const [first] = athletes()
  race.pass(first?.id ?? '', 'Meta', { time: 1_499_000, netTime: 1_490_000, rawTime: start })
  expect(await pull()).toMatchObject({ changedRecords: 1, addedRecords: 0, goneRecords: 0 })
  race.remove(first?.id ?? '')
  clock.advance(16 * 60_000)
  expect(await pull()).toMatchObject({ goneRecords: 1 })
})

function never(): never {
  throw new Error('thirty people')
}
