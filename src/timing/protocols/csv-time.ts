import { parseTimeOfDay, parseWall } from '../../core/time.ts'

/** A moment, or the site's wall clock in ms as if it were UTC. */
export type CsvTime =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'wall'; readonly wall: number }

const CLOCK = /^(\d{1,3}:\d\d:\d\d)(?:[.,](\d{1,6}))?(?:\s*([ap])\.?m\.?)?$/i
const ZONED = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?\s*(Z|[+-]\d\d:?\d\d)$/i

const thousandths = (fraction: string | undefined): string => (fraction ?? '0').slice(0, 3).padEnd(3, '0')

/** `8:01:02.5 PM` in ms since midnight; null if it is no time of day with seconds. */
function clockOf(text: string): number | null {
  const [, time = '', fraction, half] = CLOCK.exec(text) ?? []
  const clock = parseTimeOfDay(`${time}.${thousandths(fraction)}`)
  if (clock === null || half === undefined) return clock
  const hour = Math.floor(clock / 3_600_000)
  if (hour < 1 || hour > 12) return null
  return clock + ((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0) - hour) * 3_600_000
}

/** YYYY-MM-DD of `2021-05-08`, `2021/05/08`, `5/8/2021` (month first unless said) or `8.5.2021` (day first); null else. */
function dateOf(text: string, dayFirst: boolean): string | null {
  const year = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text)
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text)
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text)
  const parts = year
    ? [year[1], year[2], year[3]]
    : slashed
      ? [slashed[3], ...(dayFirst ? [slashed[2], slashed[1]] : [slashed[1], slashed[2]])]
      : dotted && [dotted[3], dotted[2], dotted[1]]
  return parts ? parts.map(part => (part ?? '').padStart(2, '0')).join('-') : null
}

/**
 * A time cell with its date: in it, in a cell of its own, else the session's day. Unix seconds (10 digits) and
 * milliseconds (13) and times with a zone are moments; all else is the site's clock.
 * @param dayFirst whether 5/8/2021 is the 5th of August
 */
export function readCsvTime(
  cell: string,
  dateCell: string | null,
  day: string,
  dayFirst = false,
): CsvTime | null {
  const text = cell.trim()
  const unix = /^(\d{10})(?:[.,](\d{1,6}))?$/.exec(text)
  if (unix) return { kind: 'moment', at: Number(unix[1]) * 1000 + Number(thousandths(unix[2])) }
  if (/^\d{13}$/.test(text)) return { kind: 'moment', at: Number(text) }
  const zoned = ZONED.exec(text)
  if (zoned) {
    const [, date, time, fraction, zone = ''] = zoned
    const at = Date.parse(
      `${date}T${time}.${thousandths(fraction)}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`,
    )
    return Number.isNaN(at) ? null : { kind: 'moment', at }
  }
  const [, own, clockText = text] = /^(\S*[-/.]\S*?)[T ]\s*(\d.*)$/.exec(text) ?? []
  // A spreadsheet gives a date its midnight.
  const [dateText] = (own ?? dateCell ?? '').trim().split(/[ T]/)
  const date = dateText ? dateOf(dateText, dayFirst) : day
  const midnight = date === null ? null : parseWall(`${date}T00:00:00`)
  const clock = clockOf(clockText)
  return midnight === null || clock === null ? null : { kind: 'wall', wall: midnight + clock }
}
