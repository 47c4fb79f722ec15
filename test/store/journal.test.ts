import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSession } from '../../src/store/links.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { NOON, type TestStore, testStore } from '../timing/race.ts'

let stage: TestStore
beforeEach(() => {
  stage = testStore()
})
afterEach(() => stage.close())

/** A numbered read; `content` tells reads under one number apart. */
interface Numbered {
  readonly location: string
  readonly sequence: number
  readonly content: string
}

const readOf = (stream: string, { location, sequence, content }: Numbered): JournalRead => ({
  ...{ kind: 'chip', identity: `s|A|${stream}|${location}|${sequence}`, source: 'test', device: 'A' },
  ...{ streamId: stream, streamLocation: location, sequence, chip: content, bibNumber: null },
  ...{ readAt: NOON + sequence, rawTime: null, timeProblem: null, antenna: null, rssi: null, lap: null },
  raw: `${location} ${sequence} ${content}`,
})

const newSession = (): string =>
  stage.store.write(writer => createSession(writer, { name: 'x', timezone: 'UTC', raceDayId: null }))

/** What there is after a stream of its own was journalled in such pieces. */
function journalled(pieces: readonly (readonly Numbered[])[]) {
  const { store } = stage
  const session = newSession()
  const kept = store.write(writer =>
    pieces.map(piece =>
      journal(
        writer,
        session,
        piece.map(each => readOf(session, each)),
        NOON,
      ),
    ),
  )
  const all = (sql: string): readonly unknown[] => store.read.all(sql, session)
  const ids = store.read.all<{ id: number }>(
    'SELECT id FROM timing_reads WHERE session_id = ? ORDER BY id',
    session,
  )
  expect(kept.flatMap(each => each.added)).toEqual(ids.map(({ id }) => id))
  return {
    redelivered: kept.reduce((sum, each) => sum + each.redelivered, 0),
    reads: all('SELECT raw, sequence FROM timing_reads WHERE session_id = ? ORDER BY raw'),
    streams: all(
      'SELECT stream_location, last_sequence, run FROM reader_streams WHERE session_id = ? ORDER BY 1',
    ),
    notices: all(
      `SELECT kind, stream_location, run, from_sequence, to_sequence FROM stream_notices WHERE session_id = ?
       ORDER BY 1, 2, 3, 4`,
    ),
  }
}

test('reads that come again, gaps and numbers that begin anew are told alike in one go and one by one', () => {
  const run = fc
    .record({
      from: fc.integer({ min: 1, max: 30 }),
      reads: fc.integer({ min: 1, max: 90 }),
      content: fc.constantFrom('a', 'b'),
    })
    .map(({ from, reads, content }) =>
      Array.from({ length: reads }, (_, n) => ({ location: 'start', sequence: from + n, content })),
    )
  const single = fc.record({
    location: fc.constantFrom('start', 'finish'),
    sequence: fc.integer({ min: 1, max: 60 }),
    content: fc.constantFrom('a', 'a', 'a', 'b'),
  })
  const stream = fc
    .array(fc.oneof(run, fc.array(single, { maxLength: 10 })), { maxLength: 5 })
    .map(parts => parts.flat())
  fc.assert(
    fc.property(stream, fc.integer({ min: 2, max: 100 }), (reads, size) => {
      const pieces = Array.from({ length: Math.ceil(reads.length / size) }, (_, n) =>
        reads.slice(n * size, (n + 1) * size),
      )
      expect(journalled(pieces)).toEqual(journalled(reads.map(each => [each])))
    }),
    { numRuns: 40 },
  )
}, 30_000)

test('a read that cannot be stored takes along those that came with it', () => {
  const session = newSession()
  const reads = Array.from({ length: 40 }, (_, n) =>
    readOf(session, { location: 'start', sequence: n + 1, content: 'a' }),
  )
  const broken = { ...readOf(session, { location: 'start', sequence: 41, content: 'a' }), raw: null as never }
  expect(() => stage.store.write(writer => journal(writer, session, [...reads, broken], NOON))).toThrow(
    /NOT NULL/,
  )
  expect(stage.store.read.get('SELECT 1 FROM timing_reads')).toBeUndefined()
})
