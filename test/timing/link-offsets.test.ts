import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { putRaceDay as changeRaceDay } from '../../src/store/events.ts'
import { createSession } from '../../src/store/links.ts'
import { ensureLocation, setLocationRule, updateLocation } from '../../src/store/locations.ts'
import { setReaderOffset, takeBackOffset } from '../../src/store/offsets.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { unlinkedGroups } from '../../src/store/unlinked.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { CHICAGO, NOON, putPerson, putRace, quiet, type TestStore, testStore } from './race.ts'

let opened: TestStore
let store: Store
let linker: Linker
let session: string

beforeEach(() => {
  opened = testStore()
  store = opened.store
  linker = createLinker({ store, log: quiet })
  session = putRace(store, [
    { id: 'ann', bib: '1' },
    { id: 'bo', bib: '2' },
  ])
})
afterEach(async () => {
  await linker.stop()
  opened.close()
})

interface Passing {
  readonly chip: string
  /** Seconds after noon. */
  readonly at: number
  readonly device?: string
  readonly location?: string
}

const readOf = ({ chip, at, device = 'A', location = 'finish' }: Passing): JournalRead => ({
  ...{ kind: 'chip', identity: `${device}|${chip}|${at}|${location}`, source: 'test', device, chip },
  ...{ streamId: null, streamLocation: location, sequence: null, bibNumber: null },
  ...{ readAt: NOON + at * 1000, rawTime: null, timeProblem: null, antenna: null, rssi: null, lap: null },
  raw: '',
})
const keep = (passings: readonly Passing[], into = session) => {
  store.write(writer => journal(writer, into, passings.map(readOf), NOON))
  linker.linkNow()
}
const linksOf = (of = session) =>
  store.read.all<{ identity: string; state: string; at: number; location: string | null }>(
    `SELECT r.identity, l.state, l.reason, l.participant_id AS who, d.identity AS duplicateOf, (l.at - ?) / 1000 AS at,
     t.location_name AS location FROM timing_reads r JOIN read_links l ON l.read_id = r.id
     LEFT JOIN timing_reads d ON d.id = l.duplicate_of LEFT JOIN timing_locations t ON t.id = l.location_id
     WHERE r.session_id = ? ORDER BY r.identity`,
    NOON,
    of,
  )
const offset = (
  offsetMs: number,
  more: { device?: string; fromAt?: number | null; toAt?: number | null; sessionId?: string } = {},
) => {
  const decision = { sessionId: session, device: 'A', offsetMs, reason: null, ...more }
  const id = store.write(writer => setReaderOffset(writer, decision))
  linker.linkNow()
  return id
}
const takeBack = (id: string) => {
  store.write(writer => takeBackOffset(writer, id, 'wrong'))
  linker.linkNow()
}
const stale = () => store.read.all('SELECT key FROM stale_links')

