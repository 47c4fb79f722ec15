import { hash } from 'node:crypto'
import { entryMapper, type MappingConfig, type MappingRefusal, refusalsInWords } from '../core/mapping.ts'
import type { Entry, Provider } from '../providers/provider.ts'
import { type ConnectionRow, connectionEventOf, mappingOf, scoredEvents } from '../store/connections.ts'
import { effectiveValues, overridesOf } from '../store/effective-rows.ts'
import type { Reader } from '../store/reader.ts'
import { decode, rowsWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'

/** Somebody as the target should hold them, and what it last accepted. */
export interface Desired {
  readonly participantId: string
  readonly sourceParticipantId: string
  readonly name: string
  readonly bibNumber: string | null
  readonly key: string
  readonly values: Readonly<Record<string, string>>
  /** With any of them nothing of this person is sent. */
  readonly refusals: readonly MappingRefusal[]
  readonly receipt: Row<'push_receipts'> | null
}

/** The entry's key at the target: the same for ever, and never that of another provider's person. */
export const entryKey = (sourceProvider: string, sourceParticipantId: string): string =>
  `${sourceProvider}:${sourceParticipantId}`

export const isOurKey = (key: string | null): boolean => key !== null && /^[a-z-]+:./.test(key)

/** What tells whether the target holds somebody as he should be. Of somebody who was never sent nobody asks for it. */
export const hashOf = ({ values }: Pick<Desired, 'values'>): string =>
  hash('sha1', JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))), 'base64')

interface Person extends Readonly<Record<string, unknown>> {
  readonly source_provider: string
  readonly source_participant_id: string
  readonly successor_id: string | null
  readonly mapping_refusals: string | null
}

const nameOf = (row: Row<'effective_participants'>): string =>
  [row.firstName, row.lastName].filter(Boolean).join(' ') || '(no name)'

/** People of an event at a target, by a mapping. */
export interface Offered {
  readonly connection: ConnectionRow
  readonly event: Row<'normalized_events'>
  readonly target: Provider
  readonly mapping: MappingConfig
}

const PERSON = 'e.*, p.source_provider, p.source_participant_id, p.successor_id, p.mapping_refusals'
const WHO = `e.normalized_event_id = ? AND e.registration_status = 'registered' AND p.successor_id IS NULL`
const ORDER = 'ORDER BY e.name_folded, e.participant_id'

/** Everybody registered in an event, as the target's fields, beside what it last accepted of them. */
export function desiredEntries(
  reader: Reader,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: Provider,
  options: {
    readonly mapping?: MappingConfig
    /** Only people who changed since. */
    readonly since?: number | null
  } = {},
): Desired[] {
  const mapping = options.mapping ?? mappingOf(reader, connection.id).mapping
  const people = reader.all<Person>(
    `SELECT ${PERSON} FROM effective_participants e JOIN normalized_participants p ON p.id = e.participant_id
     WHERE ${WHO} AND e.changed_at >= ? ${ORDER}`,
    event.id,
    options.since ?? 0,
  )
  return asDesired(reader, { connection, event, target, mapping }, people)
}

/**
 * The same, so many at a time: by name, or what changed since by when it did. Who changes between two pieces may be in
 * both or in none.
 */
export function* desiredPieces(
  reader: Reader,
  offered: Offered,
  since: number | null,
  size: number,
): Generator<readonly Desired[]> {
  const by = since === null ? 'name_folded' : 'changed_at'
  const index = since === null ? 'effective_participants_event' : 'effective_participants_changed'
  const sql = `SELECT participant_id AS id, ${by} AS at FROM effective_participants INDEXED BY ${index}
    WHERE normalized_event_id = ? AND (${by}, participant_id) > (?, ?) ORDER BY ${by}, participant_id LIMIT ?`
  let last: { readonly id: string; readonly at: string | number } | undefined = { id: '', at: since ?? '' }
  while (last !== undefined) {
    const found: NonNullable<typeof last>[] = reader.all(sql, offered.event.id, last.at, last.id, size)
    yield desiredOf(
      reader,
      offered,
      found.map(({ id }) => id),
    )
    last = found.length < size ? undefined : found.at(-1)
  }
}

/** Those of some people who are to be at the target. */
export function desiredOf(reader: Reader, offered: Offered, ids: readonly string[]): Desired[] {
  if (ids.length === 0) return []
  const people = reader.all<Person>(
    `SELECT ${PERSON} FROM json_each(?) j CROSS JOIN effective_participants e ON e.participant_id = j.value
     JOIN normalized_participants p ON p.id = e.participant_id WHERE ${WHO} ${ORDER}`,
    JSON.stringify(ids),
    offered.event.id,
  )
  return asDesired(reader, offered, people)
}

