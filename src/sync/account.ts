import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import type { RateLimit } from '../core/settings.ts'
import type { Provider, ProviderContext } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { accountOf, type Budget } from './budget.ts'

export type Side = 'source' | 'target'

/** Keys of one side of a connection, from wherever they are kept. */
export type CredentialsOf = (connectionId: string, side: Side) => Promise<Readonly<Record<string, string>>>

export interface AccountParts {
  readonly providerById: (id: string) => Provider
  readonly credentialsOf: CredentialsOf
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly budget: Budget
}

/** A provider with an account's settings and keys: all that calls to it need. */
export interface Account {
  readonly provider: Provider
  readonly context: ProviderContext
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
  signal: AbortSignal,
  called: () => void = () => {},
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
  const account = accountOf(provider.id, keys)
  const limit = limitOf(provider, settings)
  return {
    provider,
    context: {
      settings,
      credentials,
      fetch: parts.fetch,
      clock: parts.clock,
      signal,
      spend: async () => {
        parts.budget.spend(account, limit)
        called()
      },
    },
  }
}

/** One side of a connection, ready to be called. */
export async function openSide(
  parts: AccountParts,
  connection: ConnectionRow,
  side: Side,
  signal: AbortSignal,
  called: () => void,
): Promise<Account> {
  const provider = parts.providerById(
    side === 'source' ? connection.sourceProvider : connection.targetProvider,
  )
  const settings = side === 'source' ? connection.sourceSettings : connection.targetSettings
  return openAccount(
    parts,
    provider,
    settings,
    await parts.credentialsOf(connection.id, side),
    signal,
    called,
  )
}
