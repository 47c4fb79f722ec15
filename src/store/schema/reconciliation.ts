import { index, integer, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { FieldDifference, FindingCause, FindingKind } from '../../core/model.ts'
import { id, json, made, partner } from './columns.ts'

/** How far an event's two sides agreed when both were read. */
export const reconciliations = sqliteTable(
  'reconciliations',
  {
    id: id(),
    timingPartnerId: partner(),
    operationId: text().notNull(),
    connectionId: text().notNull(),
    normalizedEventId: text().notNull(),
    targetProvider: text().notNull(),
    targetEventId: text().notNull(),
    readAt: integer().notNull(),
    /** Registered here. */
    people: integer().notNull(),
    /** At the target. */
    entries: integer().notNull(),
    /** With those that differ. */
    inBoth: integer().notNull(),
    onlyHere: integer().notNull(),
    onlyThere: integer().notNull(),
    differing: integer().notNull(),
    goneHere: integer().notNull(),
    discrepancyPercent: real().notNull(),
    ...made,
  },
  table => [
    unique('reconciliations_key').on(table.operationId, table.normalizedEventId),
    index('reconciliations_event').on(table.connectionId, table.normalizedEventId, table.readAt),
  ],
)

/** What the last reconciliation of an event found, a row each; of very many only the first are kept. */
export const reconciliationFindings = sqliteTable(
  'reconciliation_findings',
  {
    id: id(),
    reconciliationId: text().notNull(),
    connectionId: text().notNull(),
    normalizedEventId: text().notNull(),
    kind: text().$type<FindingKind>().notNull(),
    cause: text().$type<FindingCause>().notNull(),
    participantId: text(),
    targetEntryId: text(),
    /** Of the receipt that was compared: one that is newer was accepted since. */
    receiptClock: text(),
    bibNumber: text(),
    name: text(),
    fields: json<readonly FieldDifference[]>().notNull(),
    /** In words, where there is more to say: why nothing is sent, what the target said. */
    message: text(),
    /** When somebody asked for its repair. */
    repairAskedAt: integer(),
    repairAskedBy: text(),
  },
  table => [
    index('reconciliation_findings_event').on(table.connectionId, table.normalizedEventId, table.kind),
    index('reconciliation_findings_reconciliation').on(table.reconciliationId),
  ],
)
