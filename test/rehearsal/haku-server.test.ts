import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHakuServer } from '../../src/rehearsal/haku-server.ts'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createRegistrations, type Registrations } from '../../src/rehearsal/registrations.ts'

const keys = { client_id: 'client', client_secret: 'secret' }
const basic = `Basic ${Buffer.from('client:secret').toString('base64')}`
let now = 0
const clock = () => now

let registrations: Registrations
let server: ReturnType<typeof createHakuServer>
let race: number
let fiveK: number

beforeEach(() => {
  now = Date.UTC(2026, 4, 8, 12, 0)
  registrations = createRegistrations({ clock })
  race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Denver' }).raceId
  fiveK = registrations.addEvent(race, { name: '5K', startsAt: now + 86_400_000 }).eventId
})
afterEach(() => server.stop())

async function open(options: Partial<Parameters<typeof createHakuServer>[0]> = {}) {
  server = createHakuServer({ registrations, keys, clock, ...options })
  await server.start()
}

const buy = (authorization: string, form: Record<string, string> = { grant_type: 'client_credentials' }) =>
  fetch(`${server.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })

async function get(path: string, authorization?: string) {
  const token = authorization ?? (await (await buy(basic)).json()).access_token
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: token } })
  return { status: answer.status, body: await answer.json() }
}

const fill = (count: number) =>
  makePeople({ seed: 3, year: 2026, count }).map((person, index) => {
    now += 1000
    return registrations.add(fiveK, { person, bib: index + 1, chip: `C${index + 1}` })
  })

test('a token is bought with the keys, opens for an hour, and only without a word before it', async () => {
  await open()
  expect((await buy('Basic wrong')).status).toBe(400)
  expect((await buy(basic, { grant_type: 'password' })).status).toBe(400)
  const { access_token, expires_in } = await (await buy(basic)).json()
  expect(expires_in).toBe(3600)
  expect((await get('/events', access_token)).status).toBe(200)
  expect((await get('/events', `Bearer ${access_token}`)).status).toBe(401)
  now += 3_600_000
  expect((await get('/events', access_token)).status).toBe(401)
})

test('a list is a bare one of at most 25 rows, whatever is asked for, until an empty page', async () => {
  fill(30)
  await open()
  const sizes = []
  for (const page of [1, 2, 3])
    sizes.push((await get(`/events/${race}/participants?per_page=100&page=${page}`)).body.length)
  expect(sizes).toEqual([25, 5, 0])
})

test('a list by change has who changed last on top, and does not say when', async () => {
  const [first, second, , fourth] = fill(4)
  now += 1000
  registrations.edit(second?.registrationId ?? 0, { bib: 900 })
  now += 1000
  registrations.remove(first?.registrationId ?? 0, 'removed')
  await open()
  const { body } = await get(`/events/${race}/participants?sort_column=updated_at&sort_direction=desc`)
  expect(
    body
      .slice(0, 3)
      .map((row: { registration_number: string; is_cancelled: boolean }) => [
        Number(row.registration_number),
        row.is_cancelled,
      ]),
  ).toEqual([
    [first?.registrationId, true],
    [second?.registrationId, false],
    [fourth?.registrationId, false],
  ])
  expect(Object.keys(body[0])).not.toContain('updated_at')
  expect(JSON.stringify(body)).not.toContain('tag_number')
})

test('details have bib and chip within the category, and what is not there is not found', async () => {
  const [first] = fill(1)
  await open()
  const { body } = await get(`/events/${race}/registrations/${first?.registrationId}`)
  expect(body).toMatchObject({
    registration_number: String(first?.registrationId),
    participant: { first_name: first?.person.firstName, last_name: first?.person.lastName },
    event_categories: [{ name: '5K', tag_number: 1, chip_number: 'C1', is_active: true }],
    is_cancelled: false,
    updated_at: new Date(now).toISOString(),
  })
  expect((await get(`/events/${race}/registrations/1`)).status).toBe(404)
  expect((await get('/events/1/participants')).status).toBe(404)
})
