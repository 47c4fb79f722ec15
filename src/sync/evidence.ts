import type { Operation } from '../core/settings.ts'
import type { Provider } from '../providers/provider.ts'
import type { Reader } from '../store/reader.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'

type Texts = Readonly<Record<string, string>>

/** Where something was seen to work: an account, or a part of it that the provider says must be seen for itself. */
const placeOf = (name: string, provider: Provider, settings: Texts): string =>
  [name, ...(provider.seenPer ?? []).map(setting => settings[setting] ?? '')].join(' ')

const seenAt = ({ name, provider, context }: Account): string => placeOf(name, provider, context.settings)

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

/** Whether a connection may use an operation: it is confirmed, or the crew allowed it all the same. */
export const mayUse = (
  reader: Reader,
  connection: { readonly inferredAllowed: boolean },
  account: Account,
  operation: Operation,
): boolean => connection.inferredAllowed || isConfirmed(reader, account, operation)

/** Remembers that an operation was seen to work with this account. */
export function noteSeen(store: Store, account: Account, operation: Operation, how: string): void {
  store.write(writer =>
    writer.put('evidence_seen', { account: seenAt(account), operation, at: writer.at, how }),
  )
}

/** One that came otherwise than expected must be seen to work anew. */
export function forgetSeen(store: Store, account: Account, operation: Operation): void {
  store.write(writer => {
    writer.run('DELETE FROM evidence_seen WHERE account = ? AND operation = ?', seenAt(account), operation)
    writer.touched('evidence_seen')
  })
}

/** All that was seen to work with an account. */
export const seenWith = (
  reader: Reader,
  account: { readonly name: string; readonly provider: Provider; readonly settings: Texts },
): readonly Row<'evidence_seen'>[] =>
  rowsWhere(
    reader,
    'evidence_seen',
    'account = ? ORDER BY operation',
    placeOf(account.name, account.provider, account.settings),
  )
