import { createHash } from 'node:crypto'
import type { Json } from '../core/runtime.ts'
import { newId } from './ids.ts'
import type { Row, TableName } from './tables.ts'

export interface AuditEntry {
  /** What was done, in the field's words: `bib changed`, `connection added`. */
  readonly action: string
  readonly table: TableName
  readonly rowId: string
  readonly before: Json
  readonly after: Json
  readonly reason?: string | null
}

type ChainRow = Omit<Row<'audit_log'>, 'timingPartnerId'>

/** One chain a laptop: a row changed or taken out later breaks every hash behind it. */
export interface AuditChain {
  append(entry: AuditEntry, actor: string, at: number): ChainRow
  /** Where the chain stands, to go back to when the transaction did not commit. */
  mark(): { readonly sequence: number; readonly hash: string }
  reset(mark: { readonly sequence: number; readonly hash: string }): void
}

/** The hash of a row: over its predecessor's hash and all that it says. */
export const auditHash = (row: Omit<ChainRow, 'hash'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        row.previousHash,
        row.laptopId,
        row.sequence,
        row.at,
        row.actor,
        row.action,
        row.tableName,
        row.rowId,
        row.before,
        row.after,
        row.reason,
      ]),
    )
    .digest('hex')

export function createAuditChain(
  laptopId: string,
  last: { readonly sequence: number; readonly hash: string } | null,
): AuditChain {
  let sequence = last?.sequence ?? 0
  let hash = last?.hash ?? ''
  return {
    append(entry, actor, at) {
      const row = {
        id: newId(),
        laptopId,
        sequence: sequence + 1,
        at,
        actor,
        action: entry.action,
        tableName: entry.table,
        rowId: entry.rowId,
        before: entry.before,
        after: entry.after,
        reason: entry.reason ?? null,
        previousHash: hash,
      }
      const made = { ...row, hash: auditHash(row) }
      sequence = made.sequence
      hash = made.hash
      return made
    },
    mark: () => ({ sequence, hash }),
    reset(mark) {
      sequence = mark.sequence
      hash = mark.hash
    },
  }
}
