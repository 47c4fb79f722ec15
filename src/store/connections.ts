import { type MappingConfig, NO_MAPPING } from '../core/mapping.ts'
import type { Schedule } from '../core/schedule.ts'
import { idOf } from './ids.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

export type ConnectionRow = Row<'provider_connections'>

export const connectionById = (reader: Reader, id: string): ConnectionRow | null =>
  rowWhere(reader, 'provider_connections', 'id = ? AND deleted_at IS NULL', id)

export const allConnections = (reader: Reader): ConnectionRow[] =>
  rowsWhere(reader, 'provider_connections', 'deleted_at IS NULL ORDER BY created_at, id')

export const scheduleOf = (connection: ConnectionRow): Schedule =>
  connection.scheduleMode === 'interval'
    ? { mode: 'interval', intervalMinutes: connection.scheduleIntervalMinutes ?? 240 }
    : { mode: 'event' }

/** The newest version of a connection's mapping; version 0 are the providers' own defaults. */
export function mappingOf(
  reader: Reader,
  connectionId: string,
): { readonly version: number; readonly mapping: MappingConfig } {
  const row = rowWhere(
    reader,
    'field_mappings',
    'connection_id = ? ORDER BY version DESC LIMIT 1',
    connectionId,
  )
  return row === null ? { version: 0, mapping: NO_MAPPING } : { version: row.version, mapping: row.mapping }
}

const NO_REASON = { note: null, restoredFrom: null }

/** Every version, newest first. */
export const mappingVersions = (reader: Reader, connectionId: string): Row<'field_mappings'>[] =>
  rowsWhere(reader, 'field_mappings', 'connection_id = ? ORDER BY version DESC', connectionId)

/** Another version, after which everybody is looked at again. Nothing happens where it says what the newest says. */
export function saveMapping(
  writer: Writer,
  connectionId: string,
  mapping: MappingConfig,
  why: { readonly note: string | null; readonly restoredFrom: number | null } = NO_REASON,
): void {
  const before = mappingOf(writer, connectionId)
  if (JSON.stringify(before.mapping) === JSON.stringify(mapping)) return
  const version = before.version + 1
  writer.put('field_mappings', {
    id: idOf('field_mappings', connectionId, version),
    timingPartnerId: writer.partnerId,
    connectionId,
    version,
    mapping,
    ...why,
    createdBy: writer.actor,
    clock: writer.clock,
    createdAt: writer.at,
    updatedAt: writer.at,
  })
  writer.run('UPDATE connection_events SET push_checked_at = NULL WHERE connection_id = ?', connectionId)
  writer.audit({
    action: `mapping version ${version} saved`,
    table: 'field_mappings',
    rowId: connectionId,
    before: JSON.parse(JSON.stringify(before.mapping)),
    after: JSON.parse(JSON.stringify(mapping)),
  })
}

/** What ties an event to a connection, if anything does yet. */
export const connectionEventOf = (
  reader: Reader,
  connectionId: string,
  normalizedEventId: string,
): Row<'connection_events'> | null =>
  rowWhere(
    reader,
    'connection_events',
    'connection_id = ? AND normalized_event_id = ?',
    connectionId,
    normalizedEventId,
  )

/** What ties an event to a connection: its target and where fetching stands; made where there is nothing yet. */
export function connectionEvent(
  writer: Writer,
  connectionId: string,
  normalizedEventId: string,
): Row<'connection_events'> {
  const known = connectionEventOf(writer, connectionId, normalizedEventId)
  if (known !== null) return known
  const made: Row<'connection_events'> = {
    id: idOf('connection_events', connectionId, normalizedEventId),
    timingPartnerId: writer.partnerId,
    connectionId,
    normalizedEventId,
    targetEventId: null,
    targetRaceId: null,
    targetName: null,
    targetReadAt: null,
    cursor: null,
    fullFetchStartedAt: null,
    pushCheckedAt: null,
    lastFullAt: null,
    lastPullAt: null,
    resultsCursor: null,
    resultsFullStartedAt: null,
    resultsFullAt: null,
    resultsPulledAt: null,
    resultsPlace: null,
    resultsReadAt: null,
    reconcileTriedAt: null,
    // Of an event that another laptop has brought already, all of it is later.
    clock: writer.lowestClock,
    createdAt: writer.at,
    updatedAt: writer.at,
  }
  writer.put('connection_events', made)
  return made
}

/** Another account or event at the target: where each event goes is asked again. */
export function forgetTargets(writer: Writer, connectionId: string): void {
  for (const row of rowsWhere(writer, 'connection_events', 'connection_id = ?', connectionId)) {
    writer.put('connection_events', {
      ...row,
      targetEventId: null,
      targetRaceId: null,
      targetName: null,
      targetReadAt: null,
      pushCheckedAt: null,
      resultsCursor: null,
      resultsFullStartedAt: null,
      resultsFullAt: null,
      reconcileTriedAt: null,
      clock: writer.clock,
      updatedAt: writer.at,
    })
  }
}

/** Events a connection is about: all it brought, or those chosen. */
export function eventsOf(reader: Reader, connection: ConnectionRow): Row<'normalized_events'>[] {
  const all = rowsWhere(
    reader,
    'normalized_events',
    `id IN (SELECT normalized_event_id FROM connection_events WHERE connection_id = ?)
     ORDER BY start_at IS NULL, start_at, event_name`,
    connection.id,
  )
  const { events } = connection
  return events === 'all' ? all : all.filter(event => events.includes(event.sourceEventId))
}

const DAY = 24 * 60 * 60_000

/**
 * Events whose people go to scoring. A race that is reused brings its past years along, under the same names: of all
 * events only those that are not over a day, or the latest day's where all are over. What was chosen by hand counts.
 */
export function scoredEvents(
  reader: Reader,
  connection: ConnectionRow,
  now: number,
): Row<'normalized_events'>[] {
  const events = eventsOf(reader, connection)
  if (connection.events !== 'all') return events
  const ahead = events.filter(event => event.startAt === null || event.startAt > now - DAY)
  if (ahead.length > 0) return ahead
  const latest = Math.max(...events.map(event => event.startAt ?? 0))
  return events.filter(event => (event.startAt ?? 0) > latest - DAY)
}
