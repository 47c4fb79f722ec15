import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OutsideServer } from '../../src/rehearsal/http-host.ts'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createRegistrations, type Registrations } from '../../src/rehearsal/registrations.ts'
import { createRunSignUpServer } from '../../src/rehearsal/runsignup-server.ts'

const keys = { api_key: 'k', api_secret: 's' }
const startsAt = Date.UTC(2026, 4, 9, 12, 0)
let now = Date.UTC(2026, 4, 8, 12, 0)
const clock = () => now

let registrations: Registrations
let server: OutsideServer
let race: number
let nine: number
let half: number

beforeEach(async () => {
  now = Date.UTC(2026, 4, 8, 12, 0)
  registrations = createRegistrations({ clock })
  race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Denver' }).raceId
  nine = registrations.addEvent(race, { name: '9K', startsAt }).eventId
  half = registrations.addEvent(race, { name: 'Half', startsAt }).eventId
  server = createRunSignUpServer({ registrations, keys, clock, forbidden: [99] })
  await server.start()
})
afterEach(() => server.stop())

function fill(eventId: number, count: number, seed = 1) {
  return makePeople({ seed, year: 2026, count }).map(person => registrations.add(eventId, { person }))
}

async function get(path: string, query: Record<string, string | number> = {}) {
  const search = new URLSearchParams({ format: 'json', ...keys })
  for (const [name, value] of Object.entries(query)) search.set(name, String(value))
  const response = await fetch(`${server.url}${path}?${search}`)
  expect(response.status).toBe(200)
  return response.json()
}

const participants = (query: Record<string, string | number>) => get(`/race/${race}/participants`, query)

describe('errors come with HTTP 200', () => {
  test('6 for a wrong key, 7 for none, 201 and 301 for what is not there, 3 for bad parameters', async () => {
    expect((await get('/races', { api_secret: 'no' })).error.error_code).toBe(6)
    const none = await fetch(`${server.url}/race/${race}/participants?format=json&event_id=${nine}`)
    expect((await none.json()).error).toEqual({ error_code: 7, error_msg: 'Permission Denied' })
    expect((await get('/race/1')).error.error_code).toBe(201)
    expect((await participants({ event_id: 1 })).error.error_code).toBe(301)
    expect((await participants({})).error.error_code).toBe(3)
    const text = { event_id: nine, modified_after_timestamp: '2026-05-08 10:00:00' }
    expect((await participants(text)).error.error_code).toBe(3)
    expect((await get('/nothing')).error.error_code).toBe(1)
  })

  test('14 when throttled, as often as asked for', async () => {
    server.faults.add({ kind: 'error200', code: 14, path: '/participants', times: 2 })
    const asked = { event_id: nine }
    expect((await participants(asked)).error.error_code).toBe(14)
    expect((await participants(asked)).error.error_msg).toBe('Request throttled.')
    expect((await participants(asked))[0].event.event_id).toBe(nine)
  })
})

test('it speaks XML to who does not ask for JSON, in errors too', async () => {
  const response = await fetch(`${server.url}/race/1?api_key=k&api_secret=s`)
  expect(response.headers.get('content-type')).toContain('xml')
  expect(await response.text()).toContain('<error_code>201</error_code>')
})

test('paths are case-insensitive, and the newer key scheme opens the same door', async () => {
  const url = server.url.replace('/Rest', '/rEST')
  const v2 = (secret: string) =>
    fetch(`${url}/RACE/${race}?format=json&rsu_api_key=k`, { headers: { 'X-RSU-API-SECRET': secret } })
  expect((await (await v2('s')).json()).race.name).toBe('Harbor Run')
  expect((await (await v2('no')).json()).error.error_code).toBe(6)
})

