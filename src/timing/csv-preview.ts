import { setImmediate as nextTurn } from 'node:timers/promises'
import { csvPieces, isHeader, sampleOf } from './csv-file.ts'
import { delimiterOf } from './csv-records.ts'
import { asUtf8, encodingOf } from './encoding.ts'
import { CSV_KEYS, type CsvColumns, type CsvPlaces, placesOf } from './protocols/csv-row.ts'
import { readCsvTime } from './protocols/csv-time.ts'
import type { ReadContext, Refused } from './protocols/protocol.ts'

const SAMPLE_ROWS = 6
const REFUSED_SHOWN = 100
const READS_SHOWN = 5

/** What a file would bring with some columns, before anything is kept of it. */
export interface CsvPreview {
  readonly encoding: string
  readonly delimiter: string
  /** The first rows as they are in the file, the header among them. */
  readonly sample: readonly (readonly string[])[]
  readonly header: boolean
  /** The columns said, or the ones it looks like; empty where there is no telling. */
  readonly places: CsvPlaces
  /** What keeps it from being read, in words. */
  readonly problem: string | null
  /** Null while the columns are not known. */
  readonly found: CsvFound | null
}

export interface CsvFound {
  readonly reads: number
  /** Ms UTC. */
  readonly firstAt: number | null
  readonly lastAt: number | null
  /** Whether the file says the day of its times. */
  readonly dated: boolean
  readonly chips: number
  readonly bibs: number
  readonly locations: readonly string[]
  readonly shown: readonly {
    readonly chip: string | null
    readonly bib: string | null
    readonly rawTime: string | null
    readonly at: number | null
    readonly location: string | null
  }[]
  readonly refused: readonly Refused[]
  readonly refusedCount: number
}

const WORDS: Readonly<Record<(typeof CSV_KEYS)[number], RegExp>> = {
  chip: /chip|\btag|epc|transponder|rfid/i,
  bib: /bib|dossard|startn|race ?n/i,
  time: /time|zeit|heure|hora|passing/i,
  date: /^(date|datum|day|fecha)\b/i,
  location: /location|point|split|place|\bmat\b|loc\b/i,
  device: /device|reader\b|decoder|\bbox|\bmac\b|controller/i,
  antenna: /^ant|\bport\b|antenna/i,
  rssi: /rssi|strength|signal/i,
}

/** Which columns they look like: by the words above them, else the time by its look and the chip beside it. */
export function guessPlaces(rows: readonly (readonly string[])[], day: string): CsvPlaces {
  const [first = [], ...rest] = rows
  const isTime = (text: string | undefined): boolean =>
    text !== undefined && /[:]|^\d{10}/.test(text) && readCsvTime(text, null, day) !== null
  const timesIn = (column: number): boolean => rest.some(row => isTime(row[column]))
  const taken = new Set<number>()
  const places: { [key in (typeof CSV_KEYS)[number]]?: number } = {}
  const take = (key: (typeof CSV_KEYS)[number], at: number): void => {
    if (at < 0 || taken.has(at)) return
    places[key] = at
    taken.add(at)
  }
  const named = first.findIndex((cell, at) => WORDS.time.test(cell) && timesIn(at))
  const looks = first.findIndex((cell, at) => isTime(cell) || timesIn(at))
  take('time', named >= 0 ? named : looks)
  for (const key of CSV_KEYS) {
    const found = first.findIndex((cell, at) => !taken.has(at) && WORDS[key].test(cell))
    if (key !== 'time') take(key, found)
  }
  const bare = places.chip === undefined && places.bib === undefined
  if (places.time !== undefined && bare && first.length === 2) take('chip', 1 - places.time)
  return places
}

/** Walks the whole file on the way an import takes, and keeps nothing. */
export async function previewCsv(
  file: Uint8Array,
  options: {
    /** Null: they are guessed. */
    readonly columns: CsvColumns | null
    readonly fileName: string
    readonly location: string | null
    readonly signal?: AbortSignal | undefined
  },
  context: ReadContext,
): Promise<CsvPreview> {
  const bytes = asUtf8(file)
  const text = new TextDecoder().decode(bytes)
  const delimiter = delimiterOf(text)
  const taken = sampleOf(text, delimiter, SAMPLE_ROWS)
  const sample = taken.header.length === 0 ? [] : [taken.header, ...taken.rows]
  const said = options.columns ?? { time: '' }
  const { places, named, problem } = CSV_KEYS.some(key => (said[key] ?? '') !== '')
    ? asked(said, taken.header)
    : { places: guessPlaces(sample, said.day ?? context.date), named: false, problem: null }
  const { time } = places
  const known = time !== undefined && (places.chip ?? places.bib) !== undefined && problem === null
  return {
    encoding: encodingOf(file).encoding,
    ...{ delimiter, sample, places },
    header: said.header ?? (sample.length > 0 && isHeader(taken.header, places, named)),
    problem: problem ?? (known ? null : 'Which column is the time, and which the chip or the bib?'),
    found: known ? await walk(bytes, { ...options, columns: { ...said, ...places, time } }, context) : null,
  }
}

function asked(
  columns: CsvColumns,
  header: readonly string[],
): { readonly places: CsvPlaces; readonly named: boolean; readonly problem: string | null } {
  const found = placesOf(columns, header)
  return found.problem === null ? found : { places: {}, named: false, problem: found.problem }
}

async function walk(
  bytes: Uint8Array,
  options: {
    readonly columns: CsvColumns
    readonly fileName: string
    readonly location: string | null
    readonly signal?: AbortSignal | undefined
  },
  context: ReadContext,
): Promise<CsvFound> {
  const chips = new Set<string>()
  const bibs = new Set<string>()
  const locations = new Set<string>()
  const shown: CsvFound['shown'][number][] = []
  const refused: Refused[] = []
  let reads = 0
  let refusedCount = 0
  let firstAt: number | null = null
  let lastAt: number | null = null
  for (const { readings } of csvPieces(bytes, options, context)) {
    options.signal?.throwIfAborted()
    for (const { line, text, reading } of readings) {
      if (reading.kind === 'refused') {
        refusedCount += 1
        if (refused.length < REFUSED_SHOWN)
          refused.push({ line, reason: reading.reason, text: text.slice(0, 200) })
        continue
      }
      const { chip, bibNumber: bib, readAt: at, rawTime, streamLocation: location } = reading.read
      reads += 1
      if (chip !== null) chips.add(chip)
      else if (bib !== null) bibs.add(bib)
      if (location !== null && locations.size < 50) locations.add(location)
      if (at !== null) {
        firstAt = Math.min(firstAt ?? at, at)
        lastAt = Math.max(lastAt ?? at, at)
      }
      if (shown.length < READS_SHOWN) shown.push({ chip, bib, rawTime, at, location })
    }
    await nextTurn()
  }
  // A time of day alone begins with its hours.
  const dated = !shown.some(({ rawTime }) => /^\d{1,3}:/.test(rawTime ?? ''))
  return {
    ...{ reads, firstAt, lastAt, dated, chips: chips.size, bibs: bibs.size },
    ...{ locations: [...locations], shown, refused, refusedCount },
  }
}
