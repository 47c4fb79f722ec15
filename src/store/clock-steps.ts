import type { Reader } from './reader.ts'

/** A mark in a controller's file that its clock was set. */
export interface ClockMark {
  readonly readId: number
  readonly device: string
  readonly location: string | null
  /** `TimeChange` or `TimeSet`, by firmware. */
  readonly mark: string
  /** Ms UTC of the stamp. */
  readonly stampedAt: number
  /** The line as the box wrote it. */
  readonly raw: string
}

/** In the order of their stamps. Identities of a controller's marks begin with `m|`, which the journal's key finds. */
export const clockMarks = (reader: Reader, sessionId: string): readonly ClockMark[] =>
  reader.all<ClockMark>(
    `SELECT id AS readId, device, stream_location AS location, chip AS mark, read_at AS stampedAt, raw
     FROM timing_reads WHERE session_id = ? AND identity > 'm|' AND identity < 'm}'
     AND kind = 'marker' AND chip IN ('TimeChange', 'TimeSet') AND read_at IS NOT NULL ORDER BY read_at, id`,
    sessionId,
  )
