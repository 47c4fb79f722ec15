import { bibKey, chipKey, contentIdentity } from '../../core/identity.ts'
import { wallToInstant } from '../../core/time.ts'
import { readCsvTime } from './csv-time.ts'
import { type LineReading, type ReadContext, refusal } from './protocol.ts'

/** A column's header, or its place from 0. */
export type CsvColumn = string | number

/** What stands where in a CSV file of reads. One of chip and bib is needed, and the time. */
export interface CsvColumns {
  readonly chip?: CsvColumn | undefined
  readonly bib?: CsvColumn | undefined
  readonly time: CsvColumn
  readonly date?: CsvColumn | undefined
  readonly location?: CsvColumn | undefined
  readonly device?: CsvColumn | undefined
  readonly antenna?: CsvColumn | undefined
  readonly rssi?: CsvColumn | undefined
  /** Whether the first row names the columns; guessed when it is not said. */
  readonly header?: boolean | undefined
  /** YYYY-MM-DD of times without a date; the session's day when it is not said. */
  readonly day?: string | undefined
  /** Whether 5/8/2021 is the 5th of August; else it is the 8th of May. */
  readonly dayFirst?: boolean | undefined
}

export const CSV_KEYS = ['chip', 'bib', 'time', 'date', 'location', 'device', 'antenna', 'rssi'] as const
export type CsvPlaces = { readonly [key in (typeof CSV_KEYS)[number]]?: number }

export type PlacesReading =
  | { readonly places: CsvPlaces; readonly named: boolean; readonly problem: null }
  | { readonly problem: string }

const folded = (text: string): string => text.trim().toLowerCase()

/** Where the columns are, by the file's first row; a number that is no header is a place. */
export function placesOf(columns: CsvColumns, header: readonly string[]): PlacesReading {
  const headers = header.map(folded)
  const places: { [key in (typeof CSV_KEYS)[number]]?: number } = {}
  let named = false
  for (const key of CSV_KEYS) {
    const column = columns[key]
    if (column === undefined || column === '') continue
    const at = typeof column === 'string' ? headers.indexOf(folded(column)) : -1
    if (at >= 0) named = true
    const place = at >= 0 ? at : /^\d{1,3}$/.test(String(column)) ? Number(column) : null
    if (place === null || place >= header.length)
      return { problem: `The file has no column "${column}"; it has ${header.join(', ').slice(0, 300)}.` }
    places[key] = place
  }
  if (places.chip === undefined && places.bib === undefined)
    return { problem: 'A column of chips or one of bibs is needed.' }
  return { places, named, problem: null }
}

const plain = (text: string): string => (/^-?\d{1,15}$/.test(text) ? String(Number(text)) : text)

/** How the rows of a file become reads. */
export interface CsvReading {
  readonly places: CsvPlaces
  readonly context: ReadContext
  /** Where no column says it. */
  readonly location: string | null
  readonly dayFirst: boolean
}

/** One row as a read. A bib without a chip is a read keyed by hand: it yields to a chip's. */
export function readRow(fields: readonly string[], raw: string, how: CsvReading): LineReading {
  const { places, context, location, dayFirst } = how
  const cell = (key: keyof CsvPlaces): string => fields[places[key] ?? -1]?.trim() ?? ''
  const chip = cell('chip')
  const bib = cell('bib')
  if (chip === '' && bib === '') return refusal(places.chip === undefined ? 'no bib' : 'no chip')
  const rawTime = [cell('date'), cell('time')].filter(text => text !== '').join(' ')
  if (cell('time') === '') return refusal('no time')
  const time = readCsvTime(cell('time'), cell('date') || null, context.date, dayFirst)
  if (time === null) return refusal(`"${rawTime}" is not a time`)
  const device = cell('device').toUpperCase()
  const antenna = plain(cell('antenna'))
  const rssi = plain(cell('rssi'))
  return {
    kind: 'read',
    read: {
      kind: chip === '' ? 'manual' : 'chip',
      identity: contentIdentity({
        chip: chip === '' ? `bib ${bibKey(bib)}` : chip,
        time: time.kind === 'wall' ? String(time.wall) : `u${time.at}`,
        ...{ device, antenna, rssi },
      }),
      source: 'csv',
      device: device === '' ? 'csv' : device,
      streamId: null,
      streamLocation: cell('location') || location,
      sequence: null,
      chip: chip === '' ? null : chipKey(chip),
      bibNumber: bib === '' ? null : bibKey(bib),
      readAt: time.kind === 'wall' ? wallToInstant(time.wall, context.timezone) : time.at,
      rawTime,
      timeProblem: null,
      antenna: antenna === '' ? null : antenna,
      rssi: /^-?\d{1,5}$/.test(rssi) ? Number(rssi) : null,
      lap: null,
      raw,
    },
  }
}
