import type { Operation } from '../core/settings.ts'
import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'

/** Where something was seen to work: an account, or a part of it that the provider says must be seen for itself. */
const seenAt = ({ name, provider, context }: Account): string =>
  [name, ...(provider.seenPer ?? []).map(setting => context.settings[setting] ?? '')].join(' ')

/** Whether an operation is to be trusted with this account: confirmed for everybody, or seen to work here. */
export function isConfirmed(reader: Reader, account: Account, operation: Operation): boolean {
  if (account.provider.evidence[operation] !== 'inferred') return true
  return (
    reader.get(
      'SELECT 1 FROM evidence_seen WHERE account = ? AND operation = ?',
      seenAt(account),
      operation,
    ) !== undefined
  )
}

/** Remembers that an operation was seen to work with this account. */
export function noteSeen(store: Store, account: Account, operation: Operation, how: string): void {
  store.write(writer =>
    writer.put('evidence_seen', { account: seenAt(account), operation, at: writer.at, how }),
  )
}
