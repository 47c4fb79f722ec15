import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import { AppError, type AppErrorOptions, type ErrorCode } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/runtime.ts'
import { baseAddress } from '../address.ts'
import { type HttpAnswer, request } from '../http.ts'
import { madeWhenAsked, rowsIn } from '../json-rows.ts'
import { objectIn } from '../loose.ts'
import type { EventRef, ProviderContext } from '../provider.ts'
import { letGo } from '../read-body.ts'
import { excerpt, headerDate, retryAfter } from '../trouble.ts'
import {
  elementKeys,
  elementWire,
  errorWire,
  oneRaceWire,
  type RaceWire,
  racesWire,
  readRowKey,
} from './wire.ts'

export interface Race {
  readonly wire: RaceWire
  readonly raw: JsonObject
}

/** Rows of one event, with the moment the answer was asked for by RunSignUp's clock (ours, where it names none). */
export interface Rows {
  /** Of the event asked for, in the order received; of a long answer each is taken apart when it is asked for. */
  readonly rows: readonly Json[]
  /** Their registration ids; blank where a row has none. */
  readonly keys: readonly string[]
  /** Rows of the whole answer. */
  readonly received: number
  readonly askedAt: number
  /** Nobody asks for a row any more. */
  readonly letGo: () => void
}

/** Documented largest pages. */
export const RACES_A_PAGE = 1000
export const ROWS_A_PAGE = 2500

/** A Date header counts whole seconds; our own clock may be off by more. */
const UNKNOWN_CLOCK_MS = 60_000

export async function fetchRaces(
  context: ProviderContext,
  page: number,
  size: number,
): Promise<readonly Race[]> {
  const answer = await get(context, '/races', {
    events: 'T',
    page: String(page),
    results_per_page: String(size),
  })
  const body = answer.json()
  // Anything without the word is no empty list.
  if (typeof body !== 'object' || body === null || !('races' in body)) throw unreadable('/races')
  const { races } = understood(racesWire, answer, '/races')
  const raw = body.races
  const rawRaces = (Array.isArray(raw) ? raw : Object.values(raw ?? {})) as readonly {
    readonly race: JsonObject
  }[]
  return races.map(({ race }, index) => ({ wire: race, raw: rawRaces[index]?.race ?? {} }))
}

export async function fetchRace(context: ProviderContext, raceId: string): Promise<Race> {
  const path = `/race/${encodeURIComponent(raceId)}`
  const answer = await get(context, path, {})
  const { race } = understood(oneRaceWire, answer, path)
  return { wire: race, raw: (answer.json() as { readonly race: JsonObject }).race }
}

/** One page of `participants` or `removed-participants`. Rows of other events in the same answer are passed over. */
export async function fetchRows(
  context: ProviderContext,
  what: 'participants' | 'removed-participants',
  event: { readonly raceId: string; readonly eventId: string },
  query: Readonly<Record<string, string>>,
): Promise<Rows> {
  const path = `/race/${encodeURIComponent(event.raceId)}/${what}`
  const before = context.clock()
  const answer = await get(context, path, {
    event_id: event.eventId,
    results_per_page: String(ROWS_A_PAGE),
    sort: 'registration_id ASC',
    supports_nb: 'T',
    ...query,
  })
  const received = receivedRows(answer, path)
  const ours: number[] = []
  const keys: string[] = []
  for (let at = 0; at < received.count; at += 1) {
    const { registration_id, event_id } = received.key(at)
    if ((event_id ?? event.eventId) !== event.eventId) continue
    ours.push(at)
    keys.push(registration_id ?? '')
  }
  // Thousands of rows were looked through: who waits gets a turn.
  await setImmediate()
  const dated = headerDate(answer.headers)
  const askedAt = dated === null ? before - UNKNOWN_CLOCK_MS : dated - Math.max(0, context.clock() - before)
  return {
    rows: madeWhenAsked(ours.length, at => received.row(ours[at] ?? 0)),
    keys,
    received: received.count,
    askedAt,
    letGo: () => letGo(answer.body),
  }
}

interface Received {
  readonly count: number
  row(at: number): Json
  /** What it is known by; the event it stands under, where it says none itself. */
  key(at: number): ReturnType<typeof readRowKey>
}

function receivedRows(answer: HttpAnswer, path: string): Received {
  const found = rowsIn(answer.body, 'participants', ['registration_id', 'event_id'])
  const elements = elementsOf(found === null ? answer.json() : found.around, path)
  const owned = elements.flatMap(({ event, participants }) =>
    [...participants, ...event.participants].map(row => ({ row, owner: event.event_id })),
  )
  const [first] = elements
  const apart = found?.count ?? 0
  const keyOf = (row: Parameters<typeof readRowKey>[0], owner: string | null | undefined) => {
    const { registration_id, event_id } = readRowKey(row)
    return { registration_id, event_id: event_id ?? owner ?? null }
  }
  return {
    count: apart + owned.length,
    row(at) {
      if (found === null || at >= apart) return owned[at - apart]?.row ?? null
      try {
        return found.row(at)
      } catch {
        throw unreadable(path)
      }
    },
    key(at) {
      if (found === null || at >= apart) {
        const one = owned[at - apart]
        return keyOf(objectIn(one?.row), one?.owner)
      }
      const registration_id = found.value(at, 'registration_id')
      return keyOf({ registration_id, event_id: found.value(at, 'event_id') }, first?.event.event_id)
    },
  }
}

