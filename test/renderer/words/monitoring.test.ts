import { expect, test } from 'vitest'
import {
  budgetInWords,
  byHandInWords,
  hourInWords,
  hoursInWords,
  latencyInWords,
  syncsInWords,
  unknownInWords,
} from '../../../src/renderer/words/monitoring.ts'

const counts = { total: 96, successful: 90, failed: 3, manual: 4 }

test('syncs are said with what failed, what is neither, and how many were by hand', () => {
  expect(syncsInWords(counts)).toBe('96 syncs: 90 good, 3 failed, 3 held, stopped or not over')
  expect(syncsInWords({ total: 1, successful: 1, failed: 0, manual: 0 })).toBe('1 sync: 1 good, 0 failed')
  expect(syncsInWords({ total: 0, successful: 0, failed: 0, manual: 0 })).toBe('no sync')
  expect(byHandInWords(counts)).toBe('4 by hand, 4 %')
  expect(byHandInWords({ total: 0, successful: 0, failed: 0, manual: 0 })).toBe('none by hand')
})

test('a day of hours says its fullest one by the clock', () => {
  const none = { total: 0, successful: 0, failed: 0, manual: 0 }
  const at = Date.UTC(2026, 4, 9, 18, 30)
  expect(hourInWords(23, 'UTC', at)).toBe('17:30 to 18:30')
  expect(hourInWords(23, 'America/New_York', at)).toBe('13:30 to 14:30')
  const hours = Array.from({ length: 24 }, (_, hour) => (hour === 22 ? counts : none))
  expect(hoursInWords(hours, 'UTC', at)).toBe(
    `${syncsInWords(counts)} in 24 hours; most from 16:30 to 17:30: 96`,
  )
  expect(hoursInWords([none], 'UTC', at)).toBe('No sync in 24 hours')
})

test('a budget says what is left and warns when it runs short or the provider asked for patience', () => {
  const budget = { provider: 'Acme', connectionNames: ['Harbor'], perMs: 3_600_000 }
  expect(budgetInWords({ ...budget, left: 611, of: 1000, heldUntil: null }, 5)).toEqual({
    tone: 'plain',
    words: '611 of 1,000 calls an hour left',
  })
  expect(budgetInWords({ ...budget, left: 99, of: 1000, heldUntil: null }, 5).tone).toBe('warn')
  expect(budgetInWords({ ...budget, perMs: 60_000, left: 5, of: 6, heldUntil: 30_005 }, 5)).toEqual({
    tone: 'warn',
    words: 'asked for patience, goes on in 30 s',
  })
  expect(budgetInWords({ ...budget, perMs: 60_000, left: 5, of: 6, heldUntil: 5 }, 5).words).toBe(
    '5 of 6 calls in 60 s left',
  )
})

test('a device’s latency and its unknown reads are figures', () => {
  expect(latencyInWords({ minMs: 11.6, averageMs: 18.2, maxMs: 1040 })).toBe('12 / 18 / 1,040 ms')
  expect(unknownInWords(23, 1203)).toBe('23 of 1,203, 2 %')
  expect(unknownInWords(0, 0)).toBe('none')
})
