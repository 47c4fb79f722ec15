import { createHash } from 'node:crypto'
import { readEntry } from './ctlive-entry.ts'
import type { Faults } from './faults.ts'
import { createHttpHost, type OutsideServer } from './http-host.ts'
import type { Reply, Request } from './http-messages.ts'
import type { Fields, Scoring } from './scoring.ts'
import { toXml } from './xml.ts'

export interface CtliveLogin {
  readonly client_id: string
  readonly user_id: string
  /** The clear one; a call carries its SHA-1. */
  readonly password: string
}

type Answer =
  | { readonly kind: 'one'; readonly key: string; readonly row: Fields; readonly status: number }
  | { readonly kind: 'list'; readonly key: string; readonly rows: readonly Fields[] }
  | { readonly kind: 'refusal'; readonly status: number; readonly message: string }

const refuse = (status: number, message: string): Answer => ({ kind: 'refusal', status, message })
const one = (key: string, row: Fields | undefined, status = 200): Answer =>
  row ? { kind: 'one', key, row, status } : refuse(404, `${key} not found`)

/** CTLive as its clients tell it, on loopback. */
export function createCtliveServer(parts: {
  readonly scoring: Scoring
  readonly login: CtliveLogin
  readonly clock: () => number
  /** The X-Ctlive-* headers of a list: the real ones come and go. */
  readonly pageHeaders: boolean
  readonly port?: number
  readonly faults?: Faults
}): OutsideServer {
  const { scoring, login } = parts
  const passwordHash = createHash('sha1').update(login.password).digest('hex')

  return createHttpHost({
    clock: parts.clock,
    basePath: '/api',
    ...(parts.port !== undefined && { port: parts.port }),
    ...(parts.faults && { faults: parts.faults }),
    // CTLive says errors by status; a body of this shape with 200 is a proxy's doing.
    error200: code => ({ status: 200, type: 'application/json', body: JSON.stringify({ error: code }) }),
    answer(request) {
      if (!authentic(request.query)) return text(401, 'Authentication failed')
      const [root, first = '', ...rest] = request.path.split('/').filter(Boolean)
      const [, noun = '', suffix] = /^([a-z-]*)(?:\.([a-z]+))?$/.exec(first) ?? []
      const format = suffix ?? request.query.get('format') ?? 'xml'
      if (format !== 'json' && format !== 'xml') return text(400, `format ${format} is not supported`)
      const answer = root === 'api' ? respond(request, noun, rest) : refuse(404, 'not found')
      return write(answer, request.query, format, parts.pageHeaders)
    },
  })

  function authentic(query: URLSearchParams): boolean {
    return (
      query.get('client_id') === login.client_id &&
      query.get('user_id') === login.user_id &&
      query.get('user_pass') === passwordHash
    )
  }

  function respond(request: Request, noun: string, rest: readonly string[]): Answer {
    const [id, child, ...more] = rest
    const path = more.length > 0 ? '' : [noun, id && '{id}', child].filter(Boolean).join('/')
    const { method, query } = request
    switch (`${method} ${path}`) {
      case 'GET event':
        return { kind: 'list', key: 'event', rows: scoring.events }
      case 'GET event/{id}':
        return one('event', scoring.event(id ?? ''))
      case 'GET event/{id}/race':
        if (!scoring.event(id ?? '')) return refuse(404, 'event not found')
        return { kind: 'list', key: 'event_race', rows: scoring.racesOf(id ?? '') }
      case 'GET event/{id}/entry':
        if (!scoring.event(id ?? '')) return refuse(404, 'event not found')
        return {
          kind: 'list',
          key: 'event_entry',
          rows: tested(scoring.entriesOf({ eventId: id ?? '' }), query),
        }
      case 'GET race/{id}':
        return one('race', scoring.race(id ?? ''))
      case 'GET race/{id}/entry':
        if (!scoring.race(id ?? '')) return refuse(404, 'race not found')
        return {
          kind: 'list',
          key: 'race_entry',
          rows: tested(scoring.entriesOf({ raceId: id ?? '' }), query),
        }
      case 'GET race/{id}/interval':
        if (!scoring.race(id ?? '')) return refuse(404, 'race not found')
        return { kind: 'list', key: 'race_interval', rows: scoring.results.intervalsOf(id ?? '') }
      case 'GET interval/{id}/results':
        return resultsOf(id ?? '', query)
      case 'GET entry/{id}':
        return one('entry', scoring.entry(id ?? ''))
      case 'POST race/{id}/entry':
        return createEntry(id ?? '', request.body)
      case 'PUT entry/{id}':
        return changeEntry(id ?? '', request.body)
      default:
        return ['GET', 'POST', 'PUT'].includes(method) ? refuse(404, 'not found') : refuse(405, 'not allowed')
    }
  }

  // [G] That last_modified is unix seconds, and heeded, is what one client believes.
  function resultsOf(intervalId: string, query: URLSearchParams): Answer {
    if (!scoring.results.interval(intervalId)) return refuse(404, 'interval not found')
    const after = query.get('last_modified')
    const rows = scoring.results.rowsOf(intervalId, after === null ? null : Number(after))
    const bib = query.get('bib')
    const wanted = bib === null ? rows : rows.filter(row => row.results_bib === bib)
    return { kind: 'list', key: 'interval_results', rows: wanted }
  }

  // [G] Writing entries is inferred: the documents speak of creating and updating resources, no client shows a body.
  function createEntry(raceId: string, body: string): Answer {
    if (!scoring.race(raceId)) return refuse(404, 'race not found')
    const asked = readEntry(body)
    if ('problem' in asked) return refuse(400, asked.problem)
    const { race_id, ...fields } = asked.fields
    if (race_id !== undefined && race_id !== raceId) return refuse(400, 'race_id differs from the path')
    if (!fields.athlete_first_name && !fields.athlete_last_name) return refuse(400, 'an entry needs a name')
    return one('entry', scoring.addEntry(raceId, fields), 201)
  }

  // [G] As above. What is not named stays as it was.
  function changeEntry(entryId: string, body: string): Answer {
    const before = scoring.entry(entryId)
    if (!before) return refuse(404, 'entry not found')
    const asked = readEntry(body)
    if ('problem' in asked) return refuse(400, asked.problem)
    const { race_id } = asked.fields
    if (race_id !== undefined && scoring.eventOf(race_id) !== scoring.eventOf(before.race_id ?? ''))
      return refuse(400, 'race_id is not a race of this event')
    return one('entry', scoring.editEntry(entryId, asked.fields))
  }
}

