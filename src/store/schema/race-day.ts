import { index, integer, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { NobodysChip } from '../../core/model.ts'
import { clock, id, made, partner, seenClock } from './columns.ts'

export const raceDays = sqliteTable('race_days', {
  id: id(),
  timingPartnerId: partner(),
  name: text().notNull(),
  raceDate: text().notNull(),
  timezone: text().notNull(),
  /** Faster between two places is questionable; null: as fast as a world record. */
  fastestKmh: real(),
  /** Days the race takes; null: the usual. */
  lastsDays: integer(),
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

/** What an event does at a location of that name, where it is not to pass once at the location's own distance. */
export const coursePoints = sqliteTable(
  'course_points',
  {
    id: id(),
    timingPartnerId: partner(),
    raceDayId: text().notNull(),
    normalizedEventId: text().notNull(),
    locationName: text().notNull(),
    /** 0: it does not come there. */
    laps: integer().notNull(),
    /** At the first pass; null: the location's own. */
    distanceKm: real(),
    clock: clock(),
    ...made,
  },
  table => [unique('course_points_key').on(table.raceDayId, table.normalizedEventId, table.locationName)],
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
    seenClock: seenClock(),
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
    seenClock: seenClock(),
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
    seenClock: seenClock(),
    ...made,
  },
  table => [unique('chip_assignments_key').on(table.raceDayId, table.chip, table.fromAt)],
)

/** Chips whose reads are nobody's, on purpose: the crew's own, a pacer's, a lead car's. */
export const testChips = sqliteTable(
  'test_chips',
  {
    id: id(),
    timingPartnerId: partner(),
    chip: text().notNull(),
    kind: text().$type<NobodysChip>().notNull().default('test'),
    note: text(),
    removed: integer({ mode: 'boolean' }).notNull(),
    clock: clock(),
    ...made,
  },
  table => [unique('test_chips_key').on(table.timingPartnerId, table.chip)],
)
