import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { Role } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { id, json, made, partner } from './columns.ts'

export const timingPartners = sqliteTable('timing_partners', {
  id: integer().primaryKey(),
  name: text().notNull(),
  ...made,
})

/** One chain a laptop: each row carries the hash of the one before. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: id(),
    timingPartnerId: partner(),
    laptopId: text().notNull(),
    sequence: integer().notNull(),
    at: integer().notNull(),
    actor: text().notNull(),
    action: text().notNull(),
    tableName: text().notNull(),
    rowId: text().notNull(),
    before: json<Json>(),
    after: json<Json>(),
    reason: text(),
    previousHash: text().notNull(),
    hash: text().notNull(),
  },
  table => [
    unique('audit_log_key').on(table.laptopId, table.sequence),
    index('audit_log_row').on(table.tableName, table.rowId),
    // Few of all, and screens ask for them.
    index('audit_log_apart')
      .on(table.at)
      .where(sql`action IN ('decided on two laptops', 'bib given on two laptops')`),
  ],
)

/**
 * What changed last, by sequence: one place a row, and a row changed again is at the end. Rows stay, so that a peer that
 * joins later gets all of them; how far each peer has come is in replication_cursors.
 */
export const outbox = sqliteTable(
  'outbox',
  {
    sequence: integer().primaryKey({ autoIncrement: true }),
    tableName: text().notNull(),
    rowId: text().notNull(),
    changedAt: integer().notNull(),
    /** The peer it came from, to which it does not go back; null: made here. */
    origin: text(),
  },
  table => [unique('outbox_row').on(table.tableName, table.rowId)],
)

/** Who may use the HTTP door. Only the hash is kept. */
export const accessTokens = sqliteTable(
  'access_tokens',
  {
    id: id(),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    tokenHash: text().notNull(),
    createdAt: integer().notNull(),
    revokedAt: integer(),
  },
  table => [unique('access_tokens_hash').on(table.tokenHash)],
)

export const settings = sqliteTable('settings', {
  key: text().primaryKey(),
  value: json<Json>(),
  updatedAt: integer().notNull(),
})
