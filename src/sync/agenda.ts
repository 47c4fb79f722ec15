import { nextResultsTurn, nextTurn, type Turn } from '../core/schedule.ts'
import { allConnections, type ConnectionRow, scheduleOf } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'

/** An event that has a turn. Null: the list of events itself is to be fetched. */
export interface Appointment extends Turn {
  readonly connectionId: string
  readonly eventId: string | null
  /** Of its results, not of its registrations. */
  readonly results: boolean
  /** Of the event, ms UTC. */
  readonly startAt: number | null
}

/** Whether a connection's results may be pulled by themselves. */
export type PullsResults = (connection: ConnectionRow) => boolean

/** By which turns of an event's results are told from those of its registrations. */
export const resultsKey = (eventId: string): string => `results ${eventId}`

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
  readonly resultsTriedAt: number | null
  readonly resultsNotBefore: number | null
  /** Where its results are is known. */
  readonly hasTarget: 0 | 1
}

interface LastTurn {
  readonly lastTriedAt: number | null
  readonly notBefore: number | null
}

const EVENTS = `SELECT c.connection_id AS connectionId, v.id AS eventId, v.source_event_id AS sourceEventId,
  v.start_at AS startAt, t.last_tried_at AS lastTriedAt, t.not_before AS notBefore,
  r.last_tried_at AS resultsTriedAt, r.not_before AS resultsNotBefore, c.target_race_id IS NOT NULL AS hasTarget
  FROM connection_events c JOIN normalized_events v ON v.id = c.normalized_event_id
  LEFT JOIN event_turns t ON t.connection_id = c.connection_id AND t.normalized_event_id = v.id
  LEFT JOIN event_turns r ON r.connection_id = c.connection_id AND r.normalized_event_id = 'results ' || v.id`

/** Next turns of all connections that are not paused. */
export function agendaOf(reader: Reader, now: number, pullsResults: PullsResults): readonly Appointment[] {
  const events = Map.groupBy(reader.all<EventRow>(EVENTS), row => row.connectionId)
  return allConnections(reader).flatMap(connection => {
    const rows = events.get(connection.id) ?? []
    const turns = turnsOf(reader, connection, rows, now)
    return pullsResults(connection) ? [...turns, ...resultsTurnsOf(connection, rows, now)] : turns
  })
}

/** When an event's results are pulled next by themselves; null: not for now. */
export function nextResultsAt(
  reader: Reader,
  connection: ConnectionRow,
  eventId: string,
  now: number,
): number | null {
  const rows = reader.all<EventRow>(
    `${EVENTS} WHERE c.connection_id = ? AND v.id = ?`,
    connection.id,
    eventId,
  )
  const [turn] = resultsTurnsOf(connection, rows, now)
  return turn?.dueAt ?? null
}

/** When a connection brings people next by itself; null: never. */
export function nextTurnAt(reader: Reader, connection: ConnectionRow, now: number): number | null {
  const events = reader.all<EventRow>(`${EVENTS} WHERE c.connection_id = ?`, connection.id)
  const turns = turnsOf(reader, connection, events, now)
  const dues = turns.filter(turn => turn.eventId !== null || events.length === 0).map(turn => turn.dueAt)
  return dues.length === 0 ? null : Math.min(...dues)
}

const isChosen =
  (connection: ConnectionRow) =>
  ({ sourceEventId }: EventRow): boolean =>
    connection.events === 'all' || connection.events.includes(sourceEventId)

function resultsTurnsOf(
  connection: ConnectionRow,
  events: readonly EventRow[],
  now: number,
): readonly Appointment[] {
  if (!connection.autoSyncEnabled) return []
  const schedule = scheduleOf(connection)
  return events.filter(isChosen(connection)).flatMap((row): Appointment[] => {
    const { eventId, startAt } = row
    const turn = row.hasTarget ? nextResultsTurn(schedule, startAt, row.resultsTriedAt, now) : null
    if (turn === null) return []
    const due = afterTrouble(turn, row.resultsNotBefore)
    return [{ connectionId: connection.id, eventId, results: true, startAt, ...due }]
  })
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
  const turns = events
    .filter(isChosen(connection))
    .flatMap(({ eventId, startAt, ...last }): Appointment[] => {
      const turn = nextTurn(schedule, startAt, last.lastTriedAt, now)
      if (turn === null) return []
      return [{ connectionId, eventId, results: false, startAt, ...afterTrouble(turn, last.notBefore) }]
    })
  const list = reader.get<{ notBefore: number | null }>(
    `SELECT not_before AS notBefore FROM event_turns WHERE connection_id = ? AND normalized_event_id = ''`,
    connectionId,
  )
  const listAt = eventsSyncedAt === null ? now : eventsSyncedAt + EVENTS_EVERY_MS
  const turn = { dueAt: listAt, deadlineAt: listAt + EVENTS_EVERY_MS, urgent: false }
  return [
    {
      connectionId,
      eventId: null,
      results: false,
      startAt: null,
      ...afterTrouble(turn, list?.notBefore ?? null),
    },
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
