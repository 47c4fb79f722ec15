import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createRaceRosterServer } from '../../src/rehearsal/race-roster-server.ts'
import { createRegistrations, type Registrations } from '../../src/rehearsal/registrations.ts'

const login = {
  client_id: 'client',
  client_secret: 'secret',
  username: 'crew@example.com',
  password: 'password',
}
const startsAt = Date.UTC(2026, 4, 9, 12, 0)
let now = 0
const clock = () => now

type Options = Partial<Parameters<typeof createRaceRosterServer>[0]>
let registrations: Registrations
let server: ReturnType<typeof createRaceRosterServer>
let race: number
let nine: number
let half: number

beforeEach(() => {
  now = Date.UTC(2026, 4, 8, 12, 0)
  registrations = createRegistrations({ clock })
  race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Denver' }).raceId
  nine = registrations.addEvent(race, { name: '9K', distance: '9K', startsAt }).eventId
  half = registrations.addEvent(race, {
    name: 'Half',
    distance: '13.1 Miles',
    startsAt: startsAt + 60_000,
  }).eventId
})
afterEach(() => server.stop())

async function open(options: Options = {}) {
  server = createRaceRosterServer({ registrations, login, clock, ...options })
  await server.start()
}

const authorize = (form: Record<string, string>) =>
  fetch(server.url.replace('/v1', '/oauth/authorize'), { method: 'POST', body: new URLSearchParams(form) })

async function token(): Promise<{ access_token: string; refresh_token: string; expires_in: number }> {
  const answer = await authorize({ grant_type: 'access_token', ...login })
  return (await answer.json()).data[0]
}

