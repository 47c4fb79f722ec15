import { AppError, isAppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'
import { baseAddress } from '../address.ts'
import { type HttpAnswer, request } from '../http.ts'
import type { ProviderContext } from '../provider.ts'
import { accountKey, createTokens, type Token } from '../tokens.ts'
import { excerpt } from '../trouble.ts'
import type { Slice } from './walk.ts'
import { type EventWire, errorWire, eventWire, oneOf, sliceOf, tokenWire } from './wire.ts'

/** What is asked for; pages of 50 are the only ones seen in use, so a refusal falls back to them. */
const LARGE_PAGE = 500
const SEEN_PAGE = 50

/** The life of the sample token, where an answer does not say. */
const DAY_S = 86_400

const tokens = createTokens()

/** A list by its offset. It may give less than it is asked for. */
export function slicesOf(
  context: ProviderContext,
  path: string,
): (offset: number, limit?: number) => Promise<Slice> {
  let largest = LARGE_PAGE
  return async (offset, limit = Number.POSITIVE_INFINITY) => {
    const slice = async (): Promise<Slice> => {
      const query = { limit: String(Math.min(limit, largest)), offset: String(offset) }
      return sliceOf((await get(context, path, query)).json()) ?? unreadable(path)
    }
    try {
      return await slice()
    } catch (error) {
      const refused = isAppError(error) && error.code === 'provider.refused'
      if (!refused || Math.min(limit, largest) <= SEEN_PAGE) throw error
      largest = SEEN_PAGE
      return slice()
    }
  }
}

export async function fetchEvent(
  context: ProviderContext,
  eventId: string,
): Promise<{ readonly wire: EventWire; readonly raw: Json }> {
  const path = `/events/${encodeURIComponent(eventId)}`
  const raw = oneOf((await get(context, path, {})).json())
  const read = eventWire.safeParse(raw)
  return read.success ? { wire: read.data, raw } : unreadable(path)
}

function unreadable(path: string): never {
  throw new AppError(
    'provider.unreadable',
    `Race Roster answered data of another shape than expected: ${path}`,
  )
}

function get(
  context: ProviderContext,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const login = loginOf(context)
  const base = baseAddress(context.settings.base_url, 'https://raceroster.com/api/v1', '/api/v1')
  return tokens.call({
    account: accountKey(base, ...Object.values(login)),
    clock: context.clock,
    obtain: ended => obtain(context, base, login, ended),
    use: token =>
      request(context, {
        method: 'GET',
        url: new URL(`${base}${path}`),
        query,
        headers: { authorization: `Bearer ${token.access}` },
        hidden: [token.access],
        judge: answer => refuseErrorBody(answer, path),
      }),
  })
}

interface Login {
  readonly client_id: string
  readonly client_secret: string
  readonly username: string
  readonly password: string
}

function loginOf(context: ProviderContext): Login {
  const {
    client_id = '',
    client_secret = '',
    username = '',
    password = '',
  } = { ...context.settings, ...context.credentials }
  if ([client_id, client_secret, username, password].includes(''))
    throw new AppError(
      'provider.keys-refused',
      'Race Roster needs client id, client secret, login and password, and one is missing here',
    )
  return { client_id, client_secret, username, password }
}

/** By the refresh token where there is one; where that is refused, and at first, by the login. */
async function obtain(
  context: ProviderContext,
  base: string,
  login: Login,
  ended: Token | null,
): Promise<Token> {
  const { client_id, client_secret } = login
  if (ended !== null && ended.refresh !== null) {
    try {
      const refresh_token = ended.refresh
      const form = { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
      return await authorize(context, base, form)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'provider.keys-refused') throw error
    }
  }
  return authorize(context, base, { grant_type: 'access_token', ...login })
}

/** Three clients agree on this call; plain client_credentials, which a fourth has, was never seen to work. */
async function authorize(
  context: ProviderContext,
  base: string,
  form: Readonly<Record<string, string>>,
): Promise<Token> {
  const url = new URL(`${base.replace(/\/v1$/i, '')}/oauth/authorize`)
  const answer = await request(context, {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    hidden: Object.values(form),
    body: new URLSearchParams(form).toString(),
    judge: refuseLogin,
  })
  const read = tokenWire.safeParse(oneOf(answer.json()))
  if (!read.success) return unreadable(url.pathname)
  const { access_token: access, refresh_token: refresh, expires_in } = read.data
  return { access, refresh, expiresAt: context.clock() + (expires_in ?? DAY_S) * 1000 }
}

/** A refused login says `invalid_…` in `error`; with which status was not seen. */
function refuseLogin(answer: HttpAnswer): void {
  const said = wordsIn(answer)
  if (said === null) return
  const keys = /^invalid_(client|grant|credentials|user)/.test(said.code)
  if (!keys && answer.status !== 200) return
  throw new AppError(
    keys ? 'provider.keys-refused' : 'provider.refused',
    `Race Roster refused the login: ${said.text}`,
  )
}

/** Race Roster says errors by status; a 200 that is nothing but an error is one all the same. */
function refuseErrorBody(answer: HttpAnswer, path: string): void {
  if (answer.status !== 200 || /^\s*(\[|\{\s*"(data|metadata)")/.test(answer.text())) return
  const said = wordsIn(answer)
  if (said !== null) throw new AppError('provider.refused', `Race Roster says ${said.text}: ${path}`)
}

/** An answer's own words of what is wrong, without keys; null if it says nothing of that kind. */
function wordsIn(answer: HttpAnswer): { readonly code: string; readonly text: string } | null {
  let body: Json
  try {
    body = answer.json()
  } catch {
    return null
  }
  if (typeof body !== 'object' || body === null || 'data' in body) return null
  const read = errorWire.safeParse(body)
  if (!read.success) return null
  const { message, error, error_description } = read.data
  if (message === null && (error === undefined || error === null)) return null
  const code = typeof error === 'string' ? error : ''
  const words = error_description ?? message ?? (code || JSON.stringify(error))
  return { code, text: excerpt(words, answer.hide, 200) }
}
