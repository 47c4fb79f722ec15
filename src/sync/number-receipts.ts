import type { NumberOutcome } from '../core/model.ts'
import { idOf } from '../store/ids.ts'
import { rowsWhere, rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { WeighedNumbers } from './numbers.ts'

/** What the provider said of each, in the order they were sent. */
export interface Answer {
  readonly weighed: WeighedNumbers
  readonly outcome: NumberOutcome
  readonly message: string | null
}

export function keepAnswers(
  store: Store,
  sourceProvider: string,
  operationId: string,
  answers: readonly Answer[],
): void {
  if (answers.length === 0) return
  store.write(writer => {
    for (const { weighed, outcome, message } of answers) {
      const { participantId, event, before, sent } = weighed
      const id = idOf('number_receipts', participantId, sourceProvider)
      writer.put('number_receipts', {
        ...{ id, timingPartnerId: writer.partnerId, participantId, normalizedEventId: event.id },
        ...{ sourceProvider, operationId, before, sent, outcome, message, sentAt: writer.at },
        clock: writer.clock,
        createdAt: rowWhere(writer, 'number_receipts', 'id = ?', id)?.createdAt ?? writer.at,
        updatedAt: writer.at,
      })
    }
  })
}

/** What an operation sent before it was cut. */
export const answersOf = (store: Store, operationId: string): readonly Row<'number_receipts'>[] =>
  rowsWhere(store.read, 'number_receipts', 'operation_id = ?', operationId)

/**
 * What nobody answered was taken all the same where it stands there now.
 * @returns how many were
 */
export function settleDoubt(store: Store, operationId: string, notTaken: ReadonlySet<string>): number {
  const taken = answersOf(store, operationId).filter(
    ({ outcome, participantId }) => outcome === 'in-doubt' && !notTaken.has(participantId),
  )
  if (taken.length === 0) return 0
  store.write(writer => {
    for (const row of taken)
      writer.put('number_receipts', {
        ...row,
        outcome: 'accepted',
        clock: writer.clock,
        updatedAt: writer.at,
      })
  })
  return taken.length
}
