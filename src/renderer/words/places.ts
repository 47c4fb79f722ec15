import type { Box, Span } from '../../api/places.ts'
import { parseWall, wallToInstant } from '../../core/time.ts'
import { clock, dayOf } from './time.ts'

/** A stretch of a box's day that one span holds, or none. Ms UTC; `to` is not in it. */
export interface Stretch {
  readonly from: number
  readonly to: number
  /** Null: what the box itself says of the place holds. */
  readonly span: Span | null
}

const covers = ({ fromAt, toAt }: Span, at: number): boolean =>
  (fromAt === null || fromAt <= at) && (toAt === null || at < toAt)

/** Who holds at a moment: of spans that overlap the one that began last. */
function holder(spans: readonly Span[], at: number): Span | null {
  const held = spans.filter(span => covers(span, at))
  return held.reduce<Span | null>(
    (last, span) =>
      last === null || (span.fromAt ?? Number.NEGATIVE_INFINITY) > (last.fromAt ?? Number.NEGATIVE_INFINITY)
        ? span
        : last,
    null,
  )
}

/** A box's day from one moment to another, cut where another span begins to hold. */
export function stretchesOf(spans: readonly Span[], from: number, to: number): readonly Stretch[] {
  const edges = spans.flatMap(({ fromAt, toAt }) => [fromAt, toAt])
  const cuts = [...new Set([from, ...edges.filter(at => at !== null), to])]
    .filter(at => at >= from && at <= to)
    .sort((a, b) => a - b)
  const stretches: Stretch[] = []
  for (const [index, begin] of cuts.entries()) {
    const end = cuts[index + 1]
    if (end === undefined) break
    const span = holder(spans, begin)
    const before = stretches.at(-1)
    if (before && before.span === span) stretches[stretches.length - 1] = { ...before, to: end }
    else stretches.push({ from: begin, to: end, span })
  }
  return stretches
}

/** From the first read of any box to the last, with a little air; null where nothing was read. */
export function rangeOf(boxes: readonly Box[], airMs: number): { from: number; to: number } | null {
  const times = boxes.flatMap(({ firstAt, lastAt }) =>
    firstAt === null || lastAt === null ? [] : [firstAt, lastAt],
  )
  if (times.length === 0) return null
  return { from: Math.min(...times) - airMs, to: Math.max(...times) + airMs }
}

const STEPS_MIN = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]

/** Round times of the site's clock between two moments, at most so many. */
export function ticksOf(from: number, to: number, zone: string, most: number): readonly number[] {
  const step = (STEPS_MIN.find(minutes => (to - from) / (minutes * 60_000) <= most) ?? 2880) * 60_000
  const midnight = wallToInstant(parseWall(`${dayOf(from, zone)}T00:00:00`) ?? 0, zone)
  const first = midnight + Math.ceil((from - midnight) / step) * step
  const ticks: number[] = []
  for (let at = first; at <= to; at += step) ticks.push(at)
  return ticks
}

/** What is typed into a field for a moment, to the ms where it has some; with the day only where it is another. */
export function typedMoment(at: number | null, day: string, zone: string): string {
  if (at === null) return ''
  const ms = at % 1000
  const time = `${clock(at, zone)}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`}`
  return dayOf(at, zone) === day ? time : `${dayOf(at, zone)} ${time}`
}

/** "08:00", "08:00:12.5" of the day, or with another day before it; null while it is neither. */
export function momentTyped(text: string, day: string, zone: string): number | null {
  const [, date = day, time = ''] = /^(?:(\d{4}-\d\d-\d\d)[ T])?\s*(.*)$/.exec(text.trim()) ?? []
  if (!/^\d{1,2}:\d\d(:\d\d([.,]\d{1,3})?)?$/.test(time)) return null
  const wall = parseWall(`${date}T${/:\d\d:/.test(time) ? time.replace(',', '.') : `${time}:00`}`)
  return wall === null ? null : wallToInstant(wall, zone)
}
