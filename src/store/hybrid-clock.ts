import type { Clock } from '../core/runtime.ts'

/** Moments that order writes of several laptops: never equal, never going back, close to wall time. */
export interface HybridClock {
  /** Sorts as text: ms (15 digits), counter (5 digits), laptop. */
  next(): string
  /**
   * Another laptop's moment was seen: what is written here from now on is later. One that is further ahead of this
   * laptop's clock than `MOST_AHEAD` is not followed, or a laptop a year off would take all others with it.
   * @returns whether it was followed
   */
  saw(moment: string): boolean
  /** Goes back to a moment after a transaction that did not commit. */
  reset(last: string | null): void
  readonly last: string | null
}

/** A laptop whose clock is wrong by a time zone or by daylight saving is followed; one that is a day off is not. */
export const MOST_AHEAD = 24 * 60 * 60_000

const COUNTED = 99_999
const LAPTOP_AT = 22

/** Who wrote at that moment. */
export const laptopOf = (clock: string): string => clock.slice(LAPTOP_AT)

/** Ms UTC of a moment. */
export const wallOf = (clock: string): number => Number(clock.slice(0, 15))

/** Of what nobody decided, a place guessed from its name: whatever a laptop says of it is later. */
export const lowestClock = (laptopId: string): string => clockText(0, 0, laptopId)

/**
 * The first moment of a laptop after one that is ahead of its clock: what is decided over a row is later than the row,
 * however wrong the clock was that wrote it.
 */
export function momentAfter(clock: string, laptopId: string): string {
  const count = countOf(clock)
  return count < COUNTED
    ? clockText(wallOf(clock), count + 1, laptopId)
    : clockText(wallOf(clock) + 1, 0, laptopId)
}

const clockText = (wall: number, count: number, laptopId: string): string =>
  `${String(wall).padStart(15, '0')}-${String(count).padStart(5, '0')}-${laptopId}`

const countOf = (clock: string): number => Number(clock.slice(16, 21))

/** @param last the last moment this laptop gave out or saw, so that a wall clock jumping back does no harm */
export function createHybridClock(clock: Clock, laptopId: string, last: string | null): HybridClock {
  let text = last
  let wall = last === null ? 0 : wallOf(last)
  let count = last === null ? 0 : countOf(last)
  const set = (moment: string | null): void => {
    text = moment
    wall = moment === null ? 0 : wallOf(moment)
    count = moment === null ? 0 : countOf(moment)
  }
  return {
    next() {
      const now = Math.floor(clock())
      if (now > wall) {
        wall = now
        count = 0
      } else if (count < COUNTED) count += 1
      else {
        wall += 1
        count = 0
      }
      text = clockText(wall, count, laptopId)
      return text
    },
    saw(moment) {
      if (text !== null && moment <= text) return true
      if (wallOf(moment) - clock() > MOST_AHEAD) return false
      set(moment)
      return true
    },
    reset: set,
    get last() {
      return text
    },
  }
}
