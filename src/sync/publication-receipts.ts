import type { ConnectionRow } from '../store/connections.ts'
import { idOf } from '../store/ids.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import type { Receipt, Weighed } from './publication.ts'

function put(
  writer: Writer,
  connection: ConnectionRow,
  { row, receipt }: Weighed,
  said: Pick<Receipt, 'publishedResultId' | 'acceptedHash' | 'accepted'>,
): void {
  writer.put('publication_receipts', {
    id: idOf('publication_receipts', row.id, connection.sourceProvider),
    timingPartnerId: writer.partnerId,
    resultId: row.id,
    normalizedEventId: row.normalizedEventId,
    sourceProvider: connection.sourceProvider,
    ...said,
    acceptedAt: writer.at,
    clock: writer.clock,
    createdAt: receipt?.createdAt ?? writer.at,
    updatedAt: writer.at,
  })
}

/** Before they are sent: until an answer comes nobody knows whether they were taken. */
export function keepDoubt(store: Store, connection: ConnectionRow, batch: readonly Weighed[]): void {
  store.write(writer => {
    for (const weighed of batch)
      put(writer, connection, weighed, {
        publishedResultId: weighed.receipt?.publishedResultId ?? null,
        acceptedHash: '',
        accepted: weighed.receipt?.accepted ?? {},
      })
  })
}

/** What the provider has, by its answer or by what was read back. */
export function keepAccepted(
  store: Store,
  connection: ConnectionRow,
  accepted: readonly { readonly weighed: Weighed; readonly resultId: string | null }[],
): void {
  if (accepted.length === 0) return
  store.write(writer => {
    for (const { weighed, resultId } of accepted)
      put(writer, connection, weighed, {
        publishedResultId: resultId,
        acceptedHash: weighed.hash,
        accepted: { ...weighed.values },
      })
  })
}

/** A refused result is not in doubt: the provider said that it did not take it. */
export function forgetDoubt(store: Store, connection: ConnectionRow, refused: readonly Weighed[]): void {
  if (refused.length === 0) return
  store.write(writer => {
    for (const weighed of refused) {
      if (weighed.receipt !== null) {
        put(writer, connection, weighed, weighed.receipt)
        continue
      }
      const id = idOf('publication_receipts', weighed.row.id, connection.sourceProvider)
      writer.run(`DELETE FROM publication_receipts WHERE id = ?`, id)
      writer.run(`DELETE FROM outbox WHERE table_name = 'publication_receipts' AND row_id = ?`, id)
    }
    writer.touched('publication_receipts')
  })
}
