import { parse } from 'csv-parse/sync'

/** One record, over several lines where a quoted cell is. */
export interface CsvRecord {
  /** Its first line, from 1. */
  readonly line: number
  readonly text: string
  /** Null when it cannot be taken apart. */
  readonly fields: readonly string[] | null
}

/** Characters of one record; a quote that is never closed must not swallow the file. */
const RECORD_LIMIT = 8192
const LINES_LIMIT = 50
const AT_ONCE = 500
const DELIMITERS = [',', ';', '\t', '|'] as const

const quotesIn = (text: string): number => {
  let quotes = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes += 1
  return quotes
}

/** The sign that the first line with anything in it has most of, outside quotes. */
export function delimiterOf(text: string): string {
  const [first = ''] = /[^\r\n]+/.exec(text.slice(0, RECORD_LIMIT)) ?? []
  const bare = first.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map(sign => bare.split(sign).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** Physical lines, ended by CR, LF or CRLF, with where each ends. */
function* linesOf(text: string): Generator<{ readonly line: string; readonly end: number }> {
  const ends = /\r\n|\r|\n/g
  let from = 0
  for (let match = ends.exec(text); match; match = ends.exec(text)) {
    yield { line: text.slice(from, match.index), end: ends.lastIndex }
    from = ends.lastIndex
  }
  if (from < text.length) yield { line: text.slice(from), end: text.length }
}

interface Assembled {
  readonly line: number
  readonly text: string
  readonly whole: boolean
}

/** Lines put together until their quotes are closed. Where they never are, the first stands alone and is not whole. */
function assemble(lines: readonly string[], firstLine: number, last: boolean) {
  const records: Assembled[] = []
  let at = 0
  while (at < lines.length) {
    let text = lines[at] ?? ''
    let quotes = quotesIn(text)
    let used = 1
    const fits = (): boolean => used < LINES_LIMIT && text.length <= RECORD_LIMIT
    while (quotes % 2 === 1 && at + used < lines.length && fits()) {
      const more = lines[at + used] ?? ''
      text += `\n${more}`
      quotes += quotesIn(more)
      used += 1
    }
    const whole = quotes % 2 === 0 && text.length <= RECORD_LIMIT
    // What is still open may be closed by lines that are not here yet.
    if (!whole && !last && fits()) break
    if (!whole) used = 1
    if (text.trim() !== '')
      records.push({ line: firstLine + at, text: whole ? text : (lines[at] ?? ''), whole })
    at += used
  }
  return { records, used: at }
}

function takeApart(records: readonly Assembled[], delimiter: string): readonly CsvRecord[] {
  const options = { delimiter, relax_column_count: true, relax_quotes: true, record_delimiter: '\u001e' }
  const fieldsOf = (some: readonly Assembled[]): string[][] => {
    try {
      return parse(some.map(({ text }) => text.replaceAll('\u001e', ' ')).join('\u001e'), options)
    } catch {
      return []
    }
  }
  const whole = records.filter(record => record.whole)
  const together = fieldsOf(whole)
  // A quote within a bare cell may make two records one: then each is looked at alone.
  const alone = together.length !== whole.length
  const fields = new Map(
    whole.map((record, index) => [
      record,
      alone ? (fieldsOf([record])[0] ?? null) : (together[index] ?? null),
    ]),
  )
  return records.map(record => ({ line: record.line, text: record.text, fields: fields.get(record) ?? null }))
}

/** The records of a text, some hundreds at a time, with how far in the text they reach. */
export function* csvRecords(
  text: string,
  delimiter: string,
): Generator<{ readonly records: readonly CsvRecord[]; readonly end: number }> {
  let waiting: string[] = []
  let firstLine = 1
  let end = 0
  const some = (last: boolean) => {
    const { records, used } = assemble(waiting, firstLine, last)
    waiting = waiting.slice(used)
    firstLine += used
    return { records: takeApart(records, delimiter), end }
  }
  for (const line of linesOf(text)) {
    waiting.push(line.line)
    end = line.end
    if (waiting.length >= AT_ONCE) yield some(false)
  }
  yield some(true)
}
