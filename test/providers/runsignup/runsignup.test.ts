import { describe, expect, test } from 'vitest'
import { valueAt } from '../../../src/core/json-path.ts'
import type { Json, JsonObject } from '../../../src/core/runtime.ts'
import { runsignup } from '../../../src/providers/runsignup/index.ts'
import { answering, contextFor, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { runsignupSite } from './site.ts'

const normalize = (item: Json) => {
  if (!runsignup.participants) throw new Error('RunSignUp has participants')
  return runsignup.participants.normalize(item)
}

/** The documented row. */
const ROW: JsonObject = {
  user: {
    user_id: 1,
    first_name: 'Ana',
    middle_name: null,
    last_name: 'Berg ',
    email: 'a@example.com',
    address: { street: '1 Way', city: 'Moorestown', state: 'NJ', zipcode: '08057', country_code: 'US' },
    dob: '1986-01-06',
    gender: 'F',
    phone: '856-555-0100',
    age: 99,
    bib_num: 99,
  },
  registration_id: 41,
  event_id: 1,
  bib_num: 1203,
  chip_num: 'KV8658',
  age: 35,
  registration_date: '9/7/2021 23:15',
  team_name: 'Night Owls',
  last_modified: 1631042122,
  question_responses: [
    { question_id: '1', question_text: 'T-shirt size', response: 'M' },
    { question_id: 2, question_text: 'Emergency contact name', response: 'Bo Berg' },
    { question_id: 3, question_text: 'Emergency phone', response: '856-555-0101' },
  ],
}

describe('a registration', () => {
  test('is known by registration_id; age and bib are its own, not the user’s', () => {
    expect(normalize(ROW)).toEqual({
      sourceParticipantId: '41',
      sourceVersion: 1_631_042_122_000,
      successorId: null,
      values: {
        bib_number: '1203',
        first_name: 'Ana',
        last_name: 'Berg',
        email: 'a@example.com',
        phone: '856-555-0100',
        date_of_birth: '1986-01-06',
        gender: 'F',
        age: 35,
        city: 'Moorestown',
        state: 'NJ',
        country: 'US',
        emergency_contact: 'Bo Berg, 856-555-0101',
        race_distance: null,
        division: null,
        team_name: 'Night Owls',
        wave: null,
        registration_date: '2021-09-07',
        chips: ['KV8658'],
        registration_status: 'registered',
      },
    })
  })

  test('has nulls for what is missing, and never a bib or age out of the user', () => {
    const { values } = normalize({ registration_id: '41', bib_num: null, user: { age: 40, bib_num: 7 } })
    expect([values.bib_number, values.age, values.first_name, values.chips]).toEqual([null, null, null, []])
    expect(normalize({ registration_id: 41, user: null }).values.city).toBeNull()
  })

  test('has numbers where they came as strings, and a date of birth only when it is one', () => {
    const odd = { ...ROW, registration_id: '41', bib_num: '0007', age: '35', last_modified: '1631042122' }
    expect(normalize(odd)).toMatchObject({
      sourceParticipantId: '41',
      sourceVersion: 1_631_042_122_000,
      values: { bib_number: '0007', age: 35 },
    })
    for (const dob of ['XXXX-XX-XX', '0000-00-00', '1/6/1986', '', null, '1986-02-31'])
      expect(normalize({ registration_id: 1, user: { dob } }).values.date_of_birth).toBeNull()
  })

  test('without its id is unreadable, and it is said whose it is', async () => {
    const { registration_id: _, ...rest } = ROW
    const error = await troubleOf(() => normalize(rest))
    expect(error.code).toBe('participant.unreadable')
    expect(error.message).toBe('A RunSignUp registration of Ana Berg without registration_id')
    expect((await troubleOf(() => normalize('x'))).code).toBe('participant.unreadable')
  })

  test('that was removed says how, and its times are read in their other spelling', () => {
    const removed = {
      registration_id: 41,
      registration_date: '2021-09-07 23:15:00',
      last_modified: '2021-09-08 08:00:00',
      removed_reason: 'transferred',
      new_registration_id: 42,
    }
    expect(normalize(removed)).toMatchObject({
      sourceVersion: Date.parse('2021-09-08T12:00:00Z'),
      successorId: '42',
      values: { registration_status: 'transferred', registration_date: '2021-09-07' },
    })
    expect(normalize({ ...removed, last_modified_ts: '1631102400' }).sourceVersion).toBe(1_631_102_400_000)
    expect(normalize({ ...removed, removed_reason: 'deferred' })).toMatchObject({
      successorId: null,
      values: { registration_status: 'deferred' },
    })
    expect(normalize({ ...removed, removed_reason: 'cleared' }).values.registration_status).toBe('withdrawn')
  })

  test('finds its wave under any of the likely names of a corral', () => {
    for (const part of [{ corral_name: 'B' }, { corral: { corral_name: 'B' } }, { corrals: [{ name: 'B' }] }])
      expect(normalize({ registration_id: 1, ...part }).values.wave).toBe('B')
  })

  test('has something under every mapped path of the field list', () => {
    const missing = runsignup.fields
      .filter(field => field.ours !== null && valueAt(ROW, field.name) === null)
      .map(field => field.name)
    expect(missing).toEqual(['corral_name', 'removed_reason'])
  })
})

describe('events', () => {
  test('are listed with their race, their zone and their start as a moment', async () => {
    const site = await runsignupSite()
    const pages = await pagesOf(runsignup.events(site.contextOf()))
    const [fiveK, half] = pages.flatMap(page => page.items)
    expect(pages.at(-1)?.complete).toBe(true)
    expect(fiveK).toMatchObject({
      sourceEventId: String(site.fiveK.eventId),
      sourceRaceId: String(site.race.raceId),
      raceName: 'Harbor Run',
      eventName: '5K',
      timezone: 'America/Chicago',
      startText: '5/17/2025 08:00',
      startAt: Date.parse('2025-05-17T13:00:00Z'),
      eventDate: '2025-05-17',
      distanceKm: 5,
      city: 'Portland',
      country: 'US',
      registrationCloseDate: '2025-05-17',
    })
    expect(half).toMatchObject({ eventName: 'Half', distanceKm: 21.0975 })
    expect(valueAt(half?.raw ?? null, 'event.event_id')).toBe(site.half.eventId)
    expect(valueAt(half?.raw ?? null, 'race.name')).toBe('Harbor Run')
  })

  test('are those of one race where the account is tied to it', async () => {
    const site = await runsignupSite()
    site.registrations.addRace({ name: 'Other', timezone: 'America/Denver' })
    const settings = { base_url: site.server.url.replace(/\/Rest$/, ''), race_id: String(site.race.raceId) }
    const pages = await pagesOf(runsignup.events(site.contextOf({ settings })))
    expect(pages.map(page => [page.items.length, page.complete])).toEqual([[2, true]])
    expect(await runsignup.check(site.contextOf({ settings }))).toEqual({
      name: 'Harbor Run',
      details: [`Race ${site.race.raceId} with 2 events`],
    })
  })

  test('are all found though the server gives smaller pages than asked for, and one race without a list', async () => {
    const race = (id: number) => ({
      race: { race_id: id, name: `Race ${id}`, events: { event_id: id * 10, name: '5K' } },
    })
    const { url } = await answering((url, response) => {
      const page = Number(url.searchParams.get('page'))
      const size = page > 2 ? 0 : page === 2 ? 1 : 50
      const races = Array.from({ length: size }, (_, index) => race((page - 1) * 50 + index + 1))
      sendJson(response, { races: races.length === 1 ? races[0] : races })
    })
    const pages = await pagesOf(runsignup.events(contextFor({ settings: { base_url: url } })))
    const events = pages.flatMap(page => page.items)
    expect([events.length, events.at(-1)?.sourceEventId]).toEqual([51, '510'])
  })
})

describe('errors', () => {
  test.each([
    [6, 'provider.keys-refused', false],
    [7, 'provider.forbidden', false],
    [14, 'provider.throttled', true],
    [15, 'provider.not-found', false],
    [201, 'provider.not-found', false],
    [301, 'provider.not-found', false],
    [3, 'provider.refused', false],
    [8, 'provider.refused', false],
  ] as const)('error %i with HTTP 200 is %s', async (code, expected, retriable) => {
    const site = await runsignupSite()
    site.server.faults.add({ kind: 'error200', code })
    const error = await troubleOf(() => runsignup.check(site.contextOf()))
    expect([error.code, error.retriable]).toEqual([expected, retriable])
    expect(error.message).toContain(`error ${code}`)
  })

  test('the body is asked before the status, and a message alone is an error too', async () => {
    const said = async (status: number, body: unknown) => {
      const { url } = await answering((_, response) => {
        response.writeHead(status, { 'retry-after': '30' }).end(JSON.stringify(body))
      })
      return troubleOf(() => runsignup.check(contextFor({ settings: { base_url: url } })))
    }
    expect((await said(500, { error: { error_code: '6', error_msg: 'no' } })).code).toBe(
      'provider.keys-refused',
    )
    expect(await said(200, { error: { error_code: 14 } })).toMatchObject({ retryAfterMs: 30_000 })
    expect(await said(200, { error: 'Out of luck', details: {} })).toMatchObject({
      code: 'provider.refused',
      message: expect.stringContaining('Out of luck'),
    })
    expect((await said(401, { error: 'who?' })).code).toBe('provider.keys-refused')
    expect((await said(404, { error: 'gone' })).code).toBe('provider.not-found')
  })

  test('wrong keys, a forbidden race, an unknown race and an unknown event are told apart', async () => {
    const site = await runsignupSite({ forbidden: [88_001] })
    const wrong = { api_key: 'canary-wrong', api_secret: 'canary-wrong-too' }
    const withRace = (race_id: string) => ({ settings: { base_url: site.server.url, race_id } })
    const codes = [
      await troubleOf(() => runsignup.check(site.contextOf({ credentials: wrong }))),
      await troubleOf(() => runsignup.check(site.contextOf({ credentials: {} }))),
      await troubleOf(() => runsignup.check(site.contextOf(withRace('88001')))),
      await troubleOf(() => runsignup.check(site.contextOf(withRace('1')))),
    ].map(error => error.code)
    expect(codes).toEqual([
      'provider.keys-refused',
      'provider.keys-refused',
      'provider.forbidden',
      'provider.not-found',
    ])
  })

  test('no key is in any error, even when RunSignUp repeats it', async () => {
    const { url } = await answering((url, response) => {
      sendJson(response, { error: { error_code: 3, error_msg: `bad query ${url.search}` } })
    })
    const error = await troubleOf(() => runsignup.check(contextFor({ settings: { base_url: url } })))
    expect(error.message).toContain('api_key=…')
  })

  test('an answer without races is no empty list of races', async () => {
    const { url } = await answering((_, response) => sendJson(response, { hello: 1 }))
    const error = await troubleOf(() =>
      pagesOf(runsignup.events(contextFor({ settings: { base_url: url } }))),
    )
    expect(error.code).toBe('provider.unreadable')
  })
})
