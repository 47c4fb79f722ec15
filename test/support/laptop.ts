import { bibKey } from '../../src/core/identity.ts'
import type { SourceParticipant } from '../../src/core/model.ts'
import type { Clock } from '../../src/core/runtime.ts'
import { setBibChips } from '../../src/store/bib-chips.ts'
import { decide, takeBack } from '../../src/store/decisions.ts'
import { storeEvent } from '../../src/store/events.ts'
import { eventId, newId, participantId } from '../../src/store/ids.ts'
import { joinWalkUp, splitWalkUp } from '../../src/store/joins.ts'
import { assignChip, assignRead, createSession } from '../../src/store/links.ts'
import { setReaderOffset } from '../../src/store/offsets.ts'
import { addWalkUp, markGone, storeParticipants } from '../../src/store/participants.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { changeStart } from '../../src/store/starts.ts'
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

const eventRow = (laptop: Laptop): Row<'normalized_events'> | null =>
  rowWhere(laptop.store.read, 'normalized_events', 'id = ?', EVENT)

/** What the provider says of people; nothing where the event is not here yet. */
export function sync(laptop: Laptop, people: readonly SourceParticipant[]): void {
  const event = eventRow(laptop)
  if (event === null) return
  const rows = people.map(participant => ({ participant, written: 'null' }))
  laptop.store.write(writer => storeParticipants(writer, event, rows), 'sync')
}

const dayOf = (laptop: Laptop): string | null =>
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

const sessionOf = (laptop: Laptop): string | null =>
  laptop.store.read.get<{ id: string }>('SELECT id FROM timing_sessions ORDER BY id LIMIT 1')?.id ?? null

const known = (laptop: Laptop, id: string): boolean =>
  rowWhere(laptop.store.read, 'normalized_participants', 'id = ?', id) !== null

/** What may happen on a laptop, by numbers, so that it can be told again from its seed. */
export interface Deed {
  readonly what: number
  readonly who: number
  readonly value: number
}

export const PEOPLE = ['1', '2', '3', '4', '5', '6'] as const
const DEEDS = 15

/** Does one thing at a laptop; what does not fit there is left. Numbers of reads go on by `count`. */
export function act(laptop: Laptop, deed: Deed, count: number): string {
  const { store } = laptop
  const key = PEOPLE[deed.who % PEOPLE.length] ?? '1'
  const id = person(key)
  const bib = String(deed.value % 7)
  const chip = `C${deed.value % 7}`
  const session = sessionOf(laptop)
  const day = dayOf(laptop)
  const actor = `desk ${laptop.name}`
  const isHere = known(laptop, id)
  const whatever: readonly (() => unknown)[] = [
    () => isHere && store.write(writer => decide(writer, id, 'bib_number', bib, null), actor),
    () =>
      isHere && store.write(writer => decide(writer, id, 'last_name', `N${deed.value}`, 'spelled'), actor),
    () =>
      isHere && store.write(writer => decide(writer, id, 'checked_in_at', NOON + deed.value, null), actor),
    () => isHere && store.write(writer => decide(writer, id, 'chips', [chip], null), actor),
    () => isHere && store.write(writer => takeBack(writer, id, 'bib_number'), actor),
    () => sync(laptop, [said(key, { bib_number: bib }, deed.value % 3 === 0 ? null : deed.value)]),
    () => sync(laptop, [said(key, { bib_number: null, email: `${deed.value}@x.org` }, deed.value)]),
    () =>
      sync(
        laptop,
        [said(key, {}, deed.value, PEOPLE[deed.value % PEOPLE.length] ?? null)].filter(
          one => one.successorId !== key,
        ),
      ),
    () => {
      const event = eventRow(laptop)
      if (event !== null) store.write(writer => markGone(writer, event, deed.value % 4 === 0 ? writer.at : 0))
    },
    () =>
      session &&
      store.write(writer =>
        journal(writer, session, [streamRead(count, chip, NOON + count * 1000, laptop.name)], writer.at),
      ),
    () =>
      session &&
      store.write(writer =>
        journal(writer, session, [streamRead(deed.value % 9, chip, NOON + count * 1000)], writer.at),
      ),
    () =>
      day &&
      isHere &&
      store.write(
        writer => assignChip(writer, { raceDayId: day, chip, participantId: id, fromAt: 0, reason: null }),
        actor,
      ),
    () => {
      const read = store.read.get<{ id: number }>('SELECT MAX(id) AS id FROM timing_reads')?.id
      if (read && isHere)
        store.write(writer => assignRead(writer, read, deed.value % 2 ? id : null, null), actor)
    },
    () =>
      day &&
      store.write(writer => setBibChips(writer, day, [{ chip, bib: bibKey(String(deed.who % 7)) }]), actor),
    () => {
      const walkUp = store.read.get<{ id: string; successorId: string | null }>(
        `SELECT id, successor_id AS successorId FROM normalized_participants WHERE source_provider = 'by-hand'
         AND registration_status <> 'gone' LIMIT 1`,
      )
      const event = eventRow(laptop)
      if (event === null) return
      store.write(writer => {
        if (walkUp === undefined || deed.value % 3 === 0) {
          const made = newId()
          addWalkUp(writer, event, made, { ...said(made, { bib_number: bib }), sourceParticipantId: made })
        } else if (walkUp.successorId !== null) splitWalkUp(writer, walkUp.id)
        else if (isHere && rowWhere(writer, 'normalized_participants', 'id = ?', id)?.successorId === null)
          joinWalkUp(writer, walkUp.id, id)
      }, actor)
    },
    () => changeStartOf(store, deed),
    () =>
      session &&
      store.write(
        writer =>
          setReaderOffset(writer, { sessionId: session, device: 'box', offsetMs: deed.value, reason: null }),
        actor,
      ),
  ]
  const nth = deed.what % whatever.length
  whatever[nth]?.()
  return `${laptop.name}:${nth}`
}

function changeStartOf(store: Store, deed: Deed): void {
  store.write(
    writer => changeStart(writer, { eventId: EVENT, wave: '', correctedAt: NOON + deed.value }),
    'desk',
  )
}

export const DEED_KINDS = DEEDS + 2

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
    chipWords: read.all('SELECT chip, participant_id, withdrawn, clock FROM chip_assignments ORDER BY 1'),
    bibChips: read.all('SELECT chip, bib_number, removed, clock FROM bib_chips ORDER BY 1'),
    readWords: read.all('SELECT read_identity, participant_id, clock FROM read_assignments ORDER BY 1'),
    starts: read.all('SELECT normalized_event_id, wave, corrected_at, clock FROM starts ORDER BY 1, 2'),
    offsets: read.all('SELECT device, offset_ms, clock FROM reader_offsets ORDER BY 1'),
    reads: read.all(
      'SELECT session_id, device, sequence, chip, read_at, received_at, raw FROM timing_reads ORDER BY 1, 2, 3, 4, 5, 7',
    ),
    links: read.all(
      `SELECT r.device, r.sequence, r.chip, r.read_at, l.state <> 'unlinked' AS linked, l.reason, l.route,
       l.participant_id, l.location_id, l.at FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id
       ORDER BY 1, 2, 3, 4`,
    ),
    audit: read.all('SELECT laptop_id, sequence, hash FROM audit_log ORDER BY 1, 2'),
  }
}
