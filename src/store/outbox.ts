import { LAPTOP_ONLY } from './merge-rules.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import type { RemoteRow } from './remote-rows.ts'

/** Where a peer stands in what is sent to it. */
export interface SentThrough {
  readonly peerId: string
  /** Of the outbox. */
  readonly sequence: number
  /** Of timing_reads. */
  readonly readId: number
  /** Up to here what came from it goes too: it was restored from an older copy. */
  readonly again?: { readonly sequence: number; readonly readId: number }
}

export interface Waiting<item> {
  readonly items: readonly item[]
  /** All up to here is among them, or need not go; what the cursor becomes when they are there. */
  readonly through: number
  /** Nothing is behind them. */
  readonly last: boolean
}

/** A peer gets what did not come from it, and what it lost. */
const FOR = 'sequence > ? AND (origin IS NOT ? OR sequence <= ?)'

interface Entry {
  readonly sequence: number
  readonly table: string
  readonly id: string
  /** JSON of the columns that others know. */
  readonly carried: string | null
}

export interface WaitingRow extends RemoteRow {
  /** Which of its columns this program does not know, in a fixed order. */
  readonly carried: readonly string[]
}

const NONE: readonly string[] = []

function sendable({ table, carried }: Entry, row: RawRow): WaitingRow {
  const own: readonly string[] = LAPTOP_ONLY[table as keyof typeof LAPTOP_ONLY] ?? []
  const ours =
    own.length === 0 ? row : Object.fromEntries(Object.entries(row).filter(([name]) => !own.includes(name)))
  if (carried === null) return { table, row: ours, carried: NONE }
  const said = JSON.parse(carried) as RawRow
  return {
    table,
    row: { ...said, ...ours },
    carried: Object.keys(said)
      .filter(name => !(name in row))
      .sort(),
  }
}

/** The next changed rows for a peer, as they are now, in the order in which they changed last. */
export function waitingRows(reader: Reader, to: SentThrough, limit: number): Waiting<WaitingRow> {
  const entries = reader.all<Entry>(
    `SELECT sequence, o.table_name AS "table", o.row_id AS id, said AS carried FROM outbox o
     LEFT JOIN carried_columns c ON c.table_name = o.table_name AND c.row_id = o.row_id
     WHERE ${FOR} ORDER BY sequence LIMIT ?`,
    to.sequence,
    to.peerId,
    to.again?.sequence ?? 0,
    limit,
  )
  const items = entries.flatMap(entry => {
    const row = reader.get<RawRow>(`SELECT * FROM "${entry.table}" WHERE id = ?`, entry.id)
    return row === undefined ? [] : [sendable(entry, row)]
  })
  const last = entries.length < limit
  const end = reader.get<{ last: number | null }>('SELECT MAX(sequence) AS last FROM outbox')?.last ?? 0
  const through = last ? Math.max(end, to.sequence) : (entries.at(-1)?.sequence ?? to.sequence)
  return { items, through, last }
}

/** The next reads for a peer, in the journal's order. */
export function waitingReads(reader: Reader, to: SentThrough, limit: number): Waiting<RawRow> {
  const rows = reader.all<RawRow>(
    'SELECT * FROM timing_reads WHERE id > ? ORDER BY id LIMIT ?',
    to.readId,
    limit,
  )
  const through = Number(rows.at(-1)?.id ?? to.readId)
  const items = rows.filter(row => row.origin !== to.peerId || Number(row.id) <= (to.again?.readId ?? 0))
  return { items, through, last: rows.length < limit }
}

export interface WaitingCounts {
  readonly rows: number
  readonly reads: number
  /** When the oldest of them changed or was received; null: nothing waits. */
  readonly since: number | null
}

/** More reads than this are counted by their numbers alone. */
const COUNTED = 20_000

/** What waits here for a peer. */
export function waitingFor(reader: Reader, to: SentThrough): WaitingCounts {
  const rows = reader.get<{ rows: number; since: number | null }>(
    `SELECT COUNT(*) AS rows, MIN(changed_at) AS since FROM outbox WHERE ${FOR}`,
    to.sequence,
    to.peerId,
    to.again?.sequence ?? 0,
  )
  const end = reader.get<{ last: number | null }>('SELECT MAX(id) AS last FROM timing_reads')?.last ?? 0
  const far = end - to.readId > COUNTED
  const reads = reader.get<{ reads: number; since: number | null }>(
    `SELECT COUNT(*) AS reads, MIN(received_at) AS since FROM (SELECT received_at FROM timing_reads
     WHERE id > ? AND (origin IS NOT ? OR id <= ?) LIMIT ${far ? 1 : COUNTED})`,
    to.readId,
    to.peerId,
    to.again?.readId ?? 0,
  )
  const since = [rows?.since, reads?.since].filter(at => at != null)
  return {
    rows: rows?.rows ?? 0,
    reads: far ? end - to.readId : (reads?.reads ?? 0),
    since: since.length === 0 ? null : Math.min(...since),
  }
}
