import type { Reader } from '../store/reader.ts'
import type { RelayChoice } from '../store/relays.ts'
import type { NewLocation, NumberedRead, Wanted } from './protocols/ctp01-sender.ts'
import { type RelayRow, sayFor } from './relay-choice.ts'

/** Reads of one reason that are not handed on. */
export interface LeftReads {
  readonly reason: string
  readonly reads: number
  /** The newest of them. */
  readonly examples: readonly LeftRead[]
}

export interface LeftRead {
  readonly id: number
  readonly location: string
  readonly chip: string | null
  readonly device: string
}

export interface Taken {
  readonly reads: readonly NumberedRead[]
  /** How far each location was looked through. */
  readonly reached: ReadonlyMap<string, number>
  /** That there is no more now. */
  readonly ended: boolean
}

/**
 * A session's journal as a relay numbers it: a read is the n-th of its location, in the journal's order, whether it is
 * handed on or not. The journal only grows, so a number never means another read. All in slices: one is a few
 * milliseconds.
 */
export interface RelayJournal {
  /** Counts the next slice; false when all is counted. */
  count(): boolean
  readonly counted: boolean
  /** Locations with reads that can be handed on, in the order of their first. */
  locations(): readonly string[]
  /** Locations that were new since it was asked last. */
  newLocations(): readonly NewLocation[]
  /** Looks through the next slice of what is counted for wanted reads. */
  take(wanted: Wanted): Taken
  /** Reads that can be handed on, and those that are. */
  readonly total: number
  readonly handed: number
  left(): readonly LeftReads[]
}

const ROWS = 400
const IDS_WALKED = 4000
const CHECKPOINT_EVERY = 250
const EXAMPLES = 5

const PAGE = `SELECT id, kind, source, device, COALESCE(NULLIF(stream_location, ''), device) AS location,
  stream_id AS streamId, chip, bib_number AS bibNumber, read_at AS readAt, raw_time AS rawTime, antenna, lap, raw,
  received_at AS receivedAt FROM timing_reads
  WHERE id > ? AND id <= ? AND +session_id = ? AND kind IN ('chip', 'gun', 'manual') ORDER BY id LIMIT ?`

interface Count {
  /** Reads of a location; of these, those that can be handed on. */
  readonly reads: number
  readonly said: number
}

/** A place in the journal, and what was before it. */
interface Place {
  readonly id: number
  readonly counts: ReadonlyMap<string, Count>
}

/** Of the journal; 0 while it is empty. */
export const lastReadId = (reader: Reader): number =>
  reader.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0

const NONE: Count = { reads: 0, said: 0 }
const START: Place = { id: 0, counts: new Map() }

const isBefore = ({ counts }: Place, from: ReadonlyMap<string, number>): boolean =>
  [...from].every(([location, sequence]) => (counts.get(location) ?? NONE).reads < sequence)

/** @param lastId of the last read that may be handed on: those after it could be others when the power fails now */
export function createRelayJournal(
  reader: Reader,
  sessionId: string,
  choice: RelayChoice,
  lastId: () => number,
): RelayJournal {
  const checkpoints: Place[] = [START]
  const left = new Map<string, { reads: number; examples: LeftRead[] }>()
  const handed = new Map<string, number>()
  const counts = new Map<string, Count>()
  let locations: readonly string[] = []
  let unheard: NewLocation[] = []
  let countedTo = 0
  let sinceCheckpoint = 0
  let reads = 0
  let total = 0
  let cursor: { id: number; counts: Map<string, Count> } = { id: 0, counts: new Map() }

  /** The next rows, and the id up to which they are all. */
  const page = (after: number, last: number, limit: number) => {
    const to = Math.min(after + IDS_WALKED, last)
    const rows = reader.all<RelayRow>(PAGE, after, to, sessionId, limit)
    return { rows, to: rows.length === limit ? (rows.at(-1)?.id ?? to) : to }
  }

  /** Gives a read its number. */
  const number = (on: Map<string, Count>, row: RelayRow) => {
    const before = on.get(row.location) ?? NONE
    const sequence = before.reads + 1
    const saying = sayFor(choice, row, sequence)
    on.set(row.location, { reads: sequence, said: before.said + (saying.kind === 'said' ? 1 : 0) })
    return { sequence, saying }
  }

  function leave({ id, location, chip, device }: RelayRow, reason: string): void {
    const known = left.get(reason) ?? { reads: 0, examples: [] }
    known.reads += 1
    known.examples = [{ id, location, chip, device }, ...known.examples].slice(0, EXAMPLES)
    left.set(reason, known)
  }

  /** The last checkpoint before all that is wanted, or the cursor if that is nearer. */
  function seek(from: ReadonlyMap<string, number>): void {
    let [low, high] = [0, checkpoints.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const place = checkpoints[middle]
      if (place && isBefore(place, from)) low = middle
      else high = middle - 1
    }
    const nearest = checkpoints[low] ?? START
    if (isBefore(cursor, from) && cursor.id >= nearest.id) return
    cursor = { id: nearest.id, counts: new Map(nearest.counts) }
  }

  return {
    count() {
      const last = lastId()
      if (countedTo >= last) return false
      const { rows, to } = page(countedTo, last, ROWS)
      for (const row of rows) {
        const { saying } = number(counts, row)
        reads += 1
        sinceCheckpoint += 1
        if (saying.kind === 'unsayable') leave(row, saying.reason)
        else {
          total += 1
          if (counts.get(row.location)?.said === 1) {
            locations = [...locations, row.location]
            const { readerId } = saying.read
            unheard.push({ location: row.location, at: row.receivedAt, readerId, number: reads })
          }
        }
        if (sinceCheckpoint < CHECKPOINT_EVERY) continue
        checkpoints.push({ id: row.id, counts: new Map(counts) })
        sinceCheckpoint = 0
      }
      countedTo = to
      return true
    },
    get counted() {
      return countedTo >= lastId()
    },
    locations: () => locations,
    newLocations() {
      const now = unheard
      unheard = []
      return now
    },
    take({ from, limit }) {
      seek(from)
      const { rows, to } = page(cursor.id, countedTo, ROWS)
      const found: NumberedRead[] = []
      let end = to
      for (const row of rows) {
        const { sequence, saying } = number(cursor.counts, row)
        const first = from.get(row.location)
        if (saying.kind === 'unsayable' || first === undefined || sequence < first) continue
        found.push({ location: row.location, sequence, read: saying.read })
        if (found.length < limit) continue
        end = row.id
        break
      }
      cursor.id = end
      const reached = new Map<string, number>()
      for (const [location, first] of from) {
        const passed = cursor.counts.get(location) ?? NONE
        reached.set(location, passed.reads)
        if (passed.reads + 1 >= first) handed.set(location, passed.said)
      }
      return { reads: found, reached, ended: end >= countedTo }
    },
    get total() {
      return total
    },
    get handed() {
      let sum = 0
      for (const said of handed.values()) sum += said
      return sum
    },
    left: () => [...left].map(([reason, { reads: count, examples }]) => ({ reason, reads: count, examples })),
  }
}
