import type { Faults } from './faults.ts'
import { createHttpHost, type OutsideServer } from './http-host.ts'
import type { Reply, Request } from './http-messages.ts'
import type { Race, RaceEvent, Registrations } from './registrations.ts'
import { createResultSets, type ResultSets } from './result-sets.ts'
import { editNumbers } from './runsignup-numbers.ts'
import { type PageAsked, pageOfRows, type SortKey } from './runsignup-pages.ts'
import { fullResults, newResultSet, type Refuse, resultSetsJson, resultsJson } from './runsignup-results.ts'
import { eastern, type Include, participantJson, raceJson, removedJson } from './runsignup-rows.ts'
import { toXml } from './xml.ts'

export interface RunSignUpKeys {
  readonly api_key: string
  readonly api_secret: string
}

const messages: Readonly<Record<number, string>> = {
  1: 'Unknown method',
  2: 'HTTP method unsupported',
  3: 'Invalid parameters',
  6: 'Key authentication failed',
  7: 'Permission Denied',
  9: 'Invalid date',
  10: 'Format unsupported',
  14: 'Request throttled.',
  201: 'Race not found',
  301: 'Event not found',
}

/** What is thrown inside and answered outside with HTTP 200. */
class Refusal extends Error {
  readonly code: number
  constructor(code: number, message?: string) {
    super(message ?? messages[code] ?? 'Unknown error')
    this.code = code
  }
}

