import type { ClientBase } from 'pg'
import type { Json, Log } from '../core/runtime.ts'
import { type Gained, gainedColumns } from '../store/gained-columns.ts'
import { type SentThrough, type Waiting, type WaitingRow, waitingRows } from '../store/outbox.ts'
import { isSentAgain, movePeer, peerById, sendAgain, sentThrough } from '../store/peers.ts'
import type { RawRow } from '../store/raw-rows.ts'
import { type RemoteRow, takeRows } from '../store/remote-rows.ts'
import type { Store } from '../store/store.ts'
import type { ReplicatedName } from '../store/tables.ts'
import { uuidOf } from './central/columns.ts'
import { copyIncoming, takeIncoming } from './central/copy-reads.ts'
import { type PeerTables, tableFor } from './central/peer-tables.ts'
import { feedStart, standingRows } from './central/read-feed.ts'
import { CENTRAL_TABLES } from './central/tables.ts'
import { pushRows } from './central/upsert.ts'
import { breath, type ReadsAhead, type ReadsPage } from './reads-ahead.ts'

export interface PushParts {
  readonly store: Store
  readonly log: Log
  readonly client: ClientBase
  readonly peerId: string
  /** Whose rows they are there: a hub may know a partner by another number. */
  readonly partnerId: number
  /** As they are there. */
  readonly tables: PeerTables
  readonly checkTables: () => Promise<void>
  readonly ahead: ReadsAhead
}

export interface Batch {
  readonly rows: number
  readonly reads: number
}

export interface Sent extends Batch {
  /** Nothing waits behind them. */
  readonly last: boolean
}

const NOTHING: Sent = { rows: 0, reads: 0, last: true }

/** What PostgreSQL says of a row that it cannot hold, whatever is tried: the data, or a rule that it breaks. */
export const isOfARow = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(22|23)/.test(String(error.code))

/**
 * How much of this laptop is there, as the peer itself says: it wrote that down together with the rows. What was
 * committed there and not noted here is not sent again; what a peer lost, restored from an older copy, is.
 * @param feedId of the peer's feed now, which is another after a restore
 */
export async function heedReceipts(
  { store, client, peerId }: Pick<PushParts, 'store' | 'client' | 'peerId'>,
  feedId: string,
): Promise<void> {
  const { rows } = await client.query<{ sequence: string; read: string }>(
    `SELECT last_sequence AS sequence, last_read AS read FROM trackside.replication_receipts WHERE laptop_id = $1`,
    [store.laptopId],
  )
  const peer = peerById(store.read, peerId)
  if (peer === null) return
  const before = feedIdOf(peer.feed)
  if (before !== null && before !== feedId) {
    // What came from it too: who brought it may be gone. Noted with the new feed, so that a cut does not begin it anew.
    store.write(writer => {
      sendAgain(writer, peerId)
      movePeer(writer, peerId, { feed: { ...feedStart(feedId) } })
    }, 'replication')
    return
  }
  if (isSentAgain(peer)) return
  const [said] = rows
  // A laptop that was moved has a new name there, and what its old one sent is there all the same.
  if (said === undefined && feedIdOf(peer.feed) === feedId) return
  const there = { sequence: Number(said?.sequence ?? 0), readId: Number(said?.read ?? 0) }
  if (peer.pushedSequence === there.sequence && peer.pushedReadId === there.readId) return
  store.write(writer => movePeer(writer, peerId, there), 'replication')
}

const feedIdOf = (feed: Json): string | null =>
  typeof feed === 'object' && feed !== null && 'feedId' in feed ? String(feed.feedId) : null

/** @returns how many of these rows are others here now that what stands there was taken in */
async function takeStanding(
  { store, client, peerId, partnerId, tables, checkTables }: PushParts,
  rows: readonly RemoteRow[],
  gained: ReadonlyMap<string, Gained>,
): Promise<number> {
  let changed = 0
  for (const name of gained.keys()) {
    const table = tables.get(name as ReplicatedName)
    const ids = rows.filter(row => row.table === name).map(({ row }) => uuidOf(String(row.id)))
    if (table === undefined || ids.length === 0) continue
    const standing = (await standingRows(client, table, partnerId, ids)).map(row => ({ table: name, row }))
    if (standing.length === 0) continue
    await checkTables()
    changed += store.write(
      writer => takeRows(writer, standing, peerId, gained).changed,
      'replication',
      'later',
    )
  }
  return changed
}

/**
 * The next rows for the peer. Of tables with columns that were not known here, only once what stands there is taken in:
 * it would be replaced with blanks.
 */
async function readyRows(parts: PushParts, to: SentThrough, limit: number): Promise<Waiting<WaitingRow>> {
  for (;;) {
    const rows = waitingRows(parts.store.read, to, limit)
    const gained = gainedColumns(parts.store.read, parts.peerId)
    if (gained.size === 0 || (await takeStanding(parts, rows.items, gained)) === 0) return rows
  }
}

