import type { ClientBase } from 'pg'
import type { Json, Log } from '../core/runtime.ts'
import { gainedColumns, noteReadAgain } from '../store/gained-columns.ts'
import { movePeer, peerById } from '../store/peers.ts'
import { takeReads } from '../store/remote-reads.ts'
import { type RemoteRow, takeRows } from '../store/remote-rows.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import type { Membership } from './central/membership.ts'
import type { PeerTables } from './central/peer-tables.ts'
import { type FeedCursor, feedStart, readFeed } from './central/read-feed.ts'
import { CENTRAL_TABLES } from './central/tables.ts'

export interface PullParts {
  readonly store: Store
  readonly log: Log
  readonly client: ClientBase
  readonly peerId: string
  readonly membership: Membership
  /** The newest migration of the peer's tables that this program knows. */
  readonly known: number
  /** As they are there. */
  readonly tables: PeerTables
  readonly checkTables: () => Promise<void>
}

export interface Pulled {
  /** Of the feed. */
  readonly entries: number
  readonly more: boolean
}

// Sizes of a transaction, so that none holds the event loop for long.
const ROWS = 100
const READS = 500

const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** `known`: what the program knew that read so far. */
const isCursor = (
  value: Json | undefined,
): value is { feedId: string; xid: string; seq: string; known?: number } =>
  typeof value === 'object' && value !== null && 'feedId' in value && 'xid' in value && 'seq' in value

/**
 * Where the feed is read on; from its beginning where it is another one than it was, or where an older program read so
 * far: tables and columns that it did not know it passed over.
 */
function cursorOf({ store, peerId, membership, known }: PullParts): FeedCursor {
  const kept = peerById(store.read, peerId)?.feed ?? null
  if (!isCursor(kept) || kept.feedId !== membership.feedId || (kept.known ?? known) < known)
    return feedStart(membership.feedId)
  return { feedId: kept.feedId, xid: kept.xid, seq: kept.seq }
}

/** How many changes of others wait there, counted to `most`. */
export async function countWaiting(parts: PullParts, most: number): Promise<number> {
  const { client, membership, store, peerId } = parts
  const { xid, seq } = cursorOf(parts)
  const { rows } = await client.query<{ waiting: string }>(
    `SELECT coalesce(sum(1 + coalesce(last_read - first_read, 0)), 0) AS waiting FROM (
       SELECT first_read, last_read FROM trackside.changes WHERE timing_partner_id = $1
       AND (xid, seq) > ($2::xid8, $3::bigint) AND (origin IS DISTINCT FROM $4::uuid OR table_name = ANY ($6::text[]))
       LIMIT $5) behind`,
    [membership.partnerId, xid, seq, store.laptopId, most, [...gainedColumns(store.read, peerId).keys()]],
  )
  return Number(rows[0]?.waiting ?? 0)
}

/** Takes the next page of what others changed, with the cursor in the transaction of its last rows. */
export async function pullPage(parts: PullParts, limit: number): Promise<Pulled> {
  const { store, client, peerId, membership, known, tables, log } = parts
  const cursor = cursorOf(parts)
  const gained = gainedColumns(store.read, peerId)
  const page = await readFeed(client, {
    ...{ partner: membership.partnerId, cursor, laptopId: store.laptopId, limit },
    ownOf: [...gained.keys()],
    tables,
  })
  // A row that was read without a column it has by now would go on without it.
  if (page.rows.size > 0) await parts.checkTables()
  const rows: RemoteRow[] = []
  for (const table of CENTRAL_TABLES.keys())
    if (table !== 'timing_reads') for (const row of page.rows.get(table) ?? []) rows.push({ table, row })
  const reads = page.rows.get('timing_reads') ?? []
  const pieces: ((writer: Writer) => void)[] = []
  for (let start = 0; start < rows.length; start += ROWS)
    pieces.push(writer => {
      const { refused, ahead } = takeRows(writer, rows.slice(start, start + ROWS), peerId, gained)
      for (const row of refused) log.error(row, 'a row of a peer fits no table here')
      for (const laptopId of ahead) log.warn({ laptopId }, 'a laptop’s clock is more than a day ahead')
    })
  for (let start = 0; start < reads.length; start += READS)
    pieces.push(writer => takeReads(writer, reads.slice(start, start + READS), peerId))
  const moved = page.cursor.xid !== cursor.xid || page.cursor.seq !== cursor.seq
  const isReadAgain = gained.size > 0 && !page.more
  if (moved || isReadAgain || peerById(store.read, peerId)?.feed == null) {
    const feed = { ...page.cursor, known }
    const last = pieces.pop()
    for (const piece of pieces) {
      store.write(piece, 'replication', 'later')
      await breath()
    }
    store.write(
      writer => {
        last?.(writer)
        movePeer(writer, peerId, { feed })
        if (isReadAgain) noteReadAgain(writer, peerId)
      },
      'replication',
      // Nothing but our own passed by: lost, it is read again.
      last === undefined ? 'later' : 'now',
    )
  }
  return { entries: rows.length + reads.length, more: page.more }
}
