import type { Reader } from './reader.ts'

// What race-day figures are made from: the reads that count, in pieces that hold the event loop for some ms each.

export interface Place {
  readonly id: string
  readonly sessionId: string
  readonly name: string
  readonly kind: string
}

/** The locations of a race day's sessions, as a runner meets them. */
export const placesOf = (reader: Reader, raceDayId: string): readonly Place[] =>
  reader.all<Place>(
    `SELECT t.id, t.session_id AS sessionId, t.location_name AS name, t.kind FROM timing_locations t
     JOIN timing_sessions s ON s.id = t.session_id AND s.race_day_id = ?
     ORDER BY t.kind = 'finish', t.kind <> 'start', t.location_name`,
    raceDayId,
  )

export interface Crossed {
  readonly participantId: string
  readonly locationId: string | null
  readonly firstAt: number | null
  readonly lastAt: number | null
}

const PIECE = 2000

/** People and where their counted reads of a session are, a piece at a time, in the index's own order. */
export function* crossedBy(reader: Reader, sessionId: string): Generator<readonly Crossed[], void> {
  let last: Crossed | undefined
  for (;;) {
    const rows: readonly Crossed[] = reader.all<Crossed>(
      `SELECT participant_id AS participantId, location_id AS locationId, MIN(at) AS firstAt, MAX(at) AS lastAt
       FROM read_links INDEXED BY read_links_counted WHERE session_id = ? AND state = 'linked'
       AND (participant_id, location_id) > (?, ?) GROUP BY participant_id, location_id LIMIT ${PIECE}`,
      sessionId,
      last?.participantId ?? '',
      last?.locationId ?? '',
    )
    if (rows.length > 0) yield rows
    if (rows.length < PIECE) return
    last = rows.at(-1)
  }
}

/** Of these people, those of whom nobody said DNS, DNF or DQ, with their events. */
export const stillRacing = (
  reader: Reader,
  ids: readonly string[],
): readonly { readonly id: string; readonly eventId: string }[] =>
  reader.all<{ id: string; eventId: string }>(
    `SELECT participant_id AS id, normalized_event_id AS eventId FROM effective_participants
     WHERE participant_id IN (SELECT value FROM json_each(?)) AND race_status = 'none'`,
    JSON.stringify(ids),
  )