async function get(path: string, query: Record<string, string | number> = {}, access?: string) {
  const bearer = access ?? (await token()).access_token
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const answer = await fetch(`${server.url}${path}?${search}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  return { status: answer.status, body: await answer.json() }
}

const fill = (eventId: number, count: number) =>
  makePeople({ seed: 3, year: 2026, count }).map(person => registrations.add(eventId, { person }))

describe('the login', () => {
  test('takes client and user together, as a form, and its token opens for a day', async () => {
    await open()
    const { access_token, expires_in } = await token()
    expect(expires_in).toBe(86_400)
    expect((await get('/events', {}, access_token)).status).toBe(200)
    now += 86_400_000
    expect((await get('/events', {}, access_token)).status).toBe(401)
    const { password: _, ...without } = login
    const refused = await authorize({ grant_type: 'access_token', ...without })
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { error: 'invalid_grant', error_description: expect.any(String), hint: expect.any(String) },
    ])
    expect((await authorize({ grant_type: 'client_credentials', ...login })).status).toBe(400)
    const body = JSON.stringify({ grant_type: 'access_token', ...login })
    const json = await fetch(server.url.replace('/v1', '/oauth/authorize'), { method: 'POST', body })
    expect(json.status).toBe(400)
  })

  test('is renewed by a refresh token, once', async () => {
    await open({ tokenWrap: 'object' })
    const { data } = await (await authorize({ grant_type: 'access_token', ...login })).json()
    const form = {
      grant_type: 'refresh_token',
      client_id: login.client_id,
      client_secret: login.client_secret,
      refresh_token: data.refresh_token,
    }
    expect((await (await authorize(form)).json()).data.access_token).toBeTypeOf('string')
    expect((await authorize(form)).status).toBe(401)
  })

  test('may be answered bare, and ends when the other side says so', async () => {
    await open({ tokenWrap: 'bare' })
    const { access_token } = await (await authorize({ grant_type: 'access_token', ...login })).json()
    server.revoke('access')
    expect((await get('/events', {}, access_token)).status).toBe(401)
  })
})

test('events come in the envelope with their sub-events, only those to come and those of the login', async () => {
  const past = registrations.addRace({ name: 'Old Run', timezone: 'America/Denver' }).raceId
  registrations.addEvent(past, { name: '5K', startsAt: now - 86_400_000 })
  const other = registrations.addRace({ name: 'Not ours', timezone: 'America/Denver' }).raceId
  registrations.addEvent(other, { name: '5K', startsAt })
  await open({ forbidden: [other] })
  const { body } = await get('/events')
  expect(body.metadata).toEqual({ totalResults: 1 })
  expect(body.data).toMatchObject([
    {
      eventId: race,
      timeZone: 'America/Denver',
      startDate: '2026-05-09T12:00:00+00:00',
      subEvents: {
        data: [
          { subEventId: nine, name: '9K', subEventDistance: { inMeters: 9000 }, customSubEventDate: null },
          { subEventId: half, customSubEventDate: '2026-05-09T12:01:00+00:00' },
        ],
      },
    },
  ])
  expect((await get(`/events/${past}`)).body.data.eventId).toBe(past)
  expect((await get(`/events/${other}`)).status).toBe(403)
  expect((await get('/events', { eventId: `1,${race}` })).body.data).toHaveLength(1)
  expect((await get('/events', { lastModifiedDate: '2026-05-08T12:00:01Z' })).body.data).toHaveLength(0)
  expect((await get('/events', { lastModifiedDate: 'soon' })).status).toBe(400)
})

describe('participants', () => {
  test('are written with the fields that were seen, gender as a number', async () => {
    const [first] = fill(nine, 2)
    registrations.edit(first?.registrationId ?? 0, { bib: 12, person: { gender: 'X' } })
    await open()
    const { body } = await get(`/events/${race}/participants`)
    expect(body.metadata.totalResults).toBe(2)
    expect(body.data[0]).toEqual({
      participantId: first?.registrationId,
      firstName: first?.person.firstName,
      lastName: first?.person.lastName,
      profile: { email: first?.person.email },
      gender: 9,
      bibNumber: 12,
      registrationDate: '2026-05-08T12:00:00+00:00',
      isActive: true,
      subEventId: nine,
    })
  })

  test('come by limit and offset, fifty unless asked otherwise, and no more than the largest page', async () => {
    fill(nine, 130)
    await open()
    const rows = async (query: Record<string, number>) =>
      (await get(`/events/${race}/participants`, query)).body.data.length
    expect(await rows({})).toBe(50)
    expect(await rows({ limit: 500 })).toBe(100)
    expect(await rows({ limit: 500, offset: 100 })).toBe(30)
    expect(await rows({ offset: 130 })).toBe(0)
    expect((await get(`/events/${race}/participants`, { offset: -1 })).status).toBe(400)
  })

  test('who was taken out stays as not active; what was undone at once is gone', async () => {
    const [first, second, third] = fill(nine, 3)
    registrations.remove(first?.registrationId ?? 0, 'removed')
    registrations.remove(second?.registrationId ?? 0, 'cleared')
    await open()
    const { data } = (await get(`/events/${race}/participants`)).body
    expect(data.map((row: { isActive: boolean }) => row.isActive)).toEqual([false, true])
    expect(data[1].participantId).toBe(third?.registrationId)
  })

  test.each([
    ['subEventId', [{ subEventId: 1 }, { subEventId: 2 }]],
    ['subEvent', [{ subEvent: { subEventId: 1 } }, { subEvent: { subEventId: 2 } }]],
    ['subEvents', [{ subEvents: { data: [{ subEventId: 1 }, { subEventId: 2 }] } }]],
    ['none', [{}]],
  ] as const)('of two sub-events name them by %s', async (subEventLink, shapes) => {
    const [person] = fill(nine, 1)
    await open({ subEventLink, alsoIn: new Map([[person?.registrationId ?? 0, [half]]]) })
    const { data } = (await get(`/events/${race}/participants`)).body
    const text = JSON.stringify(shapes).replaceAll(':1}', `:${nine}}`).replaceAll(':2}', `:${half}}`)
    expect(data).toMatchObject(JSON.parse(text))
    expect(data).toHaveLength(shapes.length)
  })
})

test('errors are told by their status', async () => {
  await open({ largestPage: 50, overLargest: 'refused' })
  expect((await get('/events/1')).status).toBe(404)
  expect((await get('/nothing')).status).toBe(404)
  expect(await get('/events', { limit: 51 })).toEqual({
    status: 400,
    body: { message: 'limit may not be greater than 50' },
  })
  expect((await fetch(`${server.url}/events`)).status).toBe(401)
  const { access_token } = await token()
  const headers = { authorization: `Bearer ${access_token}` }
  expect((await fetch(`${server.url}/events`, { method: 'DELETE', headers })).status).toBe(405)
})
