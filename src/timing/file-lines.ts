import { AppError } from '../core/errors.ts'
import { controllerFile, markerFile } from './protocols/controller-file.ts'
import { ctff01 } from './protocols/ct01-line.ts'
import { createLineSplitter, type Line } from './protocols/lines.ts'
import { type FileFormat, type LineReading, type ReadContext, refusal } from './protocols/protocol.ts'

/** What one line or row of a file turned out to be. */
export interface NumberedReading {
  readonly line: number
  readonly text: string
  readonly reading: LineReading
}

export interface ImportPiece {
  readonly readings: readonly NumberedReading[]
  /** How much of the file is read, 0 to 1. */
  readonly done: number
}

const BYTES_AT_ONCE = 16_384
const LINES_LOOKED_AT = 50

function firstLines(bytes: Uint8Array): readonly Line[] {
  const splitter = createLineSplitter()
  const lines: Line[] = []
  for (let from = 0; from < bytes.length && lines.length < LINES_LOOKED_AT; from += BYTES_AT_ONCE) {
    lines.push(...splitter.push(bytes.subarray(from, from + BYTES_AT_ONCE)))
  }
  return (lines.length < LINES_LOOKED_AT ? [...lines, ...splitter.end()] : lines).slice(0, LINES_LOOKED_AT)
}

/** The format that a file is in: the one asked for, or a controller's markers. @throws AppError input.invalid */
export function lineFormatOf(
  bytes: Uint8Array,
  format: 'chronotrack-controller' | 'ctff01',
  fileName: string,
  context: ReadContext,
): FileFormat {
  const asked = format === 'ctff01' ? ctff01 : controllerFile
  const lines = firstLines(bytes)
  if (lines.length === 0) return asked
  const fits = (one: FileFormat): boolean =>
    lines.some(line => line.kind === 'line' && one.read(line.text, context, null).kind === 'read')
  const found = [asked, markerFile].find(fits)
  if (found) return found
  const other = [controllerFile, ctff01].find(fits)
  throw new AppError(
    'input.invalid',
    `${fileName} was not imported: none of its first ${lines.length} lines is a read. Expected ${asked.expected}, or a box's markers, ${markerFile.expected}.${
      other ? ` It looks like the format "${other.name}": ${other.expected}.` : ''
    }`,
  )
}

/** Reads of a file whose every line stands alone, in pieces. */
export function* linePieces(
  bytes: Uint8Array,
  format: FileFormat,
  location: string | null,
  context: ReadContext,
): Generator<ImportPiece> {
  const splitter = createLineSplitter()
  const readingOf = (line: Line): NumberedReading => ({
    line: line.number,
    text: line.text,
    reading: line.kind === 'refused' ? refusal(line.reason) : format.read(line.text, context, location),
  })
  for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE) {
    const to = Math.min(from + BYTES_AT_ONCE, bytes.length)
    const lines = splitter.push(bytes.subarray(from, to))
    const all = to === bytes.length ? [...lines, ...splitter.end()] : lines
    yield { readings: all.map(readingOf), done: to / bytes.length }
  }
}
