import type { RateBudget, WatchedConnection } from '../../api/monitoring.ts'
import { count, counted, percent } from './numbers.ts'
import type { Tone } from './said.ts'
import { duration, inFuture, moment } from './time.ts'

type Counts = Pick<WatchedConnection, 'total' | 'successful' | 'failed' | 'manual'>

const HOUR = 3_600_000

/** What neither went well nor failed: held, stopped, or not over. */
export const otherSyncs = ({ total, successful, failed }: Counts): number => total - successful - failed

/** "96 syncs: 90 good, 3 failed, 3 held, stopped or not over". */
export function syncsInWords(counts: Counts): string {
  if (counts.total === 0) return 'no sync'
  const other = otherSyncs(counts)
  const parts = [
    `${count(counts.successful)} good`,
    `${count(counts.failed)} failed`,
    ...(other > 0 ? [`${count(other)} held, stopped or not over`] : []),
  ]
  return `${counted(counts.total, 'sync')}: ${parts.join(', ')}`
}

/** "4 by hand, 4 %". */
export const byHandInWords = ({ total, manual }: Counts): string =>
  total === 0 ? 'none by hand' : `${count(manual)} by hand, ${percent(manual / total)}`

export const sumOf = (all: readonly Counts[]): Counts =>
  all.reduce<Counts>(
    (sum, one) => ({
      total: sum.total + one.total,
      successful: sum.successful + one.successful,
      failed: sum.failed + one.failed,
      manual: sum.manual + one.manual,
    }),
    { total: 0, successful: 0, failed: 0, manual: 0 },
  )

/** Each hour over all connections; the last ends at the moment they were counted. */
export const hoursOf = (connections: readonly WatchedConnection[]): readonly Counts[] =>
  Array.from({ length: 24 }, (_, hour) =>
    sumOf(connections.flatMap(connection => connection.hours[hour] ?? [])),
  )

/** "07:12 to 08:12", an hour of the 24 that end then. */
export const hourInWords = (hour: number, zone: string, at: number): string =>
  `${moment(at - (24 - hour) * HOUR, zone, at)} to ${moment(at - (23 - hour) * HOUR, zone, at)}`

/** A picture's words. */
export function hoursInWords(hours: readonly Counts[], zone: string, at: number): string {
  const all = sumOf(hours)
  const most = hours.reduce((best, one, place) => (one.total > (hours[best]?.total ?? 0) ? place : best), 0)
  const peak = hours[most]?.total ?? 0
  return peak === 0
    ? 'No sync in 24 hours'
    : `${syncsInWords(all)} in 24 hours; most from ${hourInWords(most, zone, at)}: ${count(peak)}`
}

/** "611 of 1,000 calls an hour left", and how urgent that is. */
export function budgetInWords(
  { left, of, perMs, heldUntil }: RateBudget,
  now: number,
): { readonly tone: Tone; readonly words: string } {
  if (heldUntil !== null && heldUntil > now)
    return { tone: 'warn', words: `asked for patience, goes on ${inFuture(heldUntil, now)}` }
  const period = perMs === HOUR ? 'an hour' : `in ${duration(perMs)}`
  return {
    tone: left < of * 0.1 ? 'warn' : 'plain',
    words: `${count(left)} of ${count(of)} calls ${period} left`,
  }
}

/** "12 / 18 / 40 ms". */
export const latencyInWords = (latency: {
  readonly minMs: number
  readonly averageMs: number
  readonly maxMs: number
}): string =>
  `${[latency.minMs, latency.averageMs, latency.maxMs].map(ms => count(Math.round(ms))).join(' / ')} ms`

/** "23 of 1,203, 2 %"; "none" of none. */
export const unknownInWords = (unknown: number, reads: number): string =>
  unknown === 0 ? 'none' : `${count(unknown)} of ${count(reads)}, ${percent(unknown / Math.max(1, reads))}`
