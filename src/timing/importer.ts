import { isUtf8 } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import {
  type JournalRead,
  journal,
  keepRefused,
  type SessionContext,
  sessionContext,
} from '../store/reads.ts'
import type { Store } from '../store/store.ts'
import type { Linker } from './linker.ts'
import { controllerFile, markerFile } from './protocols/controller-file.ts'
import { ctff01 } from './protocols/ct01-line.ts'
import { createLineSplitter, type Line } from './protocols/lines.ts'
import type { FileFormat, Refused } from './protocols/protocol.ts'

export type ImportFormat = 'chronotrack-controller' | 'ctff01' | 'csv'

export interface ImportOptions {
  readonly sessionId: string
  /** Where the box stood, unless a rule says otherwise; null leaves it to the file or to rules. */
  readonly location: string | null
  /** A controller's markers (.mrk) are known by their content, whatever is said here. */
  readonly format: ImportFormat
  readonly fileName: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  readonly new: number
}

export interface Imported {
  /** What the file turned out to be. */
  readonly format: string
  /** Without empty ones. */
  readonly lines: number
  readonly new: number
  readonly redelivered: number
  readonly refused: readonly Refused[]
  /** Lines that say something of the box itself, guns among them. */
  readonly markers: number
}

export interface Importer {
  /** @throws AppError input.invalid, not-found, cancelled (what was read until then is kept) */
  importBytes(options: ImportOptions & { readonly bytes: Uint8Array }): Promise<Imported>
  importText(options: ImportOptions & { readonly text: string }): Promise<Imported>
}

const LINES_AT_ONCE = 500
const BYTES_AT_ONCE = 16_384
const LINES_LOOKED_AT = 50

/** The text as UTF-8: by its byte order mark, as UTF-8 if it is, else as Latin-1, in which every byte is a letter. */
function asUtf8(bytes: Uint8Array): Uint8Array {
  const encoded = (encoding: string): Uint8Array =>
    new TextEncoder().encode(new TextDecoder(encoding).decode(bytes))
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return encoded('utf-16le')
  if (first === 0xfe && second === 0xff) return encoded('utf-16be')
  if (first === 0xef && second === 0xbb && third === 0xbf) return asUtf8(bytes.subarray(3))
  return isUtf8(bytes) ? bytes : encoded('latin1')
}

function firstLines(bytes: Uint8Array): readonly Line[] {
  const splitter = createLineSplitter()
  const lines: Line[] = []
  for (let from = 0; from < bytes.length && lines.length < LINES_LOOKED_AT; from += BYTES_AT_ONCE) {
    lines.push(...splitter.push(bytes.subarray(from, from + BYTES_AT_ONCE)))
  }
  return (lines.length < LINES_LOOKED_AT ? [...lines, ...splitter.end()] : lines).slice(0, LINES_LOOKED_AT)
}

/** The format that a file is in: the one asked for, or a controller's markers. @throws AppError input.invalid */
function formatOf(bytes: Uint8Array, options: ImportOptions, session: SessionContext): FileFormat {
  if (options.format === 'csv') {
    throw new AppError(
      'input.invalid',
      'CSV files of reads cannot be imported yet; use the controller file or CTFF01.',
    )
  }
  const asked = options.format === 'ctff01' ? ctff01 : controllerFile
  const lines = firstLines(bytes)
  if (lines.length === 0) return asked
  const fits = (format: FileFormat): boolean =>
    lines.some(line => line.kind === 'line' && format.read(line.text, session, null).kind === 'read')
  const format = [asked, markerFile].find(fits)
  if (format) return format
  const other = [controllerFile, ctff01].find(fits)
  throw new AppError(
    'input.invalid',
    `${options.fileName} was not imported: none of its first ${lines.length} lines is a read. Expected ${asked.expected}, or a box's markers, ${markerFile.expected}.${
      other ? ` It looks like the format "${other.name}": ${other.expected}.` : ''
    }`,
  )
}

export function createImporter(parts: {
  readonly store: Store
  readonly linker: Linker
  readonly clock: Clock
}): Importer {
  const { store, linker, clock } = parts

  const importBytes: Importer['importBytes'] = async options => {
    const { sessionId, fileName, signal, location } = options
    const session = sessionContext(store.read, sessionId)
    if (!session) throw new AppError('not-found', 'There is no such timing session.')
    const bytes = asUtf8(options.bytes)
    const format = formatOf(bytes, options, session)
    const splitter = createLineSplitter()
    const refused: Refused[] = []
    let lines = 0
    let added = 0
    let redelivered = 0
    let markers = 0

    const keep = (some: readonly Line[]): void => {
      const reads: JournalRead[] = []
      const bad: Refused[] = []
      for (const line of some) {
        const reading = line.kind === 'refused' ? line : format.read(line.text, session, location)
        if (reading.kind === 'read') reads.push(reading.read)
        else bad.push({ line: line.number, reason: reading.reason, text: line.text.slice(0, 1000) })
      }
      const at = clock()
      const kept = store.write(writer => {
        keepRefused(writer, sessionId, fileName, bad, at)
        return journal(writer, sessionId, reads, at)
      }, 'import')
      lines += some.length
      added += kept.added.length
      redelivered += kept.redelivered
      markers += reads.filter(read => read.kind !== 'chip').length
      refused.push(...bad)
    }

    for (let from = 0; from < bytes.length; from += BYTES_AT_ONCE) {
      if (signal?.aborted) {
        throw new AppError('cancelled', `The import of ${fileName} was stopped; ${added} new reads are kept.`)
      }
      const to = Math.min(from + BYTES_AT_ONCE, bytes.length)
      const piece = splitter.push(bytes.subarray(from, to))
      const all = to === bytes.length ? [...piece, ...splitter.end()] : piece
      for (let start = 0; start < all.length; start += LINES_AT_ONCE)
        keep(all.slice(start, start + LINES_AT_ONCE))
      options.onProgress?.({ doneBytes: to, totalBytes: bytes.length, new: added })
      await nextTurn()
    }
    while (linker.linkSome()) await nextTurn()
    return { format: format.name, lines, new: added, redelivered, refused, markers }
  }

  return {
    importBytes,
    importText: ({ text, ...options }) => importBytes({ ...options, bytes: new TextEncoder().encode(text) }),
  }
}
