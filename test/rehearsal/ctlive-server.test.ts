import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCtliveServer } from '../../src/rehearsal/ctlive-server.ts'
import type { OutsideServer } from '../../src/rehearsal/http-host.ts'
import { createScoring, type Scoring } from '../../src/rehearsal/scoring.ts'

const login = { client_id: 'c', user_id: 'crew@example.com', password: 'pässword' }
const user_pass = createHash('sha1').update(login.password).digest('hex')
const started: OutsideServer[] = []
let scoring: Scoring
let server: OutsideServer
let event: string
let race: string

async function serve(pageHeaders: boolean) {
  const made = createCtliveServer({ scoring, login, clock: Date.now, pageHeaders })
  await made.start()
  started.push(made)
  return made
}

beforeEach(async () => {
  scoring = createScoring()
  event = scoring.addEvent({ event_name: 'Harbor Run' }).event_id ?? ''
  race = scoring.addRace(event, { race_name: '9K' }).race_id ?? ''
  server = await serve(true)
})
afterEach(async () => {
  for (const made of started.splice(0)) await made.stop()
})

function call(path: string, query: Record<string, string> = {}, init?: RequestInit, to = server) {
  const search = new URLSearchParams({
    client_id: 'c',
    user_id: login.user_id,
    user_pass,
    format: 'json',
    ...query,
  })
  return fetch(`${to.url}${path}?${search}`, init)
}
const json = async (path: string, query: Record<string, string> = {}) => (await call(path, query)).json()
const send = (method: string, path: string, body: unknown) =>
  call(path, {}, { method, body: typeof body === 'string' ? body : JSON.stringify(body) })

test('a call carries the SHA-1 of the password; anything else is 401 in plain text', async () => {
  expect((await call('/event')).status).toBe(200)
  for (const wrong of [user_pass.toUpperCase(), login.password, '']) {
    const refused = await call('/event', { user_pass: wrong })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('content-type')).toContain('text/plain')
  }
  expect((await call('/event', { client_id: 'other' })).status).toBe(401)
})

describe('reading', () => {
  test('a list is wrapped in parent_child, and a list of one is that one', async () => {
    expect((await json('/event')).event).toMatchObject({ event_name: 'Harbor Run' })
    expect((await json(`/event/${event}/race`)).event_race).toMatchObject({ race_id: race })
    expect((await json(`/race/${race}/entry`)).race_entry).toEqual([])
    scoring.addRace(event, { race_name: 'Half' })
    expect((await json(`/event/${event}/race`)).event_race).toHaveLength(2)
    expect((await json(`/event/${event}`)).event.event_id).toBe(event)
    expect((await json(`/race/${race}`)).race.race_name).toBe('9K')
  })

  test('the format may be a suffix of the first path part', async () => {
    const response = await call(`/event.json/${event}/race`, { format: '' })
    expect((await response.json()).event_race.race_id).toBe(race)
    expect((await call('/event', { format: '' })).status).toBe(400)
    const bare = await fetch(
      `${server.url}/event?client_id=c&user_id=crew@example.com&user_pass=${user_pass}`,
    )
    expect(await bare.text()).toContain('<?xml')
  })

  test('pages are numbered from 1 and counted in headers, which can be missing', async () => {
    for (let bib = 1; bib <= 7; bib += 1)
      scoring.addEntry(race, { entry_bib: String(bib), athlete_last_name: 'A' })
    const page = await call(`/event/${event}/entry`, { page: '2', size: '3' })
    expect((await page.json()).event_entry.map((row: { entry_bib: string }) => row.entry_bib)).toEqual([
      '4',
      '5',
      '6',
    ])
    const headers = ['Row-Count', 'Page-Count', 'Page-Size', 'Current-Page'].map(name =>
      page.headers.get(`X-Ctlive-${name}`),
    )
    expect(headers).toEqual(['7', '3', '3', '2'])
    expect((await json(`/event/${event}/entry`, { page: '3', size: '3' })).event_entry.entry_bib).toBe('7')
    expect((await json(`/event/${event}/entry`, { page: '4', size: '3' })).event_entry).toEqual([])
    const bare = await call(`/event/${event}/entry`, { size: '3' }, undefined, await serve(false))
    expect(bare.headers.has('X-Ctlive-Row-Count')).toBe(false)
  })

  test('blanks are dropped unless told otherwise, columns restrict, test entries are kept back', async () => {
    const row = scoring.addEntry(race, { entry_bib: '', athlete_last_name: 'A' })
    scoring.addEntry(race, { entry_type: 'TEST', athlete_last_name: 'Test' })
    expect(await json(`/entry/${row.entry_id}`)).not.toHaveProperty('entry.entry_bib')
    expect(await json(`/entry/${row.entry_id}`, { elide_json: 'false' })).toHaveProperty(
      'entry.entry_bib',
      '',
    )
    const columns = { columns: 'entry_id,race_name' }
    expect((await json(`/race/${race}/entry`, columns)).race_entry).toEqual({
      entry_id: row.entry_id,
      race_name: '9K',
    })
    expect((await json(`/race/${race}/entry`, { include_test_entries: 'true' })).race_entry).toHaveLength(2)
  })

  test('what is not there is 404 in plain text', async () => {
    for (const path of ['/event/1', '/event/1/entry', '/race/1/entry', '/entry/1', '/nothing'])
      expect((await call(path)).status).toBe(404)
  })
})

