import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  arrive,
  emptyPace,
  NEWEST_WITHIN_MS,
  nextDueAt,
  type Pace,
  READABLE_MS,
  SHORTEST_MS,
  turn,
} from '../../src/core/pacing.ts'

interface Shown {
  readonly item: number
  readonly at: number
}

/** Lets a display run: arrivals at their times, each turn when it is due, until nobody waits. */
function run(arrivals: readonly { readonly after: number; readonly people: number }[]) {
  let pace: Pace<number> = emptyPace()
  let now = 0
  let next = 0
  let over = 0
  let lastArrival = 0
  const shown: Shown[] = []
  const turnUntil = (end: number): void => {
    for (let due = nextDueAt(pace); due !== null && due <= end; due = nextDueAt(pace)) {
      now = Math.max(now, due)
      const before = pace
      pace = turn(pace, now)
      if (pace === before) throw new Error('due, and not turned')
      if (pace.current !== null) shown.push({ item: pace.current, at: now })
    }
  }
  for (const { after, people } of arrivals) {
    turnUntil(now + after)
    now = lastArrival = Math.max(now, lastArrival + after)
    const waiting = pace.waiting.length + people
    pace = arrive(
      pace,
      Array.from({ length: people }, () => next++),
      now,
    )
    over += waiting - pace.waiting.length
    turnUntil(now)
  }
  turnUntil(Number.POSITIVE_INFINITY)
  return { shown, over, taken: next, lastArrival, pace }
}

const arrivals = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 20_000 }), people: fc.integer({ min: 1, max: 60 }) }),
  { minLength: 1, maxLength: 40 },
)

describe('runners on a display', () => {
  test('nobody is lost: each is shown or counted, in the order they came', () => {
    fc.assert(
      fc.property(arrivals, given => {
        const { shown, over, taken } = run(given)
        expect(shown.length + over).toBe(taken)
        const order = shown.map(({ item }) => item)
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b))
      }),
    )
  })

  test('the newest is never dropped and stands there within the time promised', () => {
    fc.assert(
      fc.property(arrivals, given => {
        const { shown, taken, lastArrival } = run(given)
        const last = shown.at(-1)
        expect(last?.item).toBe(taken - 1)
        expect((last?.at ?? 0) - lastArrival).toBeLessThanOrEqual(NEWEST_WITHIN_MS + SHORTEST_MS)
      }),
    )
  })

  test('each stands long enough to be seen, and to be read while few wait', () => {
    fc.assert(
      fc.property(arrivals, given => {
        const { shown } = run(given)
        for (const [index, { at }] of shown.entries()) {
          const before = shown[index - 1]
          if (before) expect(at - before.at).toBeGreaterThanOrEqual(SHORTEST_MS)
        }
      }),
    )
    const { shown } = run([{ after: 0, people: 3 }])
    expect(shown.map(({ at }) => at)).toEqual([0, READABLE_MS, 2 * READABLE_MS])
  })

  test('says how many it passed over, until the rush is over', () => {
    const most = Math.floor(NEWEST_WITHIN_MS / SHORTEST_MS)
    let pace = arrive(
      emptyPace<number>(),
      Array.from({ length: most + 12 }, (_, index) => index),
      0,
    )
    expect(pace.passedOver).toBe(12)
    let now = 0
    for (let due = nextDueAt(pace); due !== null; due = nextDueAt(pace)) {
      now = Math.max(now, due)
      pace = turn(pace, now)
    }
    expect(pace.passedOver).toBe(12)
    pace = arrive(pace, [99], now + READABLE_MS)
    expect(pace.passedOver).toBe(0)
  })
})
