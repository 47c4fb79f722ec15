import { carry } from './carried-columns.ts'
import { noteApart } from './conflicts.ts'
import { followRemote } from './follow-remote.ts'
import { type Gained, isBlank } from './gained-columns.ts'
import { momentAfter } from './hybrid-clock.ts'
import { GREATEST, LAPTOP_ONLY, NEWER_BY } from './merge-rules.ts'
import type { RawRow } from './raw-rows.ts'
import { seenBy } from './seen-clock.ts'
import { TABLES, type TableName, type TableShape } from './tables.ts'
import type { Writer } from './writer.ts'

/**
 * A row as a peer has it. A table that this program does not know stays with the peer; a column goes along with the row
 * (carried-columns.ts).
 */
export interface RemoteRow {
  readonly table: string
  readonly row: RawRow
}

/** What a row was here before a peer's came, and what it is now. */
export interface RemoteChange {
  readonly table: TableName
  readonly before: RawRow | null
  readonly after: RawRow
}

export interface Taken {
  readonly changed: number
  /** Rows that fit no table of ours, with what the database said; they stay with the peer. */
  readonly refused: readonly { readonly table: string; readonly id: string; readonly message: string }[]
  /** Laptop ids whose clocks are further ahead than is followed. */
  readonly ahead: ReadonlySet<string>
}

/** -1: a is older, 0: they are one version. */
export function compareVersions(columns: readonly string[], a: RawRow, b: RawRow): number {
  for (const column of columns) {
    const [one, other] = [a[column] ?? null, b[column] ?? null]
    if (one === other) continue
    if (one === null) return -1
    return other === null || one > other ? 1 : -1
  }
  return 0
}

/**
 * A fetch of everything that another laptop is in the middle of is begun anew here: what it heard of is known to it
 * alone, and only a whole fetch may say who is gone.
 */
const withoutHalfFetch = (row: RawRow): RawRow => ({
  ...row,
  ...(row.full_fetch_started_at == null ? {} : { full_fetch_started_at: null, cursor: null }),
  ...(row.results_full_started_at == null ? {} : { results_full_started_at: null, results_cursor: null }),
})

/** The columns of a peer's row that are kept here, as they would be. */
function ours(writer: Writer, shape: TableShape, row: RawRow): RawRow {
  const own: readonly string[] = LAPTOP_ONLY[shape.name as keyof typeof LAPTOP_ONLY] ?? []
  const kept: Record<string, string | number | null> = {}
  for (const { name, column } of shape.columns) {
    const value = row[name]
    if (value === undefined || own.includes(name)) continue
    // A laptop one version behind does not say it: its default stands.
    if (value === null && column.notNull) continue
    kept[name] = value
  }
  if ('timing_partner_id' in kept) kept.timing_partner_id = writer.partnerId
  // Heard of now: who is missing from a fetch of this laptop is told by its own moments.
  if ('synced_at' in kept) kept.synced_at = writer.at
  return shape.name === 'connection_events' ? withoutHalfFetch(kept) : kept
}

const greater = (one: string | number | null, other: string | number | null | undefined) =>
  other == null || (one !== null && one >= other) ? one : other

/**
 * What a row that is not newer still brings: bookkeeping that is greater, columns that nobody filled here, and of the
 * same version or an older one those that the program before did not know.
 */
function besides(
  name: TableName,
  before: RawRow,
  said: RawRow,
  { same, gained }: { readonly same: boolean; readonly gained: Gained | undefined },
): RawRow {
  const bookkeeping: readonly string[] = GREATEST[name as keyof typeof GREATEST] ?? []
  const brought: Record<string, string | number | null> = {}
  for (const [column, value] of Object.entries(said)) {
    const here = before[column] ?? null
    if (value === null || value === here) continue
    const isOpen = (same && here === null) || isBlank(gained, before, column)
    if (bookkeeping.includes(column) ? greater(here, value) !== here : isOpen) brought[column] = value
  }
  return brought
}

