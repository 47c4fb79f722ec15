import type { Reader } from './reader.ts'

/** A gun read this far from the planned start is not that start's. */
const NEAR_PLAN_MS = 20 * 60_000

/**
 * The gun somebody's race time counts from: of the own wave, else of the event; what the crew corrected before what was
 * chosen, and where nobody chose, the gun read of the race day's sessions that lies nearest to the planned start.
 * Null while there is none: a race time is then not shown rather than invented.
 */
export function gunOf(reader: Reader, eventId: string, wave: string | null): number | null {
  const starts = reader.all<{ wave: string; at: number | null; plannedAt: number | null }>(
    `SELECT wave, COALESCE(corrected_at, gun_at) AS at, planned_at AS plannedAt FROM starts
     WHERE normalized_event_id = ? AND wave IN ('', ?) ORDER BY wave = '' `,
    eventId,
    wave ?? '',
  )
  const said = starts.find(start => start.at !== null)?.at
  if (said != null) return said
  const planned =
    starts.find(start => start.plannedAt !== null)?.plannedAt ??
    reader.get<{ at: number | null }>('SELECT start_at AS at FROM normalized_events WHERE id = ?', eventId)
      ?.at
  if (planned == null) return null
  const gun = reader.get<{ at: number }>(
    `SELECT r.read_at AS at FROM timing_reads r
     WHERE r.kind = 'gun' AND r.read_at BETWEEN ? AND ? AND r.session_id IN (
       SELECT s.id FROM timing_sessions s JOIN race_day_events d ON d.race_day_id = s.race_day_id AND d.removed = 0
       WHERE d.normalized_event_id = ?)
     ORDER BY ABS(r.read_at - ?) LIMIT 1`,
    planned - NEAR_PLAN_MS,
    planned + NEAR_PLAN_MS,
    eventId,
    planned,
  )
  return gun?.at ?? null
}

/** Somebody's own start: the last read at a start before the one that is asked for. Null without one. */
export function ownStart(
  reads: readonly { readonly at: number | null; readonly locationKind: string | null }[],
  before: number,
): number | null {
  const starts = reads.flatMap(read =>
    read.locationKind === 'start' && read.at !== null && read.at < before ? [read.at] : [],
  )
  return starts.length === 0 ? null : Math.max(...starts)
}
