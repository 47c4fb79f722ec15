import { finishesOf } from './finishes.ts'
import { inScope, type Scope } from './lookup.ts'
import type { Reader } from './reader.ts'

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
}

/** People of a race day who were read somewhere, have not finished, and of whom nobody said DNS, DNF or DQ. */
export function stillOut(reader: Reader, raceDayId: string, eventId: string | null): OutRow[] {
  const scope: Scope = { raceDayId, eventId }
  const where = inScope(scope, 'e.normalized_event_id')
  const finish = finishesOf(reader, raceDayId)
  // Beside one MAX, of at, SQLite answers the location of that very row.
  return reader.all<OutRow>(
    `SELECT e.participant_id AS participantId, e.bib_number AS bibNumber, e.first_name AS firstName,
     e.last_name AS lastName, v.id AS eventId, v.event_name AS eventName, e.wave, e.note,
     t.location_name AS location, seen.at, COALESCE(e.phone, e.emergency_contact) IS NOT NULL AS hasContact
     FROM (SELECT l.participant_id, l.location_id, MAX(l.at) AS at
       FROM read_links l JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       WHERE l.state IN ('linked', 'duplicate') GROUP BY l.participant_id
     ) seen JOIN effective_participants e ON e.participant_id = seen.participant_id AND e.race_status = 'none'
     JOIN normalized_events v ON v.id = e.normalized_event_id LEFT JOIN timing_locations t ON t.id = seen.location_id
     WHERE seen.participant_id NOT IN (SELECT participant_id FROM (${finish.sql})) AND ${where.sql} ORDER BY seen.at IS NULL DESC, seen.at, e.name_folded`,
    raceDayId,
    ...finish.values,
    ...where.values,
  )
}
