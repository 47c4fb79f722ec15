import { laptopOf } from './hybrid-clock.ts'

export interface ClockedRow {
  readonly clock: string
  readonly seenClock: string | null
}

const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one)

/** What a laptop that changes this row has seen of others' words: the row itself where it is another's. */
export const seenBy = (row: ClockedRow, laptopId: string): string | null =>
  laptopOf(row.clock) === laptopId ? row.seenClock : later(row.clock, row.seenClock)
