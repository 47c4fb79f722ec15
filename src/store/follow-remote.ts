import { noteBibTwice } from './conflicts.ts'
import { forgetTargets } from './connections.ts'
import { refreshEffective } from './effective-rows.ts'
import { staleSessions } from './events.ts'
import { followJoin, followTransfer } from './joins.ts'
import { identityByNumber } from './lasting-identity.ts'
import { deviceKey } from './locations.ts'
import { BY_HAND } from './participant-columns.ts'
import type { RemoteChange } from './remote-rows.ts'
import { givenAway, takeRetainedBib } from './retained-bibs.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { staleAlong } from './successors.ts'
import type { Row, TableName } from './tables.ts'
import { followTransfers } from './transfers.ts'
import type { Writer } from './writer.ts'

type Participant = Row<'normalized_participants'>
type Event = Row<'normalized_events'>

const text = (value: unknown): string => (value == null ? '' : String(value))

/** What links follow from, table by table: the keys that are stale. Both versions', where a row moved. */
const STALE: { readonly [name in TableName]?: (row: RemoteChange['after']) => string } = {
  bib_chips: row => `chip|${row.chip}`,
  chip_assignments: row => `chip|${row.chip}`,
  test_chips: row => `chip|${row.chip}`,
  location_rules: row => deviceKey(text(row.session_id), text(row.device)),
  reader_offsets: row => deviceKey(text(row.session_id), text(row.device)),
  read_assignments: row => `read|${row.session_id}|${row.read_identity}`,
}

const SESSION_FIELDS: { readonly [name in TableName]?: readonly [id: string, ...fields: string[]] } = {
  timing_sessions: ['id', 'race_day_id', 'timezone'],
  timing_locations: ['session_id', 'duplicate_window_ms', 'counts'],
}

function staleLinks(writer: Writer, { table, before, after }: RemoteChange): void {
  const key = STALE[table]
  if (key !== undefined)
    for (const row of before === null ? [after] : [before, after]) writer.staleLink(key(row))
  if (table === 'read_assignments')
    writer.staleLink(`read|${after.session_id}|${identityByNumber(text(after.read_identity))}`)
  const [id, ...fields] = SESSION_FIELDS[table] ?? []
  if (id !== undefined && fields.some(field => before?.[field] !== after[field]))
    writer.staleLink(`session|${after[id]}`)
  if (table === 'race_days') staleSessions(writer, text(after.id))
  if (table === 'race_day_events') staleSessions(writer, text(after.race_day_id))
}

function aboutConnections(writer: Writer, { table, before, after }: RemoteChange): void {
  // Another mapping: everybody is offered again.
  if (table === 'field_mappings')
    writer.run(
      'UPDATE connection_events SET push_checked_at = NULL WHERE connection_id = ?',
      after.connection_id,
    )
  // Another account or event at the target: an older word on where an event goes must not outlive it.
  if (table === 'provider_connections' && before !== null && before.target_settings !== after.target_settings)
    forgetTargets(writer, text(after.id))
}

/** Where an event is here, its people's ages and their successors follow from it. */
function aboutEvent(writer: Writer, { before, after }: RemoteChange): void {
  const event = rowWhere(writer, 'normalized_events', 'id = ?', after.id)
  if (event === null || (before !== null && before.event_date === after.event_date)) return
  for (const day of rowsWhere(writer, 'race_day_events', 'normalized_event_id = ? AND removed = 0', event.id))
    staleSessions(writer, day.raceDayId)
  const people = rowsWhere(writer, 'normalized_participants', 'normalized_event_id = ?', event.id)
  for (const person of people) refreshEffective(writer, person, event.eventDate)
  if (before === null && people.length > 0) successors(writer, event, people, people)
}

function successors(
  writer: Writer,
  event: Event,
  people: readonly Participant[],
  added: readonly Participant[],
): void {
  const registered = people.filter(person => person.sourceProvider !== BY_HAND)
  const moved = registered.filter(person => person.successorId !== null)
  const keys = added
    .filter(person => person.sourceProvider === event.sourceProvider)
    .map(person => [person.sourceParticipantId, person.id] as const)
  followTransfers(writer, event, moved, new Map(keys))
}

function bibs(writer: Writer, person: Participant, eventDate: string | null): void {
  if (person.bibNumber === null) return
  if (!person.bibRetained) {
    takeRetainedBib(writer, person, eventDate)
    return
  }
  if (!givenAway(writer, person)) return
  const without = { ...person, bibNumber: null, bibRetained: false, updatedAt: writer.at }
  writer.put('normalized_participants', without)
  refreshEffective(writer, without, eventDate)
}

function aboutPeople(writer: Writer, changes: readonly RemoteChange[]): void {
  const changed = changes.filter(({ table }) => table === 'normalized_participants')
  const decided = changes.filter(({ table }) => table === 'participant_overrides')
  const isNew = new Set(changed.flatMap(({ before, after }) => (before === null ? [text(after.id)] : [])))
  const ids = new Set([
    ...changed.map(({ after }) => text(after.id)),
    ...decided.map(({ after }) => text(after.participant_id)),
  ])
  const people = [...ids].flatMap(id => rowWhere(writer, 'normalized_participants', 'id = ?', id) ?? [])
  const events = new Map<string, Event | null>()
  const eventOf = (person: Participant): Event | null => {
    const known = events.get(person.normalizedEventId)
    if (known !== undefined) return known
    const event = rowWhere(writer, 'normalized_events', 'id = ?', person.normalizedEventId)
    events.set(person.normalizedEventId, event)
    return event
  }
  for (const person of people) refreshEffective(writer, person, eventOf(person)?.eventDate ?? null)
  for (const person of people) bibs(writer, person, eventOf(person)?.eventDate ?? null)
  for (const { before, after } of changed)
    if (before !== null && before.successor_id !== after.successor_id) {
      writer.staleLink(`participant|${after.id}`)
      staleAlong(writer, before.successor_id === null ? null : text(before.successor_id))
    }
  for (const person of people) {
    if (person.successorId === null) continue
    writer.staleLink(`participant|${person.id}`)
    writer.staleLink(`participant|${person.successorId}`)
    if (person.sourceProvider === BY_HAND) followJoin(writer, person)
    else if (!isNew.has(person.id)) {
      const to = rowWhere(writer, 'normalized_participants', 'id = ?', person.successorId)
      if (to !== null) followTransfer(writer, person, to)
    }
  }
  for (const event of events.values()) {
    if (event === null) continue
    const added = people.filter(person => person.normalizedEventId === event.id && isNew.has(person.id))
    if (added.length > 0) successors(writer, event, added, added)
  }
  for (const { after } of decided)
    if (after.field === 'bib_number') noteBibTwice(writer, text(after.participant_id))
}

/** What follows from rows that came from a peer, once they are all here: in whatever order they came. */
export function followRemote(writer: Writer, changes: readonly RemoteChange[]): void {
  for (const change of changes) {
    if (change.table === 'normalized_events') aboutEvent(writer, change)
    aboutConnections(writer, change)
    staleLinks(writer, change)
  }
  aboutPeople(writer, changes)
}
