import type { ClientBase } from 'pg'
import { COMPUTED_THERE, GREATEST, MERGE_RULES, NEWER_BY } from '../../store/merge-rules.ts'
import { type CentralColumn, type Kind, sqlType } from './columns.ts'
import { type CentralRow, centralNames, type LocalRow, selectCentral, toCentral, toLocal } from './rows.ts'
import { CENTRAL_TABLES, type CentralTable, ODD_VALUES } from './tables.ts'

/** What became of one row that was pushed. */
export type Pushed =
  /** It stands at the centre now. */
  | { readonly kind: 'taken' }
  /** Another stands, as new or newer; null: one that another transaction wrote in the same moment. */
  | { readonly kind: 'lost'; readonly standing: LocalRow | null }
  /** Another row has what is unique of it: a key of its own name. */
  | { readonly kind: 'clashes'; readonly withId: string }

const quoted = (name: string): string => `"${name}"`

/** Below every value of the kind: a version that says nothing is the oldest. */
const LOWEST: Readonly<Record<Kind, string>> = {
  text: `''`,
  json: `''`,
  uuid: `''`,
  integer: '-9223372036854775808',
  number: `'-infinity'`,
  moment: `'-infinity'`,
  date: `'-infinity'`,
  flag: 'false',
}

/** Whether the row given is newer than the one that stands, as SQL; null: never (append only). */
function newer(table: CentralTable): string | null {
  const columns = NEWER_BY[MERGE_RULES[table.name]].map(name => {
    const column = table.columns.find(one => one.name === name)
    if (column === undefined) throw new Error(`${table.name} has no ${name} to tell the newer by`)
    return column
  })
  if (columns.length === 0) return null
  const side = (alias: string): string =>
    columns.map(({ name, kind }) => `coalesce(${alias}.${quoted(name)}, ${LOWEST[kind]})`).join(', ')
  return `(${side('excluded')}) > (${side('stands')})`
}

/** What a losing row leaves: nothing, but for the greater of what is kept beside a decision. */
function onConflict(table: CentralTable): string {
  const isNewer = newer(table)
  const target = `ON CONFLICT (${table.key.map(quoted).join(', ')})`
  if (isNewer === null) return `${target} DO NOTHING`
  const greatest = GREATEST[table.name] ?? []
  const stay = [...table.key, ...(COMPUTED_THERE[table.name] ?? [])]
  const sets = centralNames(table)
    .filter(name => !stay.includes(name))
    .map(name => {
      const column = quoted(name)
      if (greatest.includes(name)) return `${column} = greatest(excluded.${column}, stands.${column})`
      if (greatest.length === 0) return `${column} = excluded.${column}`
      return `${column} = CASE WHEN ${isNewer} THEN excluded.${column} ELSE stands.${column} END`
    })
  const worth = [
    isNewer,
    ...greatest.map(
      name =>
        `coalesce(excluded.${quoted(name)} > stands.${quoted(name)}, excluded.${quoted(name)} IS NOT NULL)`,
    ),
  ]
  return `${target} DO UPDATE SET ${sets.join(', ')} WHERE ${worth.join(' OR ')}`
}

const clashes = (table: CentralTable): string =>
  table.uniques
    .map(
      unique => `SELECT given.n, other.id FROM given JOIN ${table.name} other ON other.id <> given.id
        AND ${unique.map(name => `other.${quoted(name)} = given.${quoted(name)}`).join(' AND ')}`,
    )
    .join(' UNION ALL ') || 'SELECT NULL::integer AS n, NULL::uuid AS id WHERE false'

/**
 * One statement that moves rows of a table forward, $1 being a JSON array of central rows, each with its place `n`.
 * Answers a line a row: whether it was taken, what it clashes with, and what stood before.
 */
export function upsertSql(table: CentralTable): string {
  const columns: readonly CentralColumn[] = [
    ...table.columns,
    { name: ODD_VALUES, kind: 'json', keyed: false },
  ]
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const same = (one: string, other: string): string =>
    table.key.map(name => `${one}.${quoted(name)} = ${other}.${quoted(name)}`).join(' AND ')
  const versions = NEWER_BY[MERGE_RULES[table.name]]
    .map(name => ` AND taken.${quoted(name)} IS NOT DISTINCT FROM given.${quoted(name)}`)
    .join('')
  return `
    WITH given AS MATERIALIZED (
      SELECT n, ${columns.map(column => `said.${quoted(column.name)}::${sqlType(column)} AS ${quoted(column.name)}`).join(', ')}
      FROM json_to_recordset($1::json) AS said(n integer, ${columns.map(({ name }) => `${quoted(name)} text`).join(', ')})
    ), clash AS (${clashes(table)}
    ), taken AS (
      INSERT INTO ${table.name} AS stands (${names})
      SELECT ${names} FROM given WHERE n NOT IN (SELECT n FROM clash) ORDER BY ${table.key.map(quoted).join(', ')}
      ${onConflict(table)}
      RETURNING stands.*
    )
    SELECT given.n AS "n?", taken.timing_partner_id IS NOT NULL AS "taken?",
      (SELECT min(id::text) FROM clash WHERE clash.n = given.n) AS "clash?",
      stood.timing_partner_id IS NOT NULL AS "stood?", ${selectCentral(table, 'stood')}
    FROM given
    LEFT JOIN taken ON ${same('taken', 'given')}${versions}
    LEFT JOIN ${table.name} stood ON ${same('stood', 'given')} AND taken.timing_partner_id IS NULL
    ORDER BY given.n`
}

interface Answer {
  readonly 'taken?': boolean
  readonly 'clash?': string | null
  readonly 'stood?': boolean
}

/** Prepared once a connection; not where a newer program's columns are among them. */
const statementName = (table: CentralTable): string | undefined =>
  CENTRAL_TABLES.get(table.name)?.columns.length === table.columns.length ? `push ${table.name}` : undefined

/**
 * Pushes rows of one table in the caller's transaction. What is older than what stands changes nothing.
 * @param rows as SQLite keeps them, each key once
 * @returns what became of each, in their order
 */
export async function pushRows(
  client: ClientBase,
  table: CentralTable,
  rows: readonly LocalRow[],
): Promise<readonly Pushed[]> {
  if (rows.length === 0) return []
  const given = rows.map((row, n) => ({ ...toCentral(table, row), n }))
  const { rows: answers } = await client.query<Answer & CentralRow>({
    name: statementName(table),
    text: upsertSql(table),
    values: [JSON.stringify(given)],
  })
  return answers.map(answer => {
    if (answer['clash?'] !== null) return { kind: 'clashes', withId: answer['clash?'] }
    if (answer['taken?']) return { kind: 'taken' }
    return { kind: 'lost', standing: answer['stood?'] ? toLocal(table, answer) : null }
  })
}
