import { CsvError, parse } from 'csv-parse/sync'
import { AppError } from '../core/errors.ts'
import { chipKey } from '../core/identity.ts'
import { NOBODYS_CHIPS, type NobodysChip } from '../core/model.ts'
import type { NobodysChipRow } from '../store/nobodys-chips.ts'
import type { RefusedRow } from './chip-file.ts'

const kindOf = (cell: string): NobodysChip | undefined =>
  NOBODYS_CHIPS.find(kind => kind === cell.toLowerCase())

const HEADERS: ReadonlySet<string> = new Set(['CHIP', 'CHIPS', 'TAG', 'CHIPCODE', 'CHIP CODE'])

/**
 * A pasted list of chips that are nobody's: chip, then kind, then a note, by comma, semicolon or tab. What a row does
 * not say of itself is as asked for; a second cell that is no kind is the note. @throws AppError input.invalid
 */
export function readChipList(
  text: string,
  kind: NobodysChip,
  note: string | null,
): { readonly chips: readonly NobodysChipRow[]; readonly refused: readonly RefusedRow[] } {
  let rows: string[][]
  try {
    rows = parse(text, {
      ...{ delimiter: [',', ';', '\t'], trim: true, bom: true },
      ...{ relax_column_count: true, relax_quotes: true },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new AppError('input.invalid', `The list cannot be read: ${error.message}`)
  }
  const chips: NobodysChipRow[] = []
  const refused: RefusedRow[] = []
  rows.forEach((cells, index) => {
    const [first = '', second = '', ...more] = cells
    const row = { line: index + 1, text: cells.join(', ').slice(0, 200) }
    if (cells.every(cell => cell === '') || (index === 0 && HEADERS.has(first.toUpperCase()))) return
    const chip = chipKey(first)
    const said = kindOf(second)
    const words = [said === undefined ? second : '', ...more].filter(Boolean).join(', ')
    if (chip === '') refused.push({ ...row, reason: 'no chip in the first column' })
    else if (/\s/.test(chip)) refused.push({ ...row, reason: 'a chip has no spaces' })
    else if (words.length > 500) refused.push({ ...row, reason: 'a note has at most 500 characters' })
    else chips.push({ chip, kind: said ?? kind, note: words === '' ? note : words })
  })
  return { chips, refused }
}
