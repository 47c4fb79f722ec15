import { expect, test } from 'vitest'
import { offsetInWords, offsetTyped } from '../../../src/renderer/words/offsets.ts'

test('an offset is typed in seconds or as a time, with its sign, point or comma', () => {
  expect(offsetTyped('2.31')).toBe(2310)
  expect(offsetTyped('+2,31')).toBe(2310)
  expect(offsetTyped('-3600')).toBe(-3_600_000)
  expect(offsetTyped('−1:00:02.5')).toBe(-3_602_500)
  expect(offsetTyped('1:30')).toBe(90_000)
  for (const text of ['', 'two', '1.2.3', '1:2:3:4', '--2']) expect(offsetTyped(text)).toBeNull()
})

test('an offset is said with its sign, to the thousandth where it has one', () => {
  expect(offsetInWords(2310)).toBe('+2.31 s')
  expect(offsetInWords(-3_602_500)).toBe('−1 h 00 min 2.5 s')
  expect(offsetInWords(90_001)).toBe('+1 min 30.001 s')
  expect(offsetInWords(0)).toBe('+0.0 s')
})
