import { is } from 'drizzle-orm'
import {
  getTableConfig,
  SQLiteBoolean,
  type SQLiteColumn,
  SQLiteInteger,
  SQLiteReal,
  SQLiteTextJson,
} from 'drizzle-orm/sqlite-core'
import { LAPTOP_ONLY } from '../../store/merge-rules.ts'
import { type ReplicatedName, TABLES, type TableShape } from '../../store/tables.ts'
import type { CentralColumn, Kind } from './columns.ts'

/**
 * One table of the central database, drawn from the laptop's own. Columns may be missing from an older central database
 * or from an older laptop: all but the keys may be null there, and who does not know a column leaves it alone.
 */
export interface CentralTable {
  readonly name: ReplicatedName
  /** As PostgreSQL has them, the keys first. `odd_values` (json) and what the centre computes are not among them. */
  readonly columns: readonly CentralColumn[]
  /** What a row is known by, the partner first. */
  readonly key: readonly string[]
  /** Other keys that are unique, the partner first. */
  readonly uniques: readonly (readonly string[])[]
  /** Columns of newer programs that the database does not have yet: they stand in odd_values. */
  readonly beside?: readonly string[]
}

/** Values that a column's type cannot hold, verbatim by column: a date that is none, a NUL in a text. */
export const ODD_VALUES = 'odd_values'

/** Columns of ours that hold an id of ours. Providers' and devices' ids are text. */
const UUIDS: ReadonlySet<string> = new Set([
  'id',
  'background_id',
  'connection_id',
  'global_participant_id',
  'laptop_id',
  'layout_id',
  'location_id',
  'logo_id',
  'normalized_event_id',
  'normalized_participant_id',
  'operation_id',
  'participant_id',
  'race_day_id',
  'result_id',
  'retry_of',
  'session_id',
  'successor_id',
])

const DATES: ReadonlySet<string> = new Set([
  'date_of_birth',
  'event_date',
  'race_date',
  'registration_close_date',
  'registration_date',
  'registration_open_date',
])

const isMoment = (name: string): boolean => name === 'at' || name.endsWith('_at')

function kindOf(name: string, column: SQLiteColumn): Kind {
  if (is(column, SQLiteBoolean)) return 'flag'
  if (is(column, SQLiteReal)) return 'number'
  if (is(column, SQLiteInteger)) return isMoment(name) ? 'moment' : 'integer'
  if (is(column, SQLiteTextJson)) return 'json'
  if (DATES.has(name)) return 'date'
  return UUIDS.has(name) ? 'uuid' : 'text'
}

const PARTNER = 'timing_partner_id'

const partnerFirst = (names: readonly string[]): readonly string[] => [
  PARTNER,
  ...names.filter(name => name !== PARTNER),
]

function uniquesOf({ table, columns }: TableShape): readonly (readonly string[])[] {
  const nameOf = (column: SQLiteColumn): string => {
    const found = columns.find(one => one.column === column)
    if (found === undefined) throw new Error(`a key names a column that is none: ${column.name}`)
    return found.name
  }
  return getTableConfig(table).uniqueConstraints.map(({ columns: of }) => partnerFirst(of.map(nameOf)))
}

function centralTable(shape: TableShape, name: ReplicatedName, key: readonly string[]): CentralTable {
  const stays: readonly string[] = [...(LAPTOP_ONLY[name] ?? []), ...(key.includes('id') ? [] : ['id'])]
  const uniques = uniquesOf(shape).filter(unique => unique.join() !== key.join())
  const keyed = new Set([...key, ...uniques.flat()])
  const columns = shape.columns
    .filter(column => !stays.includes(column.name))
    .map(({ name, column }) => ({ name, kind: kindOf(name, column), keyed: keyed.has(name) }))
  const rank = ({ name }: CentralColumn): number => (key.includes(name) ? key.indexOf(name) : key.length)
  return { name, columns: columns.sort((a, b) => rank(a) - rank(b)), key, uniques }
}

/** A read has no id of its own elsewhere: it is known by its session and its identity. */
const KEYS: { readonly [name in ReplicatedName]?: readonly string[] } = {
  timing_reads: [PARTNER, 'session_id', 'identity'],
}

/** Every table a laptop shares, by name. timing_partners is not among them: it is the centre's own. */
export const CENTRAL_TABLES: ReadonlyMap<ReplicatedName, CentralTable> = new Map(
  [...TABLES.values()]
    .filter(({ name, rule }) => rule !== null && name !== 'timing_partners')
    .map(shape => {
      const name = shape.name as ReplicatedName
      return [name, centralTable(shape, name, KEYS[name] ?? [PARTNER, 'id'])]
    }),
)
