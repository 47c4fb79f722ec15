import type Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { createNameIndex, type NameIndex } from './name-index.ts'
import { steady } from './steady-sql.ts'

export type Db = BetterSQLite3Database<Record<string, never>>

/** Reading, synchronously. */
export interface Reader {
  /** Typed queries, for everything that is not a hot path. */
  readonly db: Pick<Db, 'select' | 'selectDistinct' | '$with' | 'with' | '$count'>
  /** Rows of a prepared, cached statement, with the database's own names and values. */
  all<row>(sql: string, ...values: readonly unknown[]): row[]
  get<row>(sql: string, ...values: readonly unknown[]): row | undefined
  readonly names: NameIndex
}

export function createReader(sqlite: Database.Database, db: Db): Reader {
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
    db,
    all: <row>(sql: string, ...values: readonly unknown[]) => statement(sql).all(...values) as row[],
    get: <row>(sql: string, ...values: readonly unknown[]) =>
      statement(sql).get(...values) as row | undefined,
    names: createNameIndex(sqlite),
  }
}
