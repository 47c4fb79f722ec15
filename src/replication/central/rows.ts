import { fromCentralText, type LocalValue, selectAsText, toCentralText } from './columns.ts'
import { copyValue, NO_VALUE } from './copy-in.ts'
import { type CentralTable, ODD_VALUES } from './tables.ts'

/** A row as SQLite keeps it: snake_case names, ms, 0 and 1, JSON as text. */
export type LocalRow = Readonly<Record<string, LocalValue>>
/** A row as PostgreSQL reads and writes it: every value is text, or null. */
export type CentralRow = Readonly<Record<string, string | null>>

/** The names of a row at the centre, in the order of COPY and INSERT. */
export const centralNames = (table: CentralTable): readonly string[] => [
  ...table.columns.map(({ name }) => name),
  ODD_VALUES,
]

/** What SELECT must say so that toLocal reads the row: all values as text. */
export const selectCentral = (table: CentralTable, alias: string): string =>
  [
    ...table.columns.map(column => selectAsText(column, alias)),
    `${alias}."${ODD_VALUES}"::text AS "${ODD_VALUES}"`,
  ].join(', ')

/** Loses nothing: what a type at the centre cannot hold stands verbatim in odd_values. */
export function toCentral(table: CentralTable, row: LocalRow): CentralRow {
  const central: Record<string, string | null> = {}
  let oddValues: Record<string, LocalValue> | null = null
  for (const column of table.columns) {
    const { name } = column
    const value = row[name] ?? null
    const { text, exact } = toCentralText(column, value)
    central[name] = text
    if (!exact) {
      oddValues ??= {}
      oddValues[name] = value
    }
  }
  for (const name of table.beside ?? []) {
    oddValues ??= {}
    oddValues[name] = row[name] ?? null
  }
  central[ODD_VALUES] = oddValues === null ? null : JSON.stringify(oddValues)
  return central
}

/** What toCentral says, as a line of COPY's text format in the order of centralNames. */
export function centralLine(table: CentralTable, row: LocalRow): string {
  let line = ''
  let oddValues: Record<string, LocalValue> | null = null
  for (const column of table.columns) {
    const value = row[column.name] ?? null
    if (value === null) {
      line += `${NO_VALUE}\t`
      continue
    }
    const { text, exact } = toCentralText(column, value)
    line += `${text === null ? NO_VALUE : copyValue(text)}\t`
    if (!exact) {
      oddValues ??= {}
      oddValues[column.name] = value
    }
  }
  return `${line}${oddValues === null ? NO_VALUE : copyValue(JSON.stringify(oddValues))}\n`
}

/** The very row that toCentral was given, with what newer programs said beside it. */
export function toLocal(table: CentralTable, central: CentralRow): LocalRow {
  const kept = central[ODD_VALUES]
  const oddValues = kept == null ? {} : (JSON.parse(kept) as Readonly<Record<string, LocalValue>>)
  const row: Record<string, LocalValue> = {}
  for (const { name, kind } of table.columns)
    row[name] = Object.hasOwn(oddValues, name)
      ? (oddValues[name] ?? null)
      : fromCentralText(kind, central[name] ?? null)
  for (const [name, value] of Object.entries(oddValues)) if (!Object.hasOwn(row, name)) row[name] = value
  return row
}
