import { index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { clock, id, made, partner } from './columns.ts'

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
