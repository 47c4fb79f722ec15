import type { Measured } from '../../api/reader-clocks.ts'
import { AppError } from '../../core/errors.ts'
import type { OffsetSource, ReadKind } from '../../core/model.ts'
import { differences, holdsAt, inForce, offsetAt } from '../../core/offsets.ts'
import { startOf } from '../../store/guns.ts'
import { OFFSET_OF_READ } from '../../store/offset-of-read.ts'
import { offsetId, offsetsOf } from '../../store/offsets.ts'
import type { Reader } from '../../store/reader.ts'
import { readsWithin } from './device-reads.ts'

/** A constant, or a read of the device with its true time: a watch's, another read's, a start's. */
export type Found =
  | { readonly offsetMs: number }
  | { readonly readId: number; readonly trueAt: number }
  | { readonly readId: number; readonly trueReadId: number }
  | { readonly readId: number; readonly trueStart: { readonly eventId: string; readonly wave: string } }

export interface Measurement {
  readonly sessionId: string
  readonly device: string
  /** By the device's own clock. */
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly found: Found
}

interface Clock {
  readonly offsetMs: number
  readonly how: OffsetSource
  readonly readerAt: number | null
  readonly trueAt: number | null
  readonly samePassing: boolean | null
  /** Identity of the read it was measured at. */
  readonly measuredRead: string | null
}

interface TimedRead {
  readonly id: number
  readonly identity: string
  readonly kind: ReadKind
  readonly sessionId: string
  readonly device: string
  /** By the device's own clock, and with its offset of now. */
  readonly readAt: number
  readonly at: number
  readonly participantId: string | null
  readonly location: string | null
}

const bad = (message: string): AppError => new AppError('input.invalid', message)

function timedRead(reader: Reader, id: number): TimedRead {
  const read = reader.get<TimedRead>(
    `SELECT r.id, r.identity, r.kind, r.session_id AS sessionId, r.device, r.read_at AS readAt,
     r.read_at + ${OFFSET_OF_READ} AS at, l.participant_id AS participantId, t.location_name AS location
     FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id LEFT JOIN timing_locations t ON t.id = l.location_id
     WHERE r.id = ? AND r.read_at IS NOT NULL AND r.kind IN ('chip', 'gun', 'manual')`,
    id,
  )
  if (!read) throw new AppError('not-found', `There is no read ${id} that has a time.`)
  return read
}

/** Whether the read would be given the offset that is asked for. */
const isMoved = (read: TimedRead, by: Measurement): boolean =>
  read.sessionId === by.sessionId && read.device === by.device && holdsAt(by, read.readAt)

function truthOf(
  reader: Reader,
  read: TimedRead,
  by: Measurement,
  found: Exclude<Found, { readonly offsetMs: number }>,
): { readonly trueAt: number; readonly samePassing: boolean | null } {
  if ('trueAt' in found) return { trueAt: found.trueAt, samePassing: null }
  if ('trueReadId' in found) {
    const other = timedRead(reader, found.trueReadId)
    if (isMoved(other, by)) throw bad('The other read is by the same clock. Take one of another reader.')
    const isSame = other.participantId === read.participantId && other.location === read.location
    return { trueAt: other.at, samePassing: read.participantId === null ? null : isSame }
  }
  const start = startOf(reader, found.trueStart.eventId, found.trueStart.wave)
  if (start.at === null) throw new AppError('not-found', 'That start has no time yet.')
  if (start.readId !== null && isMoved(timedRead(reader, start.readId), by))
    throw bad('That start counts from a gun of the same clock. Correct the start first, or take another gun.')
  return { trueAt: start.at, samePassing: null }
}

/** The offset that a measurement gives. @throws AppError not-found, input.invalid */
export function measureClock(reader: Reader, by: Measurement): Clock {
  const { found } = by
  if ('offsetMs' in found) {
    const nothing = { readerAt: null, trueAt: null, samePassing: null, measuredRead: null }
    return { offsetMs: found.offsetMs, how: 'constant', ...nothing }
  }
  const read = timedRead(reader, found.readId)
  if (read.sessionId !== by.sessionId || read.device !== by.device)
    throw bad(`Read ${read.id} is by another reader.`)
  if (!holdsAt(by, read.readAt)) throw bad(`Read ${read.id} lies outside of the times asked for.`)
  const { trueAt, samePassing } = truthOf(reader, read, by, found)
  return {
    offsetMs: trueAt - read.readAt,
    how: read.kind === 'gun' ? 'gun' : 'read',
    ...{ readerAt: read.readAt, trueAt, samePassing, measuredRead: read.identity },
  }
}

/** The same, with what it would move; changes nothing. @throws AppError not-found, input.invalid */
export async function previewClock(reader: Reader, by: Measurement): Promise<Measured> {
  const { measuredRead: _, ...clock } = measureClock(reader, by)
  const before = offsetsOf(reader, by.sessionId).filter(({ device }) => device === by.device)
  const id = offsetId(by)
  const now = { id, fromAt: by.fromAt, toAt: by.toAt, offsetMs: clock.offsetMs }
  const after = inForce([...before.filter(offset => offset.id !== id), now])
  const moved = await readsWithin(reader, by.sessionId, by.device, differences(before, after))
  return {
    ...clock,
    offsetMsBefore: offsetAt(before, clock.readerAt ?? by.fromAt ?? Number.NEGATIVE_INFINITY),
    moves: moved.reads,
    movesGuns: moved.guns,
  }
}
