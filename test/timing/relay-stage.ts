import { expect, vi } from 'vitest'
import type { ScoringProgram } from '../../src/rehearsal/ctp01-server.ts'
import { createSession, updateSession } from '../../src/store/links.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { putRelay, type Relay } from '../../src/store/relays.ts'
import { readCt01 } from '../../src/timing/protocols/ct01-line.ts'
import { createRelays, type RelaySession, type RelayStatus } from '../../src/timing/relay.ts'
import { CHICAGO, NOON, putRace, quiet, testStore } from './race.ts'

const PLACES = ['start', '10k', 'finish'] as const
const two = (n: number) => String(n % 60).padStart(2, '0')

/** The n-th line of a race of three places, as a reader writes it. */
export function raceLine(n: number): string {
  const place = PLACES[n % 3] ?? 'start'
  const time = `2021-05-08T1${Math.floor(n / 360_000) % 10}:${two(Math.floor(n / 6000))}:${two(Math.floor(n / 100))}.${String(n % 100).padStart(2, '0')}`
  return `CT01_33~${Math.floor(n / 3) + 1}~${place}~${String(n).padStart(6, '0')}~${time}~${n % 4}~0F2A${(n % 7) + 10}~${(n % 12) + 1}`
}

export const readOf = (line: string, streamId = 'f'.repeat(40)): JournalRead => {
  const reading = readCt01(line, { timezone: CHICAGO, date: '2021-05-08', source: 'ctp01', streamId })
  if (reading.kind === 'refused') throw new Error(reading.reason)
  return reading.read
}

export const relayTo = (port: number, changes: Partial<Relay> = {}): Relay => ({
  ...{ id: 'a', name: 'Scoring', host: '127.0.0.1', port, protocol: 'ctp01', on: true },
  ...{ devices: [], locations: [], files: false, keyed: false },
  ...changes,
})

const LONG_JOURNAL = `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
  INSERT INTO timing_reads (timing_partner_id, session_id, identity, kind, source, device, stream_id, stream_location,
  sequence, chip, read_at, raw_time, antenna, lap, raw, received_at)
  SELECT ?, ?, 's|long|' || n, 'chip', 'ctp01', '0F2A38', 'long', 'long', n, n, ?, '2021-05-08T12:00:00.00', '1', 0,
  'CT01_33~' || n || '~long~' || n || '~2021-05-08T12:00:00.00~0~0F2A38~1', ? FROM numbers`

/** A store with a session, and relays out of it. */
export function createRelayStage() {
  const opened = testStore(() => NOON)
  const { store } = opened
  let session = putRace(store, [{ id: 'ann', bib: '41' }])
  const sessionNow = (): RelaySession => ({
    ...{ id: session, timezone: CHICAGO, date: '2021-05-08', name: 'Race', description: 'day' },
  })
  let ownPorts: readonly number[] = []
  const make = () => createRelays({ store, log: quiet, session: sessionNow, ownPorts: () => ownPorts })
  let relays = make()
  const status = (): RelayStatus => {
    const [first] = relays.status()
    if (!first) throw new Error('no relay')
    return first
  }
  return {
    store,
    status,
    session: () => session,
    start: () => relays.start(),
    own(ports: readonly number[]) {
      ownPorts = ports
    },
    /** As after the app's own end and start. */
    async restart() {
      await relays.stop()
      relays = make()
      await relays.start()
    },
    put: (relay: Relay) => store.write(writer => putRelay(writer, relay)),
    add: (...reads: readonly JournalRead[]) =>
      store.write(writer => journal(writer, session, reads, NOON)).added,
    /** Lines n to m, without m. */
    race(from: number, to: number) {
      const lines = Array.from({ length: to - from }, (_, index) => raceLine(from + index))
      store.write(writer =>
        journal(
          writer,
          session,
          lines.map(line => readOf(line)),
          NOON,
        ),
      )
    },
    /** So many reads of one location, faster than a reader brings them. */
    longJournal: (reads: number) =>
      store.write(writer => {
        writer.run(LONG_JOURNAL, reads, writer.partnerId, session, NOON, NOON)
        writer.touched('timing_reads')
      }),
    nextSession() {
      session = store.write(writer =>
        createSession(writer, { name: 'Next', timezone: CHICAGO, raceDayId: null }),
      )
      store.write(writer => updateSession(writer, { id: session, name: 'The next' }))
    },
    async stop() {
      await relays.stop()
      opened.close()
    },
  }
}
export type RelayStage = ReturnType<typeof createRelayStage>

/** Lines of the book, as they came, by location and number. */
export function linesOf(scoring: ScoringProgram): readonly string[] {
  const all: string[] = []
  for (const stream of scoring.book.values())
    for (const kept of stream.values())
      for (const { sequence, location, tag, time, lap, readerId, gator } of kept.values())
        all.push(`CT01_33~${sequence}~${location}~${tag}~${time}~${lap}~${readerId}~${gator}`)
  return all.sort()
}

export function readsIn({ book }: ScoringProgram): number {
  let reads = 0
  for (const stream of book.values()) for (const kept of stream.values()) reads += kept.size
  return reads
}

export const has = (scoring: ScoringProgram, reads: number, ms = 30_000) =>
  vi.waitFor(() => {
    expect(scoring.refusals).toEqual([])
    const found = readsIn(scoring)
    if (found !== reads) throw new Error(`${found} reads where ${reads} are wanted`)
  }, ms)
