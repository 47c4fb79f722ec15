import { handleWhen, IterableBackoff, retry } from 'cockatiel'
import { AppError, isAppError } from '../core/errors.ts'
import type { Json } from '../core/runtime.ts'
import type { ProviderContext } from './provider.ts'
import { bodyText, readBody } from './read-body.ts'
import { networkTrouble, placeOf, statusTrouble, unreadableText, withoutKeys } from './trouble.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Address without keys. */
  readonly url: URL
  readonly query?: Readonly<Record<string, string>>
  /** Query parameters that nobody may read in a message. */
  readonly keys?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What the headers or the body hold beside the credentials that nobody may read in a message. */
  readonly hidden?: readonly string[]
  readonly body?: string
  /** How long the other side may be silent. */
  readonly timeoutMs?: number
  /** Pauses before the quick retries of a GET. */
  readonly pausesMs?: readonly number[]
  /** Statuses of 400 and more that the caller judges itself. */
  readonly accept?: readonly number[]
  /** Sees an answer before its status is judged, and throws what it reads there. */
  readonly judge?: (answer: HttpAnswer) => void
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer<ArrayBuffer>
  text(): string
  /** @throws AppError provider.unreadable */
  json(): Json
  /** A text of this answer without the keys it may echo. */
  hide(text: string): string
}

const SILENCE_MS = 30_000

/**
 * One call to a provider, paid from the account's budget.
 * A GET that met a broken network or a 5xx is tried twice more; 429 and silence are not: the caller waits.
 * @throws AppError whose text names method, host and path, and no key
 */
export async function request(context: ProviderContext, call: HttpRequest): Promise<HttpAnswer> {
  const pauses = call.method === 'GET' ? (call.pausesMs ?? [300, 1000]) : []
  if (pauses.length === 0) return attempt(context, call)
  const policy = retry(handleWhen(isPassing), {
    maxAttempts: pauses.length,
    backoff: new IterableBackoff(pauses),
  })
  return policy.execute(() => attempt(context, call), context.signal)
}

const isPassing = (error: unknown): boolean =>
  isAppError(error) &&
  (error.code === 'network.unreachable' ||
    (error.code === 'provider.unavailable' && error.retryAfterMs === null))

async function attempt(context: ProviderContext, call: HttpRequest): Promise<HttpAnswer> {
  const place = placeOf(call.method, call.url)
  if (context.signal.aborted) throw cancelled(place)
  await context.spend()
  const hide = (text: string): string =>
    withoutKeys(text, [
      ...Object.values(context.credentials),
      ...Object.values(call.keys ?? {}),
      ...(call.hidden ?? []),
    ])
  const received = await receive(context, call, place)
  let text: string | null = null
  let parsed: { readonly value: Json } | null = null
  const answer: HttpAnswer = {
    ...received,
    hide,
    // No getter: with one each answer would have a shape of its own, and stay with its body until a full collection.
    text: () => (text ??= bodyText(received.body)),
    json() {
      parsed ??= { value: parse(answer, place, hide) }
      return parsed.value
    },
  }
  call.judge?.(answer)
  if (call.accept?.includes(answer.status)) return answer
  const trouble = statusTrouble(answer, place, hide, context.clock())
  if (trouble !== null) throw trouble
  return answer
}

const cancelled = (place: string): AppError => new AppError('cancelled', `Cancelled: ${place}`)

type Received = Pick<HttpAnswer, 'status' | 'headers' | 'body'>

async function receive(context: ProviderContext, call: HttpRequest, place: string): Promise<Received> {
  const silence = call.timeoutMs ?? SILENCE_MS
  const stop = new AbortController()
  const onAbort = (): void => stop.abort()
  let silent = false
  const timer = setTimeout(() => {
    silent = true
    stop.abort()
  }, silence)
  context.signal.addEventListener('abort', onAbort, { once: true })
  if (context.signal.aborted) stop.abort()
  try {
    const response = await context.fetch(address(call), {
      method: call.method,
      headers: { accept: 'application/json', ...call.headers },
      // Following would carry keys to whoever the answer names.
      redirect: 'manual',
      signal: stop.signal,
      ...(call.body === undefined ? {} : { body: call.body }),
    })
    const body = await readBody(response, place, () => timer.refresh())
    return { status: response.status, headers: response.headers, body }
  } catch (error) {
    if (isAppError(error)) throw error
    if (context.signal.aborted) throw cancelled(place)
    throw networkTrouble(error, place, silent ? silence : null)
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', onAbort)
  }
}

function address(call: HttpRequest): URL {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries({ ...call.query, ...call.keys }))
    url.searchParams.set(name, value)
  return url
}

function parse(answer: HttpAnswer, place: string, hide: (text: string) => string): Json {
  try {
    return JSON.parse(answer.text()) as Json
  } catch {
    throw unreadableText(answer, place, hide)
  }
}
