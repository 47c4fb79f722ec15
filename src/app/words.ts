const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** "14 s", "3 min", "2 h", "5 days". */
export function ageInWords(ms: number): string {
  const age = Math.max(0, ms)
  if (age < 2 * MINUTE) return `${Math.round(age / SECOND)} s`
  if (age < 2 * HOUR) return `${Math.round(age / MINUTE)} min`
  return age < 48 * HOUR ? `${Math.round(age / HOUR)} h` : `${Math.round(age / (24 * HOUR))} days`
}

/** How far a clock is off: tenths of a second while they matter. */
export const offInWords = (ms: number): string =>
  ms < MINUTE ? `${(ms / SECOND).toFixed(1)} s` : ageInWords(ms)

/** "3.2 GB". */
export const bytesInWords = (bytes: number): string =>
  bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`

const whole = new Intl.NumberFormat('en-US')

export const count = (value: number): string => whole.format(value)

/** "1 bib", "2 bibs". */
export const counted = (value: number, one: string, many: string = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`
