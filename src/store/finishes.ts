import { createCourses } from './courses.ts'
import { gunOf, startWindow } from './guns.ts'
import type { Reader } from './reader.ts'

const EVENTS = 'SELECT normalized_event_id AS id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

/** Of each event, '' for wave, and of each wave that has a start of its own: from when on its reads count. */
function raceBegins(reader: Reader, raceDayId: string): readonly (readonly [string, string, number])[] {
  const window = startWindow(reader)
  const places = reader.all<{ eventId: string; wave: string }>(
    `SELECT id AS eventId, '' AS wave FROM (${EVENTS})
     UNION SELECT normalized_event_id, wave FROM starts WHERE normalized_event_id IN (${EVENTS})`,
    raceDayId,
    raceDayId,
  )
  return places.flatMap(({ eventId, wave }) => {
    const gun = gunOf(reader, eventId, wave)
    return gun === null ? [] : [[eventId, wave, gun - window] as const]
  })
}

/** Of each event the finishes that it passes otherwise than once. */
function lapsAtFinishes(reader: Reader, raceDayId: string): readonly (readonly [string, string, number])[] {
  const courses = createCourses(reader)
  return reader
    .all<{ id: string }>(EVENTS, raceDayId)
    .flatMap(({ id }) =>
      [...courses(id).places.values()]
        .filter(({ kind, laps }) => kind === 'finish' && laps !== 1)
        .map(({ name, laps }) => [id, name, laps] as const),
    )
}

/**
 * A query of who has finished a race day: participant_id and at. The finish is the counted read that completes the
 * event's laps at a finish, of those since the own gun less the start window: lapsOf in core says the same of one person.
 */
export function finishesOf(
  reader: Reader,
  raceDayId: string,
): { readonly sql: string; readonly values: readonly unknown[] } {
  return {
    sql: `SELECT participant_id, MIN(at) AS at FROM (
      SELECT l.participant_id, l.at, COALESCE(n.laps, 1) AS laps,
        ROW_NUMBER() OVER (PARTITION BY l.participant_id, t.location_name ORDER BY l.at, l.read_id) AS lap
      FROM timing_sessions s JOIN timing_locations t ON t.session_id = s.id AND t.kind = 'finish'
      JOIN read_links l ON l.session_id = s.id AND l.state = 'linked' AND l.location_id = t.id
      JOIN effective_participants e ON e.participant_id = l.participant_id
      LEFT JOIN (SELECT value ->> 0 AS event, value ->> 1 AS location, value ->> 2 AS laps FROM json_each(?)) n
        ON n.event = e.normalized_event_id AND n.location = t.location_name
      LEFT JOIN (SELECT value ->> 0 AS event, value ->> 1 AS wave, value ->> 2 AS at FROM json_each(?)) b
        ON b.event = e.normalized_event_id AND b.wave = ''
      LEFT JOIN (SELECT value ->> 0 AS event, value ->> 1 AS wave, value ->> 2 AS at FROM json_each(?)) w
        ON w.event = e.normalized_event_id AND w.wave = e.wave
      WHERE s.race_day_id = ? AND (l.at IS NULL OR l.at >= COALESCE(w.at, b.at, l.at))
    ) WHERE lap = laps GROUP BY participant_id`,
    values: [
      JSON.stringify(lapsAtFinishes(reader, raceDayId)),
      ...Array(2).fill(JSON.stringify(raceBegins(reader, raceDayId))),
      raceDayId,
    ],
  }
}
