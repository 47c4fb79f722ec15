import { createHash } from 'node:crypto'
import type { SourceEvent } from '../core/model.ts'
import { refreshEffective } from './effective-rows.ts'
import { eventId, idOf } from './ids.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

/** Stores what a provider says of an event, and gives it a race day where it has none. */
export function storeEvent(writer: Writer, provider: string, source: SourceEvent): Row<'normalized_events'> {
  const id = eventId(provider, source.sourceEventId)
  const before = rowWhere(writer, 'normalized_events', 'id = ?', id)
  const hashKey = createHash('sha1').update(JSON.stringify(source)).digest('base64')
  if (before !== null && before.hashKey === hashKey) {
    writer.run('UPDATE normalized_events SET synced_at = ? WHERE id = ?', writer.at, id)
    return before
  }
  const row: Row<'normalized_events'> = {
    id,
    timingPartnerId: writer.partnerId,
    sourceProvider: provider,
    sourceEventId: source.sourceEventId,
    sourceRaceId: source.sourceRaceId,
    raceName: source.raceName,
    eventName: source.eventName,
    timezone: source.timezone,
    startAt: source.startAt,
    startText: source.startText,
    eventDate: source.eventDate,
    eventType: source.eventType,
    raceDistance: source.distanceKm,
    locationCity: source.city,
    locationState: source.state,
    locationCountry: source.country,
    maxParticipants: source.maxParticipants,
    registrationOpenDate: source.registrationOpenDate,
    registrationCloseDate: source.registrationCloseDate,
    eventStatus: 'active',
    normalizedData: source.raw,
    hashKey,
    sourceVersion: null,
    clock: writer.clock,
    syncedAt: writer.at,
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  }
  writer.put('normalized_events', row)
  if (before !== null && before.eventDate !== row.eventDate) {
    const days = rowsWhere(writer, 'race_day_events', 'normalized_event_id = ? AND removed = 0', id)
    for (const { raceDayId } of days) staleSessions(writer, raceDayId)
    // Ages follow from it.
    for (const person of rowsWhere(writer, 'normalized_participants', 'normalized_event_id = ?', id))
      refreshEffective(writer, person, row.eventDate)
  }
  suggestRaceDay(writer, row)
  return row
}

/**
 * Events of one race on one day share a site: they get a race day by themselves, unless the crew gave them one.
 * Its id follows from the provider's keys, so that two laptops make the same one.
 */
function suggestRaceDay(writer: Writer, event: Row<'normalized_events'>): void {
  if (event.eventDate === null) return
  if (writer.get('SELECT 1 FROM race_day_events WHERE normalized_event_id = ?', event.id) !== undefined)
    return
  const site = event.sourceRaceId ?? event.sourceEventId
  const id = idOf('race_days', event.sourceProvider, site, event.eventDate)
  if (rowWhere(writer, 'race_days', 'id = ?', id) === null) {
    writer.put('race_days', {
      id,
      timingPartnerId: writer.partnerId,
      name: event.raceName ?? event.eventName,
      raceDate: event.eventDate,
      timezone: event.timezone ?? 'UTC',
      fastestKmh: null,
      lastsDays: null,
      clock: writer.lowestClock,
      createdAt: writer.at,
      updatedAt: writer.at,
    })
  }
  putRaceDayEvent(writer, id, event.id, false, writer.lowestClock)
}

function putRaceDayEvent(
  writer: Writer,
  raceDayId: string,
  normalizedEventId: string,
  removed: boolean,
  clock = writer.clock,
): void {
  const id = idOf('race_day_events', raceDayId, normalizedEventId)
  const before = rowWhere(writer, 'race_day_events', 'id = ?', id)
  if (before?.removed === removed) return
  writer.put('race_day_events', {
    id,
    timingPartnerId: writer.partnerId,
    raceDayId,
    normalizedEventId,
    removed,
    clock,
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  })
  staleSessions(writer, raceDayId)
}

/** Links of a race day's sessions are computed again; those of sessions without one, too. */
export function staleSessions(writer: Writer, raceDayId: string): void {
  const sessions = writer.all<{ id: string }>(
    'SELECT id FROM timing_sessions WHERE race_day_id = ? OR race_day_id IS NULL',
    raceDayId,
  )
  for (const session of sessions) writer.staleLink(`session|${session.id}`)
}

/** Says which events a race day holds. */
export function setRaceDayEvents(writer: Writer, raceDayId: string, eventIds: readonly string[]): void {
  const held = writer.all<{ normalized_event_id: string }>(
    'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0',
    raceDayId,
  )
  for (const { normalized_event_id: id } of held)
    if (!eventIds.includes(id)) putRaceDayEvent(writer, raceDayId, id, true)
  for (const id of eventIds) putRaceDayEvent(writer, raceDayId, id, false)
}

/** Adds or changes a race day; a crew's doing, so it is in the audit log. */
export function putRaceDay(
  writer: Writer,
  day: Pick<Row<'race_days'>, 'id' | 'name' | 'raceDate' | 'timezone'> &
    Partial<Pick<Row<'race_days'>, 'fastestKmh' | 'lastsDays'>>,
): void {
  const before = rowWhere(writer, 'race_days', 'id = ?', day.id)
  const row = {
    ...{ fastestKmh: before?.fastestKmh ?? null, lastsDays: before?.lastsDays ?? null },
    ...day,
    timingPartnerId: writer.partnerId,
    clock: writer.clock,
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  }
  writer.put('race_days', row)
  staleSessions(writer, day.id)
  writer.audit({
    action: before === null ? 'race day added' : 'race day changed',
    table: 'race_days',
    rowId: day.id,
    before: auditable(before),
    after: auditable(row),
  })
}
