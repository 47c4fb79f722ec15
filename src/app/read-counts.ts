import type { Reader } from '../store/reader.ts'

/** How many reads a session has: the journal only grows, so only what is new is counted. */
export function createReadCounts(read: Reader): (sessionId: string) => number {
  const known = new Map<string, { readonly upTo: number; readonly reads: number }>()
  return sessionId => {
    const before = known.get(sessionId)
    const upTo = read.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0
    const sql =
      before === undefined
        ? 'SELECT COUNT(*) AS reads FROM timing_reads WHERE id > ? AND id <= ? AND session_id = ?'
        : 'SELECT COUNT(*) AS reads FROM timing_reads WHERE id > ? AND id <= ? AND +session_id = ?'
    const news = read.get<{ reads: number }>(sql, before?.upTo ?? 0, upTo, sessionId)?.reads ?? 0
    const reads = (before?.reads ?? 0) + news
    known.set(sessionId, { upTo, reads })
    return reads
  }
}