const ORDER = [...CENTRAL_TABLES.keys()]

const theirs = (row: RawRow, partnerId: number): RawRow => ({ ...row, timing_partner_id: partnerId })

async function sendRows(
  { client, log, partnerId, tables }: PushParts,
  rows: readonly WaitingRow[],
): Promise<void> {
  for (const name of ORDER) {
    const table = tables.get(name)
    const ofTable = rows.filter(row => row.table === name)
    if (table === undefined || ofTable.length === 0) continue
    // What a row does not say is left as it stands there.
    for (const alike of Map.groupBy(ofTable, ({ carried }) => carried.join()).values()) {
      const of = alike.map(({ row }) => theirs(row, partnerId))
      const outcomes = await pushRows(client, tableFor(table, alike[0]?.carried ?? []), of)
      for (const [n, outcome] of outcomes.entries())
        if (outcome.kind === 'clashes')
          log.warn(
            { table: name, id: of[n]?.id, with: outcome.withId },
            'a row stays here: another has its key',
          )
    }
  }
}

interface SentReads {
  readonly count: number
  readonly through: number
  readonly last: boolean
}

/** Reads go by one COPY while they are read from the journal, and what comes next is made ready while the peer takes them in. */
async function sendReads(
  { client, ahead }: PushParts,
  to: SentThrough,
  most: number,
  first: ReadsPage,
): Promise<SentReads> {
  let page = first
  async function* pages(): AsyncGenerator<ReadsPage> {
    for (let count = first.count; ; count += page.count) {
      if (page.count > 0) yield page
      if (page.last || count >= most) return
      await breath()
      page = ahead.next({ ...to, readId: page.through }, most - count)
    }
  }
  if (most === 0 || (first.count === 0 && first.last))
    return { count: 0, through: first.through, last: first.last }
  const incoming = await copyIncoming(client, pages())
  const { through, last } = page
  const taking = takeIncoming(client, incoming)
  if (!last) await ahead.prepare({ ...to, readId: through }, most, taking)
  await taking
  return { count: incoming.count, through, last }
}

/**
 * Sends the next changed rows and reads in one transaction of the peer's, with its receipt for them, and notes here how
 * far it has come. Cut anywhere, it is sent again without harm.
 */
export async function pushBatch(parts: PushParts, batch: Batch): Promise<Sent> {
  const { store, client, peerId, log, ahead } = parts
  const peer = peerById(store.read, peerId)
  if (peer === null) return NOTHING
  const to = sentThrough(peer)
  const rows = await readyRows(parts, to, batch.rows)
  // A whole page: what came from this peer is passed over in one step, not a read a round.
  const first = ahead.next(to, batch.reads)
  const note = (receipt: { readonly sequence: number; readonly readId: number }): void => {
    if (receipt.sequence === to.sequence && receipt.readId === to.readId) return
    store.write(writer => movePeer(writer, peerId, receipt), 'replication', 'later')
  }
  if (rows.items.length + first.count === 0) {
    note({ sequence: rows.through, readId: first.through })
    return { rows: 0, reads: 0, last: rows.last && first.last }
  }
  await client.query('BEGIN')
  try {
    await client.query(`SELECT set_config('trackside.origin', $1, true)`, [store.laptopId])
    await sendRows(parts, rows.items)
    const reads = await sendReads(parts, to, batch.reads, first)
    const receipt = { sequence: rows.through, readId: reads.through }
    await client.query('SELECT trackside.receive($1, $2, $3)', [
      ...[store.laptopId, receipt.sequence, receipt.readId],
    ])
    // What the power takes from here its numbers would be given to other changes, which the receipt then passes over.
    await store.forced()
    await client.query('COMMIT')
    note(receipt)
    return { rows: rows.items.length, reads: reads.count, last: rows.last && reads.last }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    if (!isOfARow(error)) throw error
    const isOne = rows.items.length <= 1 && batch.reads === 0
    if (!isOne && (rows.items.length > 0 || batch.reads > 1)) return pushSmaller(parts, batch)
    const [row] = rows.items
    log.error(
      { table: row?.table ?? 'timing_reads', id: row?.row.id, error: String(error) },
      'a row stays here',
    )
    note({ sequence: rows.through, readId: row === undefined ? first.through : to.readId })
    return { rows: 0, reads: 0, last: false }
  }
}

/** One row that cannot be held there keeps no other waiting: it is found by halves. */
const pushSmaller = (parts: PushParts, { rows, reads }: Batch): Promise<Sent> =>
  reads > 0
    ? pushBatch(parts, { rows, reads: Math.floor(reads / 2) }).then(sent => ({ ...sent, last: false }))
    : pushBatch(parts, { rows: Math.max(1, Math.floor(rows / 2)), reads: 0 }).then(sent => ({
        ...sent,
        last: false,
      }))
