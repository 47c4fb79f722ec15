import { expect, test } from 'vitest'
import {
  discrepancy,
  findingInWords,
  historyInWords,
  repairState,
} from '../../../src/renderer/words/reconciliation.ts'

test('a discrepancy is said in per cent, and a small one is never rounded to nothing', () => {
  expect([0, 0.001, 0.06, 9.994, 12.34].map(discrepancy)).toEqual([
    '0 %',
    'under 0.01 %',
    '0.06 %',
    '9.99 %',
    '12.3 %',
  ])
  expect(historyInWords([{ discrepancyPercent: 0.74 }, { discrepancyPercent: 0.06 }])).toBe(
    '2 comparisons, last 0.06 %, at most 0.74 %',
  )
})

const finding = {
  id: '7d0f5cf2-6a1f-4f6e-9d5b-0f2f3c1c0001',
  ...{ eventName: '5K', participantId: null, targetEntryId: '1', bibNumber: '1', name: 'Ann' },
  kind: 'differs' as const,
  cause: 'changed-there' as const,
  fields: [{ field: 'bib', ours: '1', theirs: null }],
  ...{ message: null, repaired: false, repairAskedAt: null, repairAskedBy: null },
}

test('what differs is said by field, and who is on one side only with the reason', () => {
  const words = (changes: Partial<Parameters<typeof repairState>[0]>) =>
    findingInWords({ ...finding, ...changes }, 'Scoring', () => 'Bib')
  expect(words({})).toBe('Bib: 1 here, nothing there')
  expect(words({ cause: 'changed-here' })).toBe(
    'Bib: 1 here, nothing there (changed here; waits for the next push)',
  )
  expect(words({ kind: 'only-here', cause: 'refused-there', message: 'no such date' })).toBe(
    'Scoring refused it: no such date',
  )
  expect(words({ kind: 'only-there', cause: 'by-hand' })).toBe('entered in Scoring, not by Trackside')
})

test('only what is ours is open, asked for or repaired', () => {
  expect(repairState(finding).words).toBe('open')
  expect(repairState({ ...finding, repairAskedBy: 'Ann' }).words).toBe('asked by Ann')
  expect(repairState({ ...finding, repaired: true }).words).toBe('repaired')
  expect(repairState({ ...finding, cause: 'unsendable' }).words).toBe('mend it first')
  expect(repairState({ ...finding, kind: 'only-there' }).words).toBe('left alone')
})
