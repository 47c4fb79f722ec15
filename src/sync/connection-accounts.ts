import { type ConnectionRow, connectionById } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { AccountParts } from './account.ts'
import { accountOf } from './budget.ts'

/** Which accounts a connection uses, source first. */
export type AccountNames = readonly [source: string, target: string]

/** The accounts of connections. Keys are asked for once, and again when they change. */
export interface ConnectionAccounts {
  /** Null: not looked up yet; then it is in the background, and said when it is done. */
  of(connectionId: string): AccountNames | null
  /** Rows of connections have changed. */
  changed(): void
}

export function createConnectionAccounts(parts: {
  readonly store: Store
  readonly accounts: AccountParts
  readonly onFound: () => void
}): ConnectionAccounts {
  const found = new Map<string, { readonly stamp: string; readonly names: AccountNames }>()
  const looking = new Set<string>()
  /** Those of `found` whose connection has not changed since. */
  let checked = new Map<string, AccountNames>()
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

  const lookUp = (row: ConnectionRow): void => {
    if (looking.has(row.id)) return
    looking.add(row.id)
    void Promise.all([nameOf(row, 'source'), nameOf(row, 'target')]).then(names => {
      looking.delete(row.id)
      found.set(row.id, { stamp: stampOf(row), names })
      parts.onFound()
    })
  }

  return {
    of(connectionId) {
      const known = checked.get(connectionId)
      if (known) return known
      const row = connectionById(parts.store.read, connectionId)
      if (row === null) return null
      const kept = found.get(connectionId)
      if (kept?.stamp !== stampOf(row)) {
        lookUp(row)
        return null
      }
      checked.set(connectionId, kept.names)
      return kept.names
    },
    changed() {
      checked = new Map()
    },
  }
}
