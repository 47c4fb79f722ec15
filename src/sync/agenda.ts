import { nextTurn, type Turn } from '../core/schedule.ts'
import { allConnections, type ConnectionRow, scheduleOf } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'

/** An event that has a turn. Null: the list of events itself is to be fetched. */
export interface Appointment extends Turn {
  readonly connectionId: string
  readonly eventId: string | null
  /** Of the event, ms UTC. */
  readonly startAt: number | null
}

/** New events are looked for twice a day, as the existing platform did. */
export const EVENTS_EVERY_MS = 12 * 60 * 60_000
/** Failures in a row after which an event is tried once a day only, until somebody runs it by hand. */
export const GIVEN_UP_AFTER = 8
const DAY_MS = 24 * 60 * 60_000
const MINUTE_MS = 60_000

interface EventRow extends LastTurn {
  readonly connectionId: string
  readonly eventId: string
  readonly sourceEventId: string
  readonly startAt: number | null
}

interface LastTurn {
  readonly lastTriedAt: number | null
  readonly notBefore: number | null
}

const EVENTS = `SELECT c.connection_id AS connectionId, v.id AS eventId, v.source_event_id AS sourceEventId,
  v.start_at AS startAt, t.last_tried_at AS lastTriedAt, t.not_before AS notBefore
  FROM connection_events c JOIN normalized_events v ON v.id = c.normalized_event_id
  LEFT JOIN event_turns t ON t.connection_id = c.connection_id AND t.normalized_event_id = v.id`

/** Next turns of all connections that are not paused. */
export function agendaOf(reader: Reader, now: number): readonly Appointment[] {
  const events = Map.groupBy(reader.all<EventRow>(EVENTS), row => row.connectionId)
  return allConnections(reader).flatMap(connection =>
    turnsOf(reader, connection, events.get(connection.id) ?? [], now),
  )
}

/** When a connection brings people next by itself; null: never. */
export function nextTurnAt(reader: Reader, connection: ConnectionRow, now: number): number | null {
  const events = reader.all<EventRow>(`${EVENTS} WHERE c.connection_id = ?`, connection.id)
  const turns = turnsOf(reader, connection, events, now)
  const dues = turns.filter(turn => turn.eventId !== null || events.length === 0).map(turn => turn.dueAt)
  return dues.length === 0 ? null : Math.min(...dues)
}

function turnsOf(
  reader: Reader,
  connection: ConnectionRow,
  events: readonly EventRow[],
  now: number,
): readonly Appointment[] {
  if (!connection.autoSyncEnabled) return []
  const { id: connectionId, eventsSyncedAt } = connection
  const schedule = scheduleOf(connection)
  const chosen = (row: EventRow): boolean =>
    connection.events === 'all' || connection.events.includes(row.sourceEventId)
  const turns = events.filter(chosen).flatMap(({ eventId, startAt, ...last }): Appointment[] => {
    const turn = nextTurn(schedule, startAt, last.lastTriedAt, now)
    return turn === null ? [] : [{ connectionId, eventId, startAt, ...afterTrouble(turn, last.notBefore) }]
  })
  const list = reader.get<{ notBefore: number | null }>(
    `SELECT not_before AS notBefore FROM event_turns WHERE connection_id = ? AND normalized_event_id = ''`,
    connectionId,
  )
  const listAt = eventsSyncedAt === null ? now : eventsSyncedAt + EVENTS_EVERY_MS
  const turn = { dueAt: listAt, deadlineAt: listAt + EVENTS_EVERY_MS, urgent: false }
  return [
    { connectionId, eventId: null, startAt: null, ...afterTrouble(turn, list?.notBefore ?? null) },
    ...turns,
  ]
}

function afterTrouble(turn: Turn, notBefore: number | null): Turn {
  if (notBefore === null || notBefore <= turn.dueAt) return turn
  return { ...turn, dueAt: notBefore, deadlineAt: notBefore + (turn.deadlineAt - turn.dueAt) }
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
