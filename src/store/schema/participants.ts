import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { MappingRefusal } from '../../core/mapping.ts'
import type {
  OverrideField,
  RaceStatus,
  RegistrationStatus,
  ResultStatus,
  SplitTime,
} from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { clock, id, json, made, partner, seenClock } from './columns.ts'

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
    /** The hybrid clock of whoever stored it last: what tells versions apart where the source gives none. */
    clock: text(),
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
    /** The provider's key of it: which event it is in is known only when it comes. */
    successorKey: text(),
    normalizedData: json<Json>(),
    /** What the connection's mapping could not read of it; null: nothing. */
    mappingRefusals: json<readonly MappingRefusal[]>(),
    hashKey: text().notNull(),
    sourceVersion: integer(),
    clock: text(),
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
    index('normalized_participants_transferred').on(table.successorKey).where(sql`successor_key IS NOT NULL`),
    // Few of all: those at the provider are counted on the key, less these.
    index('normalized_participants_left')
      .on(table.normalizedEventId, table.sourceProvider)
      .where(sql`registration_status <> 'registered'`),
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
    // With what tells double bibs, so that they are found on the index alone.
    index('effective_participants_bib').on(table.bibKey, table.registrationStatus, table.normalizedEventId),

    // With what is counted of people, so that tens of thousands are counted on the index alone.
    index('effective_participants_counted')
      .on(table.normalizedEventId, table.wave, table.checkedInAt, table.bibKey)
      .where(sql`registration_status = 'registered'`),
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
    seenClock: seenClock(),
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
    /** Our entry's key and the scoring provider's own id of it, where it says them: whose result it is. */
    entryKey: text(),
    entryId: text(),
    bibNumber: text(),
    overallPlace: integer(),
    genderPlace: integer(),
    divisionPlace: integer(),
    startAt: integer(),
    finishAt: integer(),
    gunTimeMs: integer(),
    chipTimeMs: integer(),
    splitTimes: json<readonly SplitTime[]>(),
    resultStatus: text().$type<ResultStatus>().notNull(),
    normalizedData: json<Json>(),
    hashKey: text().notNull(),
    sourceVersion: integer(),
    clock: text(),
    /** When what it says, or whose it is, last changed: only what rests is published. */
    changedAt: integer().notNull().default(0),
    /** Since when scoring gives it no longer. */
    withdrawnAt: integer(),
    syncedAt: integer().notNull(),
    ...made,
  },
  table => [
    unique('normalized_results_key').on(table.normalizedEventId, table.sourceProvider, table.sourceResultId),
  ],
)
