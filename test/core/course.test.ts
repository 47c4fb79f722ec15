import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CourseLocation, courseOf, lapsOf, type Pass } from '../../src/core/course.ts'
import type { LocationKind } from '../../src/core/model.ts'
import { type ChipPass, questionsOf } from '../../src/core/plausible.ts'

const MINUTE = 60_000
const place = (
  name: string,
  kind: LocationKind,
  distanceKm: number | null,
  order: number | null = null,
): CourseLocation => ({ name, kind, distanceKm, order })

const START = place('Start', 'start', 0)
const FIVE = place('5K', 'split', 5)
const FINISH = place('Finish', 'finish', null)
const tenK = courseOf([START, FIVE, FINISH], [], 10, null)

const KINDS: Readonly<Record<string, LocationKind>> = { Start: 'start', '5K': 'split', Expo: 'other' }
let ids = 0
const read = (location: string, minute: number, chip: string | null = 'A1'): ChipPass => ({
  ...{ id: ++ids, location, kind: KINDS[location] ?? 'finish', at: minute * MINUTE, chip },
})
const laps = (reads: readonly Pass[], course = tenK, from: number | null = -10 * MINUTE) => {
  const found = lapsOf(reads, course, from)
  return reads.map(({ id }) => [found.get(id)?.lap, found.get(id)?.isFinish])
}

describe('the finish', () => {
  test('is the first read that completes the laps; one more pass is kept and is none', () => {
    const lapped = courseOf([FINISH], [{ name: 'Finish', laps: 3, distanceKm: null }], 15, null)
    const passes = [20, 40, 61, 75].map(minute => read('Finish', minute))
    expect(laps(passes, lapped)).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ])
    expect(lapped.lapKm).toBe(5)
  })

  test('is no read before the own gun less the start window, at a start or beside the course', () => {
    const reads = [read('Finish', -30), read('Expo', 1), read('Start', 1), read('Finish', 40)]
    expect(laps(reads)).toEqual([
      [null, false],
      [null, false],
      [null, false],
      [1, true],
    ])
  })

  test('of an event that does not come there is none', () => {
    const elsewhere = courseOf([FINISH], [{ name: 'Finish', laps: 0, distanceKm: null }], 10, null)
    expect(laps([read('Finish', 40)], elsewhere)).toEqual([[1, false]])
  })

  test('has its laps on the second mat behind it, too', () => {
    const behind = place('Finish backup', 'finish', null)
    const lapped = courseOf([FINISH, behind], [{ name: 'Finish', laps: 2, distanceKm: null }], 10, null)
    const reads = [
      ...[read('Finish', 20), read('Finish backup', 20.1)],
      ...[read('Finish', 40), read('Finish backup', 40.1)],
    ]
    expect(laps(reads, lapped).map(([, isFinish]) => isFinish)).toEqual([false, false, true, false])
  })

  test('does not depend on the order in which reads came in', () => {
    const lapped = courseOf([FIVE, FINISH], [{ name: 'Finish', laps: 2, distanceKm: null }], 10, null)
    const some = fc.uniqueArray(
      fc.record({
        location: fc.constantFrom('5K', 'Finish', 'Start'),
        minute: fc.integer({ min: -20, max: 90 }),
      }),
      { selector: one => one.minute, maxLength: 12 },
    )
    fc.assert(
      fc.property(
        some.chain(list => {
          const reads = list.map(({ location, minute }) => read(location, minute))
          return fc.tuple(fc.constant(reads), fc.shuffledSubarray(reads, { minLength: reads.length }))
        }),
        ([reads, shuffled]) => {
          const sorted = (map: ReturnType<typeof lapsOf>) => [...map].sort(([one], [other]) => one - other)
          expect(sorted(lapsOf(shuffled, lapped, 0))).toEqual(sorted(lapsOf(reads, lapped, 0)))
          expect([...lapsOf(reads, lapped, 0).values()].filter(one => one.isFinish).length).toBeLessThan(2)
          expect(questionsOf(shuffled, lapped, 0, 0)).toEqual(questionsOf(reads, lapped, 0, 0))
        },
      ),
    )
  })
})

