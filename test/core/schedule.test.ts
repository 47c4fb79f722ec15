import { describe, expect, test } from 'vitest'
import { intervalAt, nextRunAt } from '../../src/core/schedule.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const start = Date.parse('2026-05-09T12:00:00Z')

describe('the schedule by the event’s start', () => {
  test.each([
    ['more than a day before', -25 * HOUR, 4 * HOUR],
    ['a day before', -24 * HOUR, 15 * MINUTE],
    ['five hours before', -5 * HOUR, 15 * MINUTE],
    ['four hours before', -4 * HOUR, MINUTE],
    ['at the gun', 0, MINUTE],
    ['an hour after', HOUR, MINUTE],
    ['later', HOUR + 1, null],
  ])('%s', (_, from, wait) => {
    expect(intervalAt(start, start + from)).toBe(wait)
  })

  test('an event nobody knows the start of is looked at every four hours', () => {
    expect(intervalAt(null, start)).toBe(4 * HOUR)
  })

  test('a long wait ends where a shorter one begins', () => {
    const last = start - 25 * HOUR
    expect(nextRunAt({ mode: 'event' }, [start], last, last)).toBe(start - 24 * HOUR)
  })

  test('keeps 539 or more of the 540 minutes of a race morning when each run is at its time', () => {
    let last = start - 8 * HOUR
    let runs = 0
    for (;;) {
      const next = nextRunAt({ mode: 'event' }, [start], last, last)
      if (next === null) break
      runs += 1
      last = next
    }
    // 4 h at 15 min, then 5 h at 1 min.
    expect(runs).toBeGreaterThanOrEqual(16 + 300)
    expect(last).toBe(start + HOUR + MINUTE)
  })

  test('follows the event that is due first, and leaves out those that are over', () => {
    const now = start + 2 * HOUR
    expect(nextRunAt({ mode: 'event' }, [start, start + 30 * HOUR], now - HOUR, now)).toBe(now + 3 * HOUR)
    expect(nextRunAt({ mode: 'event' }, [start], now - HOUR, now)).toBeNull()
  })

  test('every N minutes goes on whatever the start', () => {
    expect(nextRunAt({ mode: 'interval', intervalMinutes: 5 }, [start], start, start + 9 * HOUR)).toBe(
      start + 5 * MINUTE,
    )
  })
})
