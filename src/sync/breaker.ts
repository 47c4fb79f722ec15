import type { ErrorCode } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'

/** Trouble of an account as a whole: whatever event is asked for, the next call meets it again. */
const OF_ACCOUNT: ReadonlySet<string> = new Set<ErrorCode>([
  'provider.keys-refused',
  'provider.unavailable',
  'network.timeout',
])

const FIRST_PAUSE_MS = 15_000
const LONGEST_PAUSE_MS = 15 * 60_000
/** A race that is near tries this soon again. */
const URGENT_PAUSE_MS = 20_000
/** Failures in a row before an account is left alone. */
const PATIENCE = 3

/** Leaves an account alone for a while that fails again and again. */
export interface Breaker {
  failed(account: string, code: string): void
  succeeded(account: string): void
  isClosed(account: string, urgent: boolean): boolean
}

/** @param random 0 to 1 */
export function createBreaker(parts: { readonly clock: Clock; readonly random: () => number }): Breaker {
  const troubled = new Map<string, { failures: number; since: number; until: number }>()
  return {
    failed(account, code) {
      if (!OF_ACCOUNT.has(code)) return
      const failures = (troubled.get(account)?.failures ?? 0) + 1
      const over = failures - PATIENCE
      const pause =
        over < 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** over, LONGEST_PAUSE_MS) * (0.75 + parts.random() / 2)
      const since = parts.clock()
      troubled.set(account, { failures, since, until: since + pause })
    },
    succeeded(account) {
      troubled.delete(account)
    },
    isClosed(account, urgent) {
      const trouble = troubled.get(account)
      if (trouble === undefined) return false
      const until = urgent ? Math.min(trouble.until, trouble.since + URGENT_PAUSE_MS) : trouble.until
      return parts.clock() < until
    },
  }
}
