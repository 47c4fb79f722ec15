import type { Faults } from './faults.ts'
import {
  detailJson,
  eventJson,
  type HakuCategory,
  type HakuRegistration,
  type HakuTimes,
  rowJson,
  updatedAt,
} from './haku-rows.ts'
import { createHttpHost } from './http-host.ts'
import type { Reply, Request } from './http-messages.ts'
import type { Race, Registrations } from './registrations.ts'

export interface HakuKeys {
  readonly client_id: string
  readonly client_secret: string
}

const HOUR_S = 3600

/** Haku as the one known client met it, on loopback; its token is had at /oauth2/token. */
export function createHakuServer(parts: {
  readonly registrations: Registrations
  readonly keys: HakuKeys
  readonly clock: () => number
  readonly port?: number
  readonly faults?: Faults
  /** Rows of a page, whatever more is asked for, without a word. [G] 25, 100 or 500. */
  readonly largestPage?: number
  readonly times?: HakuTimes
  /** Further categories of a registration, by its id. */
  readonly alsoIn?: ReadonlyMap<number, readonly HakuCategory[]>
  /** Registrations that are in the list and have no details. */
  readonly listedOnly?: ReadonlySet<number>
}) {
  const { registrations } = parts
  const times = parts.times ?? 'iso'
  const largest = parts.largestPage ?? 25
  const opened = new Map<string, number>()
  const issued: string[] = []

  const host = createHttpHost({
    clock: parts.clock,
    basePath: '',
    ...(parts.port !== undefined && { port: parts.port }),
    ...(parts.faults && { faults: parts.faults }),
    // [G] Haku was seen to say errors by status only.
    error200: code => json(200, { error: 'Something went wrong', code }),
    answer: respond,
  })

  function respond(request: Request): Reply {
    const { method, path, query, headers } = request
    if (path === '/oauth2/token') return method === 'POST' ? authorize(request) : refusal(405)
    const until = opened.get(headers.authorization ?? '')
    if (until === undefined || parts.clock() >= until) return refusal(401)
    const [noun, id, child, number, ...more] = path.split('/').filter(Boolean)
    if (noun !== 'events' || more.length > 0) return refusal(404)
    if (method !== 'GET') return refusal(405)
    if (id === undefined) return list(query, events(query))
    const race = registrations.races.find(({ raceId }) => String(raceId) === id)
    if (race === undefined) return refusal(404)
    if (child === 'participants' && number === undefined)
      return list(
        query,
        everybody(race, query).map(row => () => rowJson(row, times)),
      )
    return child === 'registrations' && number !== undefined ? detail(race, number) : refusal(404)
  }

  /** Cognito's token endpoint: the keys in a Basic header, the grant as a form. */
  function authorize({ headers, body }: Request): Reply {
    const { client_id, client_secret } = parts.keys
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64')
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    if (headers.authorization !== `Basic ${basic}`) return json(400, { error: 'invalid_client' })
    if (!isForm || new URLSearchParams(body).get('grant_type') !== 'client_credentials')
      return json(400, { error: 'unsupported_grant_type' })
    const access_token = `eyJraWQi.token.${issued.length + 1}`
    issued.push(access_token)
    opened.set(access_token, parts.clock() + HOUR_S * 1000)
    return json(200, { access_token, expires_in: HOUR_S, token_type: 'Bearer' })
  }

  function events(query: URLSearchParams) {
    const rows = registrations.races.map(race => ({ race, categories: registrations.eventsOf(race.raceId) }))
    const start = ({ categories }: (typeof rows)[number]) => categories[0]?.startsAt ?? 0
    const descending = query.get('sort_direction') === 'desc'
    return rows
      .sort((a, b) => (descending ? start(b) - start(a) : start(a) - start(b)))
      .map(
        ({ race, categories }) =>
          () =>
            eventJson(race, categories, times),
      )
  }

  /** [G] Who was taken out stays in the list as cancelled; what was undone at once is not there any more. */
  function all(race: Race): HakuRegistration[] {
    const categories = registrations.eventsOf(race.raceId)
    return categories.flatMap(category => {
      const of = (
        registration: HakuRegistration['registration'],
        cancelledAt: number | null,
      ): HakuRegistration => {
        const also = (parts.alsoIn?.get(registration.registrationId) ?? []).flatMap(other => {
          const found = categories.find(({ eventId }) => eventId === other.eventId)
          return found === undefined ? [] : [{ ...other, category: found }]
        })
        return { registration, category, also, cancelledAt }
      }
      return [
        ...registrations.active(category.eventId).map(registration => of(registration, null)),
        ...registrations
          .removed(category.eventId)
          .filter(({ reason }) => reason !== 'cleared')
          .map(({ registration, lastModified }) => of(registration, lastModified)),
      ]
    })
  }

  function everybody(race: Race, query: URLSearchParams): readonly HakuRegistration[] {
    const rows = all(race)
    if (query.get('sort_column') !== 'updated_at') return rows
    const way = query.get('sort_direction') === 'desc' ? -1 : 1
    const order = (a: HakuRegistration, b: HakuRegistration): number =>
      updatedAt(a) - updatedAt(b) || a.registration.registrationId - b.registration.registrationId
    return rows.sort((a, b) => way * order(a, b))
  }

  function detail(race: Race, number: string): Reply {
    if (parts.listedOnly?.has(Number(number))) return refusal(404)
    const row = all(race).find(({ registration }) => String(registration.registrationId) === number)
    return row === undefined ? refusal(404) : json(200, detailJson(row, times))
  }

  function list(query: URLSearchParams, rows: readonly (() => unknown)[]): Reply {
    const size = Math.min(Number(query.get('per_page') ?? largest), largest)
    const page = Number(query.get('page') ?? 1)
    if (!(size >= 1 && page >= 1)) return refusal(400)
    const start = (page - 1) * size
    return json(
      200,
      rows.slice(start, start + size).map(row => row()),
    )
  }

  return Object.assign(host, {
    /** Every token handed out so far. */
    issued: issued as readonly string[],
    /** Every token handed out is void from now on. */
    revoke: () => opened.clear(),
  })
}

const json = (status: number, body: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})

const refusal = (status: number): Reply => json(status, { message: `status ${status}` })
