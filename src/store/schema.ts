import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { MappingConfig } from '../core/mapping.ts'
import type {
  LinkRoute,
  LinkState,
  OperationStatus,
  OperationType,
  OverrideField,
  RaceStatus,
  ReadKind,
  RegistrationStatus,
  Role,
  UnlinkedReason,
} from '../core/model.ts'
import type { Json, JsonObject } from '../core/runtime.ts'

// Text has no length: the existing platform lost 2,174 rows to VARCHAR(20). Moments are ms UTC.
// `clock` is the hybrid clock of the last writer, for tables that several laptops may change.

const id = () => text().primaryKey()
const partner = () => integer().notNull()
const made = { createdAt: integer().notNull(), updatedAt: integer().notNull() }
const clock = () => text().notNull()
const json = <T>() => text({ mode: 'json' }).$type<T>()

export const timingPartners = sqliteTable('timing_partners', {
  id: integer().primaryKey(),
  name: text().notNull(),
  ...made,
})

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
    unique('provider_connections_key').on(
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
    /** Everybody changed before that was offered to the target; null: look at all. */
    pushCheckedAt: integer(),
    lastFullAt: integer(),
    lastPullAt: integer(),
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
    createdBy: text().notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('field_mappings_key').on(table.connectionId, table.version)],
)

export const normalizedEvents = sqliteTable(
  'normalized_events',
  {
    id: id(),
    timingPartnerId: partner(),
    sourceProvider: text().notNull(),
    sourceEventId: text().notNull(),
    sourceRaceId: text(),
    raceName: text(),
    eventName: text().notNull(),
    timezone: text(),
    startAt: integer(),
    startText: text(),
    eventDate: text(),
    eventType: text(),
    /** Km. */
    raceDistance: real(),
    locationCity: text(),
    locationState: text(),
    locationCountry: text(),
    maxParticipants: integer(),
    registrationOpenDate: text(),
    registrationCloseDate: text(),
    eventStatus: text().$type<'active' | 'gone'>().notNull(),
    normalizedData: json<Json>(),
    hashKey: text().notNull(),
    sourceVersion: integer(),
    syncedAt: integer().notNull(),
    ...made,
  },
  table => [
    unique('normalized_events_key').on(table.timingPartnerId, table.sourceProvider, table.sourceEventId),
    index('normalized_events_date').on(table.eventDate),
  ],
)

/** Every field a source or the crew fills, as columns: once for the source's word, once for what everyone sees. */
const participantColumns = () => ({
  bibNumber: text(),
  firstName: text(),
  lastName: text(),
  email: text(),
  phone: text(),
  dateOfBirth: text(),
  gender: text(),
  age: integer(),
  city: text(),
  state: text(),
  country: text(),
  emergencyContact: text(),
  raceDistance: real(),
  division: text(),
  teamName: text(),
  wave: text(),
  registrationDate: text(),
  chips: json<readonly string[]>().notNull(),
  registrationStatus: text().$type<RegistrationStatus>().notNull(),
})

export const normalizedParticipants = sqliteTable(
  'normalized_participants',
  {
    id: id(),
    timingPartnerId: partner(),
    normalizedEventId: text().notNull(),
    sourceProvider: text().notNull(),
    sourceParticipantId: text().notNull(),
    globalParticipantId: text(),
    ...participantColumns(),
    /** The source no longer says the bib it once said; it is kept until the source gives it to somebody else. */
    bibRetained: integer({ mode: 'boolean' }).notNull(),
    /** The row that reads, chips and decisions follow to, after a transfer or when a walk-up was joined. */
    successorId: text(),
    normalizedData: json<Json>(),
    hashKey: text().notNull(),
    sourceVersion: integer(),
    syncedAt: integer().notNull(),
    ...made,
  },
  table => [
    unique('normalized_participants_key').on(
      table.normalizedEventId,
      table.sourceProvider,
      table.sourceParticipantId,
    ),
    index('normalized_participants_bib').on(table.normalizedEventId, table.bibNumber),
    index('normalized_participants_retained')
      .on(table.normalizedEventId, table.bibNumber)
      .where(sql`bib_retained = 1`),
  ],
)

/** Computed from source and overrides by core/effective. Follows them; never replicated. */
export const effectiveParticipants = sqliteTable(
  'effective_participants',
  {
    participantId: text().primaryKey(),
    normalizedEventId: text().notNull(),
    ...participantColumns(),
    checkedInAt: integer(),
    raceStatus: text().$type<RaceStatus>().notNull(),
    note: text(),
    participantStatus: text().notNull(),
    /** bibKey of the bib, for looking up and linking. */
    bibKey: text(),
    /** foldName of first and last name, for searching. */
    nameFolded: text().notNull(),
    /** When the crew last decided the bib: of two people with one bib the latest decision links. */
    bibDecidedAt: integer(),
    /** When any of this last changed: a push looks only at what changed since the one before. */
    changedAt: integer().notNull(),
  },
  table => [
    index('effective_participants_bib').on(table.bibKey),
    index('effective_participants_event').on(table.normalizedEventId, table.nameFolded),
    index('effective_participants_changed').on(table.normalizedEventId, table.changedAt),
  ],
)

