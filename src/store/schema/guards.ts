import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Operation } from '../../core/settings.ts'
import { id, json } from './columns.ts'

/** Operations that nobody had confirmed and that were seen to work, by account. */
export const evidenceSeen = sqliteTable(
  'evidence_seen',
  {
    account: text().notNull(),
    operation: text().$type<Operation>().notNull(),
    at: integer().notNull(),
    /** What was looked at, in words. */
    how: text().notNull(),
  },
  table => [primaryKey({ columns: [table.account, table.operation] })],
)

/** Somebody whose bib a run would change, or whom it would call gone. */
export interface LookedAtChange {
  readonly participantId: string
  readonly name: string
  readonly bib: string | null
  /** The bib it would be; null: none. Left out for who would be gone. */
  readonly newBib?: string | null
}

/** Runs that would have changed too much of an event shortly before its start: what they would do, who decided. */
export const syncLooks = sqliteTable(
  'sync_looks',
  {
    id: id(),
    operationId: text().notNull(),
    connectionId: text().notNull(),
    normalizedEventId: text().notNull(),
    /** Before it changes people here, or before it changes the target. */
    stage: text().$type<'fetch' | 'push'>().notNull(),
    /** Registered in the event, and how many of them may change unasked. */
    people: integer().notNull(),
    allowed: integer().notNull(),
    bibs: json<readonly LookedAtChange[]>().notNull(),
    gone: json<readonly LookedAtChange[]>().notNull(),
    at: integer().notNull(),
    /** later-run: the event's next run saw it anew, or no longer. */
    decision: text().$type<'go-on' | 'cancelled' | 'later-run'>(),
    decidedBy: text(),
    decidedAt: integer(),
  },
  table => [
    index('sync_looks_operation').on(table.operationId),
    index('sync_looks_open').on(table.connectionId, table.decision),
  ],
)
