import type { Faults } from './faults.ts'
import { createHttpHost } from './http-host.ts'
import type { Reply, Request } from './http-messages.ts'
import { eventJson, type Participant, participantJson, type SubEventLink } from './race-roster-rows.ts'
import { createRaceRosterTokens, type RaceRosterLogin, type TokenWrap } from './race-roster-tokens.ts'
import type { Race, Registrations } from './registrations.ts'

/** What is thrown inside and answered outside by its status. */
class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Race Roster as its documents and its clients tell it, on loopback. */
export function createRaceRosterServer(parts: {
  readonly registrations: Registrations
  readonly login: RaceRosterLogin
  readonly clock: () => number
  readonly port?: number
  readonly faults?: Faults
  readonly tokenWrap?: TokenWrap
  readonly subEventLink?: SubEventLink
  /** Further sub-events of a registration, by its id. */
  readonly alsoIn?: ReadonlyMap<number, readonly number[]>
  /** [G] The one page size seen in use is 50: what a larger limit gets is not known. */
  readonly largestPage?: number
  readonly overLargest?: 'capped' | 'refused'
  /** [G] The order nobody asked for. By name, a correction moves a row. */
  readonly order?: 'id' | 'newest' | 'name'
  /** Events this login may not see (403). */
  readonly forbidden?: readonly number[]
}) {
  const { registrations } = parts
  const largest = parts.largestPage ?? 100
  const tokens = createRaceRosterTokens({
    login: parts.login,
    wrap: parts.tokenWrap ?? 'list',
    clock: parts.clock,
  })

  const host = createHttpHost({
    clock: parts.clock,
    basePath: '/api/v1',
    ...(parts.port !== undefined && { port: parts.port }),
    ...(parts.faults && { faults: parts.faults }),
    // Race Roster says errors by status; a body of this shape with 200 is something in between.
    error200: code => json(200, { error: 'Something went wrong', code }),
    answer(request) {
      try {
        return respond(request)
      } catch (error) {
        if (error instanceof Refusal) return json(error.status, { message: error.message })
        throw error
      }
    },
  })

  function respond(request: Request): Reply {
    const { method, path, query, headers, body } = request
    if (path === '/api/oauth/authorize') {
      if (method !== 'POST') throw new Refusal(405, 'Method not allowed')
      if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
        throw new Refusal(400, 'The request is no form')
      return tokens.authorize(body)
    }
    if (!tokens.opens(headers.authorization)) throw new Refusal(401, 'Unauthenticated.')
    const [, , noun, id, child, ...more] = path.split('/').filter(Boolean)
    if (noun !== 'events' || more.length > 0) throw new Refusal(404, 'Not found')
    if (method !== 'GET') throw new Refusal(405, 'Method not allowed')
    if (id === undefined) return list(query, events(query))
    const race = eventOf(id)
    if (child === undefined) return json(200, { data: eventJson(race, registrations.eventsOf(race.raceId)) })
    if (child !== 'participants') throw new Refusal(404, 'Not found')
    const link = parts.subEventLink ?? 'subEventId'
    return list(
      query,
      participants(race).flatMap(participant => participantJson(participant, link)),
    )
  }

  function eventOf(id: string): Race {
    const race = registrations.races.find(({ raceId }) => String(raceId) === id)
    if (!race) throw new Refusal(404, 'Event not found')
    if (parts.forbidden?.includes(race.raceId)) throw new Refusal(403, 'This event is not yours')
    return race
  }

  /** Only what is still to come, and what this login may see. */
  function events(query: URLSearchParams) {
    const wanted = query.get('eventId')?.split(',')
    const from = moment(query, 'eventDateFrom') ?? parts.clock()
    const to = moment(query, 'eventDateTo') ?? Number.POSITIVE_INFINITY
    const since = moment(query, 'lastModifiedDate') ?? 0
    return registrations.races
      .filter(race => !parts.forbidden?.includes(race.raceId))
      .filter(race => wanted === undefined || wanted.includes(String(race.raceId)))
      .filter(race => race.lastModified * 1000 >= since)
      .map(race => ({ race, subEvents: registrations.eventsOf(race.raceId) }))
      .filter(({ subEvents }) => subEvents.some(({ startsAt }) => startsAt >= from && startsAt <= to))
      .map(({ race, subEvents }) => eventJson(race, subEvents))
  }

  /** [G] Who was taken out stays in the list as not active; what was undone at once never was. */
  function participants(race: Race): readonly Participant[] {
    const subEvents = registrations.eventsOf(race.raceId)
    const all = subEvents.flatMap(subEvent => {
      const removed = registrations.removed(subEvent.eventId).filter(({ reason }) => reason !== 'cleared')
      const also = (id: number) => subEvents.filter(other => parts.alsoIn?.get(id)?.includes(other.eventId))
      const of = (registration: Participant['registration'], active: boolean): Participant => ({
        registration,
        active,
        subEvents: [subEvent, ...also(registration.registrationId)],
      })
      return [
        ...registrations.active(subEvent.eventId).map(registration => of(registration, true)),
        ...removed.map(({ registration }) => of(registration, false)),
      ]
    })
    return all.sort(orders[parts.order ?? 'id'])
  }

  function list(query: URLSearchParams, rows: readonly unknown[]): Reply {
    const limit = whole(query, 'limit', 50)
    const offset = whole(query, 'offset', 0)
    if (limit === 0) throw new Refusal(400, 'limit must be at least 1')
    if (limit > largest && parts.overLargest === 'refused')
      throw new Refusal(400, `limit may not be greater than ${largest}`)
    const data = rows.slice(offset, offset + Math.min(limit, largest))
    return json(200, { metadata: { totalResults: rows.length }, data })
  }

  return Object.assign(host, { revoke: tokens.revoke, issued: tokens.issued })
}

const orders: Record<'id' | 'newest' | 'name', (a: Participant, b: Participant) => number> = {
  id: (a, b) => a.registration.registrationId - b.registration.registrationId,
  newest: (a, b) => b.registration.registrationId - a.registration.registrationId,
  name: (a, b) =>
    a.registration.person.lastName.localeCompare(b.registration.person.lastName, 'en') ||
    a.registration.registrationId - b.registration.registrationId,
}

const json = (status: number, body: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})

function whole(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  if (!/^\d+$/.test(text)) throw new Refusal(400, `${name} must be a whole number`)
  return Number(text)
}

function moment(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null) return null
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new Refusal(400, `${name} must be a date`)
  return at
}
