import { expect } from 'vitest'
import { type AppError, isAppError } from '../../../src/core/errors.ts'
import type { ProviderContext } from '../../../src/providers/provider.ts'
import type { Misbehaviour } from '../../../src/rehearsal/faults.ts'
import { capped, counted } from './between.ts'
import { type Driven, nothing, type Outcome } from './operations.ts'
import type { QuickTime } from './quick-time.ts'
import { contextOf, type MakeSite, type Site } from './site.ts'

export interface FaultCase {
  readonly name: string
  readonly fault: (site: Site) => Misbehaviour
  readonly code: (site: Site) => string
  readonly retryAfterMs?: number | null
}

const status = (
  name: string,
  code: number,
  expected: string,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly retryAfterMs?: number | null } = {},
): FaultCase => ({
  name,
  fault: () => ({ kind: 'status', status: code, ...(more.headers && { headers: more.headers }) }),
  code: () => expected,
  ...('retryAfterMs' in more && { retryAfterMs: more.retryAfterMs }),
})

const broken = (name: string, kind: 'html' | 'half' | 'cut' | 'hang', code: string): FaultCase => ({
  name,
  fault: () => ({ kind }),
  code: () => code,
})

const date = 'Sat, 17 May 2025 08:00:00 GMT'
const later = 'Sat, 17 May 2025 08:01:30 GMT'

/** How any provider may fail, and what we call it. */
export const FAULTS: readonly FaultCase[] = [
  status('401', 401, 'provider.keys-refused'),
  status('403', 403, 'provider.forbidden'),
  status('404', 404, 'provider.not-found'),
  status('429', 429, 'provider.throttled', { retryAfterMs: null }),
  status('429 for 17 seconds', 429, 'provider.throttled', {
    headers: { 'retry-after': '17' },
    retryAfterMs: 17_000,
  }),
  status('429 until a date', 429, 'provider.throttled', {
    headers: { date, 'retry-after': later },
    retryAfterMs: 90_000,
  }),
  status('500', 500, 'provider.unavailable'),
  status('503 for a minute', 503, 'provider.unavailable', {
    headers: { 'retry-after': '60' },
    retryAfterMs: 60_000,
  }),
  broken('a web page', 'html', 'provider.unreadable'),
  broken('half a body', 'half', 'network.unreachable'),
  broken('a cut connection', 'cut', 'network.unreachable'),
  broken('silence', 'hang', 'network.timeout'),
  {
    name: 'HTTP 200 with an error',
    fault: site => site.error200.fault,
    code: site => site.error200.code,
  },
]

/** Small pages, so that few people make several. */
export const ROWS_A_PAGE = 60
export const PEOPLE = 130

export const smallPages = (site: Site): typeof fetch => capped(fetch, site.pageSize, ROWS_A_PAGE)

/** Calls of an operation when nothing goes wrong. */
export async function callsOf(make: MakeSite, operation: Driven): Promise<number> {
  const site = await make({ people: PEOPLE })
  await operation.run(site, contextOf(site, { fetch: smallPages(site) }), nothing())
  return site.server.calls.length
}

async function runWith(
  site: Site,
  operation: Driven,
  outcome: Outcome,
  parts: Partial<ProviderContext>,
): Promise<AppError | null> {
  try {
    await operation.run(site, contextOf(site, { fetch: smallPages(site), ...parts }), outcome)
    return null
  } catch (error) {
    if (!isAppError(error)) throw error
    return error
  }
}

/** Secrets that an error tells anywhere, plain or as they stand in a query. */
function toldSecrets(site: Site, error: AppError): readonly string[] {
  const told = JSON.stringify([error.message, error.stack, error.details, String(error.cause ?? '')])
  return site.secrets().filter(secret => told.includes(secret) || told.includes(encodeURIComponent(secret)))
}

/** What is true of every failure: no key in it, nothing complete said, every call paid. */
function checkFailure(site: Site, error: AppError, outcome: Outcome): void {
  expect(toldSecrets(site, error)).toEqual([])
  expect(outcome.completes).not.toContain(true)
  expect(site.budget.spent).toBe(site.server.calls.length)
}

