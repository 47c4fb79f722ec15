import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'
import { baseAddress } from '../address.ts'
import { type HttpAnswer, type HttpRequest, request } from '../http.ts'
import type { ProviderContext } from '../provider.ts'
import { excerpt } from '../trouble.ts'
import {
  type EntryWire,
  type EventWire,
  entryWire,
  eventWire,
  type IntervalWire,
  intervalWire,
  type RaceWire,
  raceWire,
  resultWire,
  rowsUnder,
} from './wire.ts'

/** Sizes of 50 to 1000 were seen in use. */
const PAGE_SIZE = 500

/** A page this short is the last, whatever a server caps pages at; longer ones are, when the next brings nothing. */
const SURELY_LAST = 50

/** Walks over a list that keeps changing before it is left for later. */
export const WALKS = 5

export interface Rows<T> {
  readonly rows: readonly T[]
  readonly page: number
  readonly last: boolean
}

export async function fetchEvent(context: ProviderContext, eventId: string): Promise<EventWire> {
  const [event] = (await fetchPage(context, `/event/${encodeURIComponent(eventId)}`, 'event', eventWire, {}))
    .rows
  if (event) return event
  throw new AppError('provider.not-found', `CTLive has no event ${eventId}`)
}

/** Seen in two clients; a third believed that there is no such list. */
export const fetchEvents = (context: ProviderContext): Promise<readonly EventWire[]> =>
  all(fetchPages(context, '/event', 'event', eventWire, {}))

export const fetchRaces = (context: ProviderContext, eventId: string): Promise<readonly RaceWire[]> =>
  all(fetchPages(context, `/event/${encodeURIComponent(eventId)}/race`, 'event_race', raceWire, {}))

/**
 * The entries of a race. Pages by number lose a row when one of a page before is taken out meanwhile, and an entry that
 * is not seen is made a second time. So more than one page is walked again, until a walk brings nobody new.
 */
export async function* fetchEntries(
  context: ProviderContext,
  raceId: string,
): AsyncGenerator<Rows<EntryWire>> {
  const path = `/race/${encodeURIComponent(raceId)}/entry`
  const columns = Object.keys(entryWire.shape).join(',')
  const seen = new Set<string>()
  for (let walk = 1; walk <= WALKS; walk++) {
    const before = seen.size
    for await (const { rows, page, last } of fetchPages(context, path, 'race_entry', entryWire, {
      columns,
    })) {
      const fresh = rows.filter(({ entry_id }) => !seen.has(entry_id))
      for (const { entry_id } of fresh) seen.add(entry_id)
      const settled = last && (walk > 1 ? seen.size === before : page === 1)
      yield { rows: fresh, page, last: settled }
      if (settled) return
    }
  }
  throw new AppError('provider.unreadable', `The entries changed every time they were read: CTLive ${path}`, {
    retriable: true,
  })
}

export const fetchIntervals = (context: ProviderContext, raceId: string): Promise<readonly IntervalWire[]> =>
  all(fetchPages(context, `/race/${encodeURIComponent(raceId)}/interval`, 'race_interval', intervalWire, {}))

/** @param modifiedAfter unix seconds. Sent as one client sends it; nobody has proven that CTLive heeds it. */
export const fetchResults = (context: ProviderContext, intervalId: string, modifiedAfter: number | null) =>
  fetchPages(context, `/interval/${encodeURIComponent(intervalId)}/results`, 'interval_results', resultWire, {
    columns: Object.keys(resultWire.shape).join(','),
    ...(modifiedAfter === null ? {} : { last_modified: String(modifiedAfter) }),
  })

async function all<T>(pages: AsyncIterable<Rows<T>>): Promise<readonly T[]> {
  const rows: T[] = []
  for await (const page of pages) rows.push(...page.rows)
  return rows
}

/**
 * Pages until X-Ctlive-Page-Count says so. These headers come and go; without them, until a short or empty page,
 * or one that was there already.
 */
async function* fetchPages<T>(
  context: ProviderContext,
  path: string,
  key: string,
  wire: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<Rows<T>> {
  let before = ''
  for (let page = 1; ; page++) {
    const { rows, pageCount } = await fetchPage(context, path, key, wire, {
      ...query,
      page: String(page),
      size: String(PAGE_SIZE),
    })
    const same = JSON.stringify(rows)
    const repeated = rows.length > 0 && same === before
    before = same
    const last =
      pageCount === null ? repeated || rows.length < SURELY_LAST : page >= pageCount || rows.length === 0
    yield { rows: repeated ? [] : rows, page, last }
    if (last) return
  }
}

async function fetchPage<T>(
  context: ProviderContext,
  path: string,
  key: string,
  wire: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly rows: readonly T[]; readonly pageCount: number | null }> {
  const answer = await call(context, { method: 'GET', path, query })
  const rows = rowsUnder(key, answer.json())
  const read = rows?.map(row => wire.safeParse(row))
  if (!read?.every(one => one.success))
    throw new AppError('provider.unreadable', `CTLive answered data of another shape than expected: ${path}`)
  const count = Number(answer.headers.get('x-ctlive-page-count') ?? Number.NaN)
  return {
    rows: read.flatMap(one => (one.success ? [one.data] : [])),
    pageCount: Number.isInteger(count) && count > 0 ? count : null,
  }
}

export interface Call extends Pick<HttpRequest, 'method' | 'accept'> {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Json
}

/** One call with the login as CTLive's simple scheme has it: user_pass is the password's SHA-1, lower-case hex. */
export function call(context: ProviderContext, asked: Call): Promise<HttpAnswer> {
  const {
    client_id = '',
    user_id = '',
    password = '',
    base_url,
  } = { ...context.settings, ...context.credentials }
  if (client_id === '' || user_id === '' || password === '')
    throw new AppError(
      'provider.keys-refused',
      'CTLive needs client id, login and password, and one is missing here',
    )
  const base = baseAddress(base_url, 'https://api.chronotrack.com/api', '/api')
  return request(context, {
    method: asked.method,
    url: new URL(`${base}${asked.path}`),
    query: { format: 'json', ...asked.query },
    keys: { client_id, user_id, user_pass: createHash('sha1').update(password).digest('hex') },
    ...(asked.accept === undefined ? {} : { accept: asked.accept }),
    ...(asked.body === undefined
      ? {}
      : { body: JSON.stringify(asked.body), headers: { 'content-type': 'application/json' } }),
    judge: answer => refuseErrorBody(answer, asked.path),
  })
}

/** CTLive says errors by status. A 200 whose body is nothing but an error comes from something in between. */
function refuseErrorBody(answer: HttpAnswer, path: string): void {
  if (answer.status !== 200 || !/^\s*\{\s*"error"/.test(answer.text())) return
  const said = excerpt(answer.text(), answer.hide, 200)
  throw new AppError('provider.refused', `CTLive says ${said}: ${path}`)
}
