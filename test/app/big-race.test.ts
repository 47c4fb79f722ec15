import { expect, test } from 'vitest'
import { runBigRace } from '../support/big-race-day.ts'

test('a race of 3,000 in three distances ends with the finish list that really happened', {
  timeout: 120_000,
}, async () => {
  const day = await runBigRace({ count: 3000, seed: 41 })
  expect(day.differences.slice(0, 10).join('\n')).toBe('')
  expect(day.finishers).toBeGreaterThan(2700)
  expect(day.reads).toBeGreaterThan(50_000)
})
