import type { Reader } from './reader.ts'
import { type Row, TABLES, type TableName } from './tables.ts'

/** A row of a prepared statement's answer as the table's own type: camelCase, JSON and booleans read. */
export function decode<name extends TableName>(
  table: name,
  raw: Readonly<Record<string, unknown>>,
): Row<name> {
  const shape = TABLES.get(table)
  if (!shape) throw new Error(`no table ${table}`)
  const row: Record<string, unknown> = {}
  for (const { key, name, decode: read } of shape.columns) {
    const value = raw[name] ?? null
    row[key] = value === null || read === null ? value : read(value)
  }
  return row as Row<name>
}

/** Whole rows that fit a condition, on a cached statement. */
export const rowsWhere = <name extends TableName>(
  reader: Reader,
  table: name,
  condition: string,
  ...values: readonly unknown[]
): Row<name>[] =>
  reader
    .all<Record<string, unknown>>(`SELECT * FROM "${table}" WHERE ${condition}`, ...values)
    .map(raw => decode(table, raw))

/** The first row that fits. */
export function rowWhere<name extends TableName>(
  reader: Reader,
  table: name,
  condition: string,
  ...values: readonly unknown[]
): Row<name> | null {
  const raw = reader.get<Record<string, unknown>>(`SELECT * FROM "${table}" WHERE ${condition}`, ...values)
  return raw === undefined ? null : decode(table, raw)
}
