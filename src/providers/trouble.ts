import { AppError } from '../core/errors.ts'

type Hide = (text: string) => string
type Answered = { readonly status: number; readonly headers: Headers; text(): string }

/** Where a call went, without its query: that is where keys are. */
export const placeOf = (method: string, url: URL): string => `${method} ${url.host}${url.pathname}`

/** A provider's text without the keys it may have echoed. Values under four letters would hide ordinary words. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  let shown = text
  for (const key of [...keys].sort((a, b) => b.length - a.length)) {
    if (key.length < 4) continue
    const inQuery = new URLSearchParams({ q: key }).toString().slice(2)
    for (const form of [key, encodeURIComponent(key), inQuery]) shown = shown.replaceAll(form, '…')
  }
  return shown
}

/** The first letters of an answer, fit for one line. */
export const excerpt = (text: string, hide: Hide, length: number): string =>
  hide(text.slice(0, 20_000)).replace(/\s+/g, ' ').trim().slice(0, length)

/** What a status of 300 and more means; null for an answer to read. */
export function statusTrouble(answer: Answered, place: string, hide: Hide, now: number): AppError | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  if (status === 401) return new AppError('provider.keys-refused', `The keys were not accepted: ${place}`)
  if (status === 403) return new AppError('provider.forbidden', `The keys do not open this: ${place}`)
  if (status === 404) return new AppError('provider.not-found', `There is no such thing: ${place}`)
  const wait = retryAfter(answer.headers, now)
  const later = { retriable: true, ...(wait === null ? {} : { retryAfterMs: wait }) }
  if (status === 429) return new AppError('provider.throttled', `Too many calls: ${place}`, later)
  if (status >= 500 || status === 408)
    return new AppError('provider.unavailable', `Out of order (HTTP ${status}): ${place}`, later)
  // 0 is how a browser's fetch shows a redirect it did not follow.
  if (status < 400)
    return new AppError(
      'provider.unreadable',
      `Sent elsewhere instead of answering, as the login page of a Wi-Fi does, or the address is not right: ${place}`,
    )
  const said = excerpt(answer.text(), hide, 200)
  return new AppError(
    'provider.refused',
    `Refused (HTTP ${status}): ${place}${said === '' ? '' : `: ${said}`}`,
  )
}

/** Retry-After as ms from now: seconds, or a date by the provider's own clock where it says one. */
export function retryAfter(headers: Headers, now: number): number | null {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const at = Date.parse(text)
  if (Number.isNaN(at)) return null
  return Math.max(0, at - (headerDate(headers) ?? now))
}

/** The provider's clock, ms UTC to the second. */
export function headerDate(headers: Headers): number | null {
  const at = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? null : at
}

/** Why an answer is no JSON. One that breaks off may come whole the next time. */
export function unreadableText(answer: Answered, place: string, hide: Hide): AppError {
  const text = answer.text().trim()
  const html =
    /^<(!doctype|html|head|body)/i.test(text) || answer.headers.get('content-type')?.includes('html')
  const started = /^[[{]/.test(text)
  const what =
    text === ''
      ? 'nothing'
      : html
        ? 'a web page instead of data'
        : text.startsWith('<')
          ? 'XML instead of JSON'
          : started
            ? 'data that breaks off or is damaged'
            : 'something that is no JSON'
  const said = text === '' || started ? '' : `: ${excerpt(text, hide, 80)}`
  return new AppError('provider.unreadable', `Answered ${what}: ${place}${said}`, { retriable: started })
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its name is not known here; no network, or a wrong address',
  EAI_AGAIN: 'its name cannot be looked up; no network?',
  ENETUNREACH: 'no network',
  EHOSTUNREACH: 'no way there',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_CONNECT_TIMEOUT: 'nobody answered',
}

/** What fetch throws. Its own text is not passed on: it may hold the whole address. */
export function networkTrouble(error: unknown, place: string, silentMs: number | null): AppError {
  if (silentMs !== null) {
    const message = `No answer for ${Math.round(silentMs / 1000)} s: ${place}`
    return new AppError('network.timeout', message, { retriable: true })
  }
  const code = codeOf(error) ?? ''
  const reason = /CERT|SIGNATURE|SELF_SIGNED|TLS|SSL/.test(code)
    ? 'its certificate is not trusted; the login page of a Wi-Fi?'
    : (REASONS[code] ?? 'the connection broke')
  return new AppError('network.unreachable', `Not reached, ${reason}: ${place}`, {
    retriable: true,
    details: { reason: code === '' ? null : code },
  })
}

function codeOf(error: unknown): string | null {
  let here: unknown = error
  for (let depth = 0; depth < 4 && typeof here === 'object' && here !== null; depth++) {
    if ('code' in here && typeof here.code === 'string') return here.code
    here =
      'errors' in here && Array.isArray(here.errors) ? here.errors[0] : 'cause' in here ? here.cause : null
  }
  return null
}
