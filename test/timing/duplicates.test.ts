import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { assignChip, assignRead } from '../../src/store/links.ts'
import { journal } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { controllerFile } from '../../src/timing/protocols/controller-file.ts'
import { CHICAGO, NOON, putPerson, putRace, quiet, type TestStore, testStore } from './race.ts'

let opened: TestStore
let store: Store
let linker: Linker
let session: string

const open = (): void => {
  opened = testStore()
  store = opened.store
  linker = createLinker({ store, log: quiet })
  session = putRace(store, [])
  store.write(writer => {
    putPerson(writer, { id: 'ann', bib: '1' })
    putPerson(writer, { id: 'bo', bib: '2' })
  })
}
const close = async (): Promise<void> => {
  await linker.stop()
  opened.close()
}
beforeEach(open)
afterEach(close)

interface Passing {
  readonly chip: string
  /** Seconds after noon. */
  readonly at: number
  readonly location: string
}

const keep = (passings: readonly Passing[]) =>
  store.write(writer =>
    journal(
      writer,
      session,
      passings.map(({ chip, at, location }) => {
        const seconds = Date.UTC(2021, 4, 8, 12) / 1000 + at
        const line = `TO~1~${chip}~160~18~${seconds.toFixed(2)}~12000C~1~-63~1~P`
        const reading = controllerFile.read(line, { timezone: CHICAGO, date: '2021-05-08' }, location)
        if (reading.kind === 'refused') throw new Error(reading.reason)
        return reading.read
      }),
      NOON,
    ),
  ).added

const allLinks = (): unknown => store.read.all('SELECT * FROM read_links ORDER BY read_id')

/** Duplicates of a read that does not count, or that is somebody else's or elsewhere. */
const astray = (): unknown =>
  store.read.all(
    `SELECT l.read_id, l.duplicate_of FROM read_links l LEFT JOIN read_links o ON o.read_id = l.duplicate_of
     WHERE (l.state = 'duplicate') <> (l.duplicate_of IS NOT NULL) OR l.duplicate_of IS NOT NULL
       AND (o.state IS NOT 'linked' OR o.participant_id <> l.participant_id OR o.location_id <> l.location_id)`,
  )

const giveChip = (chip: string, participantId: string | null, fromAt: number): void =>
  store.write(writer =>
    assignChip(writer, { raceDayId: 'day', chip, participantId, fromAt, reason: 'a swap' }),
  )

test('duplicates follow the read they repeat, whatever the crew says', async () => {
  const passing = fc.record({
    chip: fc.constantFrom('1', '2'),
    at: fc.integer({ min: 0, max: 90 }),
    location: fc.constantFrom('start', 'finish'),
  })
  const step = fc.oneof(
    fc.record({ reads: fc.array(passing, { minLength: 1, maxLength: 60 }) }),
    fc.record({
      read: fc.nat(60),
      of: fc.constantFrom('ann', 'bo', null, undefined),
    }),
    fc.record({ chip: fc.constantFrom('1', '2'), of: fc.constantFrom('ann', 'bo', null), at: fc.nat(90) }),
  )
  await close()
  await fc.assert(
    fc
      .asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
        for (const word of steps) {
          if ('reads' in word) keep(word.reads)
          else if ('chip' in word) giveChip(word.chip, word.of, NOON + word.at * 1000)
          else {
            const ids = store.read.all<{ id: number }>('SELECT id FROM timing_reads ORDER BY id')
            const id = ids[word.read % ids.length]?.id
            if (id !== undefined) store.write(writer => assignRead(writer, id, word.of, 'a word'))
          }
          linker.linkNow()
          expect(astray()).toEqual([])
        }
        const before = allLinks()
        store.write(writer => writer.staleLink(`session|${session}`))
        createLinker({ store, log: quiet }).linkNow()
        expect(allLinks()).toEqual(before)
      })
      .beforeEach(open)
      .afterEach(close),
    { numRuns: 25 },
  )
  open()
})

test('a long key that was cut in its middle is counted as if it had not been', async () => {
  // Of so many reads one piece is made.
  const at = (location: string, from: number) =>
    Array.from({ length: 300 }, (_, n) => ({ chip: '1', at: from + n / 100, location }))
  keep([...at('start', 0), ...at('finish', 3600)])
  linker.linkNow()
  giveChip('1', 'bo', 0)
  const isBegun = () => store.read.get("SELECT 1 FROM read_links WHERE participant_id = 'bo'") !== undefined
  let cut = false
  const stop = store.onChange(() => {
    if (cut || !isBegun()) return
    cut = true
    void linker.stop()
  })
  await linker.start()
  await vi.waitFor(() => expect(cut).toBe(true))
  stop()
  // It was cut with the start's reads moved, not counted yet, and the finish's still to come.
  expect(store.read.all('SELECT participant_id AS id, COUNT(*) AS n FROM read_links GROUP BY 1')).toEqual([
    { id: 'ann', n: 300 },
    { id: 'bo', n: 300 },
  ])
  createLinker({ store, log: quiet }).linkNow()
  expect(astray()).toEqual([])
  expect(
    store.read.all(
      `SELECT l.participant_id AS id, t.location_name AS place, l.state, COUNT(*) AS n FROM read_links l
       JOIN timing_locations t ON t.id = l.location_id GROUP BY 1, 2, 3 ORDER BY 2, 3`,
    ),
  ).toEqual([
    { id: 'bo', place: 'finish', state: 'duplicate', n: 299 },
    { id: 'bo', place: 'finish', state: 'linked', n: 1 },
    { id: 'bo', place: 'start', state: 'duplicate', n: 299 },
    { id: 'bo', place: 'start', state: 'linked', n: 1 },
  ])
})
