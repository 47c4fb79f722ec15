import type { Row, TableName } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

/** What every row that the crew decides carries. */
export const stamps = (writer: Writer, createdAt: number | undefined) => ({
  timingPartnerId: writer.partnerId,
  clock: writer.clock,
  createdAt: createdAt ?? writer.at,
  updatedAt: writer.at,
})

type Decided = {
  [name in TableName]: Row<name> extends { readonly id: string; readonly clock: string } ? name : never
}[TableName]

/** Puts a row with its audit entry. */
export function putDecided<name extends Decided>(
  writer: Writer,
  table: name,
  action: string,
  before: unknown,
  row: Row<name>,
  reason: string | null,
): void {
  writer.put(table, row)
  const was = auditable((before as Readonly<Record<string, unknown>> | undefined) ?? null)
  const after = auditable(row as Readonly<Record<string, unknown>>)
  writer.audit({ action, table, rowId: String(row.id), before: was, after, reason })
}
