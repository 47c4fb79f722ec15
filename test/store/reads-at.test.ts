import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LinkState } from '../../src/core/model.ts'
import { createSession } from '../../src/store/links.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { readsAt } from '../../src/store/reads-at.ts'
import { createLinker } from '../../src/timing/linker.ts'
import { NOON, putRace, quiet, type TestStore, testStore } from '../timing/race.ts'

let stage: TestStore
beforeEach(() => {
  stage = testStore()
})
afterEach(() => stage.close())

const chipRead = (location: string, chip: string, second: number): JournalRead => ({
  ...{ kind: 'chip', identity: `${location} ${chip}@${second}`, source: 'test', device: 'A', streamId: null },
  ...{ streamLocation: location, sequence: null, chip, bibNumber: null, readAt: NOON + second * 1000 },
  ...{ rawTime: null, timeProblem: null, antenna: null, rssi: null, lap: null, raw: '' },
})

test('reads of one place come newest first in pages, of one state or of all, however many are elsewhere', () => {
  const { store } = stage
  const session = putRace(store, [{ id: 'ann', bib: '1' }])
  const linker = createLinker({ store, log: quiet })
  const other = store.write(writer =>
    createSession(writer, { name: 'other', timezone: 'UTC', raceDayId: null }),
  )
  const keep = (sessionId: string, ...reads: readonly JournalRead[]): void => {
    store.write(writer => journal(writer, sessionId, reads, NOON))
    linker.linkNow()
  }
  // Of the finish: linked, read again, nobody's; then many elsewhere, and one at another session's finish.
  keep(session, chipRead('Finish', '1', 0), chipRead('Finish', '1', 5), chipRead('Finish', 'FF', 6))
  keep(session, ...Array.from({ length: 50 }, (_, n) => chipRead('9K', '1', 100 + n)))
  keep(other, chipRead('Finish', '1', 900))
  keep(session, chipRead('Finish', '1', 1000))
  const page = (sessionId: string | null, state: LinkState | null, limit = 9, after: number | null = null) =>
    readsAt(store.read, { sessionId, state, location: 'Finish', after, limit })
  const seconds = (...of: Parameters<typeof page>) => page(...of).map(row => ((row.at ?? 0) - NOON) / 1000)
  expect(seconds(session, null)).toEqual([1000, 6, 5, 0])
  expect(seconds(session, 'linked')).toEqual([1000, 0])
  expect(seconds(session, 'duplicate')).toEqual([5])
  expect(seconds(session, 'unlinked')).toEqual([6])
  expect(seconds(null, null)).toEqual([1000, 900, 6, 5, 0])
  expect(seconds(session, null, 2)).toEqual([1000, 6])
  expect(seconds(session, null, 2, page(session, null, 2).at(-1)?.id ?? null)).toEqual([5, 0])
  expect(page(session, 'linked')[0]).toMatchObject({
    locationName: 'Finish',
    participantId: 'ann',
    state: 'linked',
  })
  expect(
    readsAt(store.read, { sessionId: session, state: null, location: 'Nowhere', after: null, limit: 9 }),
  ).toEqual([])
})
