import { AppError } from '../core/errors.ts'
import { chipKey } from '../core/identity.ts'
import { isTimeZone } from '../core/time.ts'
import { putDecided, stamps } from './decided.ts'
import { idOf, newId } from './ids.ts'
import { lastingIdentity } from './lasting-identity.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

// What the crew decides. Each is called within the caller's own store.write.

/**
 * The crew's word on one read: somebody's, nobody's (null), or taken back (undefined).
 * @throws AppError not-found
 */
export function assignRead(
  writer: Writer,
  readId: number,
  participantId: string | null | undefined,
  reason: string | null,
): void {
  const read = writer.get<{ sessionId: string; identity: string }>(
    'SELECT session_id AS sessionId, identity FROM timing_reads WHERE id = ?',
    readId,
  )
  if (!read) throw new AppError('not-found', `There is no read ${readId}.`)
  const readIdentity = lastingIdentity(writer, read.sessionId, read.identity)
  const id = idOf('read_assignments', read.sessionId, readIdentity)
  const before = writer.get<{ participantId: string | null; withdrawn: number; createdAt: number }>(
    'SELECT participant_id AS participantId, withdrawn, created_at AS createdAt FROM read_assignments WHERE id = ?',
    id,
  )
  const row: Row<'read_assignments'> = {
    id,
    sessionId: read.sessionId,
    readIdentity,
    participantId: participantId ?? null,
    reason,
    decidedBy: writer.actor,
    decidedAt: writer.at,
    withdrawn: participantId === undefined,
    seenClock: null,
    ...stamps(writer, before?.createdAt),
  }
  putDecided(
    writer,
    'read_assignments',
    participantId === undefined ? 'read released' : 'read assigned',
    before,
    row,
    reason,
  )
  writer.staleLink(`read|${read.sessionId}|${read.identity}`)
}

export interface ChipDecision {
  readonly raceDayId: string
  readonly chip: string
  /** Null: from then on nobody's. Undefined: the decision of that moment is taken back. */
  readonly participantId: string | null | undefined
  /** Ms UTC. */
  readonly fromAt: number
  readonly reason: string | null
}

/** Whose a chip is from a moment on: personal chips and swaps. */
export function assignChip(writer: Writer, decision: ChipDecision): void {
  const chip = chipKey(decision.chip)
  const id = idOf('chip_assignments', decision.raceDayId, chip, decision.fromAt)
  const before = writer.get<{ participantId: string | null; withdrawn: number; createdAt: number }>(
    'SELECT participant_id AS participantId, withdrawn, created_at AS createdAt FROM chip_assignments WHERE id = ?',
    id,
  )
  const row: Row<'chip_assignments'> = {
    id,
    raceDayId: decision.raceDayId,
    chip,
    fromAt: decision.fromAt,
    participantId: decision.participantId ?? null,
    reason: decision.reason,
    decidedBy: writer.actor,
    withdrawn: decision.participantId === undefined,
    seenClock: null,
    ...stamps(writer, before?.createdAt),
  }
  const action = decision.participantId === undefined ? 'chip released' : 'chip assigned'
  putDecided(writer, 'chip_assignments', action, before, row, decision.reason)
  writer.staleLink(`chip|${chip}`)
}

const zoned = (timezone: string): string => {
  if (isTimeZone(timezone)) return timezone
  throw new AppError('input.invalid', `"${timezone}" is not a time zone; use a name like America/New_York.`)
}

/** A timing session of a race day; it becomes active. Returns its id. @throws AppError input.invalid */
export function createSession(
  writer: Writer,
  session: {
    readonly name: string
    /** IANA zone of the readers' clocks. */
    readonly timezone: string
    readonly raceDayId?: string | null
    readonly startedAt?: number
  },
): string {
  const row: Row<'timing_sessions'> = {
    id: newId(),
    raceDayId: session.raceDayId ?? null,
    sessionName: session.name,
    timezone: zoned(session.timezone),
    status: 'active',
    startedAt: session.startedAt ?? writer.at,
    endedAt: null,
    ...stamps(writer, undefined),
  }
  putDecided(writer, 'timing_sessions', 'session created', null, row, null)
  return row.id
}

/** Changes a session; another race day or zone links its reads again. @throws AppError not-found, input.invalid */
export function updateSession(
  writer: Writer,
  change: {
    readonly id: string
    readonly name?: string
    readonly timezone?: string
    readonly raceDayId?: string | null
    readonly status?: 'active' | 'ended'
  },
): void {
  const before = writer.get<Row<'timing_sessions'>>(
    `SELECT id, race_day_id AS raceDayId, session_name AS sessionName, timezone, status, started_at AS startedAt,
     ended_at AS endedAt, created_at AS createdAt FROM timing_sessions WHERE id = ?`,
    change.id,
  )
  if (!before) throw new AppError('not-found', 'There is no such timing session.')
  const status = change.status ?? before.status
  const row: Row<'timing_sessions'> = {
    ...before,
    raceDayId: change.raceDayId === undefined ? before.raceDayId : change.raceDayId,
    sessionName: change.name ?? before.sessionName,
    timezone: zoned(change.timezone ?? before.timezone),
    status,
    endedAt: status === 'active' ? null : (before.endedAt ?? writer.at),
    ...stamps(writer, before.createdAt),
  }
  putDecided(writer, 'timing_sessions', 'session changed', before, row, null)
  if (row.raceDayId !== before.raceDayId || row.timezone !== before.timezone)
    writer.staleLink(`session|${row.id}`)
}
