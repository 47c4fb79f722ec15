import { type ConnectionRow, connectionById } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { AccountParts } from './account.ts'
import { accountOf } from './budget.ts'

/** Which accounts a connection uses, source first. Keys are asked for once, and again when they change. */
export interface ConnectionAccounts {
  /** Null: not looked up yet. */
  known(connectionId: string): readonly [source: string, target: string] | null
  /** Looks them up in the background, and says when they are known. */
  lookUp(connectionId: string, then: () => void): null
}

export function createConnectionAccounts(parts: {
  readonly store: Store
  readonly accounts: AccountParts
}): ConnectionAccounts {
  const found = new Map<string, { readonly stamp: string; readonly names: readonly [string, string] }>()
  const looking = new Set<string>()
  const stampOf = (row: ConnectionRow): string =>
    `${row.sourceProvider}|${row.targetProvider}|${row.credentialsUpdatedAt}`

  const nameOf = async (row: ConnectionRow, side: 'source' | 'target'): Promise<string> => {
    const provider = side === 'source' ? row.sourceProvider : row.targetProvider
    try {
      return accountOf(provider, await parts.accounts.credentialsOf(row.id, side))
    } catch {
      // Keys that cannot be read are said by the run itself.
      return accountOf(provider, { connection: row.id })
    }
  }

  return {
    known(connectionId) {
      const row = connectionById(parts.store.read, connectionId)
      const kept = found.get(connectionId)
      return row !== null && kept?.stamp === stampOf(row) ? kept.names : null
    },
    lookUp(connectionId, then) {
      const row = connectionById(parts.store.read, connectionId)
      if (row === null || looking.has(connectionId)) return null
      looking.add(connectionId)
      void Promise.all([nameOf(row, 'source'), nameOf(row, 'target')]).then(names => {
        looking.delete(connectionId)
        found.set(connectionId, { stamp: stampOf(row), names })
        then()
      })
      return null
    },
  }
}