describe('a question is asked of', () => {
  const asked = (reads: readonly ChipPass[], course = tenK) =>
    questionsOf(reads, course, 0, -10 * MINUTE).map(({ kind, location, kmh, readIds }) => [
      kind,
      location,
      kmh,
      readIds.map(id => reads.findIndex(one => one.id === id)),
    ])

  test('nobody who ran as people run', () => {
    expect(asked([read('Start', 0.2), read('5K', 20), read('Finish', 41)])).toEqual([])
    // As fast as the fastest: 5 km in 12:49, 10 km in 26:24.
    expect(asked([read('Start', 0), read('5K', 12.82), read('Finish', 26.4)])).toEqual([])
  })

  test('who was faster than possible, from the own start or between two places', () => {
    expect(asked([read('Start', 3), read('5K', 13), read('Finish', 34)])).toEqual([
      ['too-fast', '5K', 30, [1]],
    ])
    expect(asked([read('Start', 0), read('5K', 25), read('Finish', 30)])).toEqual([
      ['too-fast', 'Finish', 60, [1, 2]],
    ])
  })

  test('who was at the finish before the split, each by a chip of its own', () => {
    expect(asked([read('Finish', 40, 'A'), read('5K', 60, 'B')])).toEqual([
      ['out-of-order', '5K', null, [0, 1]],
    ])
  })

  test('whose chip was at two places at once', () => {
    expect(asked([read('5K', 30), read('Finish', 30.5)])).toEqual([['two-places', 'Finish', 600, [0, 1]]])
    expect(asked([read('Finish', 40), read('5K', 41)])).toEqual([['two-places', '5K', 300, [0, 1]]])
    const unsaid = courseOf([place('5K', 'split', null), FINISH], [], null, null)
    expect(asked([read('5K', 30), read('Finish', 30.01)], unsaid)).toEqual([
      ['two-places', 'Finish', null, [0, 1]],
    ])
    expect(asked([read('5K', 30), read('Finish', 31)], unsaid)).toEqual([])
  })

  test('who was read before the own gun, or left long before it', () => {
    expect(asked([read('5K', -2), read('Finish', 41)])).toEqual([['before-gun', '5K', null, [0]]])
    expect(asked([read('Start', -30), read('5K', 20), read('Finish', 41)])).toEqual([
      ['before-gun', 'Start', null, [0]],
    ])
  })

  test('who finished and was not read at a split that the crew described, and of nobody else', () => {
    expect(asked([read('Start', 0), read('Finish', 41)])).toEqual([['missed', '5K', null, []]])
    expect(asked([read('Start', 0)])).toEqual([])
    expect(asked([read('Finish', 21)], courseOf([FIVE, FINISH], [], 5, null))).toEqual([])
    const around = courseOf([FIVE, FINISH], [{ name: '5K', laps: 0, distanceKm: null }], 10, null)
    expect(asked([read('Finish', 41)], around)).toEqual([])
  })

  test('laps only what holds however many were missed', () => {
    const lapped = courseOf(
      [place('Turn', 'split', 2.5), FINISH],
      [
        { name: 'Finish', laps: 4, distanceKm: null },
        { name: 'Turn', laps: 4, distanceKm: null },
      ],
      20,
      null,
    )
    const turn = (minute: number): ChipPass => ({
      ...read('Finish', minute),
      location: 'Turn',
      kind: 'split',
    })
    // The second turn was missed: the third is counted as the second, and is no question.
    const reads = [
      turn(10),
      read('Finish', 20),
      read('Finish', 40),
      turn(50),
      read('Finish', 60),
      read('Finish', 80),
    ]
    expect(asked(reads, lapped)).toEqual([])
    expect(asked([read('Finish', 20), read('Finish', 25)], lapped)).toEqual([
      ['too-fast', 'Finish', 60, [0, 1]],
    ])
  })

  test('speed above the race day’s own limit alone', () => {
    const wheels = courseOf([START, FIVE, FINISH], [], 10, 45)
    expect(asked([read('Start', 0), read('5K', 10), read('Finish', 20)], wheels)).toEqual([])
  })
})
