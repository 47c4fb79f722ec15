import { laptopOf } from './hybrid-clock.ts'

export interface ClockedRow {
  readonly clock: string
  readonly seenClock: string | null
}

const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one)

/** What a laptop that changes this row has seen of others' words: the row itself where it is another's. */
export const seenBy = (row: ClockedRow, laptopId: string): string | null =>
  laptopOf(row.clock) === laptopId ? row.seenClock : later(row.clock, row.seenClock)

/** Whether two versions of a row were made by two laptops of which neither had seen the other's. */
export function wereApart(one: ClockedRow, other: ClockedRow): boolean {
  if (laptopOf(one.clock) === laptopOf(other.clock)) return false
  const knew = (row: ClockedRow, of: ClockedRow): boolean =>
    row.seenClock !== null && row.seenClock >= of.clock
  return !knew(one, other) && !knew(other, one)
}
