import { firstAfter, type Registration } from './registrations.ts'

export interface PageAsked {
  readonly page: number
  readonly size: number
  /** Only registrations above this id; null: from the first. */
  readonly after: number | null
  /** unix seconds, inclusive */
  readonly modifiedAfter: number | null
  readonly sort: readonly [SortKey, 'ASC' | 'DESC']
}

export type SortKey = 'registration_id' | 'last_modified'

/** One page out of several events' rows, each sorted by id. A page spans the events asked for, as one list. */
export function pageOfRows(lists: readonly (readonly Registration[])[], asked: PageAsked): Registration[] {
  const offset = (asked.page - 1) * asked.size
  const [key, direction] = asked.sort
  const wanted = (row: Registration) =>
    asked.modifiedAfter === null || row.lastModified >= asked.modifiedAfter
  const after = asked.after ?? 0

  if (key === 'registration_id' && direction === 'ASC') {
    // The common walk costs one page, wherever it stands: with one event, an offset is an index.
    const [only] = lists
    if (only && lists.length === 1 && asked.modifiedAfter === null) {
      const from = firstAfter(only, after) + offset
      return only.slice(from, from + asked.size)
    }
    return take(merged(lists, after), wanted, offset, asked.size)
  }

  const value = (row: Registration) => (key === 'last_modified' ? row.lastModified : row.registrationId)
  const sign = direction === 'ASC' ? 1 : -1
  const rows = lists.flatMap(list => list.slice(firstAfter(list, after))).filter(wanted)
  rows.sort((a, b) => sign * (value(a) - value(b)) || sign * (a.registrationId - b.registrationId))
  return rows.slice(offset, offset + asked.size)
}

/** All rows above `after`, by id, lazily. */
function* merged(lists: readonly (readonly Registration[])[], after: number): Generator<Registration> {
  const cursors = lists.map(rows => ({ rows, index: firstAfter(rows, after) }))
  for (;;) {
    let next: (typeof cursors)[number] | undefined
    for (const cursor of cursors) if (idAt(cursor) < idAt(next)) next = cursor
    const row = next?.rows[next.index]
    if (!next || !row) return
    next.index += 1
    yield row
  }
}

function idAt(
  cursor: { readonly rows: readonly Registration[]; readonly index: number } | undefined,
): number {
  return cursor?.rows[cursor.index]?.registrationId ?? Number.POSITIVE_INFINITY
}

function take(
  rows: Iterable<Registration>,
  wanted: (row: Registration) => boolean,
  offset: number,
  size: number,
): Registration[] {
  const taken: Registration[] = []
  let skipped = 0
  for (const row of rows) {
    if (!wanted(row)) continue
    if (skipped < offset) skipped += 1
    else if (taken.push(row) === size) break
  }
  return taken
}