test('races are nested, with events only when asked for, whose start is in the zone of the race', async () => {
  expect((await get('/races')).races[0].race).toMatchObject({ race_id: race, timezone: 'America/Denver' })
  expect((await get('/races')).races[0].race.events).toBeUndefined()
  const [{ race: withEvents }] = (await get('/races', { events: 'T' })).races
  expect(withEvents.events[0]).toMatchObject({ event_id: nine, start_time: '5/9/2026 06:00' })
  const one = await get(`/race/${race}`, { include_questions: 'T' })
  expect(one.race.questions.length).toBeGreaterThan(2)
  expect((await get('/races', { start_date: '2026-05-10' })).races).toEqual([])
})

describe('participants', () => {
  test('stand beside the event, never in it; an event without rows lacks the list', async () => {
    fill(half, 2)
    const answer = await participants({ event_id: `${nine},${half}` })
    expect(answer.map((element: { event: object }) => element.event)).toMatchObject([
      { event_id: nine, participants: [] },
      { event_id: half, participants: [] },
    ])
    expect(answer[0]).not.toHaveProperty('participants')
    expect(answer[1].participants).toHaveLength(2)
  })

  test('come 50 a page, and never more than 2500 however many are asked for', async () => {
    fill(nine, 2600)
    expect((await participants({ event_id: nine }))[0].participants).toHaveLength(50)
    const large = { event_id: nine, results_per_page: 9999 }
    expect((await participants(large))[0].participants).toHaveLength(2500)
    expect((await participants({ ...large, page: 2 }))[0].participants).toHaveLength(100)
    expect((await participants({ ...large, page: 3 }))[0]).not.toHaveProperty('participants')
  })

  test('are walked by id over several events without a gap', async () => {
    for (let turn = 0; turn < 20; turn += 1) fill(turn % 2 ? half : nine, 7, turn + 1)
    const seen: number[] = []
    for (let after = 0; ; after = seen.at(-1) ?? 0) {
      const asked = { event_id: `${nine},${half}`, results_per_page: 30, after_registration_id: after }
      const answer: { participants?: { registration_id: number }[] }[] = await participants(asked)
      const ids = answer.flatMap(element => element.participants ?? []).map(row => row.registration_id)
      seen.push(...ids.sort((a, b) => a - b))
      if (ids.length < 30) break
    }
    expect(new Set(seen).size).toBe(140)
    expect(seen).toHaveLength(140)
  })

  test('changed since a second include those changed in that second', async () => {
    const [first, second] = fill(nine, 3)
    now += 60_000
    registrations.edit(second?.registrationId ?? 0, { bib: 77 })
    const since = Math.floor(now / 1000)
    const changed = await participants({ event_id: nine, modified_after_timestamp: since })
    expect(changed[0].participants).toMatchObject([{ registration_id: second?.registrationId, bib_num: 77 }])
    expect(
      (await participants({ event_id: nine, modified_after_timestamp: since + 1 }))[0].participants,
    ).toBe(undefined)
    expect(first?.lastModified).toBe(since - 60)
  })

  test('are written as RunSignUp writes them', async () => {
    const [person] = makePeople({ seed: 4, year: 2026, count: 1 })
    if (!person) throw new Error('one person')
    const born = { ...person, dob: '1986-05-10', gender: 'X' as const }
    registrations.add(nine, { person: born, registeredAt: Date.UTC(2026, 1, 7, 20, 15), bib: null })
    registrations.add(nine, { person: born, registeredAt: Date.UTC(2026, 1, 7, 20, 15), bib: 12 })
    const [plain] = (await participants({ event_id: nine }))[0].participants
    expect(plain).toMatchObject({
      bib_num: null,
      age: 39,
      registration_date: '2/7/2026 15:15',
      race_fee: '$55.00',
      imported: 'F',
      user: { gender: null, address: { zipcode: person.zip } },
    })
    expect(plain).not.toHaveProperty('question_responses')
    const asked = { event_id: nine, include_questions: 'T', supports_nb: 'T' }
    const rows = (await participants(asked))[0].participants
    expect(rows[1].bib_num).toBe(12)
    expect(rows[0].user.gender).toBe('X')
    const kinds = rows.map((row: { question_responses: { question_id: unknown }[] }) => {
      return typeof row.question_responses[0]?.question_id
    })
    expect(kinds.sort()).toEqual(['number', 'string'])
  })
})

