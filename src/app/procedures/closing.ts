import type { ClosingFacts } from '../../api/closing.ts'
import { AppError } from '../../core/errors.ts'
import { dateAt } from '../../core/time.ts'
import { providerById } from '../../providers/index.ts'
import { connectionById, eventsOf } from '../../store/connections.ts'
import { startOf } from '../../store/guns.ts'
import { keyedWaiting } from '../../store/keyed-reads.ts'
import { updateSession } from '../../store/links.ts'
import { rowsWhere } from '../../store/rows.ts'
import { startPlaces } from '../../store/starts.ts'
import type { Row } from '../../store/tables.ts'
import { auditable, type Writer } from '../../store/writer.ts'
import { waitingFor } from '../../sync/entries.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { connectionsOfDay } from '../preflight/preflight-facts.ts'
import { raceDayById } from '../race-days.ts'
import { readsFile } from '../reads-file.ts'
import { resultsFile } from '../results/results-file.ts'

/** Kept in settings: on this laptop only. */
type Closed = {
  readonly closedAt: number
  readonly closedBy: string
  readonly deleteOn: string | null
}

const closedKey = (raceDayId: string): string => `race_day_closed/${raceDayId}`

export function closingProcedures({ store, config, count }: AppParts) {
  const { read } = store

  const closedOf = (raceDayId: string): Closed | null => {
    const key = closedKey(raceDayId)
    const row = read.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key)
    return row ? (JSON.parse(row.value) as Closed) : null
  }
  const sessionShown = async ({ id, sessionName, status }: Row<'timing_sessions'>) => ({
    ...{ id, sessionName, status },
    reads: await count('reads', id),
    unlinked: await count('unlinkedReads', id),
    keyedWaiting: keyedWaiting(read, id),
  })
  const sessionsOf = (raceDayId: string) =>
    rowsWhere(read, 'timing_sessions', 'race_day_id = ? ORDER BY started_at, id', raceDayId)

  const factsOf = async (day: Row<'race_days'>): Promise<ClosingFacts> => {
    const today = dateAt(config.clock(), day.timezone)
    const places = startPlaces(read, day.id)
    const closed = closedOf(day.id)
    return {
      sessions: await Promise.all(sessionsOf(day.id).map(sessionShown)),
      connections: connectionsOfDay(read, day.id).map(connection => ({
        id: connection.id,
        connectionName: connection.connectionName,
        autoSyncEnabled: connection.autoSyncEnabled,
        waiting: waitingFor(read, connection, providerById(connection.targetProvider), config.clock()),
        otherEvents: eventsOf(read, connection).filter(
          event => event.eventDate !== null && event.eventDate !== day.raceDate && event.eventDate >= today,
        ).length,
      })),
      stillOut: (await count('raceDay', day.id)).stillOut,
      startsWithoutGun: places
        .filter(place => place.people > 0 && startOf(read, place.eventId, place.wave).at === null)
        .map(place => [place.eventName, place.wave].filter(Boolean).join(', ')),
      closedAt: closed?.closedAt ?? null,
      closedBy: closed?.closedBy ?? null,
      deleteOn: closed?.deleteOn ?? null,
    }
  }

  /** Turns a connection's schedule off; it can be run by hand all the same. */
  const pause = (writer: Writer, connectionId: string): void => {
    const before = connectionById(writer, connectionId)
    if (before === null) throw new AppError('not-found', `There is no connection ${connectionId}.`)
    if (!before.autoSyncEnabled) return
    const row = { ...before, autoSyncEnabled: false, clock: writer.clock, updatedAt: writer.at }
    writer.put('provider_connections', row)
    writer.audit({
      action: 'connection changed',
      table: 'provider_connections',
      rowId: row.id,
      before: auditable(before),
      after: auditable(row),
      reason: 'race closed',
    })
  }

  return {
    facts: os.closing.facts.handler(({ input }) => factsOf(raceDayById(read, input.id))),
    readsFile: os.closing.readsFile.handler(({ input }) => readsFile(read, input.id, input.after)),
    resultsFile: os.closing.resultsFile.handler(({ input }) =>
      resultsFile(read, raceDayById(read, input.id)),
    ),
    close: os.closing.close.handler(async ({ input, context }) => {
      const day = raceDayById(read, input.id)
      const before = closedOf(day.id)
      await store.writeForced(writer => {
        const active = sessionsOf(day.id).filter(session => session.status === 'active')
        if (input.endSessions) for (const { id } of active) updateSession(writer, { id, status: 'ended' })
        for (const id of input.connectionIds) pause(writer, id)
        const after: Closed = {
          closedAt: writer.at,
          closedBy: writer.actor,
          deleteOn: input.deleteOn === undefined ? (before?.deleteOn ?? null) : input.deleteOn,
        }
        writer.put('settings', { key: closedKey(day.id), value: after, updatedAt: writer.at })
        writer.audit({ action: 'race closed', table: 'race_days', rowId: day.id, before, after })
      }, context.who.name)
      return factsOf(day)
    }),
  }
}
