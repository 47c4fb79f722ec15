import { createHash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import type { RateLimit } from '../core/settings.ts'
import type { Store } from '../store/store.ts'

/** Calls an account may still make. Kept over restarts: the provider counts on, too. */
export interface Budget {
  /** @throws AppError provider.throttled with the time until the window ends */
  spend(account: string, limit: RateLimit): void
  /** Writes down what was counted since the last time. */
  flush(): void
}

/** Written down every so many calls: a crash may forget as many. */
const FLUSH_EVERY = 20

/** An account is a provider and its keys, without the keys being kept. */
export const accountOf = (provider: string, credentials: Readonly<Record<string, string>>): string =>
  `${provider}/${createHash('sha256')
    .update(JSON.stringify(Object.entries(credentials).sort()))
    .digest('hex')
    .slice(0, 16)}`

export function createBudget(parts: { readonly store: Store; readonly clock: Clock }): Budget {
  const windows = new Map<string, { startedAt: number; calls: number; unsaved: number }>()
  const windowOf = (account: string) => {
    const known = windows.get(account)
    if (known) return known
    const row = parts.store.read.get<{ window_started_at: number; calls: number }>(
      'SELECT window_started_at, calls FROM rate_budget WHERE account = ?',
      account,
    )
    const made = { startedAt: row?.window_started_at ?? parts.clock(), calls: row?.calls ?? 0, unsaved: 0 }
    windows.set(account, made)
    return made
  }
  const flush = (): void => {
    const unsaved = [...windows].filter(([, window]) => window.unsaved > 0)
    if (unsaved.length === 0) return
    parts.store.write(writer => {
      for (const [account, window] of unsaved) {
        writer.put('rate_budget', { account, windowStartedAt: window.startedAt, calls: window.calls })
        window.unsaved = 0
      }
    })
  }
  return {
    spend(account, limit) {
      const window = windowOf(account)
      const now = parts.clock()
      if (now - window.startedAt >= limit.perMs || now < window.startedAt) {
        window.startedAt = now
        window.calls = 0
      }
      if (window.calls >= limit.calls) {
        const left = window.startedAt + limit.perMs - now
        throw new AppError(
          'provider.throttled',
          `${limit.calls} calls are spent; it goes on by itself in ${Math.ceil(left / 60_000)} min. The limit can be changed in the connection's settings.`,
          { retriable: true, retryAfterMs: left },
        )
      }
      window.calls += 1
      window.unsaved += 1
      if (window.unsaved >= FLUSH_EVERY) flush()
    },
    flush,
  }
}
