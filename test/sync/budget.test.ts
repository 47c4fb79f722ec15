import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAppError } from '../../src/core/errors.ts'
import type { Store } from '../../src/store/store.ts'
import { createBudget } from '../../src/sync/budget.ts'
import { createTestClock } from '../support/world.ts'
import { memoryStore } from './memory-store.ts'

const HOUR = 3_600_000
const limit = { calls: 100, perMs: HOUR }
const clock = createTestClock(Date.parse('2026-05-09T12:00:00Z'))
let store: Store
beforeEach(() => {
  store = memoryStore(clock)
})
afterEach(() => store.close())

/** Ms to wait, or 0 when the call was allowed. */
const waitOf = (work: () => void): number => {
  try {
    work()
    return 0
  } catch (error) {
    if (!isAppError(error) || error.code !== 'provider.throttled') throw error
    return error.retryAfterMs ?? 0
  }
}

describe('an account’s calls', () => {
  test('are never more in an hour than allowed, wherever the hour begins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ after: fc.integer({ min: 0, max: 40 * 60_000 }), calls: fc.nat(80) }), {
          maxLength: 60,
        }),
        bursts => {
          const budget = createBudget({ store, clock })
          const account = `a${Math.random()}`
          const made: number[] = []
          for (const { after, calls } of bursts) {
            clock.set(clock() + after)
            for (let call = 0; call < calls; call++)
              if (waitOf(() => budget.spend(account, limit, false)) === 0) made.push(clock())
          }
          for (const from of made)
            expect(made.filter(at => at >= from && at < from + HOUR).length).toBeLessThanOrEqual(100)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('come back when their hour is over, and the wait that is said is long enough', () => {
    const budget = createBudget({ store, clock })
    for (let call = 0; call < 100; call++) budget.spend('a', limit, false)
    const wait = waitOf(() => budget.spend('a', limit, false))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(HOUR + 60_000)
    clock.set(clock() + wait)
    expect(waitOf(() => budget.spend('a', limit, false))).toBe(0)
  })

  test('count on over a restart', () => {
    const before = createBudget({ store, clock })
    for (let call = 0; call < 100; call++) before.spend('a', limit, false)
    before.flush()
    expect(waitOf(() => createBudget({ store, clock }).spend('a', limit, false))).toBeGreaterThan(0)
  })

  test('are forgotten by a crash for a hundredth of the limit at most, or for twenty', () => {
    for (const [calls, forgotten] of [
      [100, 20],
      [10_000, 100],
    ] as const) {
      const many = { calls, perMs: HOUR }
      const before = createBudget({ store, clock })
      for (let call = 0; call < calls - 1; call++) before.spend(`of ${calls}`, many, false)
      const { left } = createBudget({ store, clock }).left(`of ${calls}`, many)
      expect(left - 1).toBeLessThan(forgotten)
    }
  })

  test('keep a quarter for a race that is near', () => {
    const budget = createBudget({ store, clock })
    budget.keepFor(new Set(['a']))
    for (let call = 0; call < 75; call++) budget.spend('a', limit, false)
    expect(waitOf(() => budget.spend('a', limit, false))).toBeGreaterThan(0)
    for (let call = 0; call < 25; call++) budget.spend('a', limit, true)
    expect(waitOf(() => budget.spend('a', limit, true))).toBeGreaterThan(0)
  })

  test('rest as long as the provider says, and are fewer when it refuses without a time, until it takes them again', () => {
    const budget = createBudget({ store, clock })
    for (let call = 0; call < 50; call++) budget.spend('a', limit, false)
    expect(budget.refused('a', limit, 5000)).toBe(5000)
    expect(waitOf(() => budget.spend('a', limit, false))).toBe(5000)
    clock.set(clock() + 5000)
    // So short a wait says too fast, not too much.
    expect(budget.left('a', limit)).toMatchObject({ of: 100, left: 50 })
    expect(budget.refused('a', limit, null)).toBe(60_000)
    clock.set(clock() + 60_000)
    expect(budget.left('a', limit).of).toBe(45)
    expect(budget.refused('a', limit, null)).toBeGreaterThan(60_000)
    clock.set(clock() + 12 * HOUR)
    expect(budget.left('a', limit).of).toBe(100)
  })
})
