import type { ClientBase } from 'pg'
import { MERGE_RULES } from '../../store/merge-rules.ts'
import type { ReplicatedName } from '../../store/tables.ts'
import { type CentralColumn, type Kind, SQL_TYPES } from './columns.ts'
import { CENTRAL_TABLES, type CentralTable, ODD_VALUES } from './tables.ts'

/** The shared tables as one peer has them: with the columns that a newer program gave them. */
export type PeerTables = ReadonlyMap<ReplicatedName, CentralTable>

/** What the database computes is generated or an identity, and nobody's word. */
const FOREIGN = `
  SELECT shared.name AS "table", a.attname::text AS name, known.kind
  FROM unnest($1::text[]) AS shared(name)
  JOIN pg_attribute a ON a.attrelid = to_regclass(quote_ident(shared.name)) AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity = ''
  JOIN unnest($2::text[], $3::text[]) AS known(kind, type) ON known.type::regtype = a.atttypid
  ORDER BY a.attrelid, a.attnum`

interface Found {
  readonly table: ReplicatedName
  readonly name: string
  readonly kind: Kind
}

/** A row that never changes gets no columns: test/store/merge-rules.test.ts. */
const isSettled = (name: ReplicatedName): boolean => MERGE_RULES[name] === 'append'

/** Asks the database itself. */
export async function peerTables(client: ClientBase): Promise<PeerTables> {
  const { rows } = await client.query<Found>(FOREIGN, [
    [...CENTRAL_TABLES.keys()].filter(name => !isSettled(name)),
    Object.keys(SQL_TYPES),
    Object.values(SQL_TYPES),
  ])
  const found = Map.groupBy(rows, ({ table }) => table)
  return new Map(
    [...CENTRAL_TABLES].map(([name, table]) => {
      const names = new Set([...table.columns.map(column => column.name), ODD_VALUES])
      const foreign = (found.get(name) ?? [])
        .filter(column => !names.has(column.name))
        .map(({ name, kind }): CentralColumn => ({ name, kind, keyed: false }))
      return [name, foreign.length === 0 ? table : { ...table, columns: [...table.columns, ...foreign] }]
    }),
  )
}

/**
 * A table as rows are sent to it that say something in these columns, of which this program knows nothing. Those that the
 * peer does not know either stand verbatim in odd_values there.
 */
export function tableFor(at: CentralTable, names: readonly string[]): CentralTable {
  const ours = CENTRAL_TABLES.get(at.name)
  if (ours === undefined) throw new Error(`no table ${at.name}`)
  if (names.length === 0) return ours
  const foreign = at.columns.slice(ours.columns.length)
  const said = foreign.filter(({ name }) => names.includes(name))
  const beside = names.filter(name => !foreign.some(column => column.name === name))
  return { ...ours, columns: [...ours.columns, ...said], beside }
}
