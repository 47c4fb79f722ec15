import type { ClientBase } from 'pg'
import { copyIn } from './copy-in.ts'
import { centralNames, type LocalRow, toCentral } from './rows.ts'
import { CENTRAL_TABLES } from './tables.ts'

const INCOMING = 'incoming_reads'

const readsTable = () => {
  const table = CENTRAL_TABLES.get('timing_reads')
  if (table === undefined) throw new Error('no table timing_reads')
  return table
}

/**
 * Brings reads by COPY in the caller's transaction: into a table of this session first, because COPY knows neither row
 * security nor what is there already. Some ten thousand a call: one entry of the feed says where they lie.
 * @returns how many were new
 */
export async function copyReads(client: ClientBase, reads: Iterable<LocalRow>): Promise<number> {
  const table = readsTable()
  const names = centralNames(table)
  const columns = names.map(name => `"${name}"`).join(', ')
  await client.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS ${INCOMING} ON COMMIT DELETE ROWS AS SELECT ${columns} FROM timing_reads WITH NO DATA`,
  )
  function* lines(): Generator<readonly (string | null)[]> {
    for (const read of reads) {
      const central = toCentral(table, read)
      yield names.map(name => central[name] ?? null)
    }
  }
  await copyIn(client, `COPY pg_temp.${INCOMING} (${columns}) FROM STDIN`, lines())
  const { rowCount } = await client.query(
    `INSERT INTO timing_reads (${columns}) SELECT ${columns} FROM pg_temp.${INCOMING} ON CONFLICT DO NOTHING`,
  )
  await client.query(`TRUNCATE pg_temp.${INCOMING}`)
  return rowCount ?? 0
}