/** chipKey of each chip a participant has of their own, after overrides. Computed. */
export const participantChips = sqliteTable(
  'participant_chips',
  { chip: text().notNull(), participantId: text().notNull() },
  table => [
    primaryKey({ columns: [table.chip, table.participantId] }),
    index('participant_chips_participant').on(table.participantId),
  ],
)

export const participantOverrides = sqliteTable(
  'participant_overrides',
  {
    id: id(),
    timingPartnerId: partner(),
    participantId: text().notNull(),
    field: text().$type<OverrideField>().notNull(),
    value: json<Json>(),
    reason: text(),
    decidedBy: text().notNull(),
    decidedAt: integer().notNull(),
    /** Taken back; the row stays so that the taking back reaches other laptops. */
    withdrawn: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('participant_overrides_key').on(table.participantId, table.field)],
)

export const normalizedResults = sqliteTable(
  'normalized_results',
  {
    id: id(),
    timingPartnerId: partner(),
    normalizedEventId: text().notNull(),
    normalizedParticipantId: text(),
    sourceProvider: text().notNull(),
    sourceResultId: text().notNull(),
    bibNumber: text(),
    overallPlace: integer(),
    genderPlace: integer(),
    divisionPlace: integer(),
    startAt: integer(),
    finishAt: integer(),
    gunTimeMs: integer(),
    chipTimeMs: integer(),
    splitTimes: json<Json>(),
    resultStatus: text().notNull(),
    normalizedData: json<Json>(),
    hashKey: text().notNull(),
    sourceVersion: integer(),
    syncedAt: integer().notNull(),
    ...made,
  },
  table => [
    unique('normalized_results_key').on(table.normalizedEventId, table.sourceProvider, table.sourceResultId),
  ],
)

export const raceDays = sqliteTable('race_days', {
  id: id(),
  timingPartnerId: partner(),
  name: text().notNull(),
  raceDate: text().notNull(),
  timezone: text().notNull(),
  clock: clock(),
  ...made,
})

export const raceDayEvents = sqliteTable(
  'race_day_events',
  {
    id: id(),
    timingPartnerId: partner(),
    raceDayId: text().notNull(),
    normalizedEventId: text().notNull(),
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [
    unique('race_day_events_key').on(table.raceDayId, table.normalizedEventId),
    index('race_day_events_event').on(table.normalizedEventId),
  ],
)

/** A gun for an event (wave '') or one of its waves. */
export const starts = sqliteTable(
  'starts',
  {
    id: id(),
    timingPartnerId: partner(),
    normalizedEventId: text().notNull(),
    wave: text().notNull(),
    plannedAt: integer(),
    gunReadIdentity: text(),
    gunAt: integer(),
    correctedAt: integer(),
    decidedBy: text(),
    reason: text(),
    clock: clock(),
    ...made,
  },
  table => [unique('starts_key').on(table.normalizedEventId, table.wave)],
)

/** From the supplier's file; several chips a bib. */
export const bibChips = sqliteTable(
  'bib_chips',
  {
    id: id(),
    timingPartnerId: partner(),
    raceDayId: text().notNull(),
    /** chipKey. */
    chip: text().notNull(),
    /** bibKey. */
    bibNumber: text().notNull(),
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [
    unique('bib_chips_key').on(table.raceDayId, table.chip),
    index('bib_chips_bib').on(table.raceDayId, table.bibNumber),
  ],
)

/** The exception: personal chips and swaps. Null participant: from then on nobody's. */
export const chipAssignments = sqliteTable(
  'chip_assignments',
  {
    id: id(),
    timingPartnerId: partner(),
    raceDayId: text().notNull(),
    chip: text().notNull(),
    fromAt: integer().notNull(),
    participantId: text(),
    reason: text(),
    decidedBy: text().notNull(),
    withdrawn: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('chip_assignments_key').on(table.raceDayId, table.chip, table.fromAt)],
)

/** Chips of the partner's crew: their reads are nobody's, on purpose. */
export const testChips = sqliteTable(
  'test_chips',
  {
    id: id(),
    timingPartnerId: partner(),
    chip: text().notNull(),
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('test_chips_key').on(table.timingPartnerId, table.chip)],
)

export const timingSessions = sqliteTable('timing_sessions', {
  id: id(),
  timingPartnerId: partner(),
  raceDayId: text(),
  sessionName: text().notNull(),
  /** Zone of the readers' clocks, IANA. */
  timezone: text().notNull(),
  status: text().$type<'active' | 'ended'>().notNull(),
  startedAt: integer().notNull(),
  endedAt: integer(),
  clock: clock(),
  ...made,
})

export const timingLocations = sqliteTable(
  'timing_locations',
  {
    id: id(),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    locationName: text().notNull(),
    kind: text().$type<'start' | 'split' | 'finish' | 'other'>().notNull(),
    /** A second read of somebody within this many ms is a duplicate of the first. */
    duplicateWindowMs: integer().notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('timing_locations_key').on(table.sessionId, table.locationName)],
)

/** Where a device stood, from when to when. Null times are open ends. */
export const locationRules = sqliteTable(
  'location_rules',
  {
    id: id(),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    device: text().notNull(),
    fromAt: integer(),
    toAt: integer(),
    locationId: text().notNull(),
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [index('location_rules_device').on(table.sessionId, table.device)],
)

/** Added to a device's times in the link, never in the read. */
export const readerOffsets = sqliteTable(
  'reader_offsets',
  {
    id: id(),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    device: text().notNull(),
    offsetMs: integer().notNull(),
    reason: text(),
    decidedBy: text().notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('reader_offsets_key').on(table.sessionId, table.device)],
)

/** The journal: append only. Known elsewhere by session and identity, so it has no outbox row a read. */
export const timingReads = sqliteTable(
  'timing_reads',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    identity: text().notNull(),
    kind: text().$type<ReadKind>().notNull(),
    /** The line protocol or file format it came by. */
    source: text().notNull(),
    /** Reader or controller, as it names itself. */
    device: text().notNull(),
    streamId: text(),
    /** Location as the stream or the importer named it; where it really was is a rule. */
    streamLocation: text(),
    sequence: integer(),
    /** chipKey; for a marker its kind. */
    chip: text(),
    bibNumber: text(),
    readAt: integer(),
    rawTime: text(),
    /** Why read_at is null. */
    timeProblem: text(),
    antenna: text(),
    rssi: integer(),
    lap: integer(),
    raw: text().notNull(),
    receivedAt: integer().notNull(),
  },
  table => [
    uniqueIndex('timing_reads_identity').on(table.sessionId, table.identity),
    index('timing_reads_chip').on(table.chip),
    // Guns are few among millions, and every race time asks for them.
    index('timing_reads_gun').on(table.readAt).where(sql`kind = 'gun'`),
  ],
)

/** How far each stream is stored, so that a resumed one starts there. Follows the journal in its transaction. */
export const readerStreams = sqliteTable(
  'reader_streams',
  {
    streamId: text().notNull(),
    streamLocation: text().notNull(),
    sessionId: text().notNull(),
    lastSequence: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.sessionId, table.streamId, table.streamLocation] })],
)

