import type { ClientBase } from 'pg'
import type { KeyCount } from './batches.ts'

/** How the old tables are asked for one kind of rows; null: they have no such table. */
export interface Question {
  readonly count: string
  readonly rows: string
}

/** The existing platform's tables, in the central database itself or on another, possibly older server. */
export interface OldTables {
  /** Names them among the imports: 'here', or server and database. */
  readonly source: string
  readonly partners: () => Promise<readonly { readonly id: number; readonly name: string }[]>
  readonly ask: (kind: string) => Promise<Question | null>
  readonly counts: (question: Question, partner: number) => Promise<readonly KeyCount[]>
  /** Puts the rows of some events into the central session's pg_temp.legacy_batch. */
  readonly fill: (question: Question, partner: number, keys: readonly string[]) => Promise<void>
  /** Rows that name no partner: nobody can take them. */
  readonly nobodys: (kind: string) => Promise<number>
}

/** Texts of one statement that carries rows over. */
const CARRIED = 2000

const PARTNER_COLUMNS = `SELECT column_name FROM information_schema.columns
  WHERE table_schema = 'public' AND table_name = 'timing_partners'`

/** Intervals and times are written as the import reads them, whatever the server's settings. */
export const readableSession = (client: ClientBase): Promise<unknown> =>
  client.query(`SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'`)

/** @param far the old tables' own server; null: they are in the central database */
export async function openOldTables(central: ClientBase, far: ClientBase | null): Promise<OldTables> {
  const there = far ?? central
  await readableSession(there)
  if (far !== null) await far.query('SET default_transaction_read_only = on')
  const { rows: wanted } = await central.query<{ tables: readonly string[] }>(
    'SELECT trackside.legacy_tables() AS tables',
  )
  const { rows: known } = await there.query<{ table: string; columns: Record<string, string> }>(
    `SELECT table_name AS table, json_object_agg(column_name, data_type) AS columns FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name::text = ANY ($1) GROUP BY table_name`,
    [wanted[0]?.tables ?? []],
  )
  const columns = Object.fromEntries(known.map(({ table, columns: of }) => [table, of]))
  const where = await there.query<{ name: string }>(
    `SELECT coalesce(host(inet_server_addr()), 'local') || ':' || coalesce(inet_server_port(), 0) || '/' || current_database() AS name`,
  )
  return {
    source: far === null ? 'here' : (where.rows[0]?.name ?? 'elsewhere'),
    async partners() {
      const { rows: found } = await there.query<{ column_name: string }>(PARTNER_COLUMNS)
      const names = found.map(({ column_name: name }) => name)
      const id = names.includes('timing_partner_id') ? 'timing_partner_id' : 'id'
      const name = names.includes('company_name') ? 'company_name' : 'name'
      const { rows } = await there.query<{ id: number; name: string }>(
        `SELECT ${id} AS id, ${name}::text AS name FROM public.timing_partners ORDER BY 1`,
      )
      return rows
    },
    async ask(kind) {
      const { rows } = await central.query<{ count: string | null; rows: string | null }>(
        'SELECT count, rows FROM trackside.legacy_question($1, $2::jsonb)',
        [kind, JSON.stringify(columns)],
      )
      const { count = null, rows: selected = null } = rows[0] ?? {}
      return count === null || selected === null ? null : { count, rows: selected }
    },
    async counts(question, partner) {
      const { rows } = await there.query<{ key: string; rows: string }>(question.count, [partner])
      return rows.map(row => ({ key: row.key, rows: Number(row.rows) }))
    },
    async fill(question, partner, keys) {
      await central.query('SELECT trackside.legacy_begin_batch()')
      if (far === null) {
        await central.query(`INSERT INTO pg_temp.legacy_batch ${question.rows}`, [partner, keys])
        return
      }
      const { rows } = await far.query<{ row: string }>({
        text: `SELECT asked.row::text AS row FROM (${question.rows}) AS asked`,
        values: [partner, keys],
      })
      for (let start = 0; start < rows.length; start += CARRIED)
        await central.query(
          'INSERT INTO pg_temp.legacy_batch SELECT carried::jsonb FROM unnest($1::text[]) AS carried',
          [rows.slice(start, start + CARRIED).map(({ row }) => row)],
        )
    },
    async nobodys(kind) {
      if (columns[kind]?.timing_partner_id === undefined) return 0
      const { rows } = await there.query<{ rows: string }>(
        `SELECT count(*) AS rows FROM "${kind}" WHERE timing_partner_id IS NULL`,
      )
      return Number(rows[0]?.rows ?? 0)
    },
  }
}
