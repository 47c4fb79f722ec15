import { expect, test } from 'vitest'
import {
  momentTyped,
  rangeOf,
  stretchesOf,
  ticksOf,
  typedMoment,
} from '../../../src/renderer/words/places.ts'

const ZONE = 'America/New_York'
const EIGHT = Date.UTC(2026, 4, 9, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const span = (locationId: string, fromAt: number | null, toAt: number | null) => ({
  ...{ id: `${locationId} ${fromAt}`, locationId, fromAt, toAt },
})
const words = (spans: Parameters<typeof stretchesOf>[0]) =>
  stretchesOf(spans, 0, 100).map(({ from, to, span: held }) => [from, to, held?.locationId ?? null])

test('a box without a span is by its own word all day', () => {
  expect(words([])).toEqual([[0, 100, null]])
})

test('of spans that overlap the one that began last holds, and the earlier one goes on behind it', () => {
  expect(words([span('start', null, 60), span('finish', 20, 40)])).toEqual([
    [0, 20, 'start'],
    [20, 40, 'finish'],
    [40, 60, 'start'],
    [60, 100, null],
  ])
})

test('a span that reaches beyond what was read is cut, and one wholly outside is not there', () => {
  expect(words([span('start', -500, 30), span('finish', 200, null)])).toEqual([
    [0, 30, 'start'],
    [30, 100, null],
  ])
})

test('the day of the boxes is from the first read of any to the last of any', () => {
  const box = { device: 'A', reads: 1, named: [], spans: [], bins: [], turns: [] }
  expect(rangeOf([{ ...box, firstAt: null, lastAt: null }], 5)).toBeNull()
  expect(
    rangeOf(
      [
        { ...box, firstAt: 50, lastAt: 60 },
        { ...box, firstAt: 20, lastAt: 55 },
      ],
      5,
    ),
  ).toEqual({ from: 15, to: 65 })
})

test('ticks are round times of the site’s clock and never more than asked for', () => {
  expect(ticksOf(EIGHT + MINUTE, EIGHT + 4 * HOUR, ZONE, 5)).toEqual([1, 2, 3, 4].map(n => EIGHT + n * HOUR))
  expect(ticksOf(EIGHT, EIGHT + 20 * MINUTE, ZONE, 5)).toEqual(
    [0, 1, 2, 3, 4].map(n => EIGHT + n * 5 * MINUTE),
  )
})

test('what is typed for a moment is of the day meant, or of the day before it, and reads back as it was', () => {
  expect(momentTyped('8:00', '2026-05-09', ZONE)).toBe(EIGHT)
  expect(momentTyped('08:00:02,5', '2026-05-09', ZONE)).toBe(EIGHT + 2500)
  expect(momentTyped('2026-05-10 08:00', '2026-05-09', ZONE)).toBe(EIGHT + 24 * HOUR)
  expect(momentTyped('eight', '2026-05-09', ZONE)).toBeNull()
  for (const at of [EIGHT, EIGHT + 45, EIGHT + 24 * HOUR])
    expect(momentTyped(typedMoment(at, '2026-05-09', ZONE), '2026-05-09', ZONE)).toBe(at)
})
