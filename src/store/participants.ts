import { hash } from 'node:crypto'
import type { MappingRefusal } from '../core/mapping.ts'
import type { SourceParticipant } from '../core/model.ts'
import type { Json } from '../core/runtime.ts'
import { refreshEffective } from './effective-rows.ts'
import { participantId } from './ids.ts'
import { BY_HAND, columnsOf } from './participant-columns.ts'
import { givenAway, takeRetainedBib } from './retained-bibs.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { latestVersion } from './source-version.ts'
import type { Row } from './tables.ts'
import { followTransfers, successorId } from './transfers.ts'
import { auditable, type Writer } from './writer.ts'

export interface SourceRow {
  readonly participant: SourceParticipant
  readonly raw: Json
  /** What the mapping could not read of it: stored all the same, and not sent on. */
  readonly refusals?: readonly MappingRefusal[]
}

export interface StoredCounts {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

type ParticipantRow = Row<'normalized_participants'>

const hashOf = (row: SourceRow): string =>
  hash(
    'sha1',
    JSON.stringify([
      row.participant.values,
      row.participant.successorId,
      row.raw,
      ...(row.refusals?.length ? [row.refusals] : []),
    ]),
    'base64',
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
  for (const row of rows) {
    const { participant, refusals = [] } = row
    const id = participantId(event.sourceProvider, event.sourceEventId, participant.sourceParticipantId)
    const before = rowWhere(writer, 'normalized_participants', 'id = ?', id)
    const hashKey = hashOf(row)
    const older =
      before?.sourceVersion != null &&
      participant.sourceVersion !== null &&
      participant.sourceVersion < before.sourceVersion
    const back = before?.registrationStatus === 'gone'
    if (before !== null && (older || (before.hashKey === hashKey && !back))) {
      if (heard) writer.run('UPDATE normalized_participants SET synced_at = ? WHERE id = ?', writer.at, id)
      counts.unchanged += 1
      continue
    }
    const columns = columnsOf(participant.values)
    const bibRetained = columns.bibNumber === null && before !== null && before.bibNumber !== null
    const stored: ParticipantRow = {
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
      normalizedData: row.raw,
      mappingRefusals: refusals.length > 0 ? refusals : null,
      hashKey,
      sourceVersion: latestVersion(before, participant),
      clock: writer.clock,
      syncedAt: heard ? writer.at : (before?.syncedAt ?? writer.at),
      createdAt: before?.createdAt ?? writer.at,
      updatedAt: writer.at,
    }
    const kept =
      bibRetained && givenAway(writer, stored) ? { ...stored, bibNumber: null, bibRetained: false } : stored
    writer.put('normalized_participants', kept)
    refreshEffective(writer, kept, event.eventDate, { isNew: before === null })
    if (kept.bibNumber !== null && !kept.bibRetained) takeRetainedBib(writer, kept, event.eventDate)
    if (before?.successorId !== kept.successorId && kept.successorId !== null) transferred.push(kept)
    if (before === null) added.set(participant.sourceParticipantId, id)
    counts[before === null ? 'added' : 'changed'] += 1
  }
  followTransfers(writer, event, transferred, added)
  return counts
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
  return missing.length
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
  refreshEffective(writer, row, event.eventDate, { isNew: true })
  writer.audit({
    action: 'walk-up added',
    table: 'normalized_participants',
    rowId: id,
    before: null,
    after: auditable(row),
  })
  return row
}