test('who is gone stands under the event, with other dates and a reason', async () => {
  const [gone, moved] = fill(nine, 2)
  now = Date.UTC(2026, 4, 8, 12, 30, 5)
  registrations.remove(gone?.registrationId ?? 0, 'removed')
  const taker = registrations.transfer(moved?.registrationId ?? 0, { eventId: half })
  const answer = await get(`/race/${race}/removed-participants`, { event_id: nine })
  expect(answer[0]).not.toHaveProperty('participants')
  expect(answer[0].event.participants).toMatchObject([
    { removed_reason: 'removed', new_registration_id: null, last_modified: '2026-05-08 08:30:05' },
    {
      removed_reason: 'transferred',
      new_registration_id: taker.registrationId,
      last_modified_ts: now / 1000 - 0,
    },
  ])
  expect((await participants({ event_id: nine }))[0]).not.toHaveProperty('participants')
  expect((await participants({ event_id: half }))[0].participants[0].registration_id).toBe(
    taker.registrationId,
  )
})

test('60,000 registrations are read page by page in seconds', async () => {
  fill(nine, 60_000)
  const began = performance.now()
  let count = 0
  for (let after = 0, got = 2500; got === 2500; ) {
    const asked = {
      event_id: nine,
      results_per_page: 2500,
      after_registration_id: after,
      include_questions: 'T',
    }
    const rows: { registration_id: number }[] = (await participants(asked))[0].participants ?? []
    count += rows.length
    got = rows.length
    after = rows.at(-1)?.registration_id ?? after
  }
  expect(count).toBe(60_000)
  expect(performance.now() - began).toBeLessThan(15_000)
}, 30_000)

describe('bibs and chips written to registrations', () => {
  async function write(rows: unknown, more: Record<string, string> = {}) {
    const query = new URLSearchParams({ format: 'json', ...keys })
    const response = await fetch(`${server.url}/race/${race}/participants?${query}`, {
      method: 'POST',
      body: new URLSearchParams({
        event_id: String(nine),
        request_format: 'json',
        request: JSON.stringify({ participants: rows }),
        ...more,
      }),
    })
    return response.json()
  }

  test('change what is named, clear what is null, and leave the rest', async () => {
    const [row] = fill(nine, 1)
    const id = row?.registrationId ?? 0
    expect(await write([{ registration_id: id, bib_num: 77, chip_num: 'C1' }])).toEqual({
      participants: [{ registration_id: id }],
    })
    await write([{ registration_id: id, bib_num: null }])
    expect(registrations.find(id)).toMatchObject({ bib: null, chip: 'C1' })
  })

  test('are refused one by one where they are not as documented, and ignored of who is taken out', async () => {
    const [row, gone] = fill(nine, 2)
    const [other] = fill(half, 1, 2)
    const id = row?.registrationId ?? 0
    registrations.remove(gone?.registrationId ?? 0, 'removed')
    const { participants: answers } = await write([
      { registration_id: id, bib_num: '77' },
      { registration_id: id, chip_num: 5 },
      { bib_num: 77 },
      { registration_id: other?.registrationId, bib_num: 77 },
      { registration_id: id, first_name: 'Ana' },
      { registration_id: gone?.registrationId, bib_num: 77 },
    ])
    expect(answers.map((one: { error?: { error_code: number } }) => one.error?.error_code ?? 'ok')).toEqual([
      115,
      116,
      11,
      15,
      3,
      'ok',
    ])
    expect(registrations.find(id)?.bib).toBe(row?.bib)
  })

  test('need an event, JSON, and rows', async () => {
    expect((await write([{}], { event_id: '' })).error.error_code).toBe(3)
    expect((await write([{}], { request_format: 'xml' })).error.error_code).toBe(10)
    expect((await write([])).error.error_code).toBe(3)
  })
})
