import { hash } from 'node:crypto'
import type { MappingRefusal } from '../core/mapping.ts'
import type { SourceParticipant } from '../core/model.ts'
import { addEffective, refreshEffective } from './effective-rows.ts'
import { participantId } from './ids.ts'
import { BY_HAND, columnsOf } from './participant-columns.ts'
import { givenAway, takeRetainedBib } from './retained-bibs.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { latestVersion } from './source-version.ts'
import { staleAlong } from './successors.ts'
import type { Row } from './tables.ts'
import { followTransfers, successorId } from './transfers.ts'
import { auditable, type Writer } from './writer.ts'

export interface SourceRow {
  readonly participant: SourceParticipant
  /** What the provider said as a whole, as JSON. */
  readonly written: string
  /** What the mapping could not read of it: stored all the same, and not sent on. */
  readonly refusals?: readonly MappingRefusal[]
}

export interface StoredCounts {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

type ParticipantRow = Row<'normalized_participants'>

/** New people stored together. */
const TOGETHER = 256

/** What tells whether anything a source says of somebody changed. */
const hashOf = ({ participant, written, refusals }: SourceRow): string => {
  const own = JSON.stringify([participant.values, participant.successorId])
  const refused = refusals?.length ? `,${JSON.stringify(refusals)}` : ''
  return hash('sha1', `${own.slice(0, -1)},${written}${refused}]`, 'base64')
}

/** What is stored of somebody, as far as it tells whether he changed. */
interface Stored {
  readonly id: string
  readonly hashKey: string
  readonly sourceVersion: number | null
  readonly status: string
}

/** Those of many who are stored already, by id. */
function storedOf(writer: Writer, ids: readonly string[]): ReadonlyMap<string, Stored> {
  const stored = writer.all<Stored>(
    `SELECT p.id, p.hash_key AS hashKey, p.source_version AS sourceVersion, p.registration_status AS status
     FROM json_each(?) j CROSS JOIN normalized_participants p ON p.id = j.value`,
    JSON.stringify(ids),
  )
  return new Map(stored.map(row => [row.id, row]))
}

const isUnchanged = (before: Stored, { sourceVersion }: SourceParticipant, hashKey: string): boolean => {
  const older =
    before.sourceVersion !== null && sourceVersion !== null && sourceVersion < before.sourceVersion
  return older || (before.hashKey === hashKey && before.status !== 'gone')
}

/** Bibs of an event that are kept for somebody whose source says them no longer. */
const retainedBibs = (writer: Writer, event: Row<'normalized_events'>): Set<string | null> =>
  new Set(
    writer
      .all<{ bib: string | null }>(
        'SELECT bib_number AS bib FROM normalized_participants WHERE normalized_event_id = ? AND bib_retained = 1',
        event.id,
      )
      .map(({ bib }) => bib),
  )

/**
 * Stores what a provider says of some participants of one event. A row that is older than the one stored by the
 * provider's own clock is left. Nobody is deleted here, and no decision of the crew is touched.
 * @param heard false for what was stored before and is only read anew: the provider did not say it again
 */
export function storeParticipants(
  writer: Writer,
  event: Row<'normalized_events'>,
  rows: readonly SourceRow[],
  heard = true,
): StoredCounts {
  const counts = { added: 0, changed: 0, unchanged: 0 }
  const transferred: ParticipantRow[] = []
  const added = new Map<string, string>()
  const idOfRow = ({ participant }: SourceRow): string =>
    participantId(event.sourceProvider, event.sourceEventId, participant.sourceParticipantId)
  const ids = rows.map(idOfRow)
  const known = storedOf(writer, ids)
  const retained = retainedBibs(writer, event)
  const unchanged: string[] = []
  /** New people are stored together; whoever reads them meanwhile stores them first. */
  let waiting: { readonly row: ParticipantRow; readonly written: string }[] = []
  const seen = new Set<string>()
  const storeWaiting = (): void => {
    const people = waiting.map(({ row }) => row)
    writer.putAll('normalized_participants', people, {
      areNew: true,
      written: { normalizedData: waiting.map(({ written }) => written) },
    })
    if (people.length > 0) addEffective(writer, people, event.eventDate)
    waiting = []
  }
  for (const [at, row] of rows.entries()) {
    const { participant, written } = row
    const id = ids[at] ?? idOfRow(row)
    const hashKey = hashOf(row)
    const twice = seen.has(id)
    seen.add(id)
    if (twice || participant.successorId !== null) storeWaiting()
    const stored = twice ? storedOf(writer, [id]).get(id) : known.get(id)
    if (stored !== undefined && isUnchanged(stored, participant, hashKey)) {
      unchanged.push(id)
      continue
    }
    const before = stored === undefined ? null : rowWhere(writer, 'normalized_participants', 'id = ?', id)
    const next = nextRow(writer, event, row, { id, hashKey, before, heard })
    const { bibNumber } = next
    if (before === null && next.successorKey === null && (bibNumber === null || !retained.has(bibNumber))) {
      waiting.push({ row: next, written })
      added.set(participant.sourceParticipantId, id)
      if (waiting.length === TOGETHER) storeWaiting()
      continue
    }
    storeWaiting()
    const given = next.bibRetained && givenAway(writer, next)
    const kept = { ...next, ...(given ? { bibNumber: null, bibRetained: false } : {}) }
    writer.putAll('normalized_participants', [kept], { written: { normalizedData: [written] } })
    refreshEffective(writer, kept, event.eventDate)
    if (kept.bibRetained) retained.add(kept.bibNumber)
    else if (kept.bibNumber !== null) takeRetainedBib(writer, kept, event.eventDate)
    if (before?.successorId !== kept.successorId && kept.successorId !== null) {
      staleAlong(writer, before?.successorId ?? null)
      transferred.push(kept)
    }
    if (before === null) added.set(participant.sourceParticipantId, id)
    else counts.changed += 1
  }
  storeWaiting()
  counts.added = added.size
  counts.unchanged = unchanged.length
  if (heard) hearAgain(writer, unchanged)
  followTransfers(writer, event, transferred, added)
  return counts
}

/** The source said of them what it had said before. */
const hearAgain = (writer: Writer, ids: readonly string[]): void => {
  if (ids.length === 0) return
  writer.run(
    'UPDATE normalized_participants SET synced_at = ? WHERE id IN (SELECT value FROM json_each(?))',
    writer.at,
    JSON.stringify(ids),
  )
}

/** Somebody as he is to be stored, over what is stored of him; but for what the source said as a whole. */
function nextRow(
  writer: Writer,
  event: Row<'normalized_events'>,
  { participant, refusals = [] }: SourceRow,
  now: {
    readonly id: string
    readonly hashKey: string
    readonly before: ParticipantRow | null
    readonly heard: boolean
  },
): ParticipantRow {
  const { id, hashKey, before, heard } = now
  const columns = columnsOf(participant.values)
  const bibRetained = columns.bibNumber === null && before !== null && before.bibNumber !== null
  return {
    id,
    timingPartnerId: writer.partnerId,
    normalizedEventId: event.id,
    sourceProvider: event.sourceProvider,
    sourceParticipantId: participant.sourceParticipantId,
    globalParticipantId: before?.globalParticipantId ?? null,
    ...columns,
    bibNumber: bibRetained ? before.bibNumber : columns.bibNumber,
    bibRetained,
    successorId:
      participant.successorId === null
        ? (before?.successorId ?? null)
        : successorId(writer, event, participant.successorId),
    successorKey: participant.successorId ?? before?.successorKey ?? null,
    normalizedData: null,
    mappingRefusals: refusals.length > 0 ? refusals : null,
    hashKey,
    sourceVersion: latestVersion(before, participant),
    clock: writer.clock,
    syncedAt: heard ? writer.at : (before?.syncedAt ?? writer.at),
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  }
}

/**
 * Says who is gone, after a complete fetch of an event that began then: everybody of that provider who was not in it.
 * Gone is a state, never a delete.
 * @returns how many are newly gone
 */
export function markGone(writer: Writer, event: Row<'normalized_events'>, fetchStartedAt: number): number {
  const missing = rowsWhere(
    writer,
    'normalized_participants',
    `normalized_event_id = ? AND source_provider = ? AND synced_at < ? AND registration_status = 'registered'`,
    event.id,
    event.sourceProvider,
    fetchStartedAt,
  )
  sayGone(writer, event, missing)
  return missing.length
}

export function sayGone(
  writer: Writer,
  event: Row<'normalized_events'>,
  missing: readonly ParticipantRow[],
): void {
  for (const row of missing) {
    const after = { ...row, registrationStatus: 'gone' as const, updatedAt: writer.at }
    writer.put('normalized_participants', after)
    refreshEffective(writer, after, event.eventDate)
    writer.audit({
      action: 'gone from the source',
      table: 'normalized_participants',
      rowId: row.id,
      before: { registration_status: row.registrationStatus },
      after: { registration_status: 'gone' },
    })
  }
}

/** A walk-up: a participant like any other, by hand. */
export function addWalkUp(
  writer: Writer,
  event: Row<'normalized_events'>,
  id: string,
  participant: SourceParticipant,
): Row<'normalized_participants'> {
  const row: ParticipantRow = {
    id,
    timingPartnerId: writer.partnerId,
    normalizedEventId: event.id,
    sourceProvider: BY_HAND,
    sourceParticipantId: participant.sourceParticipantId,
    globalParticipantId: null,
    ...columnsOf(participant.values),
    bibRetained: false,
    successorId: null,
    successorKey: null,
    normalizedData: null,
    mappingRefusals: null,
    hashKey: '',
    sourceVersion: null,
    clock: writer.clock,
    syncedAt: writer.at,
    createdAt: writer.at,
    updatedAt: writer.at,
  }
  writer.put('normalized_participants', row)
  refreshEffective(writer, row, event.eventDate)
  writer.audit({
    action: 'walk-up added',
    table: 'normalized_participants',
    rowId: id,
    before: null,
    after: auditable(row),
  })
  return row
}
