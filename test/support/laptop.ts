import type { SourceParticipant } from '../../src/core/model.ts'
import type { Clock } from '../../src/core/runtime.ts'
import { storeEvent } from '../../src/store/events.ts'
import { eventId, participantId } from '../../src/store/ids.ts'
import { createSession } from '../../src/store/links.ts'
import { storeParticipants } from '../../src/store/participants.ts'
import type { JournalRead } from '../../src/store/reads.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Row } from '../../src/store/tables.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'

const MIGRATIONS = new URL('../../drizzle/local', import.meta.url).pathname
const silent = { info: () => {}, warn: () => {}, error: () => {} }

export const PROVIDER = 'runsignup'
export const EVENT = eventId(PROVIDER, '5k')
export const person = (key: string): string => participantId(PROVIDER, '5k', key)
/** 2026-05-09T12:00Z. */
export const NOON = 1_778_328_000_000

/** One laptop of several: a whole store with its linker. */
export interface Laptop {
  readonly name: string
  readonly store: Store
  readonly linker: Linker
  /** The event and its session, as every laptop makes or gets them. */
  close(): Promise<void>
}

export function openLaptop(
  name: string,
  clock: Clock,
  file = ':memory:',
  migrations: string = MIGRATIONS,
): Laptop {
  const store = openStore({ file, migrations, clock })
  const linker = createLinker({ store, log: silent })
  return {
    ...{ name, store, linker },
    async close() {
      await linker.stop()
      store.close()
    },
  }
}

const NOTHING = {
  ...{ bib_number: null, first_name: null, last_name: null, email: null, phone: null, date_of_birth: null },
  ...{ gender: null, age: null, city: null, state: null, country: null, emergency_contact: null },
  ...{ race_distance: null, division: null, team_name: null, wave: null, registration_date: null },
  ...{ chips: [], registration_status: 'registered' as const },
}

export const said = (
  key: string,
  values: Partial<SourceParticipant['values']>,
  version: number | null = null,
  successor: string | null = null,
): SourceParticipant => ({
  sourceParticipantId: key,
  sourceVersion: version,
  successorId: successor,
  values: { ...NOTHING, first_name: 'Ann', last_name: key, date_of_birth: '1990-06-01', ...values },
})

/** The event as the provider gives it. */
export const bringEvent = (laptop: Laptop, eventDate = '2026-05-09'): void => {
  laptop.store.write(writer =>
    storeEvent(writer, PROVIDER, {
      ...{ sourceEventId: '5k', sourceRaceId: 'run', raceName: 'Run', eventName: '5K', timezone: 'UTC' },
      ...{
        startAt: NOON,
        startText: null,
        eventDate,
        eventType: null,
        distanceKm: 5,
        city: null,
        state: null,
      },
      ...{ country: null, maxParticipants: null, registrationOpenDate: null, registrationCloseDate: null },
      raw: null,
    }),
  )
}

export const eventRow = (laptop: Laptop): Row<'normalized_events'> | null =>
  rowWhere(laptop.store.read, 'normalized_events', 'id = ?', EVENT)

/** What the provider says of people; nothing where the event is not here yet. */
export function sync(laptop: Laptop, people: readonly SourceParticipant[]): void {
  const event = eventRow(laptop)
  if (event === null) return
  const rows = people.map(participant => ({ participant, written: 'null' }))
  laptop.store.write(writer => storeParticipants(writer, event, rows), 'sync')
}

export const dayOf = (laptop: Laptop): string | null =>
  laptop.store.read.get<{ id: string }>(
    'SELECT race_day_id AS id FROM race_day_events WHERE normalized_event_id = ? AND removed = 0',
    EVENT,
  )?.id ?? null

export const openSession = (laptop: Laptop): string =>
  laptop.store.write(writer =>
    createSession(writer, { name: 'Race', timezone: 'UTC', raceDayId: dayOf(laptop), startedAt: NOON }),
  )