describe('writing (inferred)', () => {
  test('an entry is made, read back as strings, and changed in part', async () => {
    const made = await send('POST', `/race/${race}/entry`, {
      entry_bib: 12,
      athlete_first_name: 'Zoë',
      entry_id: '1',
    })
    expect(made.status).toBe(201)
    const { entry } = await made.json()
    expect(entry).toMatchObject({ entry_bib: '12', entry_name: 'Zoë', race_id: race, race_name: '9K' })
    const changed = await send('PUT', `/entry/${entry.entry_id}`, { athlete_sex: 'X', entry_bib: null })
    expect(changed.status).toBe(200)
    const { entry: after } = await json(`/entry/${entry.entry_id}`)
    expect(after).toMatchObject({ athlete_sex: 'X', athlete_first_name: 'Zoë' })
    expect(after).not.toHaveProperty('entry_bib')
  })

  test('the same entry sent twice is two entries: nobody else keeps them apart', async () => {
    const twin = { entry_external_id: 'a', athlete_last_name: 'B' }
    await send('POST', `/race/${race}/entry`, twin)
    await send('POST', `/race/${race}/entry`, twin)
    expect(scoring.entriesOf({ eventId: event })).toHaveLength(2)
  })

  test('what it cannot take is refused with 400, an unknown id with 404', async () => {
    const name = { athlete_last_name: 'B' }
    const bad = [
      { ...name, athlete_birthdate: '1/2/1980' },
      { ...name, athlete_birthdate: '1980-02-31' },
      { ...name, athlete_sex: 'female' },
      { ...name, team_name: { name: 'x' } },
      {},
      [name],
      '{"athlete',
    ]
    for (const body of bad) {
      const refused = await send('POST', `/race/${race}/entry`, body)
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        400,
        'text/plain; charset=utf-8',
      ])
    }
    expect((await send('POST', '/race/1/entry', name)).status).toBe(404)
    expect((await send('PUT', '/entry/1', name)).status).toBe(404)
    expect(scoring.entriesOf({ raceId: race })).toHaveLength(0)
  })

  test('an entry moves to another race of its event only', async () => {
    const half = scoring.addRace(event, { race_name: 'Half' }).race_id ?? ''
    const other = scoring.addEvent({ event_name: 'Other' }).event_id ?? ''
    const far = scoring.addRace(other, { race_name: 'Far' }).race_id ?? ''
    const { entry_id } = scoring.addEntry(race, { athlete_last_name: 'B' })
    const moved = await (await send('PUT', `/entry/${entry_id}`, { race_id: half })).json()
    expect(moved.entry.race_name).toBe('Half')
    expect((await send('PUT', `/entry/${entry_id}`, { race_id: far })).status).toBe(400)
  })
})
