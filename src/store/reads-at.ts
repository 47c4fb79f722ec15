import { LINK_STATES } from '../core/model.ts'
import type { Reader } from './reader.ts'
import { READ_ROW, type ReadRow, type ReadsQuery, WITH_PEOPLE } from './reads.ts'

/** The newest at one place in one state: on the index alone, however long ago they were. */
const NEWEST = `SELECT read_id AS id FROM read_links INDEXED BY read_links_place
  WHERE location_id = ? AND state = ? AND read_id < ? ORDER BY read_id DESC LIMIT ?`

/** Reads linked to locations of a name, newest first. Each place and state has its own newest; the page is of them all. */
export function readsAt(
  reader: Reader,
  query: ReadsQuery & { readonly location: string },
): readonly ReadRow[] {
  const places = reader.all<{ id: string }>(
    'SELECT id FROM timing_locations WHERE location_name = ? AND (? IS NULL OR session_id = ?)',
    query.location,
    query.sessionId,
    query.sessionId,
  )
  const states = query.state === null ? LINK_STATES : [query.state]
  const newest = places
    .flatMap(({ id }) =>
      states.flatMap(state =>
        reader.all<{ id: number }>(NEWEST, id, state, query.after ?? Number.MAX_SAFE_INTEGER, query.limit),
      ),
    )
    .map(({ id }) => id)
    .sort((a, b) => b - a)
    .slice(0, query.limit)
  return reader.all<ReadRow>(
    `${READ_ROW} FROM json_each(?) page CROSS JOIN timing_reads r ON r.id = page.value
     CROSS JOIN read_links l ON l.read_id = r.id ${WITH_PEOPLE} ORDER BY r.id DESC`,
    JSON.stringify(newest),
  )
}
