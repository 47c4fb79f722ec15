/** Parts that a date format may name. No zone: a wall-clock date is read and written as it stands. */
const TOKEN = /YYYY|MMM|MM|M|DD|D|HH|mm|ss/g

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const PATTERN: Readonly<Record<string, string>> = {
  YYYY: '(\\d{4})',
  MMM: '([A-Za-z]{3})[a-z]*\\.?',
  MM: '(\\d\\d)',
  M: '(\\d\\d?)',
  DD: '(\\d\\d)',
  D: '(\\d\\d?)',
  HH: '(\\d\\d?)',
  mm: '(\\d\\d)',
  ss: '(\\d\\d)',
}

/** A date, and a time of the day where there is one. */
interface WallDate {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const tokensOf = (format: string): readonly string[] => format.match(TOKEN) ?? []

/** Whether a format has a year, a month and a day, each once: only then can a date be read by it. */
export function readsDates(format: string): boolean {
  const tokens = tokensOf(format)
  const once = (...names: string[]): boolean => tokens.filter(token => names.includes(token)).length === 1
  return once('YYYY') && once('MMM', 'MM', 'M') && once('DD', 'D') && new Set(tokens).size === tokens.length
}

/** Whether a format writes anything of a date. */
export const writesDates = (format: string): boolean => tokensOf(format).length > 0

const patterns = new Map<string, RegExp>()

/** A format as a pattern: what is between its parts stands for itself, blanks for one or more. */
function patternOf(format: string): RegExp {
  const known = patterns.get(format)
  if (known) return known
  let source = ''
  let last = 0
  for (const match of format.matchAll(TOKEN)) {
    source += escaped(format.slice(last, match.index)) + (PATTERN[match[0]] ?? '')
    last = match.index + match[0].length
  }
  source += escaped(format.slice(last))
  const pattern = new RegExp(`^${source.replace(/\s+/g, '\\s+')}$`)
  if (patterns.size > 200) patterns.clear()
  patterns.set(format, pattern)
  return pattern
}

/** Null where the text is not of that format or no such day exists. */
export function readDate(text: string, format: string): WallDate | null {
  const match = patternOf(format).exec(text.trim())
  if (!match) return null
  const parts = new Map(tokensOf(format).map((token, index) => [token, match[index + 1] ?? '']))
  const number = (...names: string[]): number => {
    for (const name of names) if (parts.has(name)) return Number(parts.get(name))
    return 0
  }
  const named = parts.get('MMM')
  const wall: WallDate = {
    year: number('YYYY'),
    month: named === undefined ? number('MM', 'M') : MONTHS.indexOf(named.toLowerCase()) + 1,
    day: number('DD', 'D'),
    hour: number('HH'),
    minute: number('mm'),
    second: number('ss'),
  }
  return exists(wall) ? wall : null
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const exists = ({ year, month, day, hour, minute, second }: WallDate): boolean =>
  year > 0 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  day <= daysIn(year, month) &&
  hour < 24 &&
  minute < 60 &&
  second < 60

export function writeDate(wall: WallDate, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const month = MONTHS[wall.month - 1] ?? ''
  const written: Readonly<Record<string, string>> = {
    YYYY: String(wall.year).padStart(4, '0'),
    MMM: month.slice(0, 1).toUpperCase() + month.slice(1),
    MM: two(wall.month),
    M: String(wall.month),
    DD: two(wall.day),
    D: String(wall.day),
    HH: two(wall.hour),
    mm: two(wall.minute),
    ss: two(wall.second),
  }
  return format.replace(TOKEN, token => written[token] ?? token)
}