/** RunSignUp as its documents and its clients tell it, on loopback. The keys serve both key schemes. */
export function createRunSignUpServer(parts: {
  readonly registrations: Registrations
  readonly keys: RunSignUpKeys
  readonly clock: () => number
  readonly port?: number
  readonly faults?: Faults
  /** Where results are taken; default its own. */
  readonly resultSets?: ResultSets
  /** Races these keys may not see (error 7). */
  readonly forbidden?: readonly number[]
}): OutsideServer {
  const { registrations } = parts
  const refuse: Refuse = (code, message) => {
    throw new Refusal(code, message)
  }
  const ofResults = {
    sets: parts.resultSets ?? createResultSets(),
    activeOf: (eventId: number) => registrations.active(eventId),
    refuse,
  }

  return createHttpHost({
    clock: parts.clock,
    basePath: '/Rest',
    ...(parts.port !== undefined && { port: parts.port }),
    ...(parts.faults && { faults: parts.faults }),
    error200: (code, request) => write(request, errorBody(code, messages[code] ?? 'Unknown error')),
    answer(request) {
      try {
        return write(request, respond(request))
      } catch (error) {
        if (error instanceof Refusal) return write(request, errorBody(error.code, error.message))
        throw error
      }
    },
  })

  function respond(request: Request): unknown {
    const [root, ...path] = request.path.toLowerCase().split('/').filter(Boolean)
    if (root !== 'rest') throw new Refusal(1)
    const { query } = request
    const format = query.get('format') ?? 'xml'
    if (format !== 'json' && format !== 'xml') throw new Refusal(10)
    const known = authenticate(request)
    const [noun, id, verb, ...more] = path
    if (noun === 'races' && id === undefined) return onlyGet(request, () => races(query, known))
    if (noun === 'race' && id !== undefined && verb === 'results')
      return results(request, raceOf(id), more, known)
    if (noun !== 'race' || id === undefined || more.length > 0) throw new Refusal(1)
    if (verb === undefined) return onlyGet(request, () => ({ race: oneRace(raceOf(id), query) }))
    if (verb !== 'participants' && verb !== 'removed-participants') throw new Refusal(1)
    if (verb === 'participants' && request.method === 'POST') return numbers(request, raceOf(id), known)
    return onlyGet(request, () => {
      if (!known) throw new Refusal(7)
      const events = eventsOf(raceOf(id), query)
      return verb === 'participants' ? participants(events, query) : removed(events, query)
    })
  }

  function results(request: Request, race: Race, more: readonly string[], known: boolean): unknown {
    if (!known) throw new Refusal(7)
    const form = new URLSearchParams(request.method === 'POST' ? request.body : '')
    const asked = new URLSearchParams(form.has('event_id') ? form : request.query)
    const [event] = eventsOf(race, asked)
    if (event === undefined) throw new Refusal(301)
    const call = { eventId: event.eventId, query: request.query, body: request.body }
    switch (`${request.method} ${more.join('/')}`) {
      case 'GET get-result-sets':
        return resultSetsJson(ofResults, call)
      case 'GET get-results':
        return resultsJson(ofResults, call)
      case 'POST ':
        return newResultSet(ofResults, call)
      case 'POST full-results':
        return fullResults(ofResults, call)
      default:
        throw new Refusal(1)
    }
  }

  function numbers(request: Request, race: Race, known: boolean): unknown {
    if (!known) throw new Refusal(7)
    const [event, another] = eventsOf(race, new URLSearchParams(request.body))
    if (event === undefined || another !== undefined) throw new Refusal(3, 'one event_id is required')
    const { eventId } = event
    return editNumbers(
      {
        find: registrations.find,
        edit: (id, changes) => void registrations.edit(id, changes),
        isInactive: id =>
          registrations.removed(eventId).some(({ registration }) => registration.registrationId === id),
        refuse,
      },
      eventId,
      request.body,
    )
  }

  /** False for a call without any key, which sees public races only; a wrong key is refused. */
  function authenticate({ query, headers }: Request): boolean {
    const pairs = [
      [query.get('api_key'), query.get('api_secret')],
      [query.get('rsu_api_key'), headers['x-rsu-api-secret'] ?? null],
    ] as const
    const [key, secret] = pairs.find(pair => pair[0] !== null) ?? [null, null]
    if (key === null) return false
    if (key !== parts.keys.api_key || secret !== parts.keys.api_secret) throw new Refusal(6)
    return true
  }

  function raceOf(id: string): Race {
    const race = registrations.races.find(({ raceId }) => String(raceId) === id)
    if (!race) throw new Refusal(201)
    if (parts.forbidden?.includes(race.raceId)) throw new Refusal(7)
    return race
  }

  function eventsOf(race: Race, query: URLSearchParams): RaceEvent[] {
    const asked = query.get('event_id')
    if (!asked) throw new Refusal(3, 'event_id is required')
    const ofRace = registrations.eventsOf(race.raceId)
    return [...new Set(asked.split(','))].map(id => {
      if (!/^\s*\d+\s*$/.test(id)) throw new Refusal(3, 'Invalid event_id')
      const event = ofRace.find(({ eventId }) => eventId === Number(id))
      if (!event) throw new Refusal(301)
      return event
    })
  }

  function races(query: URLSearchParams, known: boolean) {
    const size = Math.min(whole(query, 'results_per_page', 50), 1000)
    const from = (whole(query, 'page', 1) - 1) * size
    const seen = registrations.races
      .filter(race => known || !race.isPrivate)
      .filter(race => !parts.forbidden?.includes(race.raceId))
      .filter(race => onDates(registrations.eventsOf(race.raceId), query))
    const withEvents = query.get('events') === 'T'
    return {
      races: seen.slice(from, from + size).map(race => ({
        race: raceJson(race, withEvents ? registrations.eventsOf(race.raceId) : [], false),
      })),
    }
  }

  function onDates(events: readonly RaceEvent[], query: URLSearchParams): boolean {
    const start = day(query, 'start_date')
    const end = day(query, 'end_date')
    if (start === null && end === null) return true
    const days = events.map(event => eastern.dashed(event.startsAt).slice(0, 10))
    return days.some(on => (start === null || on >= start) && (end === null || on <= end))
  }

  /** YYYY-MM-DD out of any spelling the documents allow. */
  function day(query: URLSearchParams, name: string): string | null {
    const text = query.get(name)
    if (!text) return null
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text
    const dayOf = (at: number) => eastern.dashed(at).slice(0, 10)
    if (text === 'today') return dayOf(parts.clock())
    if (text === 'tomorrow') return dayOf(parts.clock() + 86_400_000)
    if (/^\d+$/.test(text)) return dayOf(Number(text) * 1000)
    throw new Refusal(9, `Invalid ${name}`)
  }

  function oneRace(race: Race, query: URLSearchParams) {
    const upcoming = query.get('future_events_only') === 'T'
    const events = registrations
      .eventsOf(race.raceId)
      .filter(event => !upcoming || event.startsAt >= parts.clock())
    return { events: [], ...raceJson(race, events, query.get('include_questions') === 'T') }
  }

  /** An old bug kept: `event.participants` is always empty, the rows stand beside the event. */
  function participants(events: readonly RaceEvent[], query: URLSearchParams) {
    const include = includeOf(query)
    const rows = pageOfRows(
      events.map(event => registrations.active(event.eventId)),
      askedOf(query),
    )
    const byEvent = Map.groupBy(rows, row => row.eventId)
    return events.map(event => {
      const found = byEvent.get(event.eventId)
      return {
        event: { event_id: event.eventId, name: event.name, participants: [] },
        ...(found && { participants: found.map(row => participantJson(row, event, include)) }),
      }
    })
  }

  /** Here the rows do stand under the event. */
  function removed(events: readonly RaceEvent[], query: URLSearchParams) {
    const include = includeOf(query)
    const { page, size, modifiedAfter } = askedOf(query)
    const rows = events
      .flatMap(event => registrations.removed(event.eventId))
      .filter(row => modifiedAfter === null || row.lastModified >= modifiedAfter)
      .sort((a, b) => a.registration.registrationId - b.registration.registrationId)
      .slice((page - 1) * size, page * size)
    return events.map(event => ({
      event: {
        event_id: event.eventId,
        name: event.name,
        participants: rows
          .filter(row => row.registration.eventId === event.eventId)
          .map(row => removedJson(row, event, include)),
      },
    }))
  }
}

