import type { Operation } from '../core/settings.ts'
import type { Provider } from '../providers/provider.ts'
import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'

/** Whether an operation is to be trusted with this account: confirmed for everybody, or seen to work here. */
export function isConfirmed(
  reader: Reader,
  provider: Provider,
  account: string,
  operation: Operation,
): boolean {
  if (provider.evidence[operation] !== 'inferred') return true
  return (
    reader.get('SELECT 1 FROM evidence_seen WHERE account = ? AND operation = ?', account, operation) !==
    undefined
  )
}

/** Remembers that an operation was seen to work with this account. */
export function noteSeen(store: Store, account: string, operation: Operation, how: string): void {
  store.write(writer => writer.put('evidence_seen', { account, operation, at: writer.at, how }))
}
