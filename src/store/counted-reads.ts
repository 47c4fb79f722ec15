import type { LocationKind } from '../core/model.ts'
import type { Reader } from './reader.ts'

// What race-day figures are made from: the reads that count, in pieces that hold the event loop for some ms each.

export interface Place {
  readonly id: string
  readonly sessionId: string
  readonly name: string
  readonly kind: LocationKind
}

/** The locations of a race day's sessions, as a runner meets them. */
export const placesOf = (reader: Reader, raceDayId: string): readonly Place[] =>
  reader.all<Place>(
    `SELECT t.id, t.session_id AS sessionId, t.location_name AS name, t.kind FROM timing_locations t
     JOIN timing_sessions s ON s.id = t.session_id AND s.race_day_id = ?
     ORDER BY t.kind = 'finish', t.kind <> 'start', t.location_name`,
    raceDayId,
  )

export const sessionsOf = (reader: Reader, raceDayId: string): readonly string[] =>
  reader
    .all<{ id: string }>('SELECT id FROM timing_sessions WHERE race_day_id = ?', raceDayId)
    .map(({ id }) => id)

export interface Crossed {
  readonly participantId: string
  readonly readId: number
  readonly at: number | null
}

const PIECE = 400

const COUNTED = `SELECT participant_id AS participantId, read_id AS readId, at FROM read_links INDEXED BY read_links_counted
  WHERE session_id = ? AND location_id IS ? AND state = 'linked'`

/** A session's counted reads at one location, or at none, by time: a piece at a time, on the index alone. */
export function* crossingsAt(
  reader: Reader,
  sessionId: string,
  locationId: string | null,
): Generator<readonly Crossed[], void> {
  const timeless = reader.all<Crossed>(`${COUNTED} AND at IS NULL`, sessionId, locationId)
  if (timeless.length > 0) yield timeless
  let last: Crossed | undefined
  for (;;) {
    const rows: readonly Crossed[] = reader.all<Crossed>(
      `${COUNTED} AND (at, participant_id, read_id) > (?, ?, ?) ORDER BY at, participant_id, read_id LIMIT ${PIECE}`,
      sessionId,
      locationId,
      last?.at ?? Number.MIN_SAFE_INTEGER,
      last?.participantId ?? '',
      last?.readId ?? 0,
    )
    if (rows.length > 0) yield rows
    if (rows.length < PIECE) return
    last = rows.at(-1)
  }
}

export interface Crossing extends Crossed {
  readonly sessionId: string
  readonly locationId: string | null
}

/** All of these people's counted reads, wherever: by time, those without one first. */
export const crossingsOf = (reader: Reader, ids: readonly string[]): readonly Crossing[] =>
  reader
    .all<Crossing>(
      `SELECT l.participant_id AS participantId, l.at, l.read_id AS readId, l.session_id AS sessionId,
       l.location_id AS locationId FROM json_each(?) j CROSS JOIN read_links l ON l.participant_id = j.value
       WHERE l.duplicate_of IS NULL AND l.state = 'linked'`,
      JSON.stringify(ids),
    )
    .sort((one, other) => (one.at ?? Number.MIN_SAFE_INTEGER) - (other.at ?? Number.MIN_SAFE_INTEGER))

/** What somebody races in. */
export interface Entrant {
  readonly id: string
  readonly eventId: string
  readonly wave: string | null
  /** Nobody said DNS, DNF or DQ of them. */
  readonly racing: 0 | 1
}

export const entrantsOf = (reader: Reader, ids: readonly string[]): readonly Entrant[] =>
  reader.all<Entrant>(
    `SELECT participant_id AS id, normalized_event_id AS eventId, wave, race_status = 'none' AS racing
     FROM effective_participants WHERE participant_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  )
