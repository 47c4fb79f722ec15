import type Database from 'better-sqlite3'
import type { Json } from '../core/runtime.ts'
import { LAPTOP_ONLY, NEWER_BY } from './merge-rules.ts'
import { peers } from './peers.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import { rowWhere } from './rows.ts'
import { type ColumnShape, TABLES, type TableShape } from './tables.ts'
import type { Writer } from './writer.ts'

// An update may bring this laptop a column that a peer has had for long. What peers hold of it the program before could
// not take: until a peer's feed was read again from its start, a blank here is not a word, and must not replace theirs.

/** Of a table that is shared: its columns of which a blank says nothing yet, with what a blank is. */
export type Gained = ReadonlyMap<string, string | number | null>

const SETTING = 'columns_before_update'

interface Kept {
  /** The columns of each shared table that the program knew before. */
  readonly columns: Readonly<Record<string, readonly string[]>>
  /** Peers whose feeds were read again since. */
  readonly readAgain: readonly string[]
}

const asKept = (value: Json | undefined): Kept | null => (value == null ? null : (value as unknown as Kept))

/** A row that does not change takes nothing in. */
const takesIn = ({ rule }: TableShape): boolean => rule !== null && rule !== 'append'

/** Which version a row is says its writer, whichever columns it knew. */
const isOfVersion = ({ rule }: TableShape, name: string): boolean =>
  name === 'seen_clock' || (rule !== null && NEWER_BY[rule].includes(name))

const blankOf = ({ column, encode }: ColumnShape): string | number | null => {
  if (!column.hasDefault || column.default == null) return null
  return (encode === null ? column.default : encode(column.default)) as string | number
}

function gainedSince({ columns: before }: Kept): ReadonlyMap<string, Gained> {
  const gained = new Map<string, Gained>()
  for (const shape of TABLES.values()) {
    const known = before[shape.name]
    if (known === undefined || !takesIn(shape)) continue
    const own: readonly string[] = LAPTOP_ONLY[shape.name as keyof typeof LAPTOP_ONLY] ?? []
    const added = shape.columns.filter(
      ({ name }) => !known.includes(name) && !own.includes(name) && !isOfVersion(shape, name),
    )
    if (added.length > 0) gained.set(shape.name, new Map(added.map(column => [column.name, blankOf(column)])))
  }
  return gained
}

const NOTHING: ReadonlyMap<string, Gained> = new Map()

const keptOf = (reader: Reader): Kept | null =>
  asKept(rowWhere(reader, 'settings', 'key = ?', SETTING)?.value ?? undefined)

/** An update brought columns that somebody may know more of than stands here. */
export const hasGainedColumns = (reader: Reader): boolean => keptOf(reader) !== null

/** Table by table, the columns that a peer may know more of than stands here. */
export function gainedColumns(reader: Reader, peerId: string): ReadonlyMap<string, Gained> {
  const kept = keptOf(reader)
  return kept === null || kept.readAgain.includes(peerId) ? NOTHING : gainedSince(kept)
}

/** The peer's feed was read from its start to its end by a program that knows its columns. */
export function noteReadAgain(writer: Writer, peerId: string): void {
  const kept = keptOf(writer)
  if (kept === null) return
  const readAgain = [...kept.readAgain, peerId]
  // Read at all of them, what stands here is what they know: who is joined from now on is met like anybody.
  if (!peers(writer).every(peer => readAgain.includes(peer.peerId))) {
    const value = { ...kept, readAgain } as unknown as Json
    writer.put('settings', { key: SETTING, value, updatedAt: writer.at })
    return
  }
  writer.run('DELETE FROM settings WHERE key = ?', SETTING)
  writer.touched('settings')
}

/** Whether nobody said anything in this column of a row. */
export const isBlank = (gained: Gained | undefined, row: RawRow, column: string): boolean =>
  gained?.has(column) === true && [null, gained.get(column)].includes(row[column] ?? null)

/**
 * Brings the laptop's tables up to date, and keeps which columns they had: before it does, so that no end in the middle
 * forgets it.
 */
export function migrateKeepingColumns(
  sqlite: Database.Database,
  at: number,
  migrate: (sqlite: Database.Database) => void,
): void {
  const columnsOf = sqlite.prepare('SELECT name FROM pragma_table_info(?)').pluck()
  const stored = sqlite.prepare('SELECT value FROM settings WHERE key = ?').pluck()
  const before = stored.get(SETTING) as string | undefined
  const known = before === undefined ? null : (JSON.parse(before) as Kept)
  const columns: Record<string, readonly string[]> = {}
  for (const shape of TABLES.values()) {
    const there = takesIn(shape) ? (columnsOf.all(shape.name) as string[]) : []
    if (there.length > 0) columns[shape.name] = known?.columns[shape.name] ?? there
  }
  const kept: Kept = { columns, readAgain: [] }
  sqlite
    .prepare('INSERT OR REPLACE INTO settings (key, value, updated_at) VALUES (?, ?, ?)')
    .run(SETTING, JSON.stringify(kept), at)
  migrate(sqlite)
  if (gainedSince(kept).size === 0) sqlite.prepare('DELETE FROM settings WHERE key = ?').run(SETTING)
}
