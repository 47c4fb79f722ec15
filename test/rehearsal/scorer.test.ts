import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readControllerFiles } from '../../src/rehearsal/controller-files.ts'
import { courseOfChips, courses } from '../../src/rehearsal/race-day-roster.ts'
import { createScorer } from '../../src/rehearsal/scorer.ts'
import { createScoring } from '../../src/rehearsal/scoring.ts'

const day = readControllerFiles(fileURLToPath(new URL('../fixtures/controller-files', import.meta.url)))

/** A scoring provider of that day, with an entry of everybody unless told otherwise. */
function scored() {
  let now = 0
  const scoring = createScoring()
  const { event_id: eventId = '' } = scoring.addEvent({ event_name: 'Harbor Run' })
  const raceIds = courses.map(({ name }) => scoring.addRace(eventId, { race_name: name }).race_id ?? '')
  const scorer = createScorer({ scoring, day, shift: 0, raceIds, clock: () => now })
  const enter = (bib: string, course: number) =>
    scoring.addEntry(raceIds[course] ?? '', { entry_bib: bib, athlete_last_name: `Berg ${bib}` })
  const run = (): void => {
    for (const { location, tag, boxTime } of day.reads) {
      now = boxTime
      scorer.read({ location, tag, at: boxTime })
    }
  }
  const rowsOf = (course: number, full: '0' | '1') => {
    const intervals = scoring.results.intervalsOf(raceIds[course] ?? '')
    const found = intervals.find(({ interval_is_full: is }) => is === full)
    return found === undefined ? [] : scoring.results.rowsOf(found.interval_id ?? '', null)
  }
  return { scorer, enter, run, rowsOf, later: (ms: number) => (now += ms) }
}

test('everybody who started and crossed the finish has a time that a person can run', () => {
  const { scorer, enter, run, rowsOf } = scored()
  const runners = courseOfChips(day)
  for (const [bib, course] of runners) enter(bib, course)
  run()
  const overall = (course: number) =>
    rowsOf(course, '1').filter(({ results_bracket_name: bracket }) => bracket === 'Overall')
  const counts = courses.map((_, course) => overall(course).length)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(scorer.finished)
  expect(counts.map(count => count > 800)).toEqual([true, true, true])
  const winners = courses.map((_, course) => String(overall(course)[0]?.results_gun_time))
  // One walker of the marathon wears a chip of the half; the half and the 10K were won in such times.
  expect(winners.slice(1)).toEqual(['1:10:22.73', '0:34:56.73'])
  for (const { results_gun_time: gun = '', results_time: chip = '' } of overall(1))
    expect(chip <= gun).toBe(true)
  expect(rowsOf(0, '0').length).toBeGreaterThan(500)
})

test('who has no entry yet has a result once there is one, and a bib that nobody knows has none', () => {
  const { scorer, enter, run, rowsOf, later } = scored()
  enter('5844', 1)
  run()
  expect(rowsOf(1, '1').map(({ results_bib: bib }) => bib)).toContain('5844')
  expect(new Set(rowsOf(1, '1').map(({ results_bib: bib }) => bib)).size).toBe(1)
  enter('4264', 1)
  // The next who crosses is reason enough to look.
  scorer.read({ location: 'START1', tag: '99901', at: later(10_000) })
  scorer.read({ location: 'FINISH3', tag: '99901', at: later(3_600_000) })
  expect(new Set(rowsOf(1, '1').map(({ results_bib: bib }) => bib))).toEqual(new Set(['5844', '4264']))
})
