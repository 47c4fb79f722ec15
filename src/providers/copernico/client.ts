import { AppError, type ErrorCode, isAppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/runtime.ts'
import { baseAddress } from '../address.ts'
import { type HttpAnswer, request } from '../http.ts'
import type { ProviderContext } from '../provider.ts'
import { excerpt } from '../trouble.ts'
import { raceIdOf } from './named.ts'
import { type AthleteWire, athleteWire, dataIn, errorIn, type RowWire, rowsIn, rowWire } from './wire.ts'

const given = (context: ProviderContext): Readonly<Record<string, string>> => ({
  ...context.settings,
  ...context.credentials,
})

/** Somebody in a preset, read and as received. */
export interface PresetRow {
  readonly id: string
  readonly row: RowWire
}

/** Everybody of an event as the connection's preset shows them, in one answer: Copernico has no pages. */
export async function fetchPreset(
  context: ProviderContext,
  eventName: string,
): Promise<readonly PresetRow[]> {
  const { race_slug = '', preset_login = '', preset_name = '' } = given(context)
  const [race, login, preset, event] = [race_slug, preset_login, preset_name, eventName].map(part =>
    encodeURIComponent(part.trim()),
  )
  const answer = await hinting(() => read(context, `/${race}/preset/${login}:::${preset}/${event}`, {}))
  const rows = rowsIn(answer.json())
  if (rows === null) throw withoutRows(preset_name)
  const seen = new Map<string, PresetRow>()
  for (const [index, item] of rows.entries()) {
    if (index % AT_A_TIME === 0) await breath()
    const { success, data: row } = rowWire.safeParse(item)
    if (!success) throw withoutRows(preset_name)
    if (row.id === null) throw withoutId(preset_name, row)
    seen.set(row.id, { id: row.id, row })
  }
  return [...seen.values()]
}

/** Rows read without a pause: a preset of a big race is long, and chip reads come in meanwhile. */
const AT_A_TIME = 500

const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const withoutRows = (preset: string): AppError =>
  new AppError('provider.unreadable', `Copernico answered no rows for the preset ${preset}`)

function withoutId(preset: string, row: RowWire): AppError {
  const filled = Object.entries(row).flatMap(([column, value]) => (value === null ? [] : [column]))
  return new AppError(
    'provider.unreadable',
    `The preset ${preset} shows somebody without the column id: add that column in Copernico. It has ${filled.join(', ')}.`,
  )
}

/** What a failed preset may come from. The vendor says that one above 6 MB does not work, not how it fails. */
const HINTS: { readonly [code in ErrorCode]?: string } = {
  'provider.not-found':
    'Race, login, preset and event must be written letter by letter as they are in Copernico',
  'provider.unavailable': 'A preset above 6 MB fails like that: then take columns out of it',
}

async function hinting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const hint = isAppError(error) ? HINTS[error.code] : undefined
    if (!isAppError(error) || hint === undefined) throw error
    throw new AppError(error.code, `${error.message}. ${hint}`, {
      retriable: error.retriable,
      ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
      details: error.details,
      cause: error,
    })
  }
}

export const hasAthleteKey = (context: ProviderContext): boolean => (given(context).api_key ?? '') !== ''

/** Somebody with all events and times. */
export async function fetchAthlete(context: ProviderContext, id: string): Promise<AthleteWire> {
  const { race_slug = '', api_key = '' } = given(context)
  const path = `/${encodeURIComponent(race_slug.trim())}/athlete/${encodeURIComponent(id)}/full`
  const answer = await read(context, path, { 'x-api-key': api_key })
  const data = dataIn(answer.json())
  if (data === null) throw new AppError('provider.not-found', `Copernico has no athlete ${id}`)
  const athlete = athleteWire.safeParse(data)
  if (athlete.success) return athlete.data
  throw new AppError('provider.unreadable', `Copernico answered data of another shape than expected: ${path}`)
}

function read(
  context: ProviderContext,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const base = baseAddress(given(context).base_url, 'https://public-api.copernico.cloud', '/api/races')
  return request(context, {
    method: 'GET',
    url: new URL(`${base}${path}`),
    // A cache stands in front: what was sent a moment ago is to be read back.
    headers: { 'cache-control': 'no-cache', ...headers },
    judge: answer => {
      if (answer.status === 200) refuseError(answer, answer.json(), path)
    },
  })
}

/** Statuses that speak of what was sent. */
const REFUSALS = [400, 409, 422]

/** One POST of registrants. What it answers is nowhere said: anything but an error or a web page is taken for yes. */
export function postRegistrations(
  context: ProviderContext,
  registrants: readonly JsonObject[],
): Promise<HttpAnswer> {
  const base = baseAddress(given(context).push_url, 'https://api.copernico.cloud', '')
  const path = `/race-registrations/${raceIdOf(context.settings)}`
  return request(context, {
    method: 'POST',
    url: new URL(`${base}${path}`),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registrants),
    accept: REFUSALS,
    judge: answer => {
      if (answer.status < 300 && /^\s*[<{[]/.test(answer.text())) refuseError(answer, answer.json(), path)
    },
  })
}

function refuseError(answer: HttpAnswer, body: Json, path: string): void {
  const error = errorIn(body)
  if (error === null) return
  throw new AppError('provider.refused', `Copernico says ${excerpt(error, answer.hide, 200)}: ${path}`)
}
