import { bibKey, chipKey, foldName } from '../core/identity.ts'
import { BY_HAND } from './participant-columns.ts'
import type { Reader } from './reader.ts'

/** Events a search is narrowed to; null searches all. */
export interface Scope {
  readonly raceDayId: string | null
  readonly eventId: string | null
}

/** A condition on an event id column, with its values. */
export function inScope(
  scope: Scope,
  column: string,
): { readonly sql: string; readonly values: readonly string[] } {
  if (scope.eventId !== null) return { sql: `${column} = ?`, values: [scope.eventId] }
  if (scope.raceDayId === null) return { sql: '1', values: [] }
  return {
    sql: `${column} IN (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0)`,
    values: [scope.raceDayId],
  }
}

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(row => row.id)

/** A walk-up that was joined is found as the registration it became. */
function asJoined(reader: Reader, found: readonly string[]): string[] {
  if (found.length === 0) return []
  const joined = new Map(
    reader
      .all<{ id: string; became: string }>(
        `SELECT p.id, p.successor_id AS became FROM json_each(?) asked CROSS JOIN normalized_participants p
         WHERE p.id = asked.value AND p.source_provider = ? AND p.successor_id IS NOT NULL`,
        JSON.stringify(found),
        BY_HAND,
      )
      .map(({ id, became }) => [id, became]),
  )
  return [...new Set(found.map(id => joined.get(id) ?? id))]
}

interface Wearer {
  readonly id: string
  readonly registered: 0 | 1
  readonly decidedAt: number | null
  readonly name: string
}

/** People with that bib; registered ones first, then the one the crew decided last. */
export function findByBib(reader: Reader, scope: Scope, bib: string, limit: number): string[] {
  const where = inScope(scope, 'normalized_event_id')
  // Few wear one bib: they are sorted here, which costs SQLite more than to find them.
  const wearers = reader
    .all<Wearer>(
      `SELECT participant_id AS id, registration_status = 'registered' AS registered, bib_decided_at AS decidedAt,
         name_folded AS name FROM effective_participants WHERE bib_key = ? AND ${where.sql}`,
      bibKey(bib),
      ...where.values,
    )
    .toSorted(
      (one, other) =>
        other.registered - one.registered ||
        (other.decidedAt ?? -1) - (one.decidedAt ?? -1) ||
        (one.name < other.name ? -1 : one.name > other.name ? 1 : 0),
    )
  return asJoined(reader, ids(wearers.slice(0, limit)))
}

/** People a chip belongs to: by assignment, as their own, by the supplier's file, or as the bib itself. */
export function findByChip(reader: Reader, scope: Scope, chip: string, limit: number): string[] {
  const key = chipKey(chip)
  // A chip is of few people, an event of many: in this order, whatever SQLite thinks, and the event is but compared.
  const where = inScope(scope, '+e.normalized_event_id')
  const day = scope.raceDayId
  const rows = reader.all<{ id: string }>(
    `SELECT e.participant_id AS id, MIN(found.rank) AS rank FROM (
       SELECT a.participant_id AS id, 1 AS rank FROM race_days y
         CROSS JOIN chip_assignments a ON a.race_day_id = y.id AND a.chip = ?
         WHERE a.withdrawn = 0 AND a.participant_id IS NOT NULL AND (? IS NULL OR y.id = ?)
       UNION ALL SELECT participant_id, 2 FROM participant_chips WHERE chip = ?
       UNION ALL SELECT p.participant_id, 3 FROM race_days y
         CROSS JOIN bib_chips b ON b.race_day_id = y.id AND b.chip = ?
         CROSS JOIN effective_participants p ON p.bib_key = b.bib_number
         CROSS JOIN race_day_events d ON d.race_day_id = y.id AND d.removed = 0
           AND d.normalized_event_id = p.normalized_event_id
         WHERE b.removed = 0 AND (? IS NULL OR y.id = ?)
     ) found CROSS JOIN effective_participants e ON e.participant_id = found.id
     WHERE ${where.sql} GROUP BY e.participant_id ORDER BY rank, e.name_folded LIMIT ?`,
    key,
    day,
    day,
    key,
    key,
    day,
    day,
    ...where.values,
    limit,
  )
  return rows.length > 0 ? asJoined(reader, ids(rows)) : findByBib(reader, scope, key, limit)
}

/** Events of a scope; all there are when it is narrowed to none. */
function eventsIn(reader: Reader, scope: Scope): readonly string[] {
  if (scope.eventId !== null) return [scope.eventId]
  const where = inScope(scope, 'id')
  return ids(
    reader.all<{ id: string }>(`SELECT id FROM normalized_events WHERE ${where.sql}`, ...where.values),
  )
}

/** People by any part of their name, words in any order, accents and case aside, a typo or two forgiven. */
export const findByName = (reader: Reader, scope: Scope, name: string, limit: number): string[] =>
  asJoined(reader, reader.names.find(eventsIn(reader, scope), foldName(name), limit))

/**
 * Reads a piece of the names that a search for this would have to read first, as `NameIndex.readOn`; false when it may
 * search at once. A number is looked up without them.
 */
export const readNamesOn = (reader: Reader, scope: Scope, query: string): boolean =>
  /\p{L}/u.test(query) && reader.names.readOn(eventsIn(reader, scope))

/** What the bib box takes: a bib, else a chip, else any part of a name; best first. */
export function findAny(reader: Reader, scope: Scope, query: string, limit: number): string[] {
  const text = query.trim()
  if (text === '') return []
  if (!/\d/.test(text)) return findByName(reader, scope, text, limit)
  const numbered = [...findByBib(reader, scope, text, limit), ...findByChip(reader, scope, text, limit)]
  // Names are dear to search, and a number that somebody wears is no part of a name.
  const named = numbered.length > 0 && !/\p{L}/u.test(text) ? [] : findByName(reader, scope, text, limit)
  return [...new Set([...numbered, ...named])].slice(0, limit)
}
