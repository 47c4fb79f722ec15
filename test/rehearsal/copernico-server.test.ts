import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CopernicoRace, createCopernicoRace } from '../../src/rehearsal/copernico-athletes.ts'
import { type CopernicoWays, createCopernicoServer } from '../../src/rehearsal/copernico-server.ts'
import type { OutsideServer } from '../../src/rehearsal/http-host.ts'

const RACE = '3f6c2b1e-8a47-4c0d-9b5e-2d7a1c9e4f10'
const EVENT = '0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c01'
const started: OutsideServer[] = []
let race: CopernicoRace
let url: string

async function serve(ways: CopernicoWays = {}): Promise<string> {
  const server = createCopernicoServer({ race, apiKey: 'key', clock: Date.now, ways })
  await server.start()
  started.push(server)
  return server.url
}

beforeEach(async () => {
  race = createCopernicoRace({
    id: RACE,
    slug: 'carrera-2026',
    events: [{ id: EVENT, name: 'Mujer 6K', splits: ['Salida', '3K', 'Meta'] }],
    presets: [
      {
        login: 'timer@example.com',
        name: 'Mis tiempos',
        columns: { dorsal: 'dorsal', nombre: 'name', t: 'Meta:time', n: 'Meta:net', puesto: 'Meta:pos' },
      },
    ],
  })
  url = await serve()
})
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop()
})

const somebody = { id: 'a', dorsal: '7', name: 'Íñigo', surname: 'Peña', raceId: RACE, eventId: EVENT }
const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${url}/race-registrations/${RACE}`, { method: 'POST', headers, body: JSON.stringify(body) })
const preset = (at = url, name = 'Mis tiempos', event = 'Mujer 6K') =>
  fetch(
    `${at}/api/races/carrera-2026/preset/timer@example.com:::${encodeURIComponent(name)}/${encodeURIComponent(event)}`,
  )
const full = (id: string, key = 'key', at = url) =>
  fetch(`${at}/api/races/carrera-2026/athlete/${id}/full`, { headers: { 'x-api-key': key } })

describe('registrants', () => {
  test('are taken as an array without any key, and the same id again corrects', async () => {
    expect((await post([somebody, { ...somebody, id: 'b' }])).status).toBe(200)
    expect((await post([{ ...somebody, dorsal: '8' }])).status).toBe(200)
    expect(race.athletesOf(EVENT).map(({ id, fields }) => [id, fields.dorsal, fields.name])).toEqual([
      ['a', '8', 'Íñigo'],
      ['b', '7', 'Íñigo'],
    ])
  })

  test('are refused together for the sake of one that is wrong', async () => {
    const wrong: unknown[] = [
      { ...somebody, id: '' },
      { ...somebody, raceId: EVENT },
      { ...somebody, eventId: '' },
      { ...somebody, eventId: RACE },
      { ...somebody, birthdate: '1980-02-31' },
      { ...somebody, birthdate: '1/2/1980' },
      { ...somebody, gender: 'F' },
      { ...somebody, dorsal: 7 },
      somebody,
      [somebody],
      null,
    ]
    for (const one of wrong) expect((await post([somebody, one])).status).toBe(400)
    expect((await post(somebody)).status).toBe(400)
    expect((await post([somebody], { 'content-type': 'text/plain' })).status).toBe(415)
    expect(race.athletesOf(EVENT)).toEqual([])
  })

  test('of another race, or by another method, are not taken', async () => {
    const other = `${url}/race-registrations/${EVENT}`
    expect((await fetch(other, { method: 'POST', body: '[]' })).status).toBe(404)
    expect((await fetch(`${url}/race-registrations/${RACE}`)).status).toBe(405)
  })
})

describe('a preset', () => {
  const passing = { time: 1_500_000, netTime: 1_497_500, rawTime: 1_778_328_000_000 }

  test('shows its own columns in ms, 0 where there is no time', async () => {
    await post([somebody, { ...somebody, id: 'b', dorsal: '8' }])
    race.pass('b', 'Meta', passing)
    expect(await (await preset()).json()).toEqual([
      { dorsal: '7', nombre: 'Íñigo', t: 0, n: 0, puesto: 0 },
      { dorsal: '8', nombre: 'Íñigo', t: 1_500_000, n: 1_497_500, puesto: 1 },
    ])
  })

  test('is known by its name and its event’s, letter by letter', async () => {
    expect((await preset(url, 'mis tiempos')).status).toBe(404)
    expect((await preset(url, 'Mis tiempos', 'Mujer 6k')).status).toBe(404)
  })

  test('comes wrapped, packed without a word, or encoded twice', async () => {
    await post([somebody])
    expect(await (await preset(await serve({ wrapped: 'data' }))).json()).toMatchObject({ data: [{}] })
    const packed = await preset(await serve({ packed: true }))
    expect(packed.headers.has('content-encoding')).toBe(false)
    const bytes = Buffer.from(await packed.arrayBuffer())
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject([{ dorsal: '7' }])
    const twice = await (await preset(await serve({ doubled: true }))).json()
    expect(twice[0].nombre).toBe('Ã\u008dÃ±igo')
  })

  test('above 6 MB fails', async () => {
    for (let id = 0; id < 70; id++) race.register(EVENT, String(id), { name: 'x'.repeat(100_000) })
    expect((await preset()).status).toBe(502)
  })
})

describe('an athlete', () => {
  test('comes in an envelope with times and places of each split passed', async () => {
    await post([
      { ...somebody, gender: 'male' },
      { ...somebody, id: 'b', gender: 'female' },
    ])
    race.pass('a', 'Meta', { time: 1000, netTime: 900, rawTime: 5000 })
    race.pass('b', '3K', { time: 600, netTime: 500, rawTime: 4600 })
    race.pass('b', 'Meta', { time: 1100, netTime: 1000, rawTime: 5100 })
    const { result, data } = await (await full('b')).json()
    expect(result.code).toBe(1)
    expect(data).toMatchObject({ id: 'b', surname: 'Peña', locations: ['3K', 'Meta'] })
    expect(data.events).toMatchObject([
      {
        event: 'Mujer 6K',
        dorsal: '7',
        status: 'finished',
        times: {
          '3K': { order: 1, time: 600 },
          Meta: { order: 2, time: 1100, netTime: 1000, raw: { rawTime: 5100 } },
        },
        rankings: { Meta: { pos: 2, posGen: 1, posCat: 2 } },
      },
    ])
  })

  test('that is not there is an empty envelope, and a wrong key opens none', async () => {
    expect(await (await full('nobody')).json()).toMatchObject({ result: { code: 1 }, data: {} })
    expect((await full('nobody', 'other')).status).toBe(403)
  })
})
