import type { Reader } from './reader.ts'
import { somebodysLinks } from './somebodys-links.ts'

export interface OutRow {
  readonly participantId: string
  readonly bibNumber: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly eventId: string
  readonly eventName: string
  readonly wave: string | null
  readonly note: string | null
  /** Where and when they were last seen. */
  readonly location: string | null
  readonly at: number | null
  readonly hasContact: 0 | 1
  readonly nameFolded: string
}

/** These people, with where a race day's reads saw them last. */
export const lastSeen = (reader: Reader, raceDayId: string, ids: readonly string[]): OutRow[] =>
  // Beside one MAX, of at, SQLite answers the location of that very row.
  reader.all<OutRow>(
    `SELECT e.participant_id AS participantId, e.bib_number AS bibNumber, e.first_name AS firstName,
     e.last_name AS lastName, v.id AS eventId, v.event_name AS eventName, e.wave, e.note, e.name_folded AS nameFolded,
     t.location_name AS location, seen.at, COALESCE(e.phone, e.emergency_contact) IS NOT NULL AS hasContact
     FROM (SELECT l.participant_id, l.location_id, MAX(l.at) AS at
       FROM ${somebodysLinks('IN (SELECT value FROM json_each(?))')} l
       JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       WHERE l.state IN ('linked', 'duplicate')
       GROUP BY l.participant_id
     ) seen JOIN effective_participants e ON e.participant_id = seen.participant_id
     JOIN normalized_events v ON v.id = e.normalized_event_id LEFT JOIN timing_locations t ON t.id = seen.location_id`,
    JSON.stringify(ids),
    JSON.stringify(ids),
    raceDayId,
  )
