import type Database from 'better-sqlite3'
import { createNameIndex, type NameIndex } from './name-index.ts'
import { steady } from './steady-sql.ts'

/** Reading, synchronously. */
export interface Reader {
  /** Rows of a prepared, cached statement, with the database's own names and values. */
  all<row>(sql: string, ...values: readonly unknown[]): row[]
  get<row>(sql: string, ...values: readonly unknown[]): row | undefined
  readonly names: NameIndex
}

export function createReader(sqlite: Database.Database): Reader {
  const statements = new Map<string, Database.Statement>()
  const statement = (sql: string): Database.Statement => {
    const known = statements.get(sql)
    if (known) return known
    const made = sqlite.prepare(steady(sql))
    if (!made.readonly) throw new Error('a reader cannot write; use store.write')
    statements.set(sql, made)
    return made
  }
  return {
    all: <row>(sql: string, ...values: readonly unknown[]) => statement(sql).all(...values) as row[],
    get: <row>(sql: string, ...values: readonly unknown[]) =>
      statement(sql).get(...values) as row | undefined,
    names: createNameIndex(sqlite),
  }
}
