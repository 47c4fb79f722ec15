import type { Reader } from './reader.ts'

/** How far somebody who counts has seen what changes. */
export interface Mark {
  /** The last read with a link: links are made in the journal's order. */
  readonly link: number
  /** The last row of changed_people. */
  readonly change: number
}

/** To be asked for before what is counted: what changes in between is then counted twice, never missed. */
export const markOfNow = (reader: Reader): Mark =>
  reader.get<Mark>(
    `SELECT (SELECT COALESCE(MAX(read_id), 0) FROM read_links) AS link,
     (SELECT COALESCE(MAX(change), 0) FROM changed_people) AS change`,
  ) ?? { link: 0, change: 0 }

/** Who has counted reads that are new since then, or is in changed_people since; null when it is more people than that. */
export function changedSince(
  reader: Reader,
  { link, change }: Mark,
  atMost: number,
): readonly string[] | null {
  const people = reader.all<{ id: string }>(
    `SELECT DISTINCT id FROM (
       SELECT participant_id AS id FROM read_links NOT INDEXED WHERE read_id > ? AND state = 'linked'
       UNION ALL SELECT participant_id FROM changed_people WHERE change > ?
     ) WHERE id IS NOT NULL LIMIT ?`,
    link,
    change,
    atMost + 1,
  )
  return people.length > atMost ? null : people.map(({ id }) => id)
}
