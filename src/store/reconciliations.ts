import type { FindingKind } from '../core/model.ts'
import { idOf, newId } from './ids.ts'
import type { Reader } from './reader.ts'
import { rowsWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

export type FindingRow = Row<'reconciliation_findings'>
export type ReconciliationRow = Row<'reconciliations'>

/** Findings kept of an event; its counts are whole. */
const KEPT = 5000

/** Found and not accepted by the target since: `f` is the finding, `r` its reconciliation. */
const OPEN = `NOT EXISTS (SELECT 1 FROM push_receipts p WHERE p.participant_id = f.participant_id
  AND p.target_provider = r.target_provider AND p.target_event_id = r.target_event_id
  AND p.accepted_hash <> '' AND p.clock <> COALESCE(f.receipt_clock, ''))`
const FINDINGS = 'FROM reconciliation_findings f JOIN reconciliations r ON r.id = f.reconciliation_id'
/** A push brings them into line: what the mapping refuses it does not, and what is not ours it never touches. */
const OURS = `f.kind IN ('only-here', 'differs') AND f.cause <> 'unsendable'`

/** Keeps what was found of an event, in this order, in the place of what was found before. */
export function storeReconciliation(
  writer: Writer,
  counts: Omit<ReconciliationRow, 'id'>,
  findings: readonly Omit<FindingRow, 'id' | 'reconciliationId' | 'connectionId' | 'normalizedEventId'>[],
): void {
  const { operationId, connectionId, normalizedEventId } = counts
  const id = idOf('reconciliations', operationId, normalizedEventId)
  writer.put('reconciliations', { ...counts, id })
  writer.run(
    'DELETE FROM reconciliation_findings WHERE connection_id = ? AND normalized_event_id = ?',
    connectionId,
    normalizedEventId,
  )
  writer.touched('reconciliation_findings')
  for (const finding of findings.slice(0, KEPT))
    writer.put('reconciliation_findings', {
      ...finding,
      ...{ reconciliationId: id, connectionId, normalizedEventId },
      id: newId(),
    })
}

export const reconciliationsOf = (reader: Reader, operationId: string): ReconciliationRow[] =>
  rowsWhere(reader, 'reconciliations', 'operation_id = ?', operationId)

/** Of every event of a connection the last one. */
export const lastReconciliations = (reader: Reader, connectionId: string): ReconciliationRow[] =>
  rowsWhere(
    reader,
    'reconciliations',
    `connection_id = ? AND id = (SELECT l.id FROM reconciliations l WHERE l.connection_id = reconciliations.connection_id
       AND l.normalized_event_id = reconciliations.normalized_event_id ORDER BY l.read_at DESC, l.operation_id DESC LIMIT 1)`,
    connectionId,
  )

/** What a push is to bring into line at a connection's target, of some events. */
export const findingsToRepair = (
  reader: Reader,
  connectionId: string,
  eventIds: readonly string[],
  asked: boolean,
): FindingRow[] =>
  rowsWhere(
    reader,
    'reconciliation_findings',
    `id IN (SELECT f.id ${FINDINGS} WHERE f.connection_id = ?
       AND f.normalized_event_id IN (SELECT value FROM json_each(?)) AND ${OURS} AND ${OPEN}
       AND (? = 0 OR f.repair_asked_at IS NOT NULL)) ORDER BY id`,
    connectionId,
    JSON.stringify(eventIds),
    asked ? 1 : 0,
  )

/** How many of a connection are missing at the target or differ there, but for those that wait for the next push. */
export const troubledFindings = (
  reader: Reader,
  connectionId: string,
): readonly { readonly eventId: string; readonly kind: FindingKind; readonly found: number }[] =>
  reader.all(
    `SELECT f.normalized_event_id AS eventId, f.kind, COUNT(*) AS found ${FINDINGS}
     WHERE f.connection_id = ? AND f.kind IN ('only-here', 'differs')
       AND f.cause NOT IN ('never-sent', 'changed-here') AND ${OPEN} GROUP BY 1, 2`,
    connectionId,
  )

/** A page of what was found of some events at a connection's target, with those that were put right since. */
export function pageOfFindings(
  reader: Reader,
  connectionId: string,
  eventIds: readonly string[],
  kind: FindingKind,
  { after, limit }: { readonly after: string; readonly limit: number },
): readonly (FindingRow & { readonly open: boolean })[] {
  const rows = rowsWhere(
    reader,
    'reconciliation_findings',
    `connection_id = ? AND normalized_event_id IN (SELECT value FROM json_each(?)) AND kind = ? AND id > ?
     ORDER BY id LIMIT ?`,
    connectionId,
    JSON.stringify(eventIds),
    kind,
    after,
    limit,
  )
  const open = new Set(
    reader
      .all<{ id: string }>(
        `SELECT f.id ${FINDINGS} WHERE f.id IN (SELECT value FROM json_each(?)) AND ${OPEN}`,
        JSON.stringify(rows.map(({ id }) => id)),
      )
      .map(({ id }) => id),
  )
  return rows.map(row => ({ ...row, open: open.has(row.id) }))
}
