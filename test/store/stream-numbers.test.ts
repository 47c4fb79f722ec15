import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { streamIdentity } from '../../src/core/identity.ts'
import { createSession } from '../../src/store/links.ts'
import { type JournalRead, journal, notElsewhere } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { decideNotice, streamNotices } from '../../src/store/stream-notices.ts'
import { resumePoint } from '../../src/store/stream-numbers.ts'
import { NOON, testStore } from '../timing/race.ts'

let store: Store
let close: () => void
let session: string

const newSession = (): string =>
  store.write(writer => createSession(writer, { name: 'Race', timezone: 'UTC', raceDayId: null }))

beforeEach(() => {
  const opened = testStore()
  store = opened.store
  close = opened.close
  session = newSession()
})
afterEach(() => close())

/** The read under a number; `chip` says whose content it is. */
const numbered = (sequence: number, chip = '41', streamId = 'stream'): JournalRead => ({
  ...{ kind: 'chip', source: 'ctp01', device: '0F2A38', streamId, streamLocation: 'start', sequence },
  identity: streamIdentity({ device: '0F2A38', streamId, streamLocation: 'start', sequence }),
  ...{ chip, bibNumber: null, readAt: NOON + sequence, rawTime: String(NOON + sequence), timeProblem: null },
  ...{ antenna: '1', rssi: null, lap: null, raw: `${sequence} ${chip} ${NOON + sequence}` },
})

/** As a connection journals. Returns how many were new. */
const comes = (...reads: readonly JournalRead[]): number =>
  store.write(writer => journal(writer, session, notElsewhere(writer, session, reads), NOON)).added.length
const come = (...numbers: readonly number[]): number => comes(...numbers.map(number => numbered(number)))

const notices = (): readonly string[] =>
  streamNotices(store.read, session, 100)
    .map(({ kind, fromSequence, toSequence }) => `${kind} ${fromSequence}-${toSequence}`)
    .sort()
const resume = (): number | null => resumePoint(store.read, 'stream', 'start')

test('a number that is skipped is missing until it comes: its gap shrinks, splits and is filled', () => {
  come(1, 2, 8)
  expect([notices(), resume()]).toEqual([['gap 3-7'], 2])
  come(3)
  expect([notices(), resume()]).toEqual([['gap 4-7'], 3])
  come(5)
  expect([notices(), resume()]).toEqual([['gap 4-4', 'gap 6-7'], 3])
  come(7, 4)
  expect([notices(), resume()]).toEqual([['gap 6-6'], 5])
  come(6, 9)
  expect([notices(), resume()]).toEqual([[], 9])
})

test('what is missing before the first number is missing as well: a stream is asked for from its first', () => {
  come(4)
  expect([notices(), resume()]).toEqual([['gap 1-3'], 0])
})

test('delivered again, numbers are neither a gap nor a restart', () => {
  come(1, 2, 3, 4)
  expect(come(2, 3, 4)).toBe(0)
  expect(come(4, 5)).toBe(1)
  expect([notices(), resume()]).toEqual([[], 5])
})

test('a gap is filled by what comes under the next race day’s session', () => {
  come(1, 4)
  session = newSession()
  expect(come(3, 4, 5)).toBe(2)
  expect(notices()).toEqual(['gap 2-2'])
})

test('a gap that was waved off is not asked for, may be taken up again, and both are audited', () => {
  come(1, 4, 5)
  const id = streamNotices(store.read, session, 1)[0]?.id ?? 0
  store.write(writer => decideNotice(writer, id, { reason: 'box was off' }), 'Kim')
  expect(streamNotices(store.read, session, 1)).toMatchObject([
    { wavedOffBy: 'Kim', wavedOffAt: NOON, reason: 'box was off' },
  ])
  expect(resume()).toBe(5)
  store.write(writer => decideNotice(writer, id, undefined), 'Kim')
  expect(streamNotices(store.read, session, 1)).toMatchObject([{ wavedOffBy: null, reason: null }])
  expect(resume()).toBe(1)
  expect(
    store.read.all(
      "SELECT actor, action FROM audit_log WHERE table_name = 'stream_notices' ORDER BY sequence",
    ),
  ).toEqual([
    { actor: 'Kim', action: 'gap waved off' },
    { actor: 'Kim', action: 'gap taken up again' },
  ])
  come(2, 3)
  expect(() => store.write(writer => decideNotice(writer, id, undefined))).toThrow('no longer there')
})

