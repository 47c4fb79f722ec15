import type { Reader } from './reader.ts'
import { fillGap, noticed } from './stream-notices.ts'
import type { Writer } from './writer.ts'

/** A read whose number says where it stands in its stream's location. */
export interface NumberedRead {
  readonly device: string
  readonly streamId: string
  /** '' where the stream names none. */
  readonly location: string
  readonly sequence: number
}

/** How far a stream's location has come. */
interface Place {
  readonly streamId: string
  readonly location: string
  run: number
  last: number
  hasGaps: boolean
  changed: boolean
}

export interface StreamNumbers {
  /** A numbered read was journalled; `isNew`: the journal did not have it. */
  came(read: NumberedRead, isNew: boolean): void
  /** Keeps how far the streams have come; once, at the end. */
  keep(): void
}

const WHERE_IT_STANDS = `SELECT run, last_sequence AS last, EXISTS (SELECT 1 FROM stream_notices n WHERE n.kind = 'gap'
    AND n.stream_id = s.stream_id AND n.stream_location = s.stream_location AND n.run = s.run) AS gaps
  FROM reader_streams s WHERE stream_id = ? AND stream_location = ? ORDER BY run DESC, last_sequence DESC LIMIT 1`

const KEEP_PLACE = `INSERT INTO reader_streams (stream_id, stream_location, session_id, last_sequence, run, updated_at)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, stream_id, stream_location)
  DO UPDATE SET last_sequence = excluded.last_sequence, run = excluded.run, updated_at = excluded.updated_at`

/**
 * Follows the numbers of streams within the journal's transaction. Every stream is asked for from its first number, so
 * that whatever is skipped is missing: 1 to n-1 as well where the first that comes is n.
 *
 * A new read under a number that was had already, and that is not missing, is of another run: the reader's numbers have
 * begun anew. From there on its place is that of the new run.
 */
export function followNumbers(writer: Writer, sessionId: string, at: number): StreamNumbers {
  const places: Place[] = []
  let last: Place | null = null

  /** A transaction has reads of a few places, mostly of one. */
  const placeOf = ({ streamId, location }: NumberedRead): Place => {
    if (last !== null && last.streamId === streamId && last.location === location) return last
    last = places.find(each => each.streamId === streamId && each.location === location) ?? null
    if (last !== null) return last
    const row = writer.get<{ run: number; last: number; gaps: 0 | 1 }>(WHERE_IT_STANDS, streamId, location)
    last = {
      ...{ streamId, location, run: row?.run ?? 1, last: row?.last ?? 0 },
      ...{ hasGaps: row?.gaps === 1, changed: false },
    }
    places.push(last)
    return last
  }

  /** What lies between the place and this read is missing. */
  const skipsTo = (place: Place, read: NumberedRead): void => {
    const { run, last: before } = place
    place.last = read.sequence
    place.changed = true
    if (read.sequence <= before + 1) return
    noticed(writer, { kind: 'gap', sessionId, ...read, run, from: before + 1, to: read.sequence - 1, at })
    place.hasGaps = true
  }

  const beginsAnew = (place: Place, read: NumberedRead): void => {
    const from = place.last
    Object.assign(place, { run: place.run + 1, last: 0, hasGaps: false })
    noticed(writer, { kind: 'restart', sessionId, ...read, run: place.run, from, to: read.sequence, at })
    skipsTo(place, read)
  }

  return {
    came(read, isNew) {
      const { sequence } = read
      // Numbers begin at 1.
      if (sequence < 1) return
      const place = placeOf(read)
      place.changed ||= isNew
      if (sequence === place.last + 1) {
        place.last = sequence
        place.changed = true
      } else if (sequence <= place.last) {
        if (place.hasGaps && fillGap(writer, read, place.run)) return
        if (isNew) beginsAnew(place, read)
        // What the journal had already says nothing of how far a run has come: it may be of another one.
      } else if (isNew || place.last === 0) skipsTo(place, read)
    },
    keep() {
      for (const place of places) {
        if (!place.changed) continue
        writer.run(KEEP_PLACE, place.streamId, place.location, sessionId, place.last, place.run, at)
        writer.touched('reader_streams')
      }
    },
  }
}

/**
 * The number after which a stream's location is to be asked for, in whichever session it was stored: the one before its
 * oldest gap, else the last; null if there is none. A stream that goes on under the next race day's session does not
 * bring the last one's reads again. A gap that was waved off is not asked for.
 */
export function resumePoint(reader: Reader, streamId: string, location: string): number | null {
  const place = reader.get<{ run: number; last: number }>(WHERE_IT_STANDS, streamId, location)
  if (place === undefined) return null
  const gap = reader.get<{ first: number | null }>(
    `SELECT MIN(from_sequence) AS first FROM stream_notices WHERE kind = 'gap' AND stream_id = ? AND stream_location = ?
     AND run = ? AND waved_off_at IS NULL`,
    streamId,
    location,
    place.run,
  )
  return gap?.first == null ? place.last : gap.first - 1
}
