import { integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { AlertKind, AlertSeverity, AlertState } from '../../core/alerts.ts'
import { id } from './columns.ts'

/** What is or was wrong on this laptop; the same trouble of the same thing is one row, however often it comes. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: id(),
    kind: text().$type<AlertKind>().notNull(),
    /** What it is about, the same for ever: a connection's id, an account, a reader's name. */
    subject: text().notNull(),
    severity: text().$type<AlertSeverity>().notNull(),
    /** What is wrong, and what to do about it. */
    message: text().notNull(),
    todo: text().notNull(),
    connectionId: text(),
    state: text().$type<AlertState>().notNull(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    /** How often it began. */
    count: integer().notNull(),
    /** Who acknowledged or snoozed it, and when. */
    decidedBy: text(),
    decidedAt: integer(),
    snoozedUntil: integer(),
    resolvedAt: integer(),
  },
  table => [unique('alerts_key').on(table.kind, table.subject)],
)
