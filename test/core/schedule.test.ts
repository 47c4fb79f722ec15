import { describe, expect, test } from 'vitest'
import { intervalAt, nextResultsTurn, nextTurn } from '../../src/core/schedule.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const start = Date.parse('2026-05-09T12:00:00Z')
const byStart = { mode: 'event' } as const

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
    expect(nextTurn(byStart, null, start, start + HOUR)).toMatchObject({
      dueAt: start + 4 * HOUR,
      urgent: false,
    })
  })

  test('an event that never ran is due at once', () => {
    expect(nextTurn(byStart, start, null, start - HOUR)).toEqual({
      dueAt: start - HOUR,
      deadlineAt: start - HOUR + MINUTE,
      urgent: true,
    })
  })

  test('a long wait ends where a shorter one begins', () => {
    const last = start - 25 * HOUR
    expect(nextTurn(byStart, start, last, last)?.dueAt).toBe(start - 24 * HOUR)
  })

  test('keeps each minute of a race morning, however late within it each run begins', () => {
    let last = start - 8 * HOUR
    const minutes = new Set<number>()
    for (let run = 0; ; run++) {
      const turn = nextTurn(byStart, start, last, last)
      if (turn === null) break
      // Up to 50 s late: the run before it took its time.
      last = turn.dueAt + (run % 6) * 10_000
      if (last >= start - 4 * HOUR) minutes.add(Math.floor((last - start) / MINUTE))
    }
    expect(minutes.size).toBe(5 * 60 + 1)
  })

  test('an event that is over has no turn', () => {
    expect(nextTurn(byStart, start, start + HOUR, start + 2 * HOUR)).toBeNull()
  })

  test('every N minutes goes on whatever the start', () => {
    expect(nextTurn({ mode: 'interval', intervalMinutes: 5 }, start, start, start + 9 * HOUR)?.dueAt).toBe(
      start + 5 * MINUTE,
    )
  })
})

describe('the schedule of results', () => {
  const wait = (from: number): number | null => {
    const turn = nextResultsTurn(byStart, start, start + from, start + from)
    return turn === null ? null : turn.dueAt - (start + from)
  }

  test.each([
    ['before the start', -1, null],
    ['from the gun on', 0, 5 * MINUTE],
    ['twelve hours after', 12 * HOUR, 5 * MINUTE],
    ['the evening after', 13 * HOUR, 4 * HOUR],
    ['on the third day', 72 * HOUR, 4 * HOUR],
    ['later', 73 * HOUR, null],
  ])('%s', (_, from, expected) => {
    expect(wait(from)).toBe(expected)
  })

  test('is due at once where none were ever pulled, and never before its start is known', () => {
    expect(nextResultsTurn(byStart, start, null, start + HOUR)).toEqual({
      dueAt: start + HOUR,
      deadlineAt: start + HOUR + 5 * MINUTE,
      urgent: false,
    })
    expect(nextResultsTurn(byStart, null, null, start)).toBeNull()
  })

  test('is the connection’s own while the race is on', () => {
    const everyMinute = { mode: 'interval', intervalMinutes: 1 } as const
    expect(nextResultsTurn(everyMinute, start, start + HOUR, start + HOUR)?.dueAt).toBe(start + HOUR + MINUTE)
  })
})
