import { expect, test } from 'vitest'
import type { ReaderAlarm } from '../../../src/api/readers.ts'
import { alarmInWords, clockInWords, noticeInWords } from '../../../src/renderer/words/readers.ts'

const NOW = 1_000_000
const about = { device: '0F2A38', location: 'finish', since: NOW }
const words = (alarm: ReaderAlarm): string => alarmInWords(alarm, NOW).words

test('a gap is said by its numbers, and how many reads that is', () => {
  expect(words({ code: 'gap', ...about, noticeId: 1, from: 812, to: 840, missing: 29 })).toBe(
    'Numbers 812 to 840 of finish are missing: 29 reads',
  )
  const one = { kind: 'gap', device: '0F2A38', location: null, from: 7, to: 7 } as const
  expect(noticeInWords(one)).toBe('Number 7 of 0F2A38 is missing: 1 read')
})

test('a clock is behind or ahead of the laptop, and right where nobody would see it', () => {
  expect(words({ code: 'clock-off', ...about, behindMs: 3200 })).toBe(
    'Reader 0F2A38 (finish) is 3.2 s behind this laptop',
  )
  expect(words({ code: 'clock-off', ...about, behindMs: -3200 })).toContain('3.2 s ahead of this laptop')
  expect([99, 3200, -3200].map(clockInWords)).toEqual(['right', '3.2 s behind', '3.2 s ahead'])
})

test('climbing unknown chips are said with their share, and the one before if it is known', () => {
  const climbing = { code: 'unknown-climbing', ...about, reads: 80, unknown: 34, share: 0.425 } as const
  expect(words({ ...climbing, shareBefore: 0.03 })).toBe(
    '34 of the last 80 reads of 0F2A38 (finish) are nobody’s: 43 %, 3 % before',
  )
  expect(words({ ...climbing, shareBefore: null })).toMatch(/43 %$/)
})

test('a reader that is gone is said with its last read', () => {
  expect(words({ code: 'gone', ...about, location: '0F2A38', lastReadAt: NOW - 14_000 })).toBe(
    '0F2A38 is gone, last read 14 s ago',
  )
})
