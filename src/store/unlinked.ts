import type { UnlinkedReason } from '../core/model.ts'
import type { Reader } from './reader.ts'

export interface UnlinkedGroup {
  /** The chip, or the bib of reads keyed by hand; '' while that is to come, and for a reader's. */
  readonly chip: string
  /** Keyed by hand: 1. */
  readonly keyed: 0 | 1
  readonly reason: UnlinkedReason
  /** The reader whose clock is wrong; null for all others. */
  readonly device: string | null
  readonly reads: number
  readonly chips: number
  readonly locations: readonly string[]
  readonly firstAt: number | null
  readonly lastAt: number | null
  readonly lastReadId: number
}

/** Of a link `l`, by its session. */
const NOBODYS = `l.session_id = ? AND l.state = 'unlinked' AND l.duplicate_of IS NULL AND l.route IS NULL
  AND l.reason NOT IN ('test-chip', 'ignored-chip')`

/** How many reads of a session nobody was found for. */
export const unlinkedReads = (reader: Reader, sessionId: string): number =>
  reader.get<{ found: number }>(`SELECT COUNT(*) AS found FROM read_links l WHERE ${NOBODYS}`, sessionId)
    ?.found ?? 0

/**
 * Reads nobody was found for, by chip and reason, the latest first; those with a time that is none of the race by
 * their reader. What the crew left to nobody, by read or by chip, is not among them.
 */
export const unlinkedGroups = (reader: Reader, sessionId: string, limit = 500): readonly UnlinkedGroup[] =>
  reader
    .all<Omit<UnlinkedGroup, 'locations'> & { locations: string }>(
      `SELECT IIF(wrong, '', chip) AS chip, IIF(wrong, 0, keyed) AS keyed, reason, IIF(wrong, device, NULL) AS device,
       COUNT(*) AS reads, COUNT(DISTINCT chip) AS chips, MIN(at) AS firstAt, MAX(at) AS lastAt,
       MAX(read_id) AS lastReadId, json_group_array(DISTINCT location) AS locations
       FROM (SELECT l.read_id, l.at, l.reason, r.device, COALESCE(r.chip, r.bib_number, '') AS chip,
         r.chip IS NULL AS keyed, l.reason = 'no-time' AND l.at IS NOT NULL AS wrong,
         COALESCE(t.location_name, r.stream_location, '') AS location
         FROM read_links l CROSS JOIN timing_reads r ON r.id = l.read_id
         LEFT JOIN timing_locations t ON t.id = l.location_id
         WHERE ${NOBODYS})
       GROUP BY 1, 2, 3, 4 ORDER BY lastReadId DESC LIMIT ?`,
      sessionId,
      limit,
    )
    .map(({ locations, ...group }) => ({
      ...group,
      locations: (JSON.parse(locations) as string[]).filter(name => name !== ''),
    }))

/** More groups are no list that anybody works through. */
const GROUPS = 10_000

/** A session's reads that nobody was found for, in groups, and how much that is. */
export function unlinkedOf(reader: Reader, sessionId: string) {
  const groups = unlinkedGroups(reader, sessionId, GROUPS)
  return {
    groups,
    reads: groups.reduce((sum, group) => sum + group.reads, 0),
    chips:
      new Set(groups.filter(group => group.device === null).map(group => group.chip)).size +
      groups.reduce((sum, group) => sum + (group.device === null ? 0 : group.chips), 0),
  }
}
