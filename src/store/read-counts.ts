import type { Clock } from '../core/runtime.ts'
import type { Reader } from './reader.ts'

/** Of one session. Guns and markers are reads, and have no link. */
export interface CountedReads {
  readonly reads: number
  readonly linked: number
  readonly duplicates: number
  readonly unlinked: number
}

export interface ReadCounts {
  /** All of a session's, linked or not. */
  reads(sessionId: string): number
  of(sessionId: string): CountedReads
}

const COUNT = 'SELECT COUNT(*) AS rows FROM read_links WHERE session_id = ? AND duplicate_of IS NULL'
const LINKED = `${COUNT} AND state = 'linked'`
/** What each table has of a session, by its indexes. Duplicates are told at a location. */
const FIRST = {
  timing_reads: ['SELECT COUNT(*) AS rows FROM timing_reads WHERE session_id = ?'],
  read_links: [
    COUNT,
    `SELECT COUNT(*) AS rows FROM timing_locations t CROSS JOIN read_links l INDEXED BY read_links_place
     ON l.state = 'duplicate' AND l.location_id = t.id WHERE t.session_id = ?`,
  ],
} as const
/** A count this short is always made anew. */
const SHORT_MS = 5
/** Else only new links are added to it, for so many times as long as it took. */
const REST = 300

interface Counted {
  readonly to: number
  readonly rows: number
}

/**
 * Counts of a session's reads, asked for several times a second. Neither the journal nor the links lose a row or give
 * it to another session, and both grow at their end: only what is new is counted. Duplicates, most of a start line's
 * reads, are what is left of the links. An older link that changes may be counted as it was for some moments more.
 */
export function createReadCounts(reader: Reader, clock: Clock): ReadCounts {
  const known = new Map<string, Counted>()
  const counted = new Map<string, { linked: number; to: number; at: number; goodUntil: number }>()
  const count = (sql: string, ...values: readonly (string | number)[]): number =>
    reader.get<{ rows: number }>(sql, ...values)?.rows ?? 0
  const grown = (table: keyof typeof FIRST, key: 'id' | 'read_id', sessionId: string): number => {
    const name = `${table}|${sessionId}`
    const before = known.get(name)
    const to = reader.get<{ last: number | null }>(`SELECT MAX(${key}) AS last FROM ${table}`)?.last ?? 0
    // From nothing the indexes count; after that the few new rows do.
    const rows =
      before === undefined
        ? FIRST[table].reduce((sum, sql) => sum + count(sql, sessionId), 0)
        : before.rows +
          count(
            `SELECT COUNT(*) AS rows FROM ${table} WHERE +session_id = ? AND ${key} > ?`,
            sessionId,
            before.to,
          )
    known.set(name, { to, rows })
    return rows
  }
  const linkedOf = (sessionId: string): number => {
    const before = counted.get(sessionId)
    const began = clock()
    // A clock that was set back counts anew.
    if (before && began >= before.at && began < before.goodUntil) {
      return before.linked + count(`${LINKED} AND read_id > ?`, sessionId, before.to)
    }
    const to = reader.get<{ last: number | null }>('SELECT MAX(read_id) AS last FROM read_links')?.last ?? 0
    const linked = count(LINKED, sessionId)
    const at = clock()
    const took = at - began
    counted.set(sessionId, { linked, to, at, goodUntil: took < SHORT_MS ? 0 : at + took * REST })
    return linked
  }
  const reads = (sessionId: string): number => grown('timing_reads', 'id', sessionId)
  return {
    reads,
    of(sessionId) {
      const links = grown('read_links', 'read_id', sessionId)
      const linked = linkedOf(sessionId)
      const unlinked = count(`${COUNT} AND state = 'unlinked'`, sessionId)
      return { reads: reads(sessionId), linked, duplicates: links - linked - unlinked, unlinked }
    },
  }
}
