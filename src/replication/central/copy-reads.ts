import type { ClientBase } from 'pg'
import { runSuffix } from '../../store/lasting-identity.ts'
import { copyIn } from './copy-in.ts'
import { centralLine, centralNames, type LocalRow } from './rows.ts'
import { CENTRAL_TABLES } from './tables.ts'

const INCOMING = 'incoming_reads'

const readsTable = () => {
  const table = CENTRAL_TABLES.get('timing_reads')
  if (table === undefined) throw new Error('no table timing_reads')
  return table
}

const isSame = `(i.raw = t.raw OR (i.kind = t.kind AND i.chip IS NOT DISTINCT FROM t.chip
  AND i.antenna IS NOT DISTINCT FROM t.antenna
  AND (i.raw_time IS NOT DISTINCT FROM t.raw_time OR (i.read_at IS NOT NULL AND i.read_at = t.read_at))))`

/** As store/remote-reads.ts says it of a read: what tells it from another under the same number. */
const SUFFIX = `format('|%s|%s|%s', coalesce(i.chip, 'null'), coalesce(i.raw_time, 'null'), coalesce(i.antenna, 'null'))`
const NUMBERED = `i.stream_id IS NOT NULL AND i.sequence IS NOT NULL AND i.kind <> 'new-location'`

/** It stands here under its number alone already. */
const DROP_KNOWN = `DELETE FROM pg_temp.${INCOMING} i USING timing_reads t
  WHERE ${NUMBERED} AND right(i.identity, length(${SUFFIX})) = ${SUFFIX}
    AND (t.timing_partner_id, t.session_id, t.identity)
      = (i.timing_partner_id, i.session_id, left(i.identity, -length(${SUFFIX}))) AND ${isSame}`

/** Reads that wait in the session's own table. */
export interface Incoming {
  readonly count: number
  /** Of them, those that stood beside another read of their number where they came from. */
  readonly beside: number
}

/** Reads whose lines are sent at a time. */
const PAGE = 250

function* pagesOf(reads: Iterable<LocalRow>): Generator<ReadLines> {
  let page: LocalRow[] = []
  for (const read of reads) {
    page.push(read)
    if (page.length < PAGE) continue
    yield readLines(page)
    page = []
  }
  if (page.length > 0) yield readLines(page)
}

/** Reads as COPY takes them, and what takeIncoming must know of them. */
export interface ReadLines extends Incoming {
  readonly text: string
}

export function readLines(reads: Iterable<LocalRow>): ReadLines {
  const table = readsTable()
  let text = ''
  let count = 0
  let beside = 0
  for (const read of reads) {
    count += 1
    if (String(read.identity).endsWith(runSuffix(read))) beside += 1
    text += centralLine(table, read)
  }
  return { text, count, beside }
}

/** Brings reads to the session's own table, in the caller's transaction, some at a time as they are made. */
export async function copyIncoming(
  client: ClientBase,
  pages: Iterable<ReadLines> | AsyncIterable<ReadLines>,
): Promise<Incoming> {
  const columns = centralNames(readsTable())
    .map(name => `"${name}"`)
    .join(', ')
  await client.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS ${INCOMING} ON COMMIT DELETE ROWS AS SELECT ${columns} FROM timing_reads WITH NO DATA`,
  )
  let count = 0
  let beside = 0
  async function* texts(): AsyncGenerator<string> {
    for await (const page of pages) {
      count += page.count
      beside += page.beside
      yield page.text
    }
  }
  await copyIn(client, `COPY pg_temp.${INCOMING} (${columns}) FROM STDIN`, texts())
  return { count, beside }
}

/** Sessions whose reads met others that stood there already: another laptop brings the same reader's. */
const met = new WeakSet<ClientBase>()

const isKnown = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505'

/** All of them at once, where none is known: to look for each before it goes in costs half as much again. */
async function takeAll(client: ClientBase, insert: string): Promise<boolean> {
  if (met.has(client)) return false
  await client.query('SAVEPOINT before_reads')
  try {
    await client.query(insert)
    return true
  } catch (error) {
    if (!isKnown(error)) throw error
    met.add(client)
    await client.query('ROLLBACK TO SAVEPOINT before_reads')
    return false
  }
}

/**
 * Takes what was brought into the journal. A read whose number another read has here, of a reader that began its numbers
 * anew on another laptop, stands beside it, as it does on a laptop.
 * @returns how many were new
 */
export async function takeIncoming(client: ClientBase, incoming: Incoming): Promise<number> {
  const names = centralNames(readsTable())
  const columns = names.map(name => `"${name}"`).join(', ')
  const into = `INSERT INTO timing_reads (${columns})`
  const known = incoming.beside === 0 ? 0 : ((await client.query(DROP_KNOWN)).rowCount ?? 0)
  const insert = `${into} SELECT ${columns} FROM pg_temp.${INCOMING}`
  if (await takeAll(client, insert)) return incoming.count - known
  const { rowCount } = await client.query(`${insert} ON CONFLICT DO NOTHING`)
  const taken = rowCount ?? 0
  if (taken + known === incoming.count) return taken
  const beside = names
    .map(name => (name === 'identity' ? `i.identity || ${SUFFIX}` : `i."${name}"`))
    .join(', ')
  const other = await client.query(
    `${into} SELECT ${beside} FROM pg_temp.${INCOMING} i JOIN timing_reads t
       USING (timing_partner_id, session_id, identity)
     WHERE ${NUMBERED} AND NOT ${isSame} ON CONFLICT DO NOTHING`,
  )
  return taken + (other.rowCount ?? 0)
}

/**
 * Brings reads by COPY in the caller's transaction: into a table of this session first, because COPY knows neither row
 * security nor what is there already. One entry of the feed says where they lie.
 * @returns how many were new
 */
export const copyReads = async (client: ClientBase, reads: Iterable<LocalRow>): Promise<number> =>
  takeIncoming(client, await copyIncoming(client, pagesOf(reads)))