function asDesired(reader: Reader, offered: Offered, people: readonly Person[]): Desired[] {
  const { target } = offered
  const receipts = receiptsOf(
    reader,
    offered,
    people.map(person => person.participant_id),
  )
  const entryOf = entryMapper(target.fields, offered.mapping)
  return people.map(raw => {
    const row = decode('effective_participants', raw)
    const { values, refusals } = entryOf(effectiveValues(row))
    return {
      participantId: row.participantId,
      sourceParticipantId: raw.source_participant_id,
      name: nameOf(row),
      bibNumber: row.bibNumber,
      key: entryKey(raw.source_provider, raw.source_participant_id),
      values,
      refusals: [...sourceRefusals(reader, row.participantId, raw.mapping_refusals), ...refusals],
      receipt: receipts.get(row.participantId) ?? null,
    }
  })
}

/** What the mapping could not read of the source, but for what the crew decided since. */
function sourceRefusals(
  reader: Reader,
  participantId: string,
  stored: string | null,
): readonly MappingRefusal[] {
  if (stored === null) return []
  const decided = new Set<string>(overridesOf(reader, participantId).map(override => override.field))
  const refusals: readonly MappingRefusal[] = JSON.parse(stored)
  return refusals.filter(refusal => !decided.has(refusal.field))
}

/** What the target last accepted of some people, in the event of the target that the connection fills. */
function receiptsOf(
  reader: Reader,
  { connection, event, target }: Offered,
  participantIds: readonly unknown[],
): ReadonlyMap<string, Row<'push_receipts'>> {
  const targetEventId = connectionEventOf(reader, connection.id, event.id)?.targetEventId ?? null
  if (targetEventId === null || participantIds.length === 0) return new Map()
  const receipts = rowsWhere(
    reader,
    'push_receipts',
    `participant_id IN (SELECT value FROM json_each(?)) AND target_provider = ? AND target_event_id = ?`,
    JSON.stringify(participantIds),
    target.id,
    targetEventId,
  )
  return new Map(receipts.map(receipt => [receipt.participantId, receipt]))
}

/** People the target holds who are no longer registered: one-way sync takes nobody out, so they are said. */
export function leftAtTarget(
  reader: Reader,
  event: Row<'normalized_events'>,
  target: Provider,
): Row<'effective_participants'>[] {
  return rowsWhere(
    reader,
    'effective_participants',
    `normalized_event_id = ? AND registration_status <> 'registered' AND participant_id IN
       (SELECT participant_id FROM push_receipts WHERE target_provider = ? AND accepted_hash <> '')`,
    event.id,
    target.id,
  )
}

/** Whether the target must hear of somebody. */
export const isDue = (desired: Desired): boolean =>
  desired.refusals.length > 0 || desired.receipt === null || desired.receipt.acceptedHash !== hashOf(desired)

/** Why somebody is not sent, as it is listed: code, fields and reason. */
export function refusalOf(
  desired: Desired,
  target: Provider,
): { readonly code: MappingRefusal['code']; readonly field: string; readonly message: string } | null {
  const { refusals } = desired
  if (refusals.length === 0) return null
  const missing = refusals.every(refusal => refusal.code === 'mapping.missing')
  const labelOf = (name: string): string => target.fields.find(field => field.name === name)?.label ?? name
  return {
    code: missing ? 'mapping.missing' : 'mapping.refused',
    field: refusals.map(refusal => refusal.field).join(', '),
    message: refusalsInWords(refusals, labelOf),
  }
}

export const toEntry = (desired: Desired, raceId: string): Entry => ({
  key: desired.key,
  entryId: desired.receipt?.targetEntryId ?? null,
  raceId,
  values: desired.values,
})

/** Above so many people that changed since the last push they are counted, not compared. */
const COMPARED = 2000

/** How many people a connection's target has not heard the last of. */
export function waitingFor(reader: Reader, connection: ConnectionRow, target: Provider, now: number): number {
  return scoredEvents(reader, connection, now).reduce((sum, event) => {
    const state = connectionEventOf(reader, connection.id, event.id)
    const since = state?.pushCheckedAt ?? 0
    const changed = reader.get<{ people: number }>(
      `SELECT COUNT(*) AS people FROM effective_participants
       WHERE normalized_event_id = ? AND changed_at >= ? AND registration_status = 'registered'`,
      event.id,
      since,
    )
    const people = changed?.people ?? 0
    if (people === 0 || people > COMPARED) return sum + people
    return sum + desiredEntries(reader, connection, event, target, { since }).filter(isDue).length
  }, 0)
}