/** An element that holds neither an event nor rows is something else than a page: it must not pass for an empty one. */
function elementsOf(body: Json, path: string): readonly z.infer<typeof elementWire>[] {
  const parts = Array.isArray(body) ? (body as readonly Json[]) : [body]
  return parts.map(part => {
    const read = elementWire.safeParse(part)
    const known =
      typeof part === 'object' && part !== null && elementKeys.some(key => Object.hasOwn(part, key))
    if (!read.success || !known) throw unreadable(path)
    return read.data
  })
}

const unreadable = (path: string): AppError =>
  new AppError('provider.unreadable', `RunSignUp answered data of another shape than expected: ${path}`)

export function understood<T>(wire: z.ZodType<T>, answer: HttpAnswer, path: string): T {
  const read = wire.safeParse(answer.json())
  if (!read.success) throw unreadable(path)
  return read.data
}

/** @throws AppError provider.not-found */
export const raceOf = (event: EventRef): string => {
  if (event.sourceRaceId !== null) return encodeURIComponent(event.sourceRaceId)
  throw new AppError('provider.not-found', `RunSignUp's race of event ${event.sourceEventId} is not known`)
}

export const get = (
  context: ProviderContext,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<HttpAnswer> => call(context, 'GET', path, query)

/** Writing: a form whose `request` is JSON, while keys and format stand in the query. */
export const post = (
  context: ProviderContext,
  path: string,
  fields: Readonly<Record<string, string>>,
  body: Json,
): Promise<HttpAnswer> => {
  const form = new URLSearchParams({ ...fields, request_format: 'json', request: JSON.stringify(body) })
  return call(context, 'POST', path, {}, form.toString())
}

function call(
  context: ProviderContext,
  method: 'GET' | 'POST',
  path: string,
  query: Readonly<Record<string, string>>,
  form?: string,
): Promise<HttpAnswer> {
  const {
    api_key = '',
    api_secret = '',
    rsu_api_reg = '',
    rsu_api_reg_secret = '',
  } = {
    ...context.settings,
    ...context.credentials,
  }
  if (api_key === '' || api_secret === '')
    throw new AppError(
      'provider.keys-refused',
      'RunSignUp needs an API key and its secret, and one is missing here',
    )
  const base = baseAddress(context.settings.base_url, 'https://runsignup.com/Rest', '/Rest')
  return request(context, {
    method,
    url: new URL(`${base}${path}`),
    query: { format: 'json', ...query },
    keys: { api_key, api_secret, ...(rsu_api_reg === '' ? {} : { rsu_api_reg }) },
    headers: {
      ...(rsu_api_reg_secret === '' ? {} : { 'X-RSU-API-REG-SECRET': rsu_api_reg_secret }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { body: form }),
    judge: answer => judge(context, answer, path),
  })
}

/** RunSignUp answers its errors with HTTP 200: the body is asked before the status. */
function judge(context: ProviderContext, answer: HttpAnswer, path: string): void {
  const { body } = answer
  if (body.length > 10_000 && !/^\s*\{\s*"error"/.test(body.toString('latin1', 0, 100))) return
  const found = errorIn(answer)
  if (found === null) return
  const known = found.code === null ? undefined : CODES[found.code]
  // A status says more than a number without a meaning.
  if (known === undefined && answer.status !== 200) return
  const said = excerpt(found.message, answer.hide, 200)
  const number = found.code === null ? '' : ` ${found.code}`
  const message = `RunSignUp says error${number}${said === '' ? '' : ` (${said})`}: ${path}`
  const wait = retryAfter(answer.headers, context.clock())
  const options: AppErrorOptions =
    known === 'provider.throttled'
      ? { retriable: true, ...(wait === null ? {} : { retryAfterMs: wait }) }
      : {}
  throw new AppError(known ?? 'provider.refused', message, options)
}

/** runsignup.com/Api/ErrorCodes; 301 as recorded live. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  6: 'provider.keys-refused',
  7: 'provider.forbidden',
  14: 'provider.throttled',
  15: 'provider.not-found',
  201: 'provider.not-found',
  301: 'provider.not-found',
}

function errorIn(answer: HttpAnswer): { readonly code: number | null; readonly message: string } | null {
  try {
    const read = errorWire.safeParse(answer.json())
    if (!read.success) return null
    const { error } = read.data
    if (typeof error === 'string') return { code: null, message: error }
    return { code: error.error_code, message: error.error_msg ?? '' }
  } catch {
    return null
  }
}