/** Computed from everything above by core/linking; recomputed at will. */
export const readLinks = sqliteTable(
  'read_links',
  {
    readId: integer().primaryKey(),
    sessionId: text().notNull(),
    state: text().$type<LinkState>().notNull(),
    reason: text().$type<UnlinkedReason>(),
    route: text().$type<LinkRoute>(),
    participantId: text(),
    normalizedEventId: text(),
    locationId: text(),
    duplicateOf: integer(),
    /** read_at with the reader's offset. */
    at: integer(),
  },
  table => [
    index('read_links_participant').on(table.participantId),
    index('read_links_state').on(table.sessionId, table.state),
  ],
)

/**
 * What changed that links depend on, until the linker has read it again: `bib|214`, `chip|9573`,
 * `participant|<id>`, `session|<id>`. Written in the transaction of the change, so that no crash loses it.
 */
export const staleLinks = sqliteTable('stale_links', { key: text().primaryKey() })

/** A crew's word on one read; survives every recomputation. */
export const readAssignments = sqliteTable(
  'read_assignments',
  {
    id: id(),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    readIdentity: text().notNull(),
    participantId: text(),
    reason: text(),
    decidedBy: text().notNull(),
    decidedAt: integer().notNull(),
    withdrawn: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('read_assignments_key').on(table.sessionId, table.readIdentity)],
)

export const refusedLines = sqliteTable(
  'refused_lines',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: text().notNull(),
    /** Peer or file. */
    origin: text().notNull(),
    line: integer(),
    reason: text().notNull(),
    /** The beginning of the line, at most 1,000 characters. */
    text: text().notNull(),
    receivedAt: integer().notNull(),
  },
  table => [index('refused_lines_session').on(table.sessionId)],
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
    /** Tries only the refused records of that operation again. */
    retryOf: text(),
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
    stage: text().$type<'normalize' | 'map' | 'push'>().notNull(),
    code: text().notNull(),
    message: text().notNull(),
    ...made,
  },
  table => [index('sync_record_errors_operation').on(table.operationId)],
)

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
  ],
)

/** Who goes next. Stays on the laptop: a queue belongs to who runs it. */
export const syncQueue = sqliteTable(
  'sync_queue',
  {
    operationId: text().primaryKey(),
    connectionId: text().notNull(),
    priority: integer().notNull(),
    dueAt: integer().notNull(),
    attempts: integer().notNull(),
  },
  table => [index('sync_queue_due').on(table.dueAt)],
)

/** Calls an account made in its current window. */
export const rateBudget = sqliteTable('rate_budget', {
  account: text().primaryKey(),
  windowStartedAt: integer().notNull(),
  calls: integer().notNull(),
})

/** Rows that other places have not seen yet; a row changed twice waits once. */
export const outbox = sqliteTable(
  'outbox',
  {
    sequence: integer().primaryKey({ autoIncrement: true }),
    tableName: text().notNull(),
    rowId: text().notNull(),
    changedAt: integer().notNull(),
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
