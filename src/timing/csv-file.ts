import { AppError } from '../core/errors.ts'
import { type CsvRecord, csvRecords, delimiterOf } from './csv-records.ts'
import type { ImportPiece, NumberedReading } from './file-lines.ts'
import { type CsvColumns, type CsvPlaces, type CsvReading, placesOf, readRow } from './protocols/csv-row.ts'
import { type ReadContext, refusal } from './protocols/protocol.ts'

const SAMPLE_ROWS = 3

/** What a column picker needs: the first row and a few more. */
export interface CsvSample {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly delimiter: string
}

/** @param most rows after the first */
export function sampleOf(text: string, delimiter: string, most: number = SAMPLE_ROWS): CsvSample {
  const rows: (readonly string[])[] = []
  for (const { records } of csvRecords(text, delimiter)) {
    for (const { fields } of records) {
      if (fields !== null && rows.length <= most) rows.push(fields.map(field => field.slice(0, 200)))
    }
    if (rows.length > most) break
  }
  const [header = [], ...rest] = rows
  return { header, rows: rest, delimiter }
}

/** Whether a first row names the columns: one of them was given by name, or no digit stands where the time should. */
export const isHeader = (fields: readonly string[], places: CsvPlaces, named: boolean): boolean =>
  named || !/\d/.test(fields[places.time ?? -1] ?? '')

/**
 * Reads of a CSV file, in pieces.
 * @throws AppError input.invalid with a CsvSample as details when the columns are not given or not there
 */
export function* csvPieces(
  bytes: Uint8Array,
  options: {
    readonly columns: CsvColumns | null
    readonly fileName: string
    readonly location: string | null
  },
  context: ReadContext,
): Generator<ImportPiece> {
  const text = new TextDecoder().decode(bytes)
  const delimiter = delimiterOf(text)
  const sample = sampleOf(text, delimiter)
  if (sample.header.length === 0) return
  if (options.columns === null) {
    throw new AppError(
      'input.invalid',
      `Say which columns of ${options.fileName} are chip (or bib) and time. It has: ${sample.header.join(', ').slice(0, 300)}.`,
      { details: sample },
    )
  }
  const found = placesOf(options.columns, sample.header)
  if (found.problem !== null) throw new AppError('input.invalid', found.problem, { details: sample })
  const { places, named } = found
  const { header, day, dayFirst } = options.columns
  const how: CsvReading = {
    places,
    context: { ...context, date: day ?? context.date },
    location: options.location,
    dayFirst: dayFirst === true,
  }
  let first = true
  const readingOf = ({ line, text: raw, fields }: CsvRecord): NumberedReading => ({
    line,
    text: raw,
    reading:
      fields === null
        ? refusal('a quote that is not closed, or a row without end')
        : readRow(fields, raw, how),
  })
  for (const { records, end } of csvRecords(text, delimiter)) {
    const readings: NumberedReading[] = []
    for (const record of records) {
      const heads = first && record.fields !== null && (header ?? isHeader(record.fields, places, named))
      if (record.fields !== null) first = false
      if (!heads) readings.push(readingOf(record))
    }
    yield { readings, done: text.length === 0 ? 1 : end / text.length }
  }
}
