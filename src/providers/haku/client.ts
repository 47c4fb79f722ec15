import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'
import { baseAddress } from '../address.ts'
import { type HttpAnswer, request } from '../http.ts'
import type { ProviderContext } from '../provider.ts'
import { accountKey, createTokens, type Token } from '../tokens.ts'
import { headerDate } from '../trouble.ts'
import {
  type EventWire,
  eventWire,
  type RowWire,
  registrationWire,
  rowsOf,
  rowWire,
  tokenWire,
} from './wire.ts'

/** The one size nobody has doubts about; others asked for 100 and 500 and may have been given 25. */
const PAGE_ROWS = 25

/** Where an answer does not say. */
const HOUR_S = 3600

const tokens = createTokens()

export interface EventRow {
  readonly wire: EventWire
  readonly raw: Json
}

/** Every event, newest first, page by page until an empty one. */
export async function* eventPages(context: ProviderContext): AsyncGenerator<readonly EventRow[]> {
  let before = ''
  for (let page = 1; ; page++) {
    const rows = await eventPage(context, page)
    yield rows
    if (rows.length === 0) return
    const ids = rows.map(({ wire }) => wire.id).join()
    if (ids === before) throw samePage('/events')
    before = ids
  }
}

/** @param page from 1 */
export async function eventPage(context: ProviderContext, page: number): Promise<readonly EventRow[]> {
  const query = { sort_column: 'event_date', sort_direction: 'desc', show_inactive: 'true' }
  const { body } = await rows(context, '/events', 'events', 'id', page, query)
  return body.map(raw => ({ wire: eventWire.safeParse(raw).data ?? unreadable('/events'), raw }))
}

/** One page of an event's registrations, last changed first, and when Haku gave it, ms UTC by its own clock. */
export async function registrationPage(
  context: ProviderContext,
  eventId: string,
  page: number,
): Promise<{ readonly rows: readonly RowWire[]; readonly at: number | null }> {
  const path = `/events/${encodeURIComponent(eventId)}/participants`
  const query = { sort_column: 'updated_at', sort_direction: 'desc' }
  const { body, at } = await rows(context, path, 'participants', 'registration_number', page, query)
  return { rows: body.map(row => rowWire.safeParse(row).data ?? unreadable(path)), at }
}

/** A registration as Haku has it; null where it says that there is none. */
export async function fetchRegistration(
  context: ProviderContext,
  eventId: string,
  registrationNumber: string,
): Promise<Json> {
  const path = `/events/${encodeURIComponent(eventId)}/registrations/${encodeURIComponent(registrationNumber)}`
  const answer = await get(context, path, {}, [404])
  if (answer.status === 404) return null
  const body = answer.json()
  return registrationWire.safeParse(body).success ? body : unreadable(path)
}

export const samePage = (path: string): AppError =>
  new AppError(
    'provider.unreadable',
    `Haku answered the same page again: the list cannot be walked safely: ${path}`,
  )

async function rows(
  context: ProviderContext,
  path: string,
  name: string,
  key: string,
  page: number,
  sort: Readonly<Record<string, string>>,
): Promise<{ readonly body: readonly Json[]; readonly at: number | null }> {
  const answer = await get(context, path, { page: String(page), per_page: String(PAGE_ROWS), ...sort })
  return { body: rowsOf(answer.json(), name, key) ?? unreadable(path), at: headerDate(answer.headers) }
}

function unreadable(path: string): never {
  throw new AppError('provider.unreadable', `Haku answered data of another shape than expected: ${path}`)
}

function get(
  context: ProviderContext,
  path: string,
  query: Readonly<Record<string, string>>,
  accept: readonly number[] = [],
): Promise<HttpAnswer> {
  const { client_id = '', client_secret = '' } = { ...context.settings, ...context.credentials }
  if (client_id === '' || client_secret === '')
    throw new AppError(
      'provider.keys-refused',
      'Haku needs a client id and a client secret, and one is missing here',
    )
  const base = baseAddress(context.settings.base_url, 'https://api.hakuapp.com', '')
  const auth = baseAddress(context.settings.auth_url, 'https://prod-auth.hakuapp.com', '/oauth2/token')
  return tokens.call({
    account: accountKey(base, auth, client_id, client_secret),
    clock: context.clock,
    obtain: () => obtain(context, auth, client_id, client_secret),
    use: token =>
      request(context, {
        method: 'GET',
        url: new URL(`${base}${path}`),
        query,
        // The token alone: Haku takes no "Bearer" before it.
        headers: { authorization: token.access, 'content-type': 'application/json' },
        hidden: [token.access],
        accept,
      }),
  })
}

async function obtain(
  context: ProviderContext,
  auth: string,
  clientId: string,
  clientSecret: string,
): Promise<Token> {
  const url = new URL(auth)
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  const answer = await request(context, {
    method: 'POST',
    url,
    headers: {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    hidden: [basic],
    body: 'grant_type=client_credentials',
    judge: refuseKeys,
  })
  const read = tokenWire.safeParse(answer.json())
  if (!read.success) return unreadable(url.pathname)
  const { access_token: access, expires_in } = read.data
  return { access, refresh: null, expiresAt: context.clock() + (expires_in ?? HOUR_S) * 1000 }
}

/** OAuth says refused keys with status 400 as well. */
function refuseKeys(answer: HttpAnswer): void {
  if (answer.status === 400 && /"(invalid|unauthorized)_client"/.test(answer.text()))
    throw new AppError('provider.keys-refused', 'Haku did not accept client id and client secret')
}
