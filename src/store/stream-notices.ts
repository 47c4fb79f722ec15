import { AppError } from '../core/errors.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { NumberedRead } from './stream-numbers.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

export type StreamNotice = Row<'stream_notices'>

interface Noticed extends Omit<NumberedRead, 'sequence'> {
  readonly kind: StreamNotice['kind']
  readonly sessionId: string
  readonly run: number
  readonly from: number
  readonly to: number
  readonly at: number
}

const NOTICE = `INSERT INTO stream_notices (kind, session_id, device, stream_id, stream_location, run, from_sequence,
  to_sequence, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

export function noticed(writer: Writer, notice: Noticed): void {
  const { kind, sessionId, device, streamId, location, run, from, to, at } = notice
  writer.run(NOTICE, kind, sessionId, device, streamId, location, run, from, to, at)
  writer.touched('stream_notices')
}

const GAP_OF = `SELECT id, from_sequence AS "from", to_sequence AS "to" FROM stream_notices WHERE kind = 'gap'
  AND stream_id = ? AND stream_location = ? AND run = ? AND from_sequence <= ? AND to_sequence >= ? LIMIT 1`

/** What lies behind the number becomes a gap of its own, seen and waved off with the rest. */
const SPLIT = `INSERT INTO stream_notices (kind, session_id, device, stream_id, stream_location, run, from_sequence,
  to_sequence, seen_at, waved_off_at, waved_off_by, reason)
  SELECT kind, session_id, device, stream_id, stream_location, run, ? + 1, to_sequence, seen_at, waved_off_at,
  waved_off_by, reason FROM stream_notices WHERE id = ?`

/** A number that was missing has come: its gap shrinks, splits or is gone. False if it was not missing. */
export function fillGap(writer: Writer, read: NumberedRead, run: number): boolean {
  const { streamId, location, sequence } = read
  const gap = writer.get<{ id: number; from: number; to: number }>(
    GAP_OF,
    ...[streamId, location, run, sequence, sequence],
  )
  if (gap === undefined) return false
  const { id, from, to } = gap
  if (from === to) writer.run('DELETE FROM stream_notices WHERE id = ?', id)
  else if (sequence === from)
    writer.run('UPDATE stream_notices SET from_sequence = ? + 1 WHERE id = ?', sequence, id)
  else {
    if (sequence < to) writer.run(SPLIT, sequence, id)
    writer.run('UPDATE stream_notices SET to_sequence = ? - 1 WHERE id = ?', sequence, id)
  }
  writer.touched('stream_notices')
  return true
}

/** Open ones of every session, for a read may be lost in any; waved off ones of this session. Newest first. */
export const streamNotices = (
  reader: Reader,
  sessionId: string | null,
  limit: number,
): readonly StreamNotice[] =>
  rowsWhere(
    reader,
    'stream_notices',
    '(waved_off_at IS NULL OR session_id = ?) ORDER BY waved_off_at IS NOT NULL, id DESC LIMIT ?',
    sessionId ?? '',
    limit,
  )

/** The crew says that a gap or a restart is no matter, or (undefined) takes that back. @throws AppError not-found */
export function decideNotice(
  writer: Writer,
  id: number,
  decided: { readonly reason: string | null } | undefined,
): StreamNotice {
  const before = rowWhere(writer, 'stream_notices', 'id = ?', id)
  if (before === null)
    throw new AppError('not-found', 'That is no longer there: what was missing has come meanwhile.')
  const after = {
    ...before,
    wavedOffAt: decided === undefined ? null : writer.at,
    wavedOffBy: decided === undefined ? null : writer.actor,
    reason: decided?.reason ?? null,
  }
  writer.put('stream_notices', after)
  writer.audit({
    action: decided === undefined ? `${before.kind} taken up again` : `${before.kind} waved off`,
    table: 'stream_notices',
    rowId: String(id),
    before: auditable(before),
    after: auditable(after),
    reason: after.reason,
  })
  return after
}
