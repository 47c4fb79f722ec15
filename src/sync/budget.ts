import { createHash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import type { RateLimit } from '../core/settings.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'

/**
 * Calls an account may still make. A call counts against the limit until its period is over, so that no period of that
 * length ever holds more calls than allowed, wherever it begins. Kept over restarts: the provider counts on, too.
 */
export interface Budget {
  /**
   * Counts one call.
   * @param urgent may use what is kept for races that are near
   * @throws AppError provider.throttled with the time until a call is free
   */
  spend(account: string, limit: RateLimit, urgent: boolean): void
  /**
   * The provider itself asked for patience: nothing is spent until then. Without a time of its own, or with a long one,
   * from now on it is asked less.
   * @returns ms to wait
   */
  refused(account: string, limit: RateLimit, retryAfterMs: number | null): number
  /** Accounts with a race so near that calls are kept for it; of the others none are. */
  keepFor(accounts: ReadonlySet<string>): void
  left(
    account: string,
    limit: RateLimit,
  ): { readonly left: number; readonly of: number; readonly heldUntil: number | null }
  /** Writes down what was counted since the last time. */
  flush(): void
}

/** Written down every so many calls, or every so many of the limit's where that is more: a crash may forget as many. */
const FLUSH_EVERY = 20
const FLUSH_SHARE = 0.01
/** A period is counted in so many slots; a call comes back when its slot is over, up to one slot late. */
const SLOTS = 60
/** Share of an account's calls that only races within hours may use. */
const KEPT = 0.25
/** After a refusal so much of what was spent until then is asked for; a tenth more with each period that passes well. */
const LEARNED_SHARE = 0.9
const REGAINED_A_PERIOD = 1.1
/** Of the limit, however soon a provider refuses: what was too fast within a second is no limit of the hour. */
const LEAST_SHARE = 0.1
/** A wait so short says that it was too fast, not too much. */
const SHORT_WAIT_MS = 60_000
/** Waits where a provider names none, from one refusal to the next within a period; the last one stays. */
const WAITS_MS = [60_000, 120_000, 300_000, 900_000]

/** Tells our own patience from a provider's. */
export const OWN_BUDGET = 'own-budget'

/** An account is a provider and its keys, without the keys being kept. */
export const accountOf = (provider: string, credentials: Readonly<Record<string, string>>): string =>
  `${provider}/${createHash('sha256')
    .update(JSON.stringify(Object.entries(credentials).sort()))
    .digest('hex')
    .slice(0, 16)}`

interface Account {
  spent: [at: number, calls: number][]
  heldUntil: number | null
  learnedCalls: number | null
  learnedAt: number | null
  /** In a row, within one period. */
  refusals: number
  unsaved: number
}

export function createBudget(parts: { readonly store: Store; readonly clock: Clock }): Budget {
  const { store, clock } = parts
  const accounts = new Map<string, Account>()
  let near: ReadonlySet<string> = new Set()

  const open = (name: string): Account => {
    const known = accounts.get(name)
    if (known) return known
    const row = rowWhere(store.read, 'rate_budget', 'account = ?', name)
    const made: Account = {
      spent: (row?.spent ?? []).map(([at, calls]) => [at, calls]),
      heldUntil: row?.heldUntil ?? null,
      learnedCalls: row?.learnedCalls ?? null,
      learnedAt: row?.learnedAt ?? null,
      refusals: 0,
      unsaved: 0,
    }
    accounts.set(name, made)
    return made
  }

  /** Forgets what is over; a clock that jumped back forgets what lies ahead of it as well. */
  const sweep = (account: Account, limit: RateLimit, now: number): void => {
    const slot = limit.perMs / SLOTS
    account.spent = account.spent.filter(([at]) => at + slot + limit.perMs > now && at <= now)
  }

  const allowed = (account: Account, limit: RateLimit, now: number): number => {
    const { learnedCalls, learnedAt } = account
    if (learnedCalls === null || learnedAt === null) return limit.calls
    const regained = learnedCalls * REGAINED_A_PERIOD ** Math.floor((now - learnedAt) / limit.perMs)
    return Math.min(limit.calls, Math.floor(regained))
  }

  const used = (account: Account): number => account.spent.reduce((sum, [, calls]) => sum + calls, 0)

  const flush = (): void => {
    const unsaved = [...accounts].filter(([, account]) => account.unsaved > 0)
    if (unsaved.length === 0) return
    store.write(
      writer => {
        for (const [name, account] of unsaved) {
          const { spent, heldUntil, learnedCalls, learnedAt } = account
          const row: Row<'rate_budget'> = { account: name, spent, heldUntil, learnedCalls, learnedAt }
          writer.put('rate_budget', row)
          account.unsaved = 0
        }
        // With the power at most a few calls are forgotten; forced to the disk, each would wait for it.
      },
      'budget',
      'later',
    )
  }

  const patience = (retryAfterMs: number, words: string): AppError =>
    new AppError(
      'provider.throttled',
      `${words}; it goes on by itself in ${Math.max(1, Math.ceil(retryAfterMs / 60_000))} min.`,
      { retriable: true, retryAfterMs, details: OWN_BUDGET },
    )

  return {
    spend(name, limit, urgent) {
      const account = open(name)
      const now = clock()
      sweep(account, limit, now)
      if (account.heldUntil !== null && account.heldUntil > now)
        throw patience(account.heldUntil - now, 'The provider asked for patience')
      const most = allowed(account, limit, now)
      const mine = urgent || !near.has(name) ? most : Math.floor(most * (1 - KEPT))
      if (used(account) >= mine) {
        const slot = limit.perMs / SLOTS
        const first = account.spent[0]?.[0] ?? now
        const words =
          mine < most
            ? `${most - mine} of ${most} calls are kept for a race that is near, the others are spent`
            : `${most} calls are spent; the limit can be changed in the connection's settings`
        throw patience(Math.max(slot, first + slot + limit.perMs - now), words)
      }
      const slotAt = Math.floor(now / (limit.perMs / SLOTS)) * (limit.perMs / SLOTS)
      const last = account.spent.at(-1)
      if (last && last[0] === slotAt) last[1] += 1
      else account.spent.push([slotAt, 1])
      account.unsaved += 1
      if (account.unsaved >= Math.max(FLUSH_EVERY, limit.calls * FLUSH_SHARE)) flush()
    },
    refused(name, limit, retryAfterMs) {
      const account = open(name)
      const now = clock()
      sweep(account, limit, now)
      account.refusals =
        account.learnedAt !== null && now - account.learnedAt < limit.perMs ? account.refusals + 1 : 1
      const wait = retryAfterMs ?? WAITS_MS[Math.min(account.refusals, WAITS_MS.length) - 1] ?? SHORT_WAIT_MS
      account.heldUntil = now + wait
      if (retryAfterMs === null || retryAfterMs > SHORT_WAIT_MS) {
        const taken = Math.floor(Math.min(used(account), allowed(account, limit, now)) * LEARNED_SHARE)
        account.learnedCalls = Math.max(1, Math.ceil(limit.calls * LEAST_SHARE), taken)
        account.learnedAt = now
      }
      account.unsaved += 1
      flush()
      return wait
    },
    keepFor(names) {
      near = names
    },
    left(name, limit) {
      const account = open(name)
      const now = clock()
      sweep(account, limit, now)
      const of = allowed(account, limit, now)
      const heldUntil = account.heldUntil !== null && account.heldUntil > now ? account.heldUntil : null
      return { left: Math.max(0, of - used(account)), of, heldUntil }
    },
    flush,
  }
}
