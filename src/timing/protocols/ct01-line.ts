import { chipKey, contentIdentity, streamIdentity } from '../../core/identity.ts'
import type { ReadKind } from '../../core/model.ts'
import { parseTimeOfDay, parseWall, wallToInstant } from '../../core/time.ts'
import type { JournalRead } from '../../store/reads.ts'
import { type FileFormat, type LineReading, type ReadContext, refusal, wholeNumber } from './protocol.ts'

/** The hex digit after `CT01_`. 0 and 6 are of fixed width only. */
const SEPARATORS: Readonly<Record<string, string>> = { 1: ',', 2: ';', 3: '~', 4: '|', 5: '\t' }

/** The separator a format indicator names (`CT01_33`: `~`), or null if the line is no separated CT01 line. */
function ct01Separator(line: string): string | null {
  if (!line.startsWith('CT01_')) return null
  const separator = SEPARATORS[line.charAt(5)]
  return separator !== undefined && line.charAt(7) === separator ? separator : null
}

type WallReading =
  | { readonly wall: number; readonly problem: null }
  | { readonly wall: null; readonly problem: string }

const readWallMs = (wall: number | null, text: string): WallReading =>
  wall === null ? { wall: null, problem: `"${text}" is not a time` } : { wall, problem: null }

/**
 * The site's wall clock, in ms as if it were UTC, in whichever time format the peer chose: iso, normal (the session's
 * day; only hours beyond 24 pass midnight) or unix (the vendor's example is wall time encoded as if it were UTC).
 */
function readCt01Time(text: string, date: string): WallReading {
  if (text.includes('-')) return readWallMs(parseWall(text), text)
  if (text.includes(':')) {
    const day = Date.parse(`${date}T00:00:00Z`)
    const clock = parseTimeOfDay(text)
    return readWallMs(clock === null || Number.isNaN(day) ? null : day + clock, text)
  }
  if (/^\d{10}(\.\d{1,3})?$|^\d{9}\.\d{1,3}$/.test(text))
    return { wall: Math.round(Number(text) * 1000), problem: null }
  if (/^\d{1,9}$/.test(text)) {
    return {
      wall: null,
      problem: `"${text}" counts milliseconds, whose beginning the vendor leaves open; use iso times`,
    }
  }
  return { wall: null, problem: `"${text}" is not a time` }
}

const KINDS: Readonly<Record<string, ReadKind>> = { guntime: 'gun', newlocation: 'new-location' }

export interface Ct01Options extends ReadContext {
  readonly source: string
  /** The stream's own id; without one a read is known by its content. */
  readonly streamId: string | null
  /** Where the file was imported as, instead of the line's own location. */
  readonly location?: string | null
}

/** `format~seq~location~tag~time~lap~readerId~gator`, in the vendor's order (CTP01 rev 8, field table). */
export function readCt01(line: string, options: Ct01Options): LineReading {
  const separator = ct01Separator(line)
  if (separator === null) {
    return refusal(
      line.startsWith('CT01_')
        ? 'a CT01 format without separators, which is not read; use CT01_33 or CT01_13'
        : 'not a CT01 line',
    )
  }
  const fields = line.split(separator)
  if (fields.length !== 8) return refusal(`${fields.length} fields where a CT01 line has 8`)
  const [, sequenceText = '', where = '', tagText = '', timeText = '', lap = '', reader = '', gator = ''] =
    fields
  const sequence = wholeNumber(sequenceText.trim())
  if (sequence === null) return refusal(`the sequence "${sequenceText}" is not a number`)
  const tag = tagText.trim()
  if (tag === '') return refusal('no chip')
  const location = where.trim()
  const rawTime = timeText.trim()
  const device = reader.trim().toUpperCase()
  const antenna = gator.trim()
  const time = readCt01Time(rawTime, options.date)
  const kind = KINDS[tag] ?? 'chip'
  const { streamId } = options
  // A new location is numbered by the link, not by its location (vendor's example: 2038 as the first of 30k).
  const read: JournalRead = {
    kind,
    identity:
      streamId === null || kind === 'new-location'
        ? contentIdentity({
            // A location's label is all that tells two new locations or two guns of one moment apart.
            chip: kind === 'chip' ? tag : `${tag}@${location}`,
            time: time.wall === null ? rawTime : String(time.wall),
            device,
            antenna,
            rssi: '',
          })
        : streamIdentity({ device, streamId, streamLocation: location, sequence }),
    source: options.source,
    device,
    streamId,
    streamLocation: options.location ?? (location === '' ? null : location),
    sequence,
    chip: kind === 'chip' ? chipKey(tag) : tag,
    bibNumber: null,
    readAt: time.wall === null ? null : wallToInstant(time.wall, options.timezone),
    rawTime,
    timeProblem: time.problem,
    antenna: antenna === '' ? null : antenna,
    rssi: null,
    lap: wholeNumber(lap.trim()),
    raw: line,
  }
  return { kind: 'read', read }
}

/** ChronoTrack File Format 1: the lines of CTP01 in a file, by default CT01_13. */
export const ctff01: FileFormat = {
  name: 'ctff01',
  expected: 'lines like CT01_13,1,start,12,06:08:32.02,1,0FA22E,4',
  read: (line, context, location) =>
    readCt01(line, { ...context, source: 'ctff01', streamId: null, location }),
}
