import type { Reconciliation, ReconciliationFinding } from '../api/reconciliation.ts'
import type { FindingKind } from '../core/model.ts'
import { type ConnectionRow, scoredEvents } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import {
  findingsToRepair,
  lastReconciliations,
  pageOfFindings,
  type ReconciliationRow,
} from '../store/reconciliations.ts'
import { rowsWhere, rowWhere } from '../store/rows.ts'
import type { OperationRow } from '../sync/operations.ts'
import { discrepancyPercent } from './discrepancy-over-time.ts'
import { operationShown } from './procedures/sync.ts'

/** Comparisons shown of an event. */
const HISTORY = 60

type Counts = Omit<Reconciliation, 'connectionId' | 'readAt' | 'toRepair' | 'fields' | 'events' | 'operation'>

function countsOf(rows: readonly ReconciliationRow[]): Counts {
  const sum = (of: (row: ReconciliationRow) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    people: sum(row => row.people),
    entries: sum(row => row.entries),
    inBoth: sum(row => row.inBoth),
    onlyInSource: sum(row => row.onlyHere),
    onlyInTarget: sum(row => row.onlyThere),
    differing: sum(row => row.differing),
    goneInSource: sum(row => row.goneHere),
    discrepancyPercent: discrepancyPercent(rows),
  }
}

/** A comparison, or the repair of one. */
const lastOperation = (reader: Reader, connectionId: string): OperationRow | null =>
  rowWhere(
    reader,
    'sync_operations',
    `connection_id = ? AND (operation_type = 'reconcile' OR retry_of IN
       (SELECT id FROM sync_operations WHERE connection_id = ? AND operation_type = 'reconcile'))
     ORDER BY status IN ('pending', 'running', 'waiting') DESC, started_at DESC, id DESC LIMIT 1`,
    connectionId,
    connectionId,
  )

/** Events that go to scoring now: name by id. */
const scored = (reader: Reader, connection: ConnectionRow, now: number): ReadonlyMap<string, string> =>
  new Map(scoredEvents(reader, connection, now).map(event => [event.id, event.eventName]))

/** How far a connection's two sides agreed when they were last compared, of the events that go to scoring now. */
export function reconciliationShown(reader: Reader, connection: ConnectionRow, now: number): Reconciliation {
  const connectionId = connection.id
  const events = scored(reader, connection, now)
  const last = lastReconciliations(reader, connectionId).filter(row => events.has(row.normalizedEventId))
  const operation = lastOperation(reader, connectionId)
  return {
    connectionId,
    ...countsOf(last),
    readAt: last.length === 0 ? null : Math.max(...last.map(row => row.readAt)),
    toRepair: findingsToRepair(reader, connectionId, [...events.keys()], false).length,
    fields: reader.all<{ field: string; people: number }>(
      `SELECT json_extract(d.value, '$.field') AS field, COUNT(*) AS people
       FROM reconciliation_findings f, json_each(f.fields) d
       WHERE f.connection_id = ? AND f.normalized_event_id IN (SELECT value FROM json_each(?))
         AND f.kind = 'differs' GROUP BY 1 ORDER BY 2 DESC, 1`,
      connectionId,
      JSON.stringify([...events.keys()]),
    ),
    events: last
      .map(row => ({
        eventId: row.normalizedEventId,
        eventName: events.get(row.normalizedEventId) ?? '',
        readAt: row.readAt,
        ...countsOf([row]),
        history: rowsWhere(
          reader,
          'reconciliations',
          'connection_id = ? AND normalized_event_id = ? ORDER BY read_at DESC, operation_id DESC LIMIT ?',
          connectionId,
          row.normalizedEventId,
          HISTORY,
        )
          .map(({ readAt, discrepancyPercent }) => ({ readAt, discrepancyPercent }))
          .reverse(),
      }))
      .sort((one, other) => one.eventName.localeCompare(other.eventName)),
    operation: operation === null ? null : operationShown(operation),
  }
}

/** A page of what was found; `after` is the last id of the page before. */
export function findingsShown(
  reader: Reader,
  connection: ConnectionRow,
  now: number,
  kind: FindingKind,
  page: { readonly after: string; readonly limit: number },
): ReconciliationFinding[] {
  const events = scored(reader, connection, now)
  return pageOfFindings(reader, connection.id, [...events.keys()], kind, page).map(
    ({
      reconciliationId: _,
      connectionId: __,
      receiptClock: ___,
      normalizedEventId,
      open,
      fields,
      ...row
    }) => ({
      ...row,
      fields: [...fields],
      eventName: events.get(normalizedEventId) ?? '',
      repaired: !open,
    }),
  )
}
