import { createHash } from 'node:crypto'
import { instantToWall } from '../../core/time.ts'
import type { JournalRead } from '../../store/reads.ts'
import { type ReadContext, wholeNumber } from './protocol.ts'

export const TIME_FORMATS = ['normal', 'iso', 'unix', 'msecs'] as const
export type TimeFormat = (typeof TIME_FORMATS)[number]

/** The columns of a read that a CTP01 line says. */
export type Sayable = Pick<
  JournalRead,
  'kind' | 'source' | 'device' | 'chip' | 'bibNumber' | 'readAt' | 'rawTime' | 'antenna' | 'lap' | 'raw'
>

/** A read's fields as a tag line has them, within the vendor's limits. */
export interface SaidRead {
  readonly gun: boolean
  readonly tag: string
  readonly lap: string
  /** Six hex digits. */
  readonly readerId: string
  readonly gator: string
  /** Ms UTC. */
  readonly at: number
  /** As received, where it came by CTP01. */
  readonly rawTime: string | null
}

export type Saying =
  | { readonly kind: 'said'; readonly read: SaidRead }
  | { readonly kind: 'unsayable'; readonly reason: string }

/** Highest number of a read in its location; the field has six digits. */
const LAST_SEQUENCE = 999_999

const PLAIN_TEXT = /^[^,;~|\p{Cc}]+$/u

const unsayable = (reason: string): Saying => ({ kind: 'unsayable', reason })

/** Six hex digits for a device that is no ChronoTrack reader: the same ones for the same name. */
const readerIdOf = (device: string): string =>
  /^[0-9A-F]{6}$/i.test(device)
    ? device
    : createHash('sha1').update(device).digest('hex').slice(0, 6).toUpperCase()

/** A line of CT01_33 as it came, for what the journal keeps in another form: zeros before a chip's number. */
function fieldsAsReceived(read: Sayable): readonly string[] | null {
  const fields = read.source === 'ctp01' && read.raw.startsWith('CT01_33~') ? read.raw.split('~') : []
  return fields.length === 8 ? fields.map(field => field.trim()) : null
}

/** Why a location cannot be said; null if it can. */
function locationTrouble(location: string): string | null {
  if (location.length > 16) return 'its location has more than 16 characters'
  return PLAIN_TEXT.test(location) ? null : 'its location has a character that CTP01 keeps for itself'
}

/**
 * A read in CTP01's words (vendor PDF rev 8, field table), or why it has none. Its own reads are said as they came.
 * Of other makes: a device without a ChronoTrack id gets six digits made of its name; an antenna that is no number up
 * to 99, and a lap count beyond 999, are said as 0, which the vendor uses for "none".
 */
export function sayInCtp01(read: Sayable, location: string, sequence: number): Saying {
  const where = locationTrouble(location)
  if (where !== null) return unsayable(where)
  if (sequence > LAST_SEQUENCE) return unsayable('there are more than 999,999 reads at its location')
  if (read.readAt === null) return unsayable('its time cannot be read')
  const received = fieldsAsReceived(read)
  const [, , , rawTag, rawTime = null] = received ?? []
  const gun = read.kind === 'gun'
  const tag = gun ? 'guntime' : read.kind === 'manual' ? (read.bibNumber ?? '') : (rawTag ?? read.chip ?? '')
  if (tag === '') return unsayable(read.kind === 'manual' ? 'it has no bib' : 'it has no chip')
  if (tag.length > 8)
    return unsayable(`its ${read.kind === 'manual' ? 'bib' : 'chip'} has more than 8 characters`)
  if (!PLAIN_TEXT.test(tag)) return unsayable('its chip has a character that CTP01 keeps for itself')
  // A chip of that number would be taken for a gun.
  if (!gun && /^(guntime|newlocation)$/i.test(tag)) return unsayable('its chip is a word of CTP01')
  const antenna = wholeNumber(read.antenna ?? '') ?? 0
  const lap = read.lap ?? 0
  return {
    kind: 'said',
    read: {
      gun,
      tag,
      lap: String(lap <= 999 ? lap : 0),
      readerId: readerIdOf(received?.[6] ?? read.device),
      gator: String(antenna <= 99 ? antenna : 0),
      at: read.readAt,
      rawTime,
    },
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `hh:mm:ss.hh` since midnight of the session's day. Hours pass 24 (vendor); a time before that day is a time of day. */
function normalTime(wall: number, date: string): string {
  const midnight = Date.parse(`${date}T00:00:00Z`)
  const since = Number.isNaN(midnight) || wall < midnight ? wall % 86_400_000 : wall - midnight
  const hundredths = Math.floor((since < 1000 * 3_600_000 ? since : wall % 86_400_000) / 10)
  const seconds = Math.floor(hundredths / 100)
  const hours = Math.floor(seconds / 3600)
  return `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d$/

/** A moment in the time format that was asked for: the site's wall clock, cut to hundredths. */
export function timeInCtp01(
  at: number,
  rawTime: string | null,
  format: TimeFormat,
  { timezone, date }: ReadContext,
): string {
  // No clock change in between: the text that came is the text that goes.
  if (format === 'iso' && rawTime !== null && ISO.test(rawTime)) return rawTime
  const wall = instantToWall(at, timezone)
  switch (format) {
    case 'iso':
      return new Date(wall).toISOString().slice(0, 22)
    case 'normal':
      return normalTime(wall, date)
    case 'unix': {
      const hundredths = Math.floor(wall / 10)
      return `${Math.floor(hundredths / 100)}.${two(hundredths % 100)}`
    }
    case 'msecs':
      return String((Math.floor(wall / 10) * 10) % 86_400_000)
  }
}

/** `format~seq~location~tag~time~lap~readerId~gator`, ended. */
export const tagLine = (
  sequence: number,
  location: string,
  read: SaidRead,
  format: TimeFormat,
  context: ReadContext,
): string =>
  `CT01_33~${sequence}~${location}~${read.tag}~${timeInCtp01(read.at, read.rawTime, format, context)}~${read.lap}~${read.readerId}~${read.gator}\r\n`
