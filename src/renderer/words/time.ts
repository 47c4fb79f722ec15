const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Where no race day says another. Screens get theirs from useZone. */
export const laptopZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** "New York" of America/New_York. */
export const placeOf = (zone: string): string => zone.replace(/^.*\//, '').replaceAll('_', ' ')

/** A formatter of the zone's wall clock; the laptop's own zone where the name is none. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  const options = {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hourCycle: 'h23',
  } as const
  let made: Intl.DateTimeFormat
  try {
    made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  } catch {
    made = new Intl.DateTimeFormat('en-GB', options)
  }
  clocks.set(zone, made)
  return made
}

function partsAt(at: number, zone: string): { readonly day: string; readonly clock: string } {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map(part => [part.type, part.value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    clock: `${part('hour')}:${part('minute')}:${part('second')}`,
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** hh:mm:ss in the zone. */
export const clock = (at: number, zone: string): string => partsAt(at, zone).clock

/** hh:mm:ss.hh in the zone. */
export const clockExact = (at: number, zone: string): string =>
  `${clock(at, zone)}.${two(Math.floor((((at % SECOND) + SECOND) % SECOND) / 10))}`

/** YYYY-MM-DD in the zone. */
export const dayOf = (at: number, zone: string): string => partsAt(at, zone).day

/** hh:mm, with the day before it unless it is today. */
export function moment(at: number, zone: string, now: number = Date.now()): string {
  const { day, clock: time } = partsAt(at, zone)
  const short = time.slice(0, 5)
  return day === partsAt(now, zone).day ? short : `${dayInWords(day)} ${short}`
}

/** hh:mm:ss, with the day before it unless it is today. */
export function momentExact(at: number, zone: string, now: number = Date.now()): string {
  const { day, clock: time } = partsAt(at, zone)
  return day === partsAt(now, zone).day ? time : `${dayInWords(day)} ${time}`
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
/** "23 Nov" of YYYY-MM-DD. */
export function dayInWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? day : days.format(at)
}

/** h:mm:ss.t or m:ss.t since a gun; a read before it has a minus. */
export function raceTime(ms: number): string {
  const tenths = Math.floor(Math.abs(ms) / 100)
  const hours = Math.floor(tenths / 36_000)
  const minutes = Math.floor(tenths / 600) % 60
  const seconds = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`
  const text = hours > 0 ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`
  return ms < 0 ? `−${text}` : text
}

/** "0.2 s", "14 s", "3 min", "2 h 05 min". */
export function duration(ms: number): string {
  const length = Math.max(0, ms)
  if (length < 10 * SECOND) return `${(length / SECOND).toFixed(1)} s`
  if (length < 2 * MINUTE) return `${Math.round(length / SECOND)} s`
  if (length < HOUR) return `${Math.round(length / MINUTE)} min`
  if (length < 48 * HOUR) return `${Math.floor(length / HOUR)} h ${two(Math.floor(length / MINUTE) % 60)} min`
  return `${Math.round(length / (24 * HOUR))} days`
}

export const ago = (at: number, now: number): string => `${duration(now - at)} ago`

/** "in 22 s"; "due now" when it is. */
export const inFuture = (at: number, now: number): string =>
  at <= now ? 'due now' : `in ${duration(at - now)}`