test('a number that comes again with other content is another read, and its stream goes on from there', () => {
  come(1, 2, 3)
  expect(comes(numbered(1, 'other'), numbered(2, 'other'))).toBe(2)
  expect([notices(), resume()]).toEqual([['restart 3-1'], 2])
  expect(comes(numbered(2, 'other'), numbered(3, 'other'), numbered(4, 'other'))).toBe(2)
  expect([notices(), resume()]).toEqual([['restart 3-1'], 4])
})

test('numbers that began anew unseen are asked for from the first', () => {
  come(1, 2, 3)
  expect(comes(numbered(3, 'other'), numbered(4, 'other'))).toBe(2)
  expect([notices(), resume()]).toEqual([['gap 1-2', 'restart 3-3'], 0])
})

test('one chip’s reads of two antennas under one number are two; a line in another time format is one', () => {
  come(1)
  expect(comes({ ...numbered(1), antenna: '2', raw: 'two' })).toBe(1)
  expect(comes({ ...numbered(1), rawTime: '12:00:00.00', raw: 'three' })).toBe(0)
})

type Move =
  | { readonly kind: 'read' | 'skip'; readonly count: number }
  | { readonly kind: 'again'; readonly from: number; readonly count: number; readonly run: number }
  | { readonly kind: 'cut' | 'restart' | 'session' }

const moves = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('read', 'skip'), count: fc.integer({ min: 1, max: 6 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('again'),
        ...{ from: fc.nat(12), count: fc.integer({ min: 1, max: 8 }), run: fc.nat(3) },
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cut', 'restart', 'session') }) },
  ) as fc.Arbitrary<Move>,
  { maxLength: 25 },
)

test('however delivery, cuts and restarts fall together, each number’s each content is kept once', () => {
  let stream = 0
  fc.assert(
    fc.property(moves, all => {
      const streamId = `s${++stream}`
      const runs: JournalRead[][] = [[]]
      const sent = new Set<string>()
      const send = (reads: readonly JournalRead[]): void => {
        comes(...reads)
        for (const { sequence, chip } of reads) sent.add(`${sequence} ${chip}`)
      }
      /** What the reader reads next. */
      const reads = (count: number): readonly JournalRead[] => {
        const run = runs.at(-1) ?? []
        const more = Array.from({ length: count }, (_, n) =>
          numbered(run.length + n + 1, `run${runs.length}`, streamId),
        )
        run.push(...more)
        return more
      }
      for (const move of all) {
        if (move.kind === 'read') send(reads(move.count))
        else if (move.kind === 'skip') reads(move.count)
        else if (move.kind === 'again') send((runs[move.run] ?? []).slice(move.from, move.from + move.count))
        else if (move.kind === 'restart') runs.push([])
        else if (move.kind === 'session') session = newSession()
        else {
          const from = Math.max(resumePoint(store.read, streamId, 'start') ?? 1, 1)
          send((runs.at(-1) ?? []).slice(from - 1))
        }
      }
      const kept = store.read.all<{ text: string }>(
        "SELECT sequence || ' ' || LOWER(chip) AS text FROM timing_reads WHERE stream_id = ?",
        streamId,
      )
      expect(kept.map(row => row.text).sort()).toEqual([...sent].sort())
    }),
    { numRuns: 80 },
  )
})

test('a reader that goes on with one stream has every number, or a gap that says which it lacks', () => {
  let stream = 0
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.boolean()), {
    maxLength: 15,
  })
  fc.assert(
    fc.property(steps, all => {
      const streamId = `g${++stream}`
      let last = 0
      for (const [count, lost, cut] of all) {
        const from = cut ? Math.max(resumePoint(store.read, streamId, 'start') ?? 1, 1) : last + 1
        last += count
        if (lost && !cut) continue
        comes(...Array.from({ length: last - from + 1 }, (_, n) => numbered(from + n, 'x', streamId)))
      }
      const had = store.read
        .all<{ n: number }>('SELECT sequence AS n FROM timing_reads WHERE stream_id = ?', streamId)
        .map(row => row.n)
      const missing = store.read
        .all<{ from: number; to: number }>(
          'SELECT from_sequence AS "from", to_sequence AS "to" FROM stream_notices WHERE stream_id = ?',
          streamId,
        )
        .flatMap(gap => Array.from({ length: gap.to - gap.from + 1 }, (_, n) => gap.from + n))
      const most = Math.max(0, ...had)
      expect([...had, ...missing].sort((a, b) => a - b)).toEqual(
        Array.from({ length: most }, (_, n) => n + 1),
      )
    }),
    { numRuns: 80 },
  )
})
