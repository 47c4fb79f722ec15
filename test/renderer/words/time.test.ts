import { describe, expect, test } from 'vitest'
import {
  clockExact,
  duration,
  inFuture,
  laptopZone,
  moment,
  raceTime,
} from '../../../src/renderer/words/time.ts'

const AT = Date.UTC(2026, 10, 23, 13, 12, 9, 318)

describe('times on the screens', () => {
  test('a read is said to the hundredth in the zone of the site', () => {
    expect(clockExact(AT, 'America/New_York')).toBe('08:12:09.31')
  })
  test('a zone that is none falls back to the laptop’s own', () => {
    expect(clockExact(AT, 'Nowhere/Land')).toBe(clockExact(AT, laptopZone()))
  })
  test('another day is said with its date', () => {
    expect(moment(AT, 'UTC', AT + 1000)).toBe('13:12')
    expect(moment(AT, 'UTC', AT + 86_400_000)).toBe('23 Nov 13:12')
  })
  test('a race time has hours only when there are some, and a minus before the gun', () => {
    expect(raceTime(2_225_399)).toBe('37:05.3')
    expect(raceTime(3_600_000)).toBe('1:00:00.0')
    expect(raceTime(-3400)).toBe('−0:03.4')
  })
  test('a length of time is said in the unit that fits', () => {
    expect([200, 14_000, 180_000, 7_500_000].map(duration)).toEqual(['0.2 s', '14 s', '3 min', '2 h 05 min'])
  })
  test('what is late is due now', () => {
    expect(inFuture(AT - 1, AT)).toBe('due now')
    expect(inFuture(AT + 22_000, AT)).toBe('in 22 s')
  })
})