/** Test entries are kept back unless asked for. [G] What marks one is nowhere said: here entry_type TEST. */
function tested(rows: readonly Fields[], query: URLSearchParams): readonly Fields[] {
  return query.get('include_test_entries') === 'true' ? rows : rows.filter(row => row.entry_type !== 'TEST')
}

function write(answer: Answer, query: URLSearchParams, format: 'json' | 'xml', pageHeaders: boolean): Reply {
  if (answer.kind === 'refusal') return text(answer.status, answer.message)
  const columns = query.get('columns')?.split(',')
  const shape = (row: Fields) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !columns || columns.includes(name))
        .filter(([, value]) => value !== '' || query.get('elide_json') === 'false'),
    )
  if (answer.kind === 'one') return reply(format, { [answer.key]: shape(answer.row) }, answer.status, {})

  const page = Number(query.get('page') ?? 1)
  const size = Number(query.get('size') ?? 50)
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(size) || size < 1)
    return text(400, 'page and size are whole numbers above 0')
  const rows = answer.rows.slice((page - 1) * size, page * size).map(shape)
  const headers = {
    'X-Ctlive-Row-Count': String(answer.rows.length),
    'X-Ctlive-Page-Count': String(Math.ceil(answer.rows.length / size)),
    'X-Ctlive-Page-Size': String(size),
    'X-Ctlive-Current-Page': String(page),
  }
  // A list of exactly one is written as the one.
  return reply(format, { [answer.key]: rows.length === 1 ? rows[0] : rows }, 200, pageHeaders ? headers : {})
}

function reply(
  format: 'json' | 'xml',
  value: unknown,
  status: number,
  headers: Record<string, string>,
): Reply {
  return format === 'json'
    ? { status, type: 'application/json', body: JSON.stringify(value), headers }
    : { status, type: 'text/xml', body: toXml('ctlive', value), headers }
}

function text(status: number, message: string): Reply {
  return { status, type: 'text/plain', body: message }
}