describe('an offset', () => {
  test('holds from one time of the reader’s own clock to before another: a clock that was set at noon', () => {
    keep([-60, 0, 60].map(at => ({ chip: '1', at })))
    offset(5000, { fromAt: NOON, toAt: NOON + 60_000 })
    expect(linksOf().map(({ at }) => at)).toEqual([-60, 5, 60])
    const late = offset(-7000, { fromAt: NOON + 60_000 })
    expect(linksOf().map(({ at }) => at)).toEqual([-60, 5, 53])
    offset(1000)
    expect(linksOf().map(({ at }) => at)).toEqual([-59, 5, 53])
    takeBack(late)
    expect(linksOf().map(({ at }) => at)).toEqual([-59, 5, 61])
    expect(stale()).toEqual([])
  })

  test('is of one reader: no read of another is written again', () => {
    keep([
      { chip: '1', at: 0 },
      { chip: '1', at: 100, device: 'B|2' },
      { chip: '2', at: 0, device: 'B|2' },
    ])
    const written = watchLinks()
    offset(1000, { device: 'B|2' })
    expect(written()).toEqual([2, 3])
    expect(linksOf().map(({ at }) => at)).toEqual([0, 101, 1])
  })

  test('of nothing and of a range that ends before it begins is refused, and one taken back is gone', () => {
    const id = offset(1000)
    takeBack(id)
    expect(() => takeBack(id)).toThrow('no such offset')
    expect(() => offset(1, { fromAt: NOON, toAt: NOON })).toThrow('ends before it begins')
  })

  test('taken back restores exactly the links as they were', () => {
    const passing = fc.record({
      chip: fc.constantFrom('1', '2', '3'),
      at: fc.integer({ min: 0, max: 200 }),
      device: fc.constantFrom('A', 'B'),
      location: fc.constantFrom('start', 'finish'),
    })
    const bound = fc.option(fc.integer({ min: 0, max: 200 }))
    const given = fc.record({
      ...{ device: fc.constantFrom('A', 'B'), from: bound, to: bound },
      ms: fc.integer({ min: -100_000, max: 100_000 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(passing, { selector: one => readOf(one).identity, maxLength: 20 }),
        fc.array(given, { maxLength: 3 }),
        given,
        (passings, earlier, last) => {
          const sessionId = store.write(writer =>
            createSession(writer, { name: 'One', timezone: CHICAGO, raceDayId: 'day' }),
          )
          const give = ({ device, from, to, ms }: typeof last) => {
            const [fromAt, toAt] = [from, to].map(at => (at === null ? null : NOON + at * 1000))
            if (fromAt != null && toAt != null && fromAt >= toAt) return null
            return offset(ms, { sessionId, device, fromAt: fromAt ?? null, toAt: toAt ?? null })
          }
          keep(passings, sessionId)
          for (const one of earlier) give(one)
          const [range] = earlier
          // The same range given again replaces, and so cannot be taken back to what it was.
          if (
            range &&
            earlier.some(one => one.device === last.device && one.from === last.from && one.to === last.to)
          )
            return
          const before = linksOf(sessionId)
          const id = give(last)
          if (id === null) return
          takeBack(id)
          expect(linksOf(sessionId)).toEqual(before)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('the last read of a passing', () => {
  const last = (of = session) =>
    store.write(writer => {
      for (const name of ['start', 'finish'])
        updateLocation(writer, { id: ensureLocation(writer, of, name), counts: 'last' })
    })

  test('counts where the crew says so, of reads that are there and of those that come', () => {
    keep([0, 10, 20, 100].map(at => ({ chip: '1', at })))
    const counted = () => linksOf().flatMap(({ at, state }) => (state === 'linked' ? [at] : []))
    expect(counted()).toEqual([0, 100])
    last()
    linker.linkNow()
    expect(counted().toSorted((a, b) => a - b)).toEqual([20, 100])
    keep([{ chip: '1', at: 110 }])
    keep([{ chip: '1', at: 25 }])
    expect(counted().toSorted((a, b) => a - b)).toEqual([25, 110])
  })

  test('does not depend on the order in which reads came in, with offsets for a part of them', () => {
    const passing = fc.record({
      chip: fc.constantFrom('1', '2'),
      at: fc.integer({ min: 0, max: 120 }),
      device: fc.constantFrom('A', 'B'),
      location: fc.constantFrom('start', 'finish'),
    })
    const outcome = (passings: readonly Passing[], sizes: readonly number[]) => {
      const sessionId = store.write(writer =>
        createSession(writer, { name: 'One', timezone: CHICAGO, raceDayId: 'day' }),
      )
      last(sessionId)
      offset(-30_000, { sessionId, fromAt: NOON + 40_000, toAt: NOON + 90_000 })
      const left = [...passings]
      for (const size of [...sizes, left.length]) if (left.length > 0) keep(left.splice(0, size), sessionId)
      return linksOf(sessionId)
    }
    fc.assert(
      fc.property(
        fc
          .uniqueArray(passing, { selector: one => readOf(one).identity, maxLength: 20 })
          .chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }),
        ([list, shuffled], sizes) => {
          expect(outcome(shuffled, sizes)).toEqual(outcome(list, []))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a clock of another year', () => {
  const YEARS = (Date.UTC(1980, 0, 6) - NOON) / 1000

  test('leaves reads to nobody, one group a reader, until its offset makes them somebody’s', () => {
    keep([
      { chip: '1', at: YEARS },
      { chip: '2', at: YEARS + 60 },
      { chip: '1', at: 500, device: 'B' },
      { chip: '2', at: 10 * 86_400, device: 'B' },
    ])
    const groups = () =>
      unlinkedGroups(store.read, session).map(({ device, reason, reads, chips }) => [
        device,
        reason,
        reads,
        chips,
      ])
    expect(groups()).toEqual([
      ['B', 'no-time', 1, 1],
      ['A', 'no-time', 2, 2],
    ])
    const id = offset(-YEARS * 1000, { toAt: NOON - 86_400_000 })
    expect(groups()).toEqual([['B', 'no-time', 1, 1]])
    expect(
      linksOf()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['linked', 'linked', 'linked', 'unlinked'])
    takeBack(id)
    expect(groups()).toHaveLength(2)
  })

  test('is one before the day before, or after the days that the race takes', () => {
    const DAY = 86_400
    // Race day at the site: 8 May; noon there is 0.
    const hours = [-1.5 * DAY - 1, -1.5 * DAY, 0, 2.5 * DAY - 60, 2.5 * DAY]
    keep(hours.map(at => ({ chip: '1', at })))
    const linked = () =>
      linksOf()
        .flatMap(({ at, state }) => (state === 'linked' ? [at] : []))
        .sort((a, b) => a - b)
    expect(linked()).toEqual([-1.5 * DAY, 0, 2.5 * DAY - 60])
    const day = { id: 'day', name: 'day', raceDate: '2021-05-08', timezone: CHICAGO }
    store.write(writer => changeRaceDay(writer, { ...day, lastsDays: 6 }))
    linker.linkNow()
    expect(linked()).toEqual(hours.slice(1))
    store.write(writer => changeRaceDay(writer, { ...day, raceDate: '2021-06-08' }))
    linker.linkNow()
    // The event is still of 8 May: its reads stay.
    expect(linked()).toEqual(hours.slice(1))
  })

  test('is not asked of a session without a race day', () => {
    const loose = store.write(writer => createSession(writer, { name: 'Loose', timezone: CHICAGO }))
    keep([{ chip: '1', at: YEARS }], loose)
    expect(linksOf(loose)).toMatchObject([{ state: 'linked' }])
  })
})

test('a rule moves the reads of its reader alone', () => {
  keep([
    { chip: '1', at: 0 },
    { chip: '2', at: 0, device: 'B' },
  ])
  const written = watchLinks()
  store.write(writer => {
    const locationId = ensureLocation(writer, session, 'start')
    const rule = { sessionId: session, device: 'B', fromAt: null, toAt: null, locationId }
    setLocationRule(writer, rule)
  })
  linker.linkNow()
  expect(written()).toEqual([2])
  expect(linksOf().map(({ location }) => location)).toEqual(['finish', 'start'])
})

test('one bib changed among thousands of people writes the links of that person’s reads and no other', () => {
  const PEOPLE = 5000
  store.write(writer => {
    for (let bib = 1; bib <= PEOPLE; bib++) putPerson(writer, { id: `p${bib}`, bib: String(10_000 + bib) })
  })
  const reads = Array.from({ length: PEOPLE }, (_, n) => ({ chip: String(10_001 + n), at: n % 3600 }))
  for (let from = 0; from < PEOPLE; from += 1000) keep(reads.slice(from, from + 1000))
  keep([
    { chip: '10777', at: 4000 },
    { chip: '10777', at: 4005 },
  ])
  const written = watchLinks()
  store.write(writer => putPerson(writer, { id: 'p777', bib: 'X1' }))
  linker.linkNow()
  expect(written()).toEqual([777, PEOPLE + 1, PEOPLE + 2])
})

/** Ids of the links that are written from now on, each once. */
function watchLinks(): () => readonly number[] {
  store.write(writer => {
    writer.run('CREATE TEMP TABLE written (id INTEGER PRIMARY KEY)')
    for (const event of ['INSERT', 'UPDATE'])
      writer.run(
        `CREATE TEMP TRIGGER watch_${event} AFTER ${event} ON main.read_links
         BEGIN INSERT OR IGNORE INTO written VALUES (NEW.read_id); END`,
      )
  })
  return () => store.read.all<{ id: number }>('SELECT id FROM temp.written ORDER BY id').map(({ id }) => id)
}
