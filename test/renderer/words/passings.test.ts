import { expect, test } from 'vitest'
import type { Match } from '../../../src/api/race-day.ts'
import { passingsOf } from '../../../src/renderer/words/passings.ts'

type PersonRead = Match['reads'][number]

const GUN = Date.UTC(2026, 4, 9, 12)
const read = (location: string, seconds: number | null, more: Partial<PersonRead> = {}): PersonRead => ({
  ...{ id: 1, location, locationKind: location === 'Start' ? 'start' : 'split', kind: 'chip' },
  ...{
    at: seconds === null ? null : GUN + seconds * 1000,
    rawTime: null,
    chip: '7',
    state: 'linked',
    route: 'bib',
  },
  ...{
    device: 'A',
    raceTimeMs: null,
    chipTimeMs: null,
    duplicates: 0,
    lap: null,
    laps: null,
    isFinish: false,
  },
  ...more,
})
/** As the engine gives them: newest first, without a time last. */
const rows = (...reads: PersonRead[]) =>
  passingsOf(reads.toReversed()).map(({ read: { location, at }, since, times, reads: all }) => [
    location,
    at === null ? null : (at - GUN) / 1000,
    since === null ? null : (since - GUN) / 1000,
    times,
    all,
  ])

test('waiting on the start’s mat is one row with its first and its last read, which counts', () => {
  const waited = [0, 31, 62, 93].map(seconds => read('Start', seconds - 200, { duplicates: 9 }))
  expect(rows(...waited, read('10K', 3000))).toEqual([
    ['10K', 3000, null, 1, 1],
    ['Start', -107, -200, 4, 40],
  ])
})

test('whoever came back to the start later, passes elsewhere twice or was keyed has rows of their own', () => {
  expect(rows(read('Start', -900), read('Start', 10), read('Start', 20, { kind: 'manual' }))).toHaveLength(3)
  expect(rows(read('10K', 3000), read('10K', 3040))).toHaveLength(2)
  expect(rows(read('Start', 0), read('10K', 30), read('Start', 60))).toHaveLength(3)
  expect(rows(read('Start', null), read('Start', 0))).toHaveLength(2)
  expect(rows()).toEqual([])
})
