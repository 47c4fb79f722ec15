import { CsvError, parse } from 'csv-parse/sync'
import { AppError } from '../core/errors.ts'
import { bibKey } from '../core/identity.ts'
import type { ChipOnBib } from '../store/bib-chips.ts'
import { encodingOf } from '../timing/encoding.ts'

/** A supplier's file as it was read: rows of cells, each with the line it begins on. */
export interface ChipTable {
  readonly encoding: string
  readonly delimiter: Delimiter
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[]
}

/** Which columns say what; counted from 0. */
export interface ChipColumns {
  readonly header: boolean
  readonly chips: readonly number[]
  readonly bib: number | null
}

export interface RefusedRow {
  readonly line: number
  readonly reason: string
  readonly text: string
}

const DELIMITERS = [',', ';', '\t', '|'] as const
type Delimiter = (typeof DELIMITERS)[number]

function decodeFile(bytes: Uint8Array): { readonly text: string; readonly encoding: string } {
  const { encoding, body } = encodingOf(bytes)
  return { text: new TextDecoder(encoding).decode(body), encoding }
}

/** The separator that the first lines have most often outside quotes. */
function delimiterOf(text: string): Delimiter {
  const plain = text.slice(0, 20_000).replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map(delimiter => plain.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** @throws AppError input.invalid with the line */
export function readChipTable(file: Uint8Array | string): ChipTable {
  const { text: raw, encoding } =
    typeof file === 'string' ? { text: file.replace(/^\uFEFF/, ''), encoding: 'text' } : decodeFile(file)
  // csv-parse counts a line break of two characters within quotes twice.
  const text = raw.replace(/\r\n?/g, '\n')
  const delimiter = delimiterOf(text)
  let parsed: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    parsed = parse(text, {
      ...{ delimiter, info: true, trim: true, skip_empty_lines: true },
      ...{ relax_column_count: true, relax_quotes: true },
    }) as unknown as typeof parsed
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const unclosed = error.code === 'CSV_QUOTE_NOT_CLOSED'
    const why = unclosed ? 'a quote is opened and never closed' : error.message
    throw new AppError('input.invalid', `The file cannot be read as a table: line ${error.lines}, ${why}.`)
  }
  // A record ends on its line; with newlines in quotes it began before.
  const rows = parsed.map(({ record, info }) => {
    const inside = record.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0)
    return { line: info.lines - inside, cells: record }
  })
  if (rows.length === 0) throw new AppError('input.invalid', 'The file is empty.')
  if (!rows.some(row => row.cells.length > 1))
    throw new AppError('input.invalid', 'The file has one column; a chip and a bib are needed in each row.')
  return { encoding, delimiter, rows }
}

const CHIP_WORDS = /chip|tag|transponder|epc|rfid/i
const BIB_WORDS = /\bbib|start\s*n|race\s*n|number|nummer|dossard|^(no|nr|#)\.?$/i

/** Which columns they probably are: by the header's words, else by which column holds bibs that are worn. */
export function guessColumns(table: ChipTable, worn: ReadonlySet<string>): ChipColumns {
  const first = table.rows[0]?.cells ?? []
  const named = first.flatMap((cell, column) => (CHIP_WORDS.test(cell) ? [column] : []))
  const bibNamed = first.findIndex(cell => BIB_WORDS.test(cell) && !CHIP_WORDS.test(cell))
  const header = named.length > 0 || bibNamed >= 0 || first.every(cell => !/\d/.test(cell))
  const body = table.rows.slice(header ? 1 : 0, 500)
  const columns = Math.max(...table.rows.slice(0, 500).map(row => row.cells.length))
  const wornIn = Array.from(
    { length: columns },
    (_, column) => body.filter(row => worn.has(bibKey(row.cells[column] ?? ''))).length,
  )
  const most = Math.max(...wornIn)
  const guessed = bibNamed >= 0 ? bibNamed : most > 0 ? wornIn.indexOf(most) : null
  const bib = guessed ?? (columns === 2 && named.length === 1 ? 1 - (named[0] ?? 0) : null)
  const other = columns === 2 && bib !== null ? [1 - bib] : []
  return { header, chips: named.length > 0 ? named.filter(column => column !== bib) : other, bib }
}

/** Longer than any chip or bib there is. */
const LONGEST = 64

/** What a row says, or why it says nothing. An empty chip beside another in the row is none. */
export function chipsOfTable(
  table: ChipTable,
  columns: ChipColumns,
): { readonly list: readonly ChipOnBib[]; readonly refused: readonly RefusedRow[] } {
  const list: ChipOnBib[] = []
  const refused: RefusedRow[] = []
  const { bib: bibColumn } = columns
  if (bibColumn === null || columns.chips.length === 0) return { list, refused }
  for (const { line, cells } of table.rows.slice(columns.header ? 1 : 0)) {
    const refuse = (reason: string): void => {
      refused.push({ line, reason, text: cells.join(table.delimiter).slice(0, 200) })
    }
    const bib = cells[bibColumn] ?? ''
    const chips = columns.chips.map(column => cells[column] ?? '').filter(chip => chip !== '')
    const bad = [bib, ...chips].find(value => value.length > LONGEST || /\n/.test(value))
    if (bib === '') refuse('no bib')
    else if (chips.length === 0) refuse('no chip')
    else if (bad !== undefined)
      refuse(/\n/.test(bad) ? 'a line break in it' : `longer than ${LONGEST} characters`)
    else for (const chip of chips) list.push({ chip, bib })
  }
  return { list, refused }
}