/**
 * What was changed here by who could not know a column goes to every peer with it, as the next version after that: the
 * one without it may be elsewhere by now.
 */
function keepMerged(writer: Writer, shape: TableShape, before: RawRow, brought: RawRow): RawRow {
  const was = before.clock == null ? null : String(before.clock)
  const clock = was === null ? writer.lowestClock : momentAfter(was, writer.laptopId)
  writer.saw(clock)
  const seen = before.seen_clock == null ? null : String(before.seen_clock)
  const merged = {
    ...{ ...before, ...brought, clock },
    ...(shape.seesClocks && was !== null
      ? { seen_clock: seenBy({ clock: was, seenClock: seen }, writer.laptopId) }
      : {}),
  }
  writer.keep(shape.name, merged, '')
  return merged
}

function takeOne(
  writer: Writer,
  shape: TableShape,
  row: RawRow,
  { from, gained }: { readonly from: string; readonly gained: Gained | undefined },
): RemoteChange | null {
  const { name, rule } = shape
  const said = ours(writer, shape, row)
  const before = writer.get<RawRow>(`SELECT * FROM "${name}" WHERE id = ?`, said.id) ?? null
  if (before === null) {
    writer.keep(name, said, from)
    carry(writer, shape, row, true)
    return { table: name, before, after: said }
  }
  if (rule === null || rule === 'append') return null
  const order = compareVersions(NEWER_BY[rule], said, before)
  if (shape.seesClocks) noteApart(writer, name, before, said)
  if (order >= 0) carry(writer, shape, row, order > 0)
  if (order > 0) {
    const bookkeeping: readonly string[] = GREATEST[name as keyof typeof GREATEST] ?? []
    const behind = bookkeeping.filter(
      column => greater(before[column] ?? null, said[column]) !== (said[column] ?? null),
    )
    const kept = { ...said, ...Object.fromEntries(behind.map(column => [column, before[column] ?? null])) }
    // Where something of it is greater here, the peer it came from is told as well.
    writer.keep(name, kept, behind.length > 0 ? '' : from)
    return { table: name, before, after: { ...before, ...kept } }
  }
  const brought = besides(name, before, said, { same: order === 0, gained })
  const columns = Object.keys(brought)
  if (columns.length === 0) return null
  const isMerged = order < 0 && (rule === 'clock' || rule === 'source-version')
  if (isMerged && columns.some(column => gained?.has(column)))
    return { table: name, before, after: keepMerged(writer, shape, before, brought) }
  writer.run(
    `UPDATE "${name}" SET ${columns.map(column => `"${column}" = ?`).join(', ')} WHERE id = ?`,
    ...columns.map(column => brought[column]),
    said.id,
  )
  writer.touched(name)
  return { table: name, before, after: { ...before, ...brought } }
}

/**
 * Brings rows of a peer into the store, each by its table's rule, and what follows from them. Twice, or in another
 * order, ends the same. One that is older than ours is left, and ours goes to the peer in its own time.
 * @param gained of which columns a blank here says nothing to this peer
 */
export function takeRows(
  writer: Writer,
  rows: readonly RemoteRow[],
  from: string,
  gained: ReadonlyMap<string, Gained> = new Map(),
): Taken {
  const changes: RemoteChange[] = []
  const refused: { table: string; id: string; message: string }[] = []
  const ahead = new Set<string>()
  for (const { table, row } of rows) {
    const shape = TABLES.get(table as TableName)
    if (shape === undefined || !shape.replicated || typeof row.id !== 'string') continue
    if (typeof row.clock === 'string' && !writer.saw(row.clock)) ahead.add(row.clock.slice(22))
    try {
      const change = takeOne(writer, shape, row, { from, gained: gained.get(table) })
      if (change !== null) changes.push(change)
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
      if (!code.startsWith('SQLITE_CONSTRAINT')) throw error
      refused.push({ table, id: row.id, message: String(error) })
    }
  }
  followRemote(writer, changes)
  return { changed: changes.length, refused, ahead }
}
