import { nextTurn, type Turn } from '../core/schedule.ts'
import { allConnections, type ConnectionRow, eventsOf, scheduleOf } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'

/** An event that has a turn. Null: the list of events itself is to be fetched. */
export interface Appointment extends Turn {
  readonly connectionId: string
  readonly eventId: string | null
}

/** New events are looked for twice a day, as the existing platform did. */
export const EVENTS_EVERY_MS = 12 * 60 * 60_000
/** Failures in a row after which an event is tried once a day only, until somebody runs it by hand. */
export const GIVEN_UP_AFTER = 8
const DAY_MS = 24 * 60 * 60_000
const MINUTE_MS = 60_000

type Turns = Row<'event_turns'>

/** Next turns of a connection's events, the earliest first; none while it is paused. */
export function appointmentsOf(
  reader: Reader,
  connection: ConnectionRow,
  now: number,
): readonly Appointment[] {
  if (!connection.autoSyncEnabled) return []
  const { id: connectionId, eventsSyncedAt } = connection
  const listAt = eventsSyncedAt === null ? now : eventsSyncedAt + EVENTS_EVERY_MS
  const turns = new Map(
    rowsWhere(reader, 'event_turns', 'connection_id = ?', connectionId).map(row => [
      row.normalizedEventId,
      row,
    ]),
  )
  const schedule = scheduleOf(connection)
  const events = eventsOf(reader, connection).flatMap(event => {
    const tried = turns.get(event.id)
    const turn = nextTurn(schedule, event.startAt, tried?.lastTriedAt ?? null, now)
    return turn === null ? [] : [{ connectionId, eventId: event.id, ...afterTrouble(turn, tried) }]
  })
  const failed = turns.get('')
  const list: Appointment = {
    ...{ connectionId, eventId: null, urgent: false },
    dueAt: Math.max(listAt, failed?.notBefore ?? 0),
    deadlineAt: listAt + EVENTS_EVERY_MS,
  }
  return [list, ...events].sort((one, other) => one.dueAt - other.dueAt)
}

export const agendaOf = (reader: Reader, now: number): readonly Appointment[] =>
  allConnections(reader).flatMap(connection => appointmentsOf(reader, connection, now))

function afterTrouble(turn: Turn, tried: Turns | undefined): Turn {
  const dueAt = Math.max(turn.dueAt, tried?.notBefore ?? 0)
  return dueAt === turn.dueAt ? turn : { ...turn, dueAt, deadlineAt: dueAt + (turn.deadlineAt - turn.dueAt) }
}

/**
 * How long an event that failed is left alone. A race that is near is tried again within minutes whatever happened.
 * @param random 0 to 1; what failed together is not tried again together
 */
export function pauseAfter(failures: number, urgent: boolean, random: number): number {
  const spread = 0.75 + random / 2
  if (urgent) return Math.min(failures, 5) * MINUTE_MS * spread
  if (failures >= GIVEN_UP_AFTER) return DAY_MS * spread
  return Math.min(2 ** failures * MINUTE_MS, 4 * 60 * MINUTE_MS) * spread
}
