import { providerById } from '../providers/index.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { limitOf } from '../sync/account.ts'
import { accountOf } from '../sync/budget.ts'
import type { AppParts } from './parts.ts'

export interface AccountBudget {
  readonly account: string
  /** As it calls itself. */
  readonly provider: string
  readonly connectionNames: readonly string[]
  readonly left: number
  readonly of: number
  readonly perMs: number
  /** The provider asked for patience until then. */
  readonly heldUntil: number | null
}

/** What the accounts of connections may still call; an account that several use is one. */
export async function accountBudgets(
  { keys, sync }: Pick<AppParts, 'keys' | 'sync'>,
  connections: readonly ConnectionRow[],
): Promise<readonly AccountBudget[]> {
  const found = new Map<string, AccountBudget>()
  for (const connection of connections) {
    for (const side of ['source', 'target'] as const) {
      const id = side === 'source' ? connection.sourceProvider : connection.targetProvider
      const settings = side === 'source' ? connection.sourceSettings : connection.targetSettings
      const provider = providerById(id)
      // Locked keys are said by the status bar.
      const kept = await keys.read(connection.id, side).catch(() => null)
      if (kept === null) continue
      const account = accountOf(id, kept)
      const limit = limitOf(provider, settings)
      const names = [...(found.get(account)?.connectionNames ?? []), connection.connectionName]
      found.set(account, {
        ...{ account, provider: provider.name, connectionNames: [...new Set(names)], perMs: limit.perMs },
        ...sync.accounts.budget.left(account, limit),
      })
    }
  }
  return [...found.values()]
}
