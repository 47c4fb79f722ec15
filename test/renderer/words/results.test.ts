import { expect, test } from 'vitest'
import type { PublishPreview } from '../../../src/api/results.ts'
import { notifiedInWords, pulledInWords, sentOf } from '../../../src/renderer/words/results.ts'

const part = (count: number) => ({ count, rows: [] })
const preview = (added: number, corrected: number): PublishPreview => ({
  ...{ asOf: 0, added: part(added), corrected: part(corrected), tooFresh: part(0), noRegistration: part(0) },
  ...{ refused: part(0), left: part(0), unchanged: 0, msPerResult: 40, inferred: false, calls: 0 },
  ...{ notifiedOfNew: added, notifiedOfCorrections: corrected },
})

test('how many runners are told is said of what will be sent: 5,000 new, then 12 corrections if they are asked for', () => {
  const said = (found: PublishPreview, corrections: boolean): string =>
    notifiedInWords('RunSignUp', sentOf(found, corrections).runners)
  expect(said(preview(5000, 0), false)).toBe('RunSignUp will notify 5,000 runners by mail or text.')
  expect(said(preview(0, 12), false)).toBe('RunSignUp will notify no runner.')
  expect(said(preview(0, 12), true)).toBe('RunSignUp will notify 12 runners by mail or text.')
  expect(sentOf(preview(0, 12), true).results).toBe(12)
})

test('when results were pulled last and will be next', () => {
  const now = 1_000_000_000
  const at = (pulledAt: number | null, nextPullAt: number | null): string =>
    pulledInWords({ pulledAt, nextPullAt }, 'CTLive', now)
  expect(at(now - 180_000, now + 120_000)).toBe('Pulled 3 min ago from CTLive, next in 2 min')
  expect(at(null, now)).toBe('Never pulled from CTLive, next due now')
  expect(at(now - 180_000, null)).toBe('Pulled 3 min ago from CTLive, not by itself now')
})
