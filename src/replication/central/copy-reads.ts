import type { ClientBase } from 'pg'
import { runSuffix } from '../../store/remote-reads.ts'
import { copyIn } from './copy-in.ts'
import { centralNames, type LocalRow, toCentral } from './rows.ts'
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

/** Brings reads to the session's own table, in the caller's transaction; as often as there are pages of them. */
export async function copyIncoming(client: ClientBase, reads: Iterable<LocalRow>): Promise<Incoming> {
  const table = readsTable()
  const names = centralNames(table)
  const columns = names.map(name => `"${name}"`).join(', ')
  await client.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS ${INCOMING} ON COMMIT DELETE ROWS AS SELECT ${columns} FROM timing_reads WITH NO DATA`,
  )
  let count = 0
  let beside = 0
  function* lines(): Generator<readonly (string | null)[]> {
    for (const read of reads) {
      count += 1
      if (String(read.identity).endsWith(runSuffix(read))) beside += 1
      const central = toCentral(table, read)
      yield names.map(name => central[name] ?? null)
    }
  }
  await copyIn(client, `COPY pg_temp.${INCOMING} (${columns}) FROM STDIN`, lines())
  return { count, beside }
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
  const { rowCount } = await client.query(
    `${into} SELECT ${columns} FROM pg_temp.${INCOMING} ON CONFLICT DO NOTHING`,
  )
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
  takeIncoming(client, await copyIncoming(client, reads))
