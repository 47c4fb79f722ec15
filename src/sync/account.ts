import { AppError, isAppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import type { RateLimit } from '../core/settings.ts'
import type { Provider, ProviderContext } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Breaker } from './breaker.ts'
import { accountOf, type Budget, OWN_BUDGET } from './budget.ts'

export type Side = 'source' | 'target'

/** Keys of one side of a connection, from wherever they are kept. */
export type CredentialsOf = (connectionId: string, side: Side) => Promise<Readonly<Record<string, string>>>

export interface AccountParts {
  readonly providerById: (id: string) => Provider
  readonly credentialsOf: CredentialsOf
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly budget: Budget
  readonly breaker: Breaker
}

/** A provider with an account's settings and keys: all that calls to it need. */
export interface Account {
  /** By which its budget is kept. */
  readonly name: string
  readonly limit: RateLimit
  readonly provider: Provider
  readonly context: ProviderContext
}

/** What calls are made for. */
export interface Use {
  readonly signal: AbortSignal
  /** May use what is kept for races that are near: a person waits, or one is. */
  readonly urgent: boolean
  readonly called?: () => void
  /** Just before each call. @throws AppError sync.elsewhere: another laptop sends now */
  readonly may?: () => void
}

/** `calls_per_hour` in a connection's settings stands above what the provider declares. */
export function limitOf(provider: Provider, settings: Readonly<Record<string, string>>): RateLimit {
  const calls = Number(settings.calls_per_hour)
  return Number.isFinite(calls) && calls > 0 ? { calls, perMs: 3_600_000 } : provider.limit
}

export function openAccount(
  parts: AccountParts,
  provider: Provider,
  settings: Readonly<Record<string, string>>,
  keys: Readonly<Record<string, string>>,
  use: Use,
): Account {
  // A login name may be kept among the settings or among the keys: both are looked at, keys first.
  const credentials = { ...settings, ...keys }
  const missing = provider.settings.filter(setting => setting.required && !credentials[setting.name])
  if (missing.length > 0) {
    throw new AppError(
      'provider.keys-refused',
      `No ${missing.map(setting => setting.label).join(', ')} for ${provider.name} on this laptop. Enter the keys again.`,
    )
  }
  const name = accountOf(provider.id, keys)
  const limit = limitOf(provider, settings)
  return {
    name,
    limit,
    provider,
    context: {
      settings,
      credentials,
      fetch: parts.fetch,
      clock: parts.clock,
      signal: use.signal,
      spend: async () => {
        use.may?.()
        parts.budget.spend(name, limit, use.urgent)
        use.called?.()
      },
    },
  }
}

/** One side of a connection, ready to be called. */
export async function openSide(
  parts: AccountParts,
  connection: ConnectionRow,
  side: Side,
  use: Use,
): Promise<Account> {
  const provider = parts.providerById(
    side === 'source' ? connection.sourceProvider : connection.targetProvider,
  )
  const settings = side === 'source' ? connection.sourceSettings : connection.targetSettings
  return openAccount(parts, provider, settings, await parts.credentialsOf(connection.id, side), use)
}

/**
 * Work with an account, whose others learn how it went: where it is in trouble they leave it alone for a while, where it
 * asks for patience they wait as well.
 * @throws AppError as the work does; a want of patience with the time to wait
 */
export async function working<T>(
  parts: AccountParts,
  account: () => Account | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const done = await work()
    const used = account()
    if (used !== null) parts.breaker.succeeded(used.name)
    return done
  } catch (error) {
    const used = account()
    if (!isAppError(error) || used === null || error.details === OWN_BUDGET) throw error
    parts.breaker.failed(used.name, error.code)
    if (error.code !== 'provider.throttled') throw error
    const retryAfterMs = parts.budget.refused(used.name, used.limit, error.retryAfterMs)
    throw new AppError(error.code, error.message, { retriable: true, retryAfterMs, cause: error })
  }
}