/** What is true after a failure: who goes on where it stopped has everybody. */
async function checkRest(site: Site, operation: Driven, outcome: Outcome): Promise<void> {
  const wanted = operation.keys(site)
  if (!operation.list || wanted === null) return
  const rest = nothing(outcome.cursor)
  if (operation.name !== 'participants') outcome.keys.length = 0
  expect(await runWith(site, operation, rest, {})).toBeNull()
  expect(new Set([...outcome.keys, ...rest.keys])).toEqual(new Set(wanted))
  expect(rest.completes.indexOf(true)).toBe(rest.completes.length - 1)
}

/** One fault at each call of an operation in turn, and from there on. */
export async function strike(
  make: MakeSite,
  operation: Driven,
  { fault, code, retryAfterMs }: FaultCase,
  time: QuickTime,
): Promise<void> {
  const calls = await callsOf(make, operation)
  expect(calls).toBeGreaterThan(0)
  for (let struck = 0; struck < calls; struck++) {
    const site = await make({ people: PEOPLE })
    const outcome = nothing()
    const misbehaviour = fault(site)
    const running = runWith(site, operation, outcome, {
      fetch: counted(smallPages(site), call => {
        if (call === struck) site.server.faults.add({ ...misbehaviour, times: 1000 })
      }),
    })
    if (misbehaviour.kind === 'hang') await outlast(site, running, time)
    const error = await running
    expect(error?.code, `call ${struck + 1} of ${calls}`).toBe(code(site))
    if (error === null) return
    if (retryAfterMs !== undefined) expect(error.retryAfterMs).toBe(retryAfterMs)
    checkFailure(site, error, outcome)
    site.server.faults.clear()
    await checkRest(site, operation, outcome)
  }
}

/** Waits until nothing moves but a call nobody answers, then until nobody waits for it any more. */
async function outlast(site: Site, running: Promise<unknown>, time: QuickTime): Promise<void> {
  let over = false
  const ended = running.then(() => {
    over = true
  })
  while (!over) {
    await new Promise(resolve => setImmediate(resolve))
    // Those made at the same time have all arrived.
    const arrived = site.server.calls.length === site.budget.spent
    if (arrived && site.server.calls.some(call => call.fault === 'hang')) time.loseThePatience()
  }
  await ended
}

/** Somebody stops it at each of its calls in turn. */
export async function cancel(make: MakeSite, operation: Driven): Promise<void> {
  const calls = await callsOf(make, operation)
  for (let struck = 0; struck < calls; struck++) {
    const site = await make({ people: PEOPLE })
    const stop = new AbortController()
    const outcome = nothing()
    const error = await runWith(site, operation, outcome, {
      signal: stop.signal,
      fetch: counted(smallPages(site), call => {
        if (call === struck) stop.abort()
      }),
    })
    expect(error?.code, `call ${struck + 1} of ${calls}`).toBe('cancelled')
    expect(outcome.completes).not.toContain(true)
    await checkRest(site, operation, outcome)
  }
}

/** A refusal at each call in turn that repeats what was asked: the address, the headers or the body. */
export async function echo(make: MakeSite, operation: Driven): Promise<void> {
  const calls = await callsOf(make, operation)
  for (let struck = 0; struck < calls; struck++) {
    for (const part of ['address', 'headers', 'body'] as const) {
      const site = await make({ people: PEOPLE })
      let made = 0
      const echoing: typeof fetch = (input, init) => {
        if (made++ < struck) return smallPages(site)(input, init)
        const said = {
          address: new URL(String(input)).search,
          headers: [...new Headers(init?.headers)].map(([, value]) => value).join(' '),
          body: String(init?.body ?? ''),
        }
        return Promise.resolve(new Response(`Not for ${said[part]}`, { status: 418 }))
      }
      const error = await runWith(site, operation, nothing(), { fetch: echoing })
      expect(error?.message, `call ${struck + 1} of ${calls}`).toContain('Not for')
      if (error !== null) expect(toldSecrets(site, error)).toEqual([])
    }
  }
}
