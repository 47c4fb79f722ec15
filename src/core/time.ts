import { Temporal } from 'temporal-polyfill'

/** A moment, or why the text is none. */
export type TimeReading =
  | { readonly at: number; readonly problem: null }
  | { readonly at: null; readonly problem: string }

const unreadable = (problem: string): TimeReading => ({ at: null, problem })

/** Whether this runtime knows the IANA zone. */
export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Now.instant().toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

// One box writes thousands of times of one day: the offset is asked for once an hour of wall time.
const offsets = new Map<string, Map<number, number>>()

/**
 * The zone's offset in ms at a wall-clock hour given as if it were UTC.
 * A wall time that a clock change skips or doubles is read with the earlier offset ("compatible").
 */
function offsetAt(wall: number, zone: string): number {
  const quarter = Math.floor(wall / 900_000)
  const ofZone = offsets.get(zone) ?? new Map<number, number>()
  const known = ofZone.get(quarter)
  if (known !== undefined) return known
  const plain = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
  const offset = wall - plain.toZonedDateTime(zone).epochMilliseconds
  if (ofZone.size > 5000) ofZone.clear()
  offsets.set(zone, ofZone.set(quarter, offset))
  return offset
}

/** A wall-clock time of the site, given in ms as if it were UTC, as a moment. */
export const wallToInstant = (wall: number, zone: string): number => wall - offsetAt(wall, zone)

/** The site's wall clock at a moment, in ms as if it were UTC. */
export function instantToWall(at: number, zone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return at + zoned.offsetNanoseconds / 1e6
}

/** YYYY-MM-DD at the site. */
export const dateAt = (at: number, zone: string): string =>
  new Date(instantToWall(at, zone)).toISOString().slice(0, 10)

const MINUTE = /^(\d{4})-(\d\d)-(\d\d)[T ](\d{1,3}):(\d\d)$/
const SECONDS = /^(\d\d)(?:\.(\d{1,3}))?$/

/** `YYYY-MM-DDThh:mm` as ms as if it were UTC, or null. */
function parseMinute(text: string): number | null {
  const match = MINUTE.exec(text)
  if (!match) return null
  const [, year, month, day, hour, minute] = match
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (new Date(date).getUTCDate() !== Number(day) || Number(month) > 12) return null
  return Number(minute) > 59 ? null : date + clockMs(Number(hour), Number(minute), 0, '0')
}

// And hundreds of times of one minute: what comes before the seconds is read once.
let lastMinute: { readonly text: string; readonly wall: number | null } = { text: '', wall: null }

/** `YYYY-MM-DDThh:mm:ss.hh` as ms as if it were UTC; hours may pass 24, as CTP01 allows. Null if it is no such time. */
export function parseWall(text: string): number | null {
  const cut = text.lastIndexOf(':')
  const minute = text.slice(0, Math.max(0, cut))
  if (minute !== lastMinute.text) lastMinute = { text: minute, wall: parseMinute(minute) }
  const match = lastMinute.wall === null ? null : SECONDS.exec(text.slice(cut + 1))
  if (lastMinute.wall === null || match === null) return null
  const [, second, fraction = '0'] = match
  return Number(second) > 60 ? null : lastMinute.wall + clockMs(0, 0, Number(second), fraction)
}

const CLOCK = /^(\d{1,3}):(\d\d):(\d\d)(?:\.(\d{1,3}))?$/

/** `hh:mm:ss.hh` as ms since midnight; hours may pass 24. Null if it is no such time. */
export function parseTimeOfDay(text: string): number | null {
  const match = CLOCK.exec(text)
  if (!match) return null
  const [, hour, minute, second, fraction = '0'] = match
  if (Number(minute) > 59 || Number(second) > 60) return null
  return clockMs(Number(hour), Number(minute), Number(second), fraction)
}

function clockMs(hour: number, minute: number, second: number, fraction: string): number {
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0'))
}

/** A wall-clock text of the site as a moment. */
export function readWall(text: string, zone: string): TimeReading {
  const wall = parseWall(text)
  if (wall === null) return unreadable(`"${text}" is not a time`)
  return { at: wallToInstant(wall, zone), problem: null }
}

/** Whole years between a birth date and a day, both YYYY-MM-DD; null if either is no date or the day is earlier. */
export function ageOn(dateOfBirth: string, day: string): number | null {
  const birth = /^(\d{4})-(\d\d)-(\d\d)$/.exec(dateOfBirth)
  const on = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)
  if (!birth || !on) return null
  const years = Number(on[1]) - Number(birth[1])
  const before = `${on[2]}${on[3]}` < `${birth[2]}${birth[3]}`
  const age = before ? years - 1 : years
  return age >= 0 && age < 130 ? age : null
}
