import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Json } from '../../core/runtime.ts'
import { json } from './columns.ts'

/** Databases this laptop replicates with, and how far each has come. */
export const replicationCursors = sqliteTable('replication_cursors', {
  /** The database's own id, wherever it is reached. */
  peerId: text().primaryKey(),
  kind: text().$type<'central' | 'hub'>().notNull(),
  /** As screens show it, without secrets. */
  name: text().notNull(),
  /** How it is reached; its password is with the secrets. */
  target: json<Json>().notNull(),
  /** Of the outbox: all up to this is there. */
  pushedSequence: integer().notNull(),
  /** Of timing_reads: all up to this id are there. */
  pushedReadId: integer().notNull(),
  /** It lost some of what was there, restored from an older copy: up to here all goes again, whoever it came from. */
  againSequence: integer(),
  againReadId: integer(),
  /** Where its feed is read on; stored with the rows it brought. */
  feed: json<Json>(),
  joinedAt: integer().notNull(),
  lastInStepAt: integer(),
  updatedAt: integer().notNull(),
})

/** What newer programs said of shared rows in columns that this one does not know: it goes on with the row. */
export const carriedColumns = sqliteTable(
  'carried_columns',
  {
    tableName: text().notNull(),
    rowId: text().notNull(),
    /** By column, in SQLite's own values. */
    said: json<Json>().notNull(),
  },
  table => [primaryKey({ columns: [table.tableName, table.rowId] })],
)
