import type { ClientBase } from 'pg'
import type { ReplicatedName } from '../../store/tables.ts'
import type { PeerTables } from './peer-tables.ts'
import { type CentralRow, type LocalRow, selectCentral, toLocal } from './rows.ts'
import { CENTRAL_TABLES, type CentralTable } from './tables.ts'

/** Where a reader of the feed stands. Of another feed it begins anew. */
export interface FeedCursor {
  readonly feedId: string
  readonly xid: string
  readonly seq: string
}

export interface FeedPage {
  /** Of each table what changed, as it is now. */
  readonly rows: ReadonlyMap<ReplicatedName, readonly LocalRow[]>
  /** To be kept together with the rows. */
  readonly cursor: FeedCursor
  /** More is there already. */
  readonly more: boolean
}

interface Entry {
  readonly xid: string
  readonly seq: string
  readonly table: ReplicatedName
  readonly row: string
  readonly first: string | null
  readonly last: string | null
  readonly own: boolean
  /** Entries of the page before it was cut to what fits. */
  readonly found: number
}

/**
 * Below the oldest transaction that is still open, so that none can appear behind the cursor. Cluster-wide: what holds it
 * back is in trackside.feed_blockers.
 */
const ENTRIES = `
  WITH page AS (
    SELECT xid, seq, table_name, row_id, first_read, last_read,
      origin IS NOT DISTINCT FROM $5::uuid AND table_name <> ALL ($7::text[]) AS own
    FROM changes
    WHERE timing_partner_id = $1 AND (xid, seq) > ($2::xid8, $3::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY changes.xid, changes.seq LIMIT $4
  ), filled AS (
    SELECT *, row_number() OVER inturn AS place, count(*) OVER () AS found,
      sum(CASE WHEN own THEN 0 ELSE coalesce(last_read - first_read, 0) + 1 END) OVER inturn AS through
    FROM page WINDOW inturn AS (ORDER BY xid, seq)
  )
  SELECT xid::text, seq::text, table_name AS "table", row_id::text AS "row", first_read::text AS "first",
    last_read::text AS "last", own, found::integer
  FROM filled WHERE place = 1 OR through <= $6 ORDER BY filled.xid, filled.seq`

/** Reads of a page: an entry stands for thousands of them, and all of a page are in memory together. */
const MOST_READS = 20_000

/** The beginning of a feed. */
export const feedStart = (feedId: string): FeedCursor => ({ feedId, xid: '0', seq: '0' })

async function readsOf(
  client: ClientBase,
  table: CentralTable,
  partner: number,
  entries: readonly Entry[],
): Promise<readonly LocalRow[]> {
  const { rows } = await client.query<CentralRow>(
    `SELECT ${selectCentral(table, 't')} FROM unnest($2::bigint[], $3::bigint[]) AS span(first, last)
     JOIN timing_reads t ON t.timing_partner_id = $1 AND t.seq BETWEEN span.first AND span.last ORDER BY t.seq`,
    [partner, entries.map(entry => entry.first), entries.map(entry => entry.last)],
  )
  return rows.map(row => toLocal(table, row))
}

/** Rows of a table as they are there now, whoever brought them. @param ids as they are there: UUIDs */
export async function standingRows(
  client: ClientBase,
  table: CentralTable,
  partner: number,
  ids: readonly string[],
): Promise<readonly LocalRow[]> {
  const { rows } = await client.query<CentralRow>(
    `SELECT ${selectCentral(table, 't')} FROM ${table.name} t WHERE timing_partner_id = $1 AND id = ANY ($2::uuid[])`,
    [partner, [...new Set(ids)]],
  )
  return rows.map(row => toLocal(table, row))
}

const rowsOf = (
  client: ClientBase,
  table: CentralTable,
  partner: number,
  entries: readonly Entry[],
): Promise<readonly LocalRow[]> =>
  table.name === 'timing_reads'
    ? readsOf(client, table, partner, entries)
    : standingRows(
        client,
        table,
        partner,
        entries.map(({ row }) => row),
      )

/**
 * What changed for a partner behind a cursor, in pages of at most `limit` entries. What this laptop brought itself is
 * passed over. Tables that this program does not know are passed over too: a newer one reads the feed from its start (pull.ts).
 */
export async function readFeed(
  client: ClientBase,
  parts: {
    readonly partner: number
    readonly cursor: FeedCursor
    readonly laptopId: string
    readonly limit: number
    /** Tables of which what this laptop brought last is read as well: others filled columns that it did not know. */
    readonly ownOf?: readonly string[]
    /** As they are there. */
    readonly tables?: PeerTables
  },
): Promise<FeedPage> {
  const { partner, cursor, laptopId, limit, ownOf = [], tables = CENTRAL_TABLES } = parts
  const { rows: entries } = await client.query<Entry>(ENTRIES, [
    partner,
    cursor.xid,
    cursor.seq,
    limit,
    laptopId,
    MOST_READS,
    ownOf,
  ])
  const last = entries.at(-1)
  const byTable = Map.groupBy(
    entries.filter(entry => !entry.own),
    entry => entry.table,
  )
  const rows = new Map<ReplicatedName, readonly LocalRow[]>()
  for (const [name, changed] of byTable) {
    const table = tables.get(name)
    if (table !== undefined) rows.set(name, await rowsOf(client, table, partner, changed))
  }
  return {
    rows,
    cursor: last === undefined ? cursor : { feedId: cursor.feedId, xid: last.xid, seq: last.seq },
    more: entries.length === limit || (last !== undefined && last.found > entries.length),
  }
}
