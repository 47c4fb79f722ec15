import type { Writer } from './writer.ts'

/** Rows of one statement. Each size and pattern is a statement that stays prepared, so they are few. */
const SIZES = [32, 8, 1] as const

/** Rows in pieces that one statement takes each, in their order. */
export function* inBlocks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; ) {
    const size = SIZES.find(each => each <= rows.length - from) ?? 1
    yield rows.slice(from, from + size)
    from += size
  }
}

/** Values in the order of the columns. */
export type Values = readonly (string | number | null)[]

/** Inserts one block of rows with one statement. */
export type BulkInsert = (writer: Writer, block: readonly Values[]) => ReturnType<Writer['run']>

/**
 * Most of what an insert takes is handing its values over to SQLite, one by one. So rows go by the dozen, and what all
 * rows of a block say alike is handed over once.
 *
 * @param alike columns whose values are often the same; few, for each combination is a statement of its own
 * @param onConflict what follows the values
 * @param orReplace whether what is in the way of a row goes
 */
export function bulkInsert(
  table: string,
  columns: readonly string[],
  {
    alike,
    onConflict,
    orReplace = false,
  }: { readonly alike: readonly string[]; readonly onConflict: string; readonly orReplace?: boolean },
): BulkInsert {
  const places = alike.map(column => columns.indexOf(column))
  const statements = new Map<number, string>()
  const sql = (size: number, shared: readonly number[]): string => {
    const row = `(${columns.map((column, at) => (shared.includes(at) ? `@${column}` : '?')).join(', ')})`
    const rows = Array<string>(size).fill(row).join(', ')
    return `INSERT ${orReplace ? 'OR REPLACE ' : ''}INTO ${table} (${columns.join(', ')}) VALUES ${rows} ${onConflict}`
  }
  return (writer, block) => {
    const [first] = block
    if (first === undefined) return { changes: 0, lastInsertRowid: 0 }
    const shared: number[] = []
    let pattern = block.length
    for (const place of block.length === 1 ? [] : places) {
      if (!block.every(row => row[place] === first[place])) continue
      shared.push(place)
      pattern += 2 ** (place + 6)
    }
    let statement = statements.get(pattern)
    if (statement === undefined) {
      statement = sql(block.length, shared)
      statements.set(pattern, statement)
    }
    const values: unknown[] = []
    for (const row of block)
      for (let at = 0; at < row.length; at += 1) if (!shared.includes(at)) values.push(row[at])
    if (shared.length === 0) return writer.run(statement, values)
    return writer.run(
      statement,
      values,
      Object.fromEntries(shared.map(place => [columns[place], first[place]])),
    )
  }
}
