import { expect, test } from 'vitest'
import type { Conflict } from '../../../src/api/replication.ts'
import { conflictTitle, keptInWords, wordInWords } from '../../../src/renderer/words/conflicts.ts'

const now = new Date(2026, 4, 9, 8, 30).getTime()
const word = (change: Partial<Conflict['kept']>): Conflict['kept'] => ({
  ...{ participantId: 'p', name: 'Ann Ng', decided: { bib_number: '214' }, decidedBy: 'Bea' },
  ...{ decidedAt: now - 60_000, laptop: 'l', thisLaptop: true, ...change },
})
const conflict: Conflict = {
  ...{
    open: true,
    kind: 'decision',
    table: 'participant_overrides',
    noticedAt: now,
    why: 'The later one stands.',
  },
  kept: word({}),
  lost: word({ decided: { bib_number: null }, decidedBy: null, thisLaptop: false }),
}

test('a conflict is titled by what it is about', () => {
  expect(conflictTitle(conflict)).toBe('Bib of Ann Ng')
  expect(conflictTitle({ ...conflict, kind: 'bib' })).toBe('Bib 214, given to two people')
  const start = word({ participantId: null, name: null, decided: { corrected_at: now } })
  expect(conflictTitle({ ...conflict, table: 'starts', kept: start, lost: start })).toBe('Start')
})

test('what became of a bib given twice follows from when it was given', () => {
  expect(keptInWords(conflict)).toBe('stands')
  const bib = { ...conflict, kind: 'bib' as const }
  expect(keptInWords(bib)).toBe('has no reads')
  expect(keptInWords({ ...bib, lost: word({ decidedAt: now - 90_000 }) })).toBe('has the reads')
})

test('each word says what, who, where and when; a decision taken back is nothing', () => {
  expect(wordInWords(conflict.kept, 'decision', 'UTC', now)).toBe('214 by Bea on this laptop, 08:29')
  expect(wordInWords(conflict.lost, 'decision', 'UTC', now)).toBe(
    'nothing by somebody on another laptop, 08:29',
  )
  expect(wordInWords(conflict.kept, 'bib', 'UTC', now)).toBe('Ann Ng by Bea on this laptop, 08:29')
  expect(wordInWords(word({ decided: { corrected_at: now, wave: 'A' } }), 'decision', 'UTC', now)).toBe(
    'Corrected 08:30:00, Wave A by Bea on this laptop, 08:29',
  )
})
