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
import type {
  CountedRead,
  LinkRoute,
  LinkState,
  LocationKind,
  OffsetSource,
  ReadKind,
  UnlinkedReason,
} from '../../core/model.ts'
import { clock, id, made, partner, seenClock } from './columns.ts'

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
    kind: text().$type<LocationKind>().notNull(),
    /** Reads of somebody within this many ms of the first are one passing, of which one read counts. */
    duplicateWindowMs: integer().notNull(),
    counts: text().$type<CountedRead>().notNull().default('first'),
    /** Along the course, at the first pass. */
    distanceKm: real(),
    courseOrder: integer(),
    /** Somebody said its kind; else it is guessed from the name. */
    defined: integer({ mode: 'boolean' }).notNull().default(false),
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

/**
 * Added to a device's times in the link, never in the read. From and to are times of the device's own clock, null open;
 * the id follows from session, device and range.
 */
export const readerOffsets = sqliteTable(
  'reader_offsets',
  {
    id: id(),
    timingPartnerId: partner(),
    sessionId: text().notNull(),
    device: text().notNull(),
    fromAt: integer(),
    toAt: integer(),
    offsetMs: integer().notNull(),
    how: text().$type<OffsetSource>().notNull().default('constant'),
    /** Of the read or gun it was measured at, and when that really was. */
    measuredRead: text(),
    trueAt: integer(),
    reason: text(),
    decidedBy: text().notNull(),
    removed: integer({ mode: 'boolean' }).notNull().default(false),
    clock: clock(),
    ...made,
  },
  table => [index('reader_offsets_device').on(table.sessionId, table.device)],
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
    /** The peer it came from; null: read here. */
    origin: text(),
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
    /** Of the run. */
    lastSequence: integer().notNull(),
    /** 1, and one more whenever the stream's numbers began anew. */
    run: integer().notNull().default(1),
    updatedAt: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.sessionId, table.streamId, table.streamLocation] }),
    index('reader_streams_place').on(table.streamId, table.streamLocation),
  ],
)

/**
 * What a stream's numbers say is wrong. gap: reads from..to of a run never came; a late one shrinks, splits or fills it,
 * and a filled one is gone. restart: the numbers went from `from` back to `to`, with other reads under them. Follows the
 * journal in its transaction.
 */
export const streamNotices = sqliteTable(
  'stream_notices',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<'gap' | 'restart'>().notNull(),
    sessionId: text().notNull(),
    /** Of the read that showed it. */
    device: text().notNull(),
    streamId: text().notNull(),
    streamLocation: text().notNull(),
    /** The run that lacks them, or that began. */
    run: integer().notNull(),
    fromSequence: integer().notNull(),
    toSequence: integer().notNull(),
    seenAt: integer().notNull(),
    wavedOffAt: integer(),
    wavedOffBy: text(),
    reason: text(),
  },
  table => [
    index('stream_notices_place').on(table.streamId, table.streamLocation, table.run, table.fromSequence),
  ],
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
    // Most of a start line's reads are duplicates, and people come in any order: each in an index by person would write
    // a page of its own. They are found by the read they repeat, which came just before them (somebodysLinks); with
    // their times, so that a person's page needs no row of them.
    index('read_links_person').on(table.participantId).where(sql`duplicate_of IS NULL`),
    index('read_links_duplicates').on(table.duplicateOf, table.at).where(sql`duplicate_of IS NOT NULL`),
    index('read_links_sessions').on(table.sessionId, table.state).where(sql`duplicate_of IS NULL`),
    // The newest at a place are its last here: each entry ends with the read's id. By state first, so that what asks
    // for somebody's links at a place goes by the person.
    index('read_links_place').on(table.state, table.locationId),
    // Few of all reads count, and screens ask again and again who has been where. By time, so that it grows at its ends.
    index('read_links_counted')
      .on(table.sessionId, table.locationId, table.at, table.participantId)
      .where(sql`state = 'linked'`),
  ],
)

/**
 * What changed that links depend on, until the linker has read it again: `bib|214`, `chip|9573`,
 * `participant|<id>`, `session|<id>`, `device|<session>|<device>`. Written in the transaction of the change, so that no crash loses it.
 */
export const staleLinks = sqliteTable('stale_links', { key: text().primaryKey() })

/**
 * Who is to be counted again although no new read is theirs: whose counted reads were linked otherwise, or whose event,
 * wave, race status or name changed. One place a person, in the order of their last change; whoever counts remembers how
 * far it has seen. Triggers write it, so that no way of writing passes it by.
 */
export const changedPeople = sqliteTable(
  'changed_people',
  { change: integer().primaryKey(), participantId: text().notNull() },
  table => [unique('changed_people_person').on(table.participantId)],
)

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
    seenClock: seenClock(),
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
