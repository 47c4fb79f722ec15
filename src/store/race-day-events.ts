import type { Reader } from './reader.ts'

/** The ids of a race day's events, for a condition `IN (…)` with one value. */
export const EVENTS_OF_DAY =
  'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

export const eventsOfDay = (reader: Reader, raceDayId: string): readonly string[] =>
  reader.all<{ normalized_event_id: string }>(EVENTS_OF_DAY, raceDayId).map(row => row.normalized_event_id)
