import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { MappingConfig } from '../../core/mapping.ts'
import type {
  NumberOutcome,
  Numbers,
  OperationStatus,
  OperationType,
  PublishChoice,
  ResultPlace,
} from '../../core/model.ts'
import type { JsonObject } from '../../core/runtime.ts'
import { clock, id, json, made, partner } from './columns.ts'

export const providerConnections = sqliteTable(
  'provider_connections',
  {
    id: id(),
    timingPartnerId: partner(),
    connectionName: text().notNull(),
    sourceProvider: text().notNull(),
    targetProvider: text().notNull(),
    sourceSettings: json<Record<string, string>>().notNull(),
    targetSettings: json<Record<string, string>>().notNull(),
    events: json<'all' | readonly string[]>().notNull(),
    scheduleMode: text().$type<'event' | 'interval'>().notNull(),
    scheduleIntervalMinutes: integer(),
    autoSyncEnabled: integer({ mode: 'boolean' }).notNull(),
    inferredAllowed: integer({ mode: 'boolean' }).notNull(),
    credentialsUpdatedAt: integer(),
    lastSyncAt: integer(),
    lastSuccessAt: integer(),
    eventsSyncedAt: integer(),
    deletedAt: integer(),
    createdBy: text().notNull(),
    clock: clock(),
    ...made,
  },
  table => [
    // Two laptops may give one name before they meet, so it is not unique.
    index('provider_connections_key').on(
      table.timingPartnerId,
      table.sourceProvider,
      table.targetProvider,
      table.connectionName,
    ),
  ],
)

export const connectionEvents = sqliteTable(
  'connection_events',
  {
    id: id(),
    timingPartnerId: partner(),
    connectionId: text().notNull(),
    normalizedEventId: text().notNull(),
    targetEventId: text(),
    targetRaceId: text(),
    targetName: text(),
    /** When the entries the target already holds were last read: before that nobody is sent twice by mistake. */
    targetReadAt: integer(),
    /** Where the next fetch begins, or where this one goes on. */
    cursor: json<JsonObject>(),
    /** Started from nothing and not complete yet: only when it completes may it say who is gone. */
    fullFetchStartedAt: integer(),
    /** Everybody changed here before that was offered to the target by this laptop; null: look at all. */
    pushCheckedAt: integer(),
    lastFullAt: integer(),
    lastPullAt: integer(),
    /** Of results, as `cursor` and the three after it are of registrations. */
    resultsCursor: json<JsonObject>(),
    resultsFullStartedAt: integer(),
    resultsFullAt: integer(),
    resultsPulledAt: integer(),
    /** Where the registration provider keeps the event's results; null: not asked yet. */
    resultsPlace: json<ResultPlace>(),
    /** When what the registration provider already holds was last read: before that nothing is added twice by mistake. */
    resultsReadAt: integer(),
    /** When its two sides were last compared, or were to be. */
    reconcileTriedAt: integer(),
    clock: clock(),
    ...made,
  },
  table => [unique('connection_events_key').on(table.connectionId, table.normalizedEventId)],
)

export const fieldMappings = sqliteTable(
  'field_mappings',
  {
    id: id(),
    timingPartnerId: partner(),
    connectionId: text().notNull(),
    version: integer().notNull(),
    mapping: json<MappingConfig>().notNull(),
    /** Why, in the crew's words. */
    note: text(),
    /** The version it went back to. */
    restoredFrom: integer(),
    createdBy: text().notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('field_mappings_key').on(table.connectionId, table.version)],
)

/** What a scoring provider last accepted of somebody. */
export const pushReceipts = sqliteTable(
  'push_receipts',
  {
    id: id(),
    timingPartnerId: partner(),
    participantId: text().notNull(),
    targetProvider: text().notNull(),
    targetEventId: text().notNull(),
    targetRaceId: text().notNull(),
    targetEntryId: text(),
    /** '' while it was sent and no answer came: the next run reads back before it sends again. */
    acceptedHash: text().notNull(),
    accepted: json<Record<string, string>>().notNull(),
    acceptedAt: integer().notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('push_receipts_key').on(table.participantId, table.targetProvider, table.targetEventId)],
)

/** What a registration provider last accepted of a result. */
export const publicationReceipts = sqliteTable(
  'publication_receipts',
  {
    id: id(),
    timingPartnerId: partner(),
    resultId: text().notNull(),
    normalizedEventId: text().notNull(),
    sourceProvider: text().notNull(),
    /** The registration provider's own id of it; null while it never said one. */
    publishedResultId: text(),
    /** '' while it was sent and no answer came: what is held there is read back before it is sent again. */
    acceptedHash: text().notNull(),
    accepted: json<Record<string, string>>().notNull(),
    acceptedAt: integer().notNull(),
    clock: clock(),
    ...made,
  },
  table => [
    unique('publication_receipts_key').on(table.resultId, table.sourceProvider),
    index('publication_receipts_event').on(table.normalizedEventId),
  ],
)

