import { gzipSync } from 'node:zlib'
import type { CopernicoRace } from './copernico-athletes.ts'
import { athleteJson, readRegistrants, rowJson } from './copernico-rows.ts'
import type { Faults } from './faults.ts'
import { createHttpHost, type OutsideServer } from './http-host.ts'
import type { Reply, Request } from './http-messages.ts'

/** Ways in which the real one was met. */
export interface CopernicoWays {
  /** Around a preset's rows; default nothing. */
  readonly wrapped?: 'data' | 'results'
  /** The cache in front packs what is read and does not say so. */
  readonly packed?: boolean
  /** Texts are encoded twice. */
  readonly doubled?: boolean
  /** [G] What it answers to registrants; nobody showed it. Default the envelope that its reads have. */
  readonly pushAnswer?: string
}

const LARGEST_PRESET = 6_000_000

/**
 * Copernico on loopback as its vendor's pages and its clients tell it: registrants are taken under /race-registrations,
 * presets and athletes read under /api/races.
 */
export function createCopernicoServer(parts: {
  readonly race: CopernicoRace
  readonly apiKey: string
  readonly clock: () => number
  readonly ways?: CopernicoWays
  readonly port?: number
  readonly faults?: Faults
}): OutsideServer {
  const { race, ways = {} } = parts

  return createHttpHost({
    clock: parts.clock,
    basePath: '',
    ...(parts.port !== undefined && { port: parts.port }),
    ...(parts.faults && { faults: parts.faults }),
    error200: code => json(200, { result: { code, message: 'Something went wrong' } }),
    answer(request) {
      const [root, ...rest] = request.path.split('/').filter(Boolean).map(decodeURIComponent)
      if (root === 'race-registrations') return register(request, rest)
      if (root !== 'api' || rest[0] !== 'races') return text(404, 'not found')
      if (request.method !== 'GET') return text(405, 'not allowed')
      const [slug, kind, ...named] = rest.slice(1)
      if (slug !== race.slug) return text(404, 'race not found')
      if (kind === 'preset' && named.length === 2) return preset(named[0] ?? '', named[1] ?? '')
      if (kind === 'athlete' && named.length === 2 && named[1] === 'full')
        return athlete(request, named[0] ?? '')
      return text(404, 'not found')
    },
  })

  function register({ method, headers, body }: Request, [raceId, ...more]: readonly string[]): Reply {
    if (method !== 'POST') return text(405, 'not allowed')
    if (raceId !== race.id || more.length > 0) return text(404, 'race not found')
    if (!headers['content-type']?.startsWith('application/json')) return text(415, 'JSON is wanted')
    const read = readRegistrants(race, body)
    if ('problem' in read) return text(400, read.problem)
    for (const { eventId, id, fields } of read.registrants) race.register(eventId, id, fields)
    const { pushAnswer } = ways
    return pushAnswer === undefined
      ? json(200, { result: { code: 0, message: 'OK' } })
      : text(200, pushAnswer)
  }

  function preset(which: string, eventName: string): Reply {
    const found = race.presets.find(({ login, name }) => `${login}:::${name}` === which)
    const event = race.events.find(({ name }) => name === eventName)
    if (found === undefined || event === undefined) return text(404, 'preset not found')
    const rows = race.athletesOf(event.id).map(one => rowJson(race, found, one))
    const answer = read(ways.wrapped === undefined ? rows : { [ways.wrapped]: rows })
    // [G] Only that it fails is said, not how.
    return Buffer.byteLength(answer.body) > LARGEST_PRESET ? text(502, 'too large') : pack(answer)
  }

  function athlete({ headers }: Request, id: string): Reply {
    // [G] As its gateway's maker refuses a key.
    if (headers['x-api-key'] !== parts.apiKey) return json(403, { message: 'Forbidden' })
    const found = race.athlete(id)
    const data = found === undefined ? {} : athleteJson(race, found)
    return pack(read({ result: { code: 1, message: 'OK' }, data }))
  }

  function read(value: unknown): Reply {
    return json(200, ways.doubled ? twice(value) : value)
  }

  function pack(reply: Reply): Reply {
    return ways.packed ? { ...reply, body: gzipSync(reply.body) } : reply
  }
}

/** Every text, names of fields too, as UTF-8 whose bytes were taken for letters. */
function twice(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('latin1')
  if (Array.isArray(value)) return value.map(twice)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(entry => entry.map(twice)))
}

const json = (status: number, value: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

const text = (status: number, body: string): Reply => ({ status, type: 'text/plain', body })
