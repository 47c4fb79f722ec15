import { chipKey, streamIdentity } from '../../core/identity.ts'
import { parseTimeOfDay, parseWall, wallToInstant } from '../../core/time.ts'
import type { JournalRead } from '../../store/reads.ts'
import { type ReadContext, wholeNumber } from './protocol.ts'

/** A passing as the decoder's file has it. */
export interface Passing {
  readonly number: number
  readonly chip: string
  readonly date: string
  readonly time: string
  readonly rssi: number | null
  readonly antenna: string | null
  readonly file: string
  /** The box's id, or its name where it says none. */
  readonly box: string
  readonly raw: string
}

export type PassingReading =
  | { readonly kind: 'passing'; readonly passing: Passing }
  | { readonly kind: 'refused'; readonly reason: string }

const refused = (reason: string): PassingReading => ({ kind: 'refused', reason })
const orNull = (text: string | undefined): string | null => text?.trim() || null

/**
 * `PassingNo;Bib/TranspCode;yyyy-MM-dd;hh:mm:ss.kkk;[EventID];Hits;MaxRSSI;InternalData;IsActive;[Channel];[LoopID];
 * [LoopOnly];[WakeupCounter];[Battery];[Temp];[InternalActiveData];BoxName;FileNumber;[MaxRSSIAntenna];BoxId`
 * (protocol 1.6 and later).
 */
export function readPassingLine(line: string): PassingReading {
  const fields = line.split(';')
  if (fields.length < 18) return refused(`${fields.length} fields where a passing has 20`)
  const [numberText, chip = '', date = '', time = '', , , strength = ''] = fields
  const number = wholeNumber(numberText)
  if (number === null || number === 0) return refused(`the passing number "${numberText}" is not a number`)
  if (chip.trim() === '') return refused('no bib or transponder')
  const file = orNull(fields[17])
  const box = orNull(fields[19]) ?? orNull(fields[16])
  if (file === null || box === null) return refused('no file number, or no box')
  return {
    kind: 'passing',
    passing: {
      ...{ number, chip, file, box, raw: line },
      ...{ date: date.trim(), time: time.trim() },
      rssi: /^-?\d{1,4}$/.test(strength) ? Number(strength) : null,
      antenna: orNull(fields[18]) ?? orNull(fields[9]),
    },
  }
}

const NO_GPS = /^0000-00-0*(\d{1,2})$/

/** The day number of a decoder without GPS (`0000-00-0N`), or null for a real date. */
export const dayWithoutGps = (date: string): number | null => {
  const match = NO_GPS.exec(date)
  return match ? Number(match[1]) : null
}

/** The site's wall clock in ms as if it were UTC. Without GPS the file's first day is the session's. */
function wallOf(passing: Passing, firstDay: number | null, date: string): number | null {
  const day = dayWithoutGps(passing.date)
  if (day === null) return parseWall(`${passing.date}T${passing.time}`)
  const midnight = Date.parse(`${date}T00:00:00Z`)
  const clock = parseTimeOfDay(passing.time)
  if (clock === null || Number.isNaN(midnight)) return null
  return midnight + (day - (firstDay ?? day)) * 86_400_000 + clock
}

/** Where a box's file stands in the journal. */
export const streamOf = (passing: Pick<Passing, 'box' | 'file'>): string => `${passing.box}/${passing.file}`

export interface PassingPlace {
  readonly context: ReadContext
  readonly location: string | null
  readonly firstDay: number | null
}

/** A read is known by box, file number and passing number; where its reader was said to stand is not part of it. */
export function readOfPassing(passing: Passing, place: PassingPlace): JournalRead {
  const { number, box } = passing
  const wall = wallOf(passing, place.firstDay, place.context.date)
  const rawTime = `${passing.date} ${passing.time}`
  return {
    kind: 'chip',
    identity: streamIdentity({
      device: box,
      streamId: streamOf(passing),
      streamLocation: '',
      sequence: number,
    }),
    source: 'race-result',
    device: box,
    streamId: streamOf(passing),
    streamLocation: place.location,
    sequence: number,
    chip: chipKey(passing.chip),
    bibNumber: null,
    readAt: wall === null ? null : wallToInstant(wall, place.context.timezone),
    rawTime,
    timeProblem: wall === null ? `"${rawTime}" is not a time` : null,
    antenna: passing.antenna,
    rssi: passing.rssi,
    lap: null,
    raw: passing.raw,
  }
}
