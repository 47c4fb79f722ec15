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
    sql: `WITH laps (event, location, laps) AS MATERIALIZED
        (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)),
      begins (event, wave, at) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))
      SELECT participant_id, MIN(at) AS at FROM (
        SELECT l.participant_id, l.at, COALESCE(n.laps, 1) AS laps,
          ROW_NUMBER() OVER (PARTITION BY l.participant_id, t.location_name ORDER BY l.at, l.read_id) AS lap
        FROM timing_sessions s CROSS JOIN read_links l ON l.session_id = s.id AND l.state = 'linked'
        JOIN timing_locations t ON t.id = l.location_id AND t.kind = 'finish'
        JOIN effective_participants e ON e.participant_id = l.participant_id
        LEFT JOIN laps n ON n.event = e.normalized_event_id AND n.location = t.location_name
        LEFT JOIN begins b ON b.event = e.normalized_event_id AND b.wave = ''
        LEFT JOIN begins w ON w.event = e.normalized_event_id AND w.wave = e.wave
        WHERE s.race_day_id = ? AND (l.at IS NULL OR l.at >= COALESCE(w.at, b.at, l.at))
      ) WHERE lap = laps GROUP BY participant_id`,
    values: [
      JSON.stringify(lapsAtFinishes(reader, raceDayId)),
      JSON.stringify(raceBegins(reader, raceDayId)),
      raceDayId,
    ],
  }
}
