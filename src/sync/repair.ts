import { AppError } from '../core/errors.ts'
import { type ConnectionRow, scoredEvents } from '../store/connections.ts'
import { findingsToRepair, lastReconciliations } from '../store/reconciliations.ts'
import type { Store } from '../store/store.ts'
import type { OperationRow } from './operations.ts'
import type { Queue } from './queue.ts'

/** People listed in the audit; the count is whole. */
const LISTED = 100

/**
 * Asks for a push of exactly those whom the last reconciliation found otherwise than they should be. What is not ours
 * is left, and freeze and guard rails hold as for any push.
 * @throws AppError not-found when there is nothing to repair
 */
export function requestRepair(
  store: Store,
  queue: Queue,
  connection: ConnectionRow,
  actor: string,
  now: number,
  anyway = false,
): OperationRow {
  const eventIds = scoredEvents(store.read, connection, now).map(({ id }) => id)
  const findings = findingsToRepair(store.read, connection.id, eventIds, false)
  const last = lastReconciliations(store.read, connection.id)
    .toSorted((one, other) => one.readAt - other.readAt)
    .at(-1)
  if (findings.length === 0 || last === undefined)
    throw new AppError('not-found', 'There is nothing to repair: reconcile first, or it is in order already.')
  store.write(writer => {
    for (const finding of findings)
      writer.put('reconciliation_findings', {
        ...finding,
        repairAskedAt: writer.at,
        repairAskedBy: writer.actor,
      })
    writer.audit({
      action: 'repair asked: entries pushed again after a reconciliation',
      table: 'provider_connections',
      rowId: connection.id,
      before: null,
      after: {
        reconciliation: last.operationId,
        people: findings.length,
        entries: findings.slice(0, LISTED).map(({ kind, participantId, bibNumber, fields }) => ({
          ...{ kind, participantId, bib: bibNumber },
          fields: fields.map(one => ({ ...one })),
        })),
      },
    })
  }, actor)
  return queue.request({
    connectionId: connection.id,
    operationType: 'participants',
    triggerType: 'retry',
    full: false,
    startedBy: actor,
    retryOf: last.operationId,
    anyway,
  })
}
