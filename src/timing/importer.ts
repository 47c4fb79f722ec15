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
import { csvPieces } from './csv-file.ts'
import { asUtf8 } from './encoding.ts'
import { type ImportPiece, lineFormatOf, linePieces, type NumberedReading } from './file-lines.ts'
import type { Linker } from './linker.ts'
import type { CsvColumns } from './protocols/csv-row.ts'
import type { Refused } from './protocols/protocol.ts'

export type ImportFormat = 'chronotrack-controller' | 'ctff01' | 'csv'

export interface ImportOptions {
  readonly sessionId: string
  /** Where the box stood, unless a rule says otherwise; null leaves it to the file or to rules. */
  readonly location: string | null
  /** A controller's markers (.mrk) are known by their content, whatever is said here. */
  readonly format: ImportFormat
  /** Of a CSV file: what stands where. */
  readonly csvColumns?: CsvColumns
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
  /** Without empty ones and headers. */
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

/** What a card that was pulled out too soon leaves: a file without a byte, or of its length in zeros. */
function mustHoldText(bytes: Uint8Array, fileName: string): void {
  if (bytes.some(byte => byte !== 0)) return
  const found = bytes.length === 0 ? 'is empty' : 'holds no text, only zeros'
  throw new AppError('input.invalid', `${fileName} ${found}. Download it from the box again.`)
}

/** What the file is, and its reads in pieces. @throws AppError input.invalid */
function open(
  bytes: Uint8Array,
  options: ImportOptions,
  session: SessionContext,
): { readonly name: string; readonly pieces: Iterable<ImportPiece> } {
  const { format, fileName, location } = options
  if (format === 'csv') {
    const columns = options.csvColumns ?? null
    return { name: 'csv', pieces: csvPieces(bytes, { columns, fileName, location }, session) }
  }
  const found = lineFormatOf(bytes, format, fileName, session)
  return { name: found.name, pieces: linePieces(bytes, found, location, session) }
}

export function createImporter(parts: {
  readonly store: Store
  readonly linker: Linker
  readonly clock: Clock
}): Importer {
  const { store, linker, clock } = parts

  const importBytes: Importer['importBytes'] = async options => {
    const { sessionId, fileName, signal } = options
    const session = sessionContext(store.read, sessionId)
    if (!session) throw new AppError('not-found', 'There is no such timing session.')
    mustHoldText(options.bytes, fileName)
    const bytes = asUtf8(options.bytes)
    const { name, pieces } = open(bytes, options, session)
    const refused: Refused[] = []
    let lines = 0
    let added = 0
    let redelivered = 0
    let markers = 0

    const keep = (some: readonly NumberedReading[]): void => {
      const reads: JournalRead[] = []
      const bad: Refused[] = []
      for (const { line, text, reading } of some) {
        if (reading.kind === 'read') reads.push(reading.read)
        else bad.push({ line, reason: reading.reason, text: text.slice(0, 1000) })
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

    for (const { readings, done } of pieces) {
      if (signal?.aborted) {
        throw new AppError('cancelled', `The import of ${fileName} was stopped; ${added} new reads are kept.`)
      }
      for (let start = 0; start < readings.length; start += LINES_AT_ONCE)
        keep(readings.slice(start, start + LINES_AT_ONCE))
      options.onProgress?.({
        doneBytes: Math.round(done * bytes.length),
        totalBytes: bytes.length,
        new: added,
      })
      await nextTurn()
    }
    while (linker.linkSome()) await nextTurn()
    return { format: name, lines, new: added, redelivered, refused, markers }
  }

  return {
    importBytes,
    importText: ({ text, ...options }) => importBytes({ ...options, bytes: new TextEncoder().encode(text) }),
  }
}
