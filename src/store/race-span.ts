import { isTimeZone, wallToInstant } from '../core/time.ts'
import type { Reader } from './reader.ts'

/** From and before: ms UTC. */
export interface RaceSpan {
  readonly from: number
  readonly before: number
  readonly days: number
}

const DAY = 24 * 3_600_000
/** The race day and two more: a night, and whoever comes in after it. Longer races say how many days they take. */
export const USUAL_DAYS = 3

/**
 * When a race day's reads can be: from the day before its first date, as boxes are tried out then, to the end of the
 * days it takes from its last one. Its dates are its own and those of its events. Null where there is no such day.
 */
export function raceSpan(reader: Reader, raceDayId: string): RaceSpan | null {
  const day = reader.get<{ raceDate: string; timezone: string; lastsDays: number | null }>(
    'SELECT race_date AS raceDate, timezone, lasts_days AS lastsDays FROM race_days WHERE id = ?',
    raceDayId,
  )
  if (!day) return null
  const dates = reader.all<{ date: string }>(
    `SELECT DISTINCT v.event_date AS date FROM race_day_events d JOIN normalized_events v
       ON v.id = d.normalized_event_id WHERE d.race_day_id = ? AND d.removed = 0 AND v.event_date IS NOT NULL`,
    raceDayId,
  )
  const midnights = [day.raceDate, ...dates.map(({ date }) => date)]
    .map(date => Date.parse(`${date}T00:00:00Z`))
    .filter(Number.isFinite)
  if (midnights.length === 0) return null
  const days = day.lastsDays ?? USUAL_DAYS
  const zone = isTimeZone(day.timezone) ? day.timezone : 'UTC'
  return {
    days,
    from: wallToInstant(Math.min(...midnights) - DAY, zone),
    before: wallToInstant(Math.max(...midnights) + days * DAY, zone),
  }
}
