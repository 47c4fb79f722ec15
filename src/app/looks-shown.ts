import type { Look } from '../api/sync.ts'
import { providerById } from '../providers/index.ts'
import { type ConnectionRow, scoredEvents } from '../store/connections.ts'
import { nameOf } from '../store/participant-columns.ts'
import type { Reader } from '../store/reader.ts'
import { rowsWhere } from '../store/rows.ts'
import type { LookedAtChange } from '../store/schema/guards.ts'
import { leftAtTarget } from '../sync/entries.ts'

/** Rows shown of each kind; counts are whole. */
const SHOWN = 100

const partShown = (changes: readonly LookedAtChange[]): Look['bibs'] => ({
  count: changes.length,
  rows: changes.slice(0, SHOWN).map(change => ({ ...change, newBib: change.newBib ?? null })),
})

/** What somebody had or has to look at in a run. */
export function looksShown(reader: Reader, operationId: string): Look[] {
  const rows = rowsWhere(reader, 'sync_looks', 'operation_id = ? ORDER BY at, id', operationId)
  return rows.map(({ operationId: _, connectionId: __, normalizedEventId, bibs, gone, ...look }) => ({
    ...look,
    eventName: rowsWhere(reader, 'normalized_events', 'id = ?', normalizedEventId)[0]?.eventName ?? '',
    bibs: partShown(bibs),
    gone: partShown(gone),
  }))
}

/** People of a connection who are no longer registered and still at its target. */
export const peopleLeftAtTarget = (reader: Reader, connection: ConnectionRow, now: number) =>
  scoredEvents(reader, connection, now).flatMap(event =>
    leftAtTarget(reader, event, providerById(connection.targetProvider)).map(row => ({
      participantId: row.participantId,
      name: nameOf(row) ?? '(no name)',
      bibNumber: row.bibNumber,
      eventName: event.eventName,
      registrationStatus: row.registrationStatus,
    })),
  )
