import type { LocationKind } from '../core/model.ts'
import { identityByNumber, lastingIdentity } from './lasting-identity.ts'
import { OFFSET_OF_READ } from './offset-of-read.ts'
import type { Reader } from './reader.ts'

/** A gun read this far from the planned start is not that start's. */
const NEAR_PLAN_MS = 20 * 60_000
/** Reads at a start earlier than this before the own gun are of somebody warming up, unless the crew says otherwise. */
const START_WINDOW_MS = 10 * 60_000
export const START_WINDOW = 'start_window_ms'

/** How a start's time was found. `event`: a wave without a gun of its own. */
export type StartFrom = 'corrected' | 'chosen' | 'nearest' | 'event'

export interface StartTime {
  readonly at: number | null
  readonly from: StartFrom | null
  /** The gun read it is of; null for a time somebody typed, or one read on another laptop. */
  readonly readId: number | null
}

const NO_GUN: StartTime = { at: null, from: null, readId: null }

interface StartRow {
  readonly wave: string
  readonly plannedAt: number | null
  readonly gunReadIdentity: string | null
  readonly gunAt: number | null
  readonly correctedAt: number | null
}

const NAMED_GUN = `SELECT r.id, r.session_id AS sessionId, r.identity, r.read_at + ${OFFSET_OF_READ} AS at
  FROM timing_reads r`
/** Without being told, SQLite would walk all reads of the sessions. */
const AMONG_GUNS = "INDEXED BY timing_reads_gun WHERE r.kind = 'gun'"

const SESSIONS_OF = `SELECT s.id FROM timing_sessions s
  JOIN race_day_events d ON d.race_day_id = s.race_day_id AND d.removed = 0 WHERE d.normalized_event_id = ?`

type Gun = { readonly id: number; readonly at: number }
type NamedGun = Gun & { readonly sessionId: string; readonly identity: string }

/** The gun read that was chosen, with its reader's offset of now; as it was when chosen where the read is not here. */
function chosenGun(reader: Reader, eventId: string, row: StartRow): StartTime | null {
  const { gunAt, gunReadIdentity: named } = row
  if (gunAt === null) return null
  const reads = reader.all<NamedGun>(
    `${NAMED_GUN} WHERE r.session_id IN (${SESSIONS_OF}) AND r.identity IN (?, ?) AND r.kind = 'gun'`,
    eventId,
    named,
    named === null ? null : identityByNumber(named),
  )
  const read = reads.find(
    ({ sessionId, identity }) => identity === named || lastingIdentity(reader, sessionId, identity) === named,
  )
  return { at: read?.at ?? gunAt, from: 'chosen', readId: read?.id ?? null }
}

/** How far the clocks of these sessions' readers are from the true time at most, ms either way. */
const offsetsAtMost = (
  reader: Reader,
  sessionIds: readonly string[],
): { readonly most: number; readonly least: number } => {
  const each = sessionIds.flatMap(id =>
    reader.all<{ ms: number }>(
      'SELECT offset_ms AS ms FROM reader_offsets WHERE session_id = ? AND removed = 0',
      id,
    ),
  )
  const ms = each.map(offset => offset.ms)
  return { most: Math.max(0, ...ms), least: Math.min(0, ...ms) }
}

/** Guns are few: they are chosen among here, which SQLite would sort for. */
function nearestGun(reader: Reader, eventId: string, planned: number): StartTime | null {
  const sessionIds = reader.all<{ id: string }>(SESSIONS_OF, eventId).map(({ id }) => id)
  if (sessionIds.length === 0) return null
  const { most, least } = offsetsAtMost(reader, sessionIds)
  const guns = reader
    .all<NamedGun>(
      `${NAMED_GUN} ${AMONG_GUNS} AND r.read_at BETWEEN ? AND ?`,
      planned - NEAR_PLAN_MS - most,
      planned + NEAR_PLAN_MS - least,
    )
    .filter(({ sessionId }) => sessionIds.includes(sessionId))
  const far = (gun: Gun): number => Math.abs(gun.at - planned)
  const [nearest] = guns
    .filter(gun => far(gun) <= NEAR_PLAN_MS)
    .toSorted((one, other) => far(one) - far(other) || one.id - other.id)
  return nearest ? { at: nearest.at, from: 'nearest', readId: nearest.id } : null
}

/** What was decided about one start, else the gun read nearest to its plan. */
function own(
  reader: Reader,
  eventId: string,
  row: StartRow | undefined,
  plan: number | null,
): StartTime | null {
  if (row && row.correctedAt !== null) return { at: row.correctedAt, from: 'corrected', readId: null }
  const planned = row?.plannedAt ?? plan
  return (
    (row && chosenGun(reader, eventId, row)) ??
    (planned === null ? null : nearestGun(reader, eventId, planned))
  )
}

/**
 * The gun of an event or of one of its waves: what the crew corrected before what was chosen, and where nobody chose,
 * the gun read of the race day's sessions that lies nearest to the plan. A wave without any of that starts with its
 * event. Computed whenever it is asked for, so that every race time follows a gun that changes.
 */
export function startOf(reader: Reader, eventId: string, wave: string | null): StartTime {
  const rows = reader.all<StartRow>(
    `SELECT wave, planned_at AS plannedAt, gun_read_identity AS gunReadIdentity, gun_at AS gunAt,
     corrected_at AS correctedAt FROM starts WHERE normalized_event_id = ? AND wave IN ('', ?)`,
    eventId,
    wave ?? '',
  )
  const rowOf = (of: string) => rows.find(row => row.wave === of)
  const ofWave = wave === null || wave === '' ? null : own(reader, eventId, rowOf(wave), null)
  if (ofWave) return ofWave
  const plan = reader.get<{ at: number | null }>(
    'SELECT start_at AS at FROM normalized_events WHERE id = ?',
    eventId,
  )
  const ofEvent = own(reader, eventId, rowOf(''), plan?.at ?? null)
  if (!ofEvent) return NO_GUN
  return wave === null || wave === '' ? ofEvent : { ...ofEvent, from: 'event' }
}

/**
 * The gun somebody's race time counts from, of the own wave before the event's. Null while there is none: a race time
 * is then not shown rather than invented.
 */
export const gunOf = (reader: Reader, eventId: string, wave: string | null): number | null =>
  startOf(reader, eventId, wave).at

/** The same, each start looked up once: for lists. */
export function createGuns(reader: Reader): (eventId: string, wave: string | null) => number | null {
  const known = new Map<string, number | null>()
  return (eventId, wave) => {
    const key = `${eventId}|${wave ?? ''}`
    const found = known.get(key)
    if (found !== undefined) return found
    const at = gunOf(reader, eventId, wave)
    known.set(key, at)
    return at
  }
}

/** Ms before the own gun from which a read at a start counts as one's start. */
export const startWindow = (reader: Reader): number =>
  Number(
    reader.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', START_WINDOW)?.value ??
      START_WINDOW_MS,
  )

interface StartRead {
  readonly at: number | null
  /** Of the location; null where it is at none. */
  readonly kind: LocationKind | null
}

/**
 * Somebody's own start: the last read at a start before the one that is asked for. One before `from`, the own gun less
 * the start window, is none: whoever warms up over the mat has not started. Null without one.
 */
export function ownStart(reads: readonly StartRead[], before: number, from: number | null): number | null {
  const starts = reads.flatMap(({ at, kind }) =>
    kind === 'start' && at !== null && at < before && (from === null || at >= from) ? [at] : [],
  )
  return starts.length === 0 ? null : Math.max(...starts)
}