/** What a registration provider last said of somebody's bib and chip, as they were sent. */
export const numberReceipts = sqliteTable(
  'number_receipts',
  {
    id: id(),
    timingPartnerId: partner(),
    participantId: text().notNull(),
    normalizedEventId: text().notNull(),
    sourceProvider: text().notNull(),
    operationId: text().notNull(),
    /** As they stood there before; of what was sent, what is null was left alone. */
    before: json<Numbers>().notNull(),
    sent: json<Numbers>().notNull(),
    outcome: text().$type<NumberOutcome>().notNull(),
    message: text(),
    sentAt: integer().notNull(),
    clock: clock(),
    ...made,
  },
  table => [
    unique('number_receipts_key').on(table.participantId, table.sourceProvider),
    index('number_receipts_operation').on(table.operationId),
    index('number_receipts_event').on(table.normalizedEventId),
  ],
)

export const syncOperations = sqliteTable(
  'sync_operations',
  {
    id: id(),
    timingPartnerId: partner(),
    connectionId: text().notNull(),
    operationType: text().$type<OperationType>().notNull(),
    syncDirection: text().notNull(),
    triggerType: text().$type<'manual' | 'scheduled' | 'retry'>().notNull(),
    full: integer({ mode: 'boolean' }).notNull(),
    /** The events it is about; null: all of the connection. */
    eventIds: json<readonly string[] | null>(),
    /** Tries only the refused records of that operation again. */
    retryOf: text(),
    /** What a publication may send. */
    publish: json<PublishChoice | null>(),
    /** A digest of the numbers that somebody agreed to write back. */
    agreed: text(),
    status: text().$type<OperationStatus>().notNull(),
    /** What it is doing, in words. */
    step: text(),
    totalRecords: integer(),
    processedRecords: integer().notNull(),
    successRecords: integer().notNull(),
    errorRecords: integer().notNull(),
    addedRecords: integer().notNull(),
    changedRecords: integer().notNull(),
    goneRecords: integer().notNull(),
    pushedRecords: integer().notNull(),
    heldRecords: integer().notNull(),
    /** Of a reconciliation: people in either system who are not the same in both. */
    discrepancyPercent: real(),
    calls: integer().notNull(),
    errorCode: text(),
    errorMessage: text(),
    startedBy: text().notNull(),
    startedAt: integer().notNull(),
    completedAt: integer(),
    /** For a waiting one: when it goes on by itself. */
    resumeAt: integer(),
    ...made,
  },
  table => [
    index('sync_operations_connection').on(table.connectionId, table.startedAt),
    index('sync_operations_status').on(table.status),
  ],
)

export const syncRecordErrors = sqliteTable(
  'sync_record_errors',
  {
    id: id(),
    timingPartnerId: partner(),
    operationId: text().notNull(),
    connectionId: text().notNull(),
    participantId: text(),
    sourceParticipantId: text(),
    stage: text().$type<'fetch' | 'normalize' | 'map' | 'push'>().notNull(),
    /** Names of the fields it is about, where it is about fields. */
    field: text(),
    code: text().notNull(),
    message: text().notNull(),
    ...made,
  },
  table => [index('sync_record_errors_operation').on(table.operationId)],
)

/** Who goes next. Stays on the laptop: a queue belongs to who runs it. */
export const syncQueue = sqliteTable(
  'sync_queue',
  {
    operationId: text().primaryKey(),
    connectionId: text().notNull(),
    priority: integer().notNull(),
    dueAt: integer().notNull(),
    /** When the next turn of its event begins: who has the earliest goes first. */
    deadlineAt: integer().notNull().default(0),
    /** Its race is near. */
    urgent: integer({ mode: 'boolean' }).notNull().default(false),
    attempts: integer().notNull(),
  },
  table => [index('sync_queue_due').on(table.dueAt)],
)

/** How an event's last turns went, by connection. */
export const eventTurns = sqliteTable(
  'event_turns',
  {
    connectionId: text().notNull(),
    normalizedEventId: text().notNull(),
    lastTriedAt: integer().notNull(),
    lastSuccessAt: integer(),
    /** In a row. */
    failures: integer().notNull(),
    /** Not before that, after a failure. */
    notBefore: integer(),
    code: text(),
    message: text(),
  },
  table => [primaryKey({ columns: [table.connectionId, table.normalizedEventId] })],
)

/** Calls of an account that count against its limit still, and what it taught us. */
export const rateBudget = sqliteTable('rate_budget', {
  account: text().primaryKey(),
  /** [start of a slot, calls in it], the oldest first. */
  spent: json<readonly (readonly [at: number, calls: number])[]>().notNull(),
  /** The provider asked for patience until then. */
  heldUntil: integer(),
  /** Calls in a period that it took before it refused, when it did. */
  learnedCalls: integer(),
  learnedAt: integer(),
})
