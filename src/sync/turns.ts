import { isAppError } from '../core/errors.ts'
import type { Reader } from '../store/reader.ts'
import { rowWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import { pauseAfter } from './agenda.ts'

type TurnRow = Row<'event_turns'>

const turnOf = (reader: Reader, connectionId: string, eventId: string): TurnRow | null =>
  rowWhere(reader, 'event_turns', 'connection_id = ? AND normalized_event_id = ?', connectionId, eventId)

/** How an event's turn went; one that somebody cancelled is over, and says nothing else. Event '' is the list of events. */
export function noteTurn(
  writer: Writer,
  turn: { readonly connectionId: string; readonly eventId: string; readonly startedAt: number },
  trouble:
    | { readonly error: unknown; readonly urgent: boolean; readonly random: number }
    | 'cancelled'
    | null,
): void {
  const before = turnOf(writer, turn.connectionId, turn.eventId)
  if (trouble === 'cancelled') {
    const known = before ?? { lastSuccessAt: null, failures: 0, notBefore: null, code: null, message: null }
    const key = { connectionId: turn.connectionId, normalizedEventId: turn.eventId }
    writer.put('event_turns', { ...known, ...key, lastTriedAt: turn.startedAt })
    return
  }
  const failures = trouble === null ? 0 : (before?.failures ?? 0) + 1
  const code = isAppError(trouble?.error) ? trouble.error.code : 'internal'
  writer.put('event_turns', {
    connectionId: turn.connectionId,
    normalizedEventId: turn.eventId,
    lastTriedAt: turn.startedAt,
    lastSuccessAt: trouble === null ? turn.startedAt : (before?.lastSuccessAt ?? null),
    failures,
    notBefore: trouble === null ? null : writer.at + pauseAfter(failures, trouble.urgent, trouble.random),
    code: trouble === null ? null : code,
    message: trouble === null ? null : isAppError(trouble.error) ? trouble.error.message : 'See the log.',
  })
}
