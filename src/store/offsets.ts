import { AppError } from '../core/errors.ts'
import type { OffsetSource } from '../core/model.ts'
import { putDecided, stamps } from './decided.ts'
import { idOf } from './ids.ts'
import { deviceKey } from './locations.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

/** A session's offsets that hold, in the order in which the first that fits a read is its own. */
export const offsetsOf = (reader: Reader, sessionId: string): readonly Row<'reader_offsets'>[] =>
  rowsWhere(
    reader,
    'reader_offsets',
    'session_id = ? AND removed = 0 ORDER BY device, from_at DESC, id',
    sessionId,
  )

export interface OffsetDecision {
  readonly sessionId: string
  readonly device: string
  /** By the device's own clock, null open; it ends before toAt. */
  readonly fromAt?: number | null
  readonly toAt?: number | null
  /** Added to the device's times. */
  readonly offsetMs: number
  readonly how?: OffsetSource
  /** The read or gun it was measured at, and when that really was. */
  readonly measuredRead?: string | null
  readonly trueAt?: number | null
  readonly reason: string | null
}

/** The same device and range again is the same row. */
export const offsetId = ({
  sessionId,
  device,
  fromAt,
  toAt,
}: Pick<OffsetDecision, 'sessionId' | 'device' | 'fromAt' | 'toAt'>): string =>
  fromAt == null && toAt == null
    ? idOf('reader_offsets', sessionId, device)
    : idOf('reader_offsets', sessionId, device, fromAt ?? 'open', toAt ?? 'open')

/** Ms to add to a device's times, in links and guns only. Returns the row's id. @throws AppError input.invalid */
export function setReaderOffset(writer: Writer, decision: OffsetDecision): string {
  const { fromAt = null, toAt = null, how = 'constant', measuredRead = null, trueAt = null } = decision
  if (fromAt !== null && toAt !== null && fromAt >= toAt)
    throw new AppError('input.invalid', 'It ends before it begins.')
  const id = offsetId(decision)
  const before = rowWhere(writer, 'reader_offsets', 'id = ?', id)
  const row = {
    ...{ ...decision, id, fromAt, toAt, how, measuredRead, trueAt, removed: false },
    ...{ decidedBy: writer.actor, ...stamps(writer, before?.createdAt) },
  }
  putDecided(writer, 'reader_offsets', 'reader offset', before, row, decision.reason)
  writer.staleLink(deviceKey(row.sessionId, row.device))
  return id
}

/** The device's times are its own again. @throws AppError not-found */
export function takeBackOffset(writer: Writer, id: string, reason: string | null): void {
  const before = rowWhere(writer, 'reader_offsets', 'id = ? AND removed = 0', id)
  if (before === null) throw new AppError('not-found', 'There is no such offset.')
  const { createdAt, ...was } = before
  const row = { ...was, removed: true, decidedBy: writer.actor, ...stamps(writer, createdAt) }
  putDecided(writer, 'reader_offsets', 'reader offset taken back', before, row, reason)
  writer.staleLink(deviceKey(row.sessionId, row.device))
}

export interface OffsetEntry {
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly device: string
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly offsetMs: number
  readonly reason: string | null
}

/** Who gave which offset in a session and who took it back, newest first. */
export const offsetHistory = (reader: Reader, sessionId: string, limit: number): readonly OffsetEntry[] =>
  reader.all<OffsetEntry>(
    `SELECT a.at, a.actor, a.action, o.device, o.from_at AS fromAt, o.to_at AS toAt,
     COALESCE(json_extract(a.after, '$.offsetMs'), o.offset_ms) AS offsetMs, a.reason
     FROM reader_offsets o JOIN audit_log a ON a.table_name = 'reader_offsets' AND a.row_id = o.id
     WHERE o.session_id = ? ORDER BY a.at DESC, a.sequence DESC LIMIT ?`,
    sessionId,
    limit,
  )
