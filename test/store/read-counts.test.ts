import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReadCounts } from '../../src/store/read-counts.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { createLinker } from '../../src/timing/linker.ts'
import { NOON, putPerson, putRace, quiet, type TestStore, testStore } from '../timing/race.ts'

let stage: TestStore
beforeEach(() => {
  stage = testStore()
})
afterEach(() => stage.close())

const chipRead = (chip: string, second: number): JournalRead => ({
  ...{ kind: 'chip', identity: `${chip}@${second}`, source: 'test', device: 'A', streamId: null },
  ...{ streamLocation: 'Finish', sequence: null, chip, bibNumber: null, readAt: NOON + second * 1000 },
  ...{ rawTime: null, timeProblem: null, antenna: null, rssi: null, lap: null, raw: '' },
})

test('counts follow new reads, duplicates, and links that change', () => {
  const { store } = stage
  const session = putRace(store, [{ id: 'ann', bib: '1' }])
  const linker = createLinker({ store, log: quiet })
  const counts = createReadCounts(store.read, () => NOON)
  const read = (...reads: readonly JournalRead[]): void => {
    store.write(writer => journal(writer, session, reads, NOON))
    linker.linkNow()
  }
  expect(counts.of(session)).toEqual({ reads: 0, linked: 0, duplicates: 0, unlinked: 0 })
  read(chipRead('1', 0), chipRead('1', 5), chipRead('2', 1), { ...chipRead('guntime', 0), kind: 'gun' })
  expect(counts.of(session)).toEqual({ reads: 4, linked: 1, duplicates: 1, unlinked: 1 })
  read(chipRead('1', 90))
  expect(counts.of(session)).toEqual({ reads: 5, linked: 2, duplicates: 1, unlinked: 1 })
  store.write(writer => putPerson(writer, { id: 'ben', bib: '2' }))
  linker.linkNow()
  expect(counts.of(session)).toEqual({ reads: 5, linked: 3, duplicates: 1, unlinked: 0 })
  expect(counts.reads('another')).toBe(0)
})

test('a count that takes long is not made again at once: new links are added, older ones that changed follow soon after', () => {
  const { store } = stage
  const session = putRace(store, [{ id: 'ann', bib: '1' }])
  const linker = createLinker({ store, log: quiet })
  let now = NOON
  // Every look at the clock is 10 ms later: counting takes as long.
  const counts = createReadCounts(store.read, () => {
    now += 10
    return now
  })
  const read = (...reads: readonly JournalRead[]): void => {
    store.write(writer => journal(writer, session, reads, NOON))
    linker.linkNow()
  }
  read(chipRead('1', 0), chipRead('1', 90))
  expect(counts.of(session)).toMatchObject({ linked: 2, duplicates: 0 })
  // One that comes late makes a counted one its duplicate, which is an older link.
  read(chipRead('1', 89), chipRead('1', 200))
  expect(counts.of(session)).toMatchObject({ reads: 4, linked: 4, duplicates: 0 })
  now += 10_000
  expect(counts.of(session)).toMatchObject({ reads: 4, linked: 3, duplicates: 1 })
  read(chipRead('1', 75))
  now += 10_000
  expect(counts.of(session)).toEqual({ reads: 5, linked: 3, duplicates: 2, unlinked: 0 })
  now -= 3_600_000
  read(chipRead('1', 300))
  expect(counts.of(session)).toMatchObject({ reads: 6, linked: 4 })
})