export const streamRead = (sequence: number, chip: string, at: number, stream = 'box'): JournalRead => ({
  ...{
    kind: 'chip',
    identity: `s|${stream}|1|finish|${sequence}`,
    source: 'ctp01',
    device: stream,
    streamId: stream,
  },
  ...{
    streamLocation: 'finish',
    sequence,
    chip,
    bibNumber: null,
    readAt: at,
    rawTime: String(at),
    timeProblem: null,
  },
  ...{ antenna: '1', rssi: null, lap: null, raw: `${sequence};${chip};${at}` },
})

export const sessionOf = (laptop: Laptop): string | null =>
  laptop.store.read.get<{ id: string }>('SELECT id FROM timing_sessions ORDER BY id LIMIT 1')?.id ?? null

export const known = (laptop: Laptop, id: string): boolean =>
  rowWhere(laptop.store.read, 'normalized_participants', 'id = ?', id) !== null

/** By all that they say: of reads that were keyed by hand several may be of one moment. */
const inOrder = (rows: readonly unknown[]): readonly unknown[] =>
  rows
    .map(row => [JSON.stringify(row), row] as const)
    .sort(([one], [other]) => (one < other ? -1 : Number(one > other)))
    .map(([, row]) => row)

/** What must be the same on every laptop at the end, as text. */
export function effectiveState(laptop: Laptop): Readonly<Record<string, readonly unknown[]>> {
  laptop.linker.linkNow()
  const { read } = laptop.store
  return {
    people: read
      .all<Record<string, unknown>>('SELECT * FROM effective_participants ORDER BY participant_id')
      .map(({ changed_at: _, ...row }) => row),
    chips: read.all('SELECT chip, participant_id FROM participant_chips ORDER BY 1, 2'),
    source: read.all(
      `SELECT id, bib_number, bib_retained, registration_status, source_version, successor_id, hash_key, clock
       FROM normalized_participants ORDER BY id`,
    ),
    decisions: read.all(
      `SELECT participant_id, field, value, withdrawn, decided_by, decided_at, clock FROM participant_overrides
       ORDER BY 1, 2`,
    ),
    chipWords: read.all('SELECT chip, participant_id, withdrawn, clock FROM chip_assignments ORDER BY id'),
    bibChips: read.all('SELECT chip, bib_number, removed, clock FROM bib_chips ORDER BY id'),
    readWords: read.all('SELECT read_identity, participant_id, clock FROM read_assignments ORDER BY id'),
    nobodys: read.all('SELECT chip, kind, removed, clock FROM test_chips ORDER BY 1'),
    places: read.all(
      'SELECT id, location_name, kind, duplicate_window_ms, counts, clock FROM timing_locations ORDER BY 1',
    ),
    rules: read.all(
      'SELECT id, device, from_at, to_at, location_id, removed, clock FROM location_rules ORDER BY 1',
    ),
    sessions: read.all('SELECT id, race_day_id, timezone, status, clock FROM timing_sessions ORDER BY 1'),
    days: read.all('SELECT id, race_date, clock FROM race_days ORDER BY 1'),
    daysEvents: read.all(
      'SELECT race_day_id, normalized_event_id, removed, clock FROM race_day_events ORDER BY 1, 2',
    ),
    events: read.all('SELECT id, event_date, clock FROM normalized_events ORDER BY 1'),
    starts: read.all('SELECT normalized_event_id, wave, corrected_at, clock FROM starts ORDER BY 1, 2'),
    offsets: read.all('SELECT device, offset_ms, clock FROM reader_offsets ORDER BY id'),
    // One press that two laptops gave the same bib is one read; each says of it who did so there, and when.
    reads: inOrder(
      read.all(
        `SELECT session_id, device, sequence, chip, bib_number, read_at,
         CASE kind WHEN 'manual' THEN identity ELSE raw END AS said,
         CASE kind WHEN 'manual' THEN NULL ELSE received_at END AS received_at FROM timing_reads`,
      ),
    ),
    links: inOrder(
      read.all(
        `SELECT r.device, r.sequence, r.chip, r.bib_number, r.read_at, l.state <> 'unlinked' AS linked, l.reason,
         l.route, l.participant_id, l.location_id, l.at
         FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id`,
      ),
    ),
    audit: read.all('SELECT laptop_id, sequence, hash FROM audit_log ORDER BY 1, 2'),
  }
}
