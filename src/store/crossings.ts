import type { LocationKind } from '../core/model.ts'
import type { Reader } from './reader.ts'
import { somebodysLinks } from './somebodys-links.ts'

/** Somebody at a location, with no more of them than a display may show. */
export interface CrossingRow {
  readonly readId: number
  readonly participantId: string | null
  readonly normalizedEventId: string | null
  readonly bib: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly wave: string | null
  readonly teamName: string | null
  readonly city: string | null
  readonly state: string | null
  readonly eventName: string | null
  readonly location: string | null
  readonly at: number | null
  readonly receivedAt: number
}

const PERSON = `e.first_name AS firstName, e.last_name AS lastName, e.wave, e.team_name AS teamName, e.city, e.state,
  v.event_name AS eventName`

const SESSIONS = 'SELECT id FROM timing_sessions WHERE race_day_id = ?'

/** The newest read's id; 0 while there is none. */
export const newestReadId = (reader: Reader): number =>
  reader.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0

/** Ids of a race day's reads that may be shown, from a read on, oldest first: on the index alone. */
export const shownReadIds = (reader: Reader, raceDayId: string, afterId: number): readonly number[] =>
  reader
    .all<{ id: number }>(
      `SELECT read_id AS id FROM read_links WHERE session_id IN (${SESSIONS}) AND state IN ('linked', 'unlinked')
       AND duplicate_of IS NULL AND read_id > ? ORDER BY read_id`,
      raceDayId,
      afterId,
    )
    .map(({ id }) => id)

/** A read with its person. Of a chip that is on a bib nobody wears the bib is known, and no name. */
export const crossingOf = (reader: Reader, raceDayId: string, readId: number): CrossingRow | undefined =>
  reader.get<CrossingRow>(
    `SELECT r.id AS readId, l.participant_id AS participantId, l.normalized_event_id AS normalizedEventId,
       CASE WHEN l.participant_id IS NOT NULL THEN e.bib_number WHEN l.reason = 'unknown-bib' THEN COALESCE(r.bib_number,
         (SELECT b.bib_number FROM bib_chips b WHERE b.race_day_id = ? AND b.chip = r.chip AND b.removed = 0)) END AS bib,
       ${PERSON}, COALESCE(t.location_name, r.stream_location) AS location, COALESCE(l.at, r.read_at) AS at,
       r.received_at AS receivedAt
     FROM timing_reads r JOIN read_links l ON l.read_id = r.id
     LEFT JOIN timing_locations t ON t.id = l.location_id
     LEFT JOIN effective_participants e ON e.participant_id = l.participant_id
     LEFT JOIN normalized_events v ON v.id = l.normalized_event_id WHERE r.id = ?`,
    raceDayId,
    readId,
  )

/** Somebody's counted reads of a session, for their own start. */
export const readsWithKinds = (reader: Reader, participantId: string) =>
  reader.all<{ at: number | null; kind: LocationKind | null }>(
    `SELECT l.at, t.kind FROM ${somebodysLinks('= ?')} l LEFT JOIN timing_locations t ON t.id = l.location_id
     WHERE l.state IN ('linked', 'duplicate')`,
    participantId,
    participantId,
  )

/** Names of a race day's locations; finishes alone where asked. */
export const locationNames = (reader: Reader, raceDayId: string): readonly { name: string; kind: string }[] =>
  reader.all<{ name: string; kind: string }>(
    `SELECT DISTINCT location_name AS name, kind FROM timing_locations WHERE session_id IN (${SESSIONS})
     ORDER BY kind = 'finish', kind <> 'start', location_name`,
    raceDayId,
  )

/** People the crew checked in after a moment, oldest first. A check-in is a change, and changes are indexed. */
export const checkedInAfter = (reader: Reader, raceDayId: string, after: number, limit: number) =>
  reader
    .all<Omit<CrossingRow, 'readId' | 'receivedAt' | 'location'> & { readonly at: number }>(
      `SELECT e.participant_id AS participantId, e.normalized_event_id AS normalizedEventId, e.bib_number AS bib,
       ${PERSON}, e.checked_in_at AS at
     FROM effective_participants e JOIN normalized_events v ON v.id = e.normalized_event_id
     WHERE e.normalized_event_id IN (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0)
       AND e.changed_at > ? AND e.checked_in_at > ? ORDER BY e.checked_in_at DESC, e.participant_id LIMIT ?`,
      raceDayId,
      after,
      after,
      limit,
    )
    .reverse()

/** Looks back over this many reads of the announcer's locations: hours of most races, minutes of the largest. */
const LOOK_BACK = 4000

/** The last reads at some locations, newest first. Whole: there were no more. */
export function lastReadsAt(
  reader: Reader,
  raceDayId: string,
  locations: readonly string[],
): { readonly rows: readonly CrossingRow[]; readonly whole: boolean } {
  const rows = reader.all<CrossingRow>(
    `SELECT l.read_id AS readId, l.participant_id AS participantId, l.normalized_event_id AS normalizedEventId,
       e.bib_number AS bib, ${PERSON}, l.location_name AS location, l.at, l.at AS receivedAt
     FROM (SELECT links.*, t.location_name FROM read_links links CROSS JOIN timing_locations t ON t.id = links.location_id
       WHERE links.session_id IN (${SESSIONS}) AND links.state = 'linked'
         AND t.location_name IN (SELECT value FROM json_each(?)) ORDER BY links.read_id DESC LIMIT ?) l
     JOIN effective_participants e ON e.participant_id = l.participant_id AND e.race_status = 'none'
     JOIN normalized_events v ON v.id = l.normalized_event_id
     WHERE l.at IS NOT NULL ORDER BY l.at DESC, l.read_id DESC`,
    raceDayId,
    JSON.stringify(locations),
    LOOK_BACK,
  )
  return { rows, whole: rows.length < LOOK_BACK }
}
