import type { Clock } from '../core/runtime.ts'

/** Moments that order writes of several laptops: never equal, never going back, close to wall time. */
export interface HybridClock {
  /** Sorts as text: ms (15 digits), counter (5 digits), laptop. */
  next(): string
  readonly last: string | null
}

/** @param last the last moment this laptop gave out, so that a wall clock jumping back does no harm */
export function createHybridClock(clock: Clock, laptopId: string, last: string | null): HybridClock {
  let wall = 0
  let count = 0
  let text = last
  if (last !== null) {
    const [ms = '0', counter = '0'] = last.split('-')
    wall = Number(ms)
    count = Number(counter)
  }
  return {
    next() {
      const now = Math.floor(clock())
      if (now > wall) {
        wall = now
        count = 0
      } else count += 1
      text = `${String(wall).padStart(15, '0')}-${String(count).padStart(5, '0')}-${laptopId}`
      return text
    },
    get last() {
      return text
    },
  }
}