function includeOf(query: URLSearchParams): Include {
  return {
    questions: query.get('include_questions') === 'T',
    addons: query.get('include_registration_addons') === 'T',
    corrals: query.get('include_corrals') === 'T',
    supportsNb: query.get('supports_nb') === 'T',
  }
}

/** A page larger than 2500 is cut to 2500 and nothing says so. */
function askedOf(query: URLSearchParams): PageAsked {
  return {
    page: whole(query, 'page', 1),
    size: Math.min(whole(query, 'results_per_page', 50), 2500),
    after: query.has('after_registration_id') ? whole(query, 'after_registration_id', 0, 0) : null,
    modifiedAfter: query.has('modified_after_timestamp')
      ? whole(query, 'modified_after_timestamp', 0, 0)
      : null,
    sort: sortOf(query.get('sort')),
  }
}

function sortOf(text: string | null): readonly [SortKey, 'ASC' | 'DESC'] {
  const [key, direction = 'ASC'] = (text ?? 'registration_id').trim().split(/\s+/)
  const upper = direction.toUpperCase()
  if (key !== 'registration_id' && key !== 'last_modified') throw new Refusal(3, 'Invalid sort')
  if (upper !== 'ASC' && upper !== 'DESC') throw new Refusal(3, 'Invalid sort')
  return [key, upper]
}

function whole(query: URLSearchParams, name: string, otherwise: number, least = 1): number {
  const text = query.get(name)
  if (text === null) return otherwise
  if (!/^\d+$/.test(text) || Number(text) < least) throw new Refusal(3, `Invalid ${name}`)
  return Number(text)
}

function onlyGet<T>(request: Request, answer: () => T): T {
  if (request.method !== 'GET') throw new Refusal(2)
  return answer()
}

function errorBody(code: number, message: string) {
  return { error: { error_code: code, error_msg: message } }
}

/** XML unless JSON is asked for, errors too, and HTTP 200 whatever happened. */
function write(request: Request, value: unknown): Reply {
  if (request.query.get('format') === 'json')
    return { status: 200, type: 'application/json', body: JSON.stringify(value) }
  return { status: 200, type: 'text/xml', body: toXml('response', value) }
}
