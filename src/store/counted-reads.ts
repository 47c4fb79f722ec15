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

export const sessionsOf = (reader: Reader, raceDayId: string): readonly string[] =>
  reader
    .all<{ id: string }>('SELECT id FROM timing_sessions WHERE race_day_id = ?', raceDayId)
    .map(({ id }) => id)

export interface Crossed {
  readonly participantId: string
  readonly at: number | null
}

const PIECE = 400

const COUNTED = `SELECT participant_id AS participantId, at FROM read_links INDEXED BY read_links_counted
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
      `${COUNTED} AND (at, participant_id) > (?, ?) ORDER BY at, participant_id LIMIT ${PIECE}`,
      sessionId,
      locationId,
      last?.at ?? Number.MIN_SAFE_INTEGER,
      last?.participantId ?? '',
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

/** What people race in. */
export const entrantsOf = (
  reader: Reader,
  ids: readonly string[],
): readonly { readonly id: string; readonly eventId: string; readonly wave: string | null }[] =>
  reader.all<{ id: string; eventId: string; wave: string | null }>(
    `SELECT participant_id AS id, normalized_event_id AS eventId, wave FROM effective_participants
     WHERE participant_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  )
