import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Reader } from '../store/reader.ts'

/** Width of a bin. */
export const BIN_MS = 300_000

/** What one box read in a session, by the journal. */
export interface DeviceTally {
  readonly device: string
  readonly reads: number
  /** Ms UTC; null when none of its times could be read. */
  readonly firstAt: number | null
  readonly lastAt: number | null
  /** As its stream or its files named the place. */
  readonly named: readonly string[]
  /** Reads by the bin's beginning, ms UTC, oldest first; bins without reads are left out. */
  readonly bins: readonly { readonly at: number; readonly reads: number }[]
}

/** A box's own word of itself: switched on, an event loaded, a new location. */
export interface BoxWord {
  readonly device: string
  readonly named: string | null
  readonly at: number
  readonly word: string
}

export interface SessionTally {
  readonly devices: readonly DeviceTally[]
  /** Oldest first. */
  readonly words: readonly BoxWord[]
}

export interface ReadTally {
  /** All that is in the journal by now. */
  of(sessionId: string): Promise<SessionTally>
}

interface Kept {
  reads: number
  firstAt: number | null
  lastAt: number | null
  readonly named: Set<string>
  readonly bins: Map<number, number>
}

interface KeptSession {
  readonly devices: Map<string, Kept>
  readonly words: BoxWord[]
}

/** Rows of one piece: what one turn of the event loop may take. */
const PIECE = 10_000

interface Counted {
  readonly sessionId: string
  readonly device: string
  readonly named: string | null
  readonly bin: number | null
  readonly reads: number
  readonly firstAt: number | null
  readonly lastAt: number | null
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
const later = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

/** Counts per box and five minutes. The journal only grows: each ask counts on from where the last one ended. */
export function createReadTally(reader: Reader): ReadTally {
  const sessions = new Map<string, KeptSession>()
  let countedTo = 0
  let counting: Promise<void> | null = null

  const sessionOf = (id: string): KeptSession => {
    const known = sessions.get(id) ?? { devices: new Map(), words: [] }
    sessions.set(id, known)
    return known
  }

  function add(row: Counted): void {
    const { devices } = sessionOf(row.sessionId)
    const kept = devices.get(row.device) ?? {
      ...{ reads: 0, firstAt: null, lastAt: null },
      ...{ named: new Set<string>(), bins: new Map<number, number>() },
    }
    devices.set(row.device, kept)
    kept.reads += row.reads
    kept.firstAt = earlier(kept.firstAt, row.firstAt)
    kept.lastAt = later(kept.lastAt, row.lastAt)
    if (row.named) kept.named.add(row.named)
    if (row.bin !== null) kept.bins.set(row.bin, (kept.bins.get(row.bin) ?? 0) + row.reads)
  }

  async function count(): Promise<void> {
    const last = reader.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0
    while (countedTo < last) {
      const to = Math.min(countedTo + PIECE, last)
      const rows = reader.all<Counted>(
        `SELECT session_id AS sessionId, device, stream_location AS named, read_at / ${BIN_MS} AS bin,
         COUNT(*) AS reads, MIN(read_at) AS firstAt, MAX(read_at) AS lastAt
         FROM timing_reads WHERE id > ? AND id <= ? AND kind = 'chip' GROUP BY 1, 2, 3, 4`,
        countedTo,
        to,
      )
      const words = reader.all<BoxWord & { readonly sessionId: string }>(
        `SELECT session_id AS sessionId, device, stream_location AS named, read_at AS at,
         CASE kind WHEN 'new-location' THEN 'New location' ELSE chip END AS word
         FROM timing_reads WHERE id > ? AND id <= ? AND read_at IS NOT NULL
         AND (kind = 'new-location' OR kind = 'marker' AND chip IN ('Powerup', 'Event'))`,
        countedTo,
        to,
      )
      for (const row of rows) add(row)
      for (const { sessionId, ...word } of words) sessionOf(sessionId).words.push(word)
      countedTo = to
      await nextTurn()
    }
  }

  return {
    async of(sessionId) {
      counting ??= count().finally(() => {
        counting = null
      })
      await counting
      const { devices, words } = sessionOf(sessionId)
      return {
        devices: [...devices].map(([device, { named, bins, ...kept }]) => ({
          ...{ device, ...kept, named: [...named].sort() },
          bins: [...bins].map(([bin, reads]) => ({ at: bin * BIN_MS, reads })).sort((a, b) => a.at - b.at),
        })),
        words: [...words].sort((a, b) => a.at - b.at),
      }
    },
  }
}
