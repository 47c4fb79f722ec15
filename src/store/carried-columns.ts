import { followRemote } from './follow-remote.ts'
import { LAPTOP_ONLY } from './merge-rules.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import type { RemoteChange } from './remote-rows.ts'
import { type ColumnShape, TABLES, type TableName, type TableShape } from './tables.ts'
import type { Writer } from './writer.ts'

// A newer Trackside may have given a shared row columns that this one does not know. Their values stay beside the row and
// go on with it, whoever changed it last: else a peer that knows them would take this laptop's version for all there is.

const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...TABLES.values()].map(({ name, columns }) => [name, new Set(columns.map(column => column.name))]),
)

const isForeign = (table: string, column: string): boolean => {
  const own: readonly string[] = LAPTOP_ONLY[table as keyof typeof LAPTOP_ONLY] ?? []
  return NAMES.get(table)?.has(column) === false && !own.includes(column)
}

const foreign = (table: string, row: RawRow): RawRow =>
  Object.fromEntries(Object.entries(row).filter(([column]) => isForeign(table, column)))

const stored = (reader: Reader, table: string, id: string): RawRow | null => {
  const row = reader.get<{ said: string }>(
    'SELECT said FROM carried_columns WHERE table_name = ? AND row_id = ?',
    table,
    id,
  )
  return row === undefined ? null : (JSON.parse(row.said) as RawRow)
}

function keep(writer: Writer, table: string, id: string, said: RawRow): void {
  if (Object.keys(said).length === 0)
    writer.run('DELETE FROM carried_columns WHERE table_name = ? AND row_id = ?', table, id)
  else
    writer.run(
      'INSERT OR REPLACE INTO carried_columns (table_name, row_id, said) VALUES (?, ?, ?)',
      ...[table, id, JSON.stringify(said)],
    )
  writer.touched('carried_columns')
}

/**
 * Keeps what a peer's row says in columns that are not known here.
 * @param isNewer than the row here; one of the same version only fills what nobody said
 */
export function carry(writer: Writer, { name, rule }: TableShape, row: RawRow, isNewer: boolean): void {
  // A row that never changes gets no columns: test/store/merge-rules.test.ts.
  if (rule === null || rule === 'append') return
  const said = foreign(name, row)
  if (Object.keys(said).length === 0) return
  const before = stored(writer, name, String(row.id)) ?? {}
  const more = isNewer
    ? said
    : Object.fromEntries(Object.entries(said).filter(([column]) => before[column] == null))
  if (Object.keys(more).length > 0) keep(writer, name, String(row.id), { ...before, ...more })
}

const all = (reader: Reader) =>
  reader
    .all<{ table: string; id: string; said: string }>(
      'SELECT table_name AS "table", row_id AS id, said FROM carried_columns',
    )
    .map(({ said, ...row }) => ({ ...row, said: JSON.parse(said) as RawRow }))

const fits = (column: ColumnShape | undefined, value: unknown): boolean =>
  column !== undefined && (value !== null || !column.column.notNull)

/** After an update: what was carried in columns that this program knows comes into the rows, and what follows from it. */
export function settleCarried(writer: Writer): void {
  const changes: RemoteChange[] = []
  for (const { table, id, said } of all(writer)) {
    const shape = TABLES.get(table as TableName)
    const before = shape && writer.get<RawRow>(`SELECT * FROM "${table}" WHERE id = ?`, id)
    if (shape === undefined || before === undefined) continue
    const column = (name: string) => shape.columns.find(one => one.name === name)
    const known = Object.entries(said).filter(([name, value]) => fits(column(name), value))
    if (known.length === 0) continue
    writer.run(
      `UPDATE OR IGNORE "${table}" SET ${known.map(([name]) => `"${name}" = ?`).join(', ')} WHERE id = ?`,
      ...known.map(([, value]) => value),
      id,
    )
    writer.touched(shape.name)
    keep(writer, table, id, foreign(table, said))
    changes.push({ table: shape.name, before, after: { ...before, ...Object.fromEntries(known) } })
  }
  followRemote(writer, changes)
}
