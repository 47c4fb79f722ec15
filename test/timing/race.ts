import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bibKey, chipKey } from '../../src/core/identity.ts'
import type { RegistrationStatus } from '../../src/core/model.ts'
import type { Log } from '../../src/core/runtime.ts'
import { createSession } from '../../src/store/links.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Writer } from '../../src/store/writer.ts'

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} }

export const CHICAGO = 'America/Chicago'

/** Noon of the race of the real files, at the site. */
export const NOON = Date.UTC(2021, 4, 8, 17)

export interface TestStore {
  readonly store: Store
  readonly close: () => void
}

/** A real database in a folder of its own. */
export function testStore(clock: () => number = () => NOON): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-timing-'))
  const store = openStore({ file: join(folder, 'trackside.db'), migrations: 'drizzle/local', clock })
  return {
    store,
    close() {
      store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const controllerFile = (path: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../fixtures/controller-files', path))

const stamps = (writer: Writer) => ({
  timingPartnerId: writer.partnerId,
  createdAt: writer.at,
  updatedAt: writer.at,
})

export function putEvent(writer: Writer, id: string, eventDate: string): void {
  writer.put('normalized_events', {
    ...{ id, sourceProvider: 'test', sourceEventId: id, sourceRaceId: null, raceName: null, eventName: id },
    ...{ timezone: CHICAGO, startAt: null, startText: null, eventDate, eventType: null, raceDistance: null },
    ...{ locationCity: null, locationState: null, locationCountry: null, maxParticipants: null },
    ...{
      registrationOpenDate: null,
      registrationCloseDate: null,
      eventStatus: 'active',
      normalizedData: null,
    },
    ...{ hashKey: '', sourceVersion: null, clock: null, syncedAt: writer.at },
    ...stamps(writer),
  })
}

export function putRaceDay(writer: Writer, id: string, raceDate: string, events: readonly string[]): void {
  writer.put('race_days', {
    id,
    name: id,
    raceDate,
    timezone: CHICAGO,
    fastestKmh: null,
    lastsDays: null,
    clock: writer.clock,
    ...stamps(writer),
  })
  for (const event of events) {
    const row = { id: `${id}-${event}`, raceDayId: id, normalizedEventId: event, removed: false }
    writer.put('race_day_events', { ...row, clock: writer.clock, ...stamps(writer) })
  }
}

export interface Person {
  readonly id: string
  readonly event?: string
  readonly bib?: string | null
  readonly chips?: readonly string[]
  readonly status?: RegistrationStatus
  readonly bibDecidedAt?: number | null
  readonly successorId?: string | null
}

/** What store/participants.ts does of a participant, as far as links see it. */
export function putPerson(writer: Writer, person: Person): void {
  const { id, event = '10K', bib = null, chips = [], status = 'registered' } = person
  const columns = {
    ...{ bibNumber: bib, firstName: 'Ann', lastName: id, email: null, phone: null, dateOfBirth: null },
    ...{ gender: null, age: null, city: null, state: null, country: null, emergencyContact: null },
    ...{ raceDistance: null, division: null, teamName: null, wave: null, registrationDate: null },
    ...{ chips, registrationStatus: status },
  }
  const before = writer.get<{ bib: string | null }>(
    'SELECT bib_key AS bib FROM effective_participants WHERE participant_id = ?',
    id,
  )
  const chipsBefore = writer.all<{ chip: string }>(
    'SELECT chip FROM participant_chips WHERE participant_id = ?',
    id,
  )
  writer.put('normalized_participants', {
    ...{
      id,
      normalizedEventId: event,
      sourceProvider: 'test',
      sourceParticipantId: id,
      globalParticipantId: null,
    },
    ...columns,
    ...{ bibRetained: false, successorId: person.successorId ?? null, successorKey: null },
    ...{ normalizedData: null, mappingRefusals: null, hashKey: '' },
    ...{ sourceVersion: null, clock: null, syncedAt: writer.at },
    ...stamps(writer),
  })
  writer.put('effective_participants', {
    changedAt: writer.at,
    ...{ participantId: id, normalizedEventId: event },
    ...columns,
    ...{ checkedInAt: null, raceStatus: 'none', note: null, participantStatus: status },
    ...{
      bibKey: bib === null ? null : bibKey(bib),
      nameFolded: id,
      bibDecidedAt: person.bibDecidedAt ?? null,
    },
  })
  writer.run('DELETE FROM participant_chips WHERE participant_id = ?', id)
  for (const chip of chips) writer.put('participant_chips', { chip: chipKey(chip), participantId: id })
  for (const key of [bib === null ? null : bibKey(bib), before?.bib ?? null]) {
    if (key !== null) writer.staleLink(`bib|${key}`)
  }
  for (const chip of [...chips.map(chipKey), ...chipsBefore.map(row => row.chip)])
    writer.staleLink(`chip|${chip}`)
  writer.staleLink(`participant|${id}`)
}

/** A race day of one event and a session of it. Returns the session's id. */
export function putRace(store: Store, people: readonly Person[]): string {
  return store.write(writer => {
    putEvent(writer, '10K', '2021-05-08')
    putRaceDay(writer, 'day', '2021-05-08', ['10K'])
    for (const person of people) putPerson(writer, person)
    return createSession(writer, { name: 'Race', timezone: CHICAGO, raceDayId: 'day' })
  })
}

export interface Linked {
  readonly chip: string
  readonly state: string
  readonly reason: string | null
  readonly route: string | null
  readonly participant: string | null
}

/** All links in the journal's order. */
export const links = (store: Store): readonly Linked[] =>
  store.read.all<Linked>(
    `SELECT COALESCE(r.chip, r.bib_number) AS chip, l.state, l.reason, l.route, l.participant_id AS participant
     FROM read_links l JOIN timing_reads r ON r.id = l.read_id ORDER BY r.id`,
  )
