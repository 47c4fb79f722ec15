import type { ResultsEvent } from '../../api/results.ts'
import { providerById } from '../../providers/index.ts'
import { allConnections, connectionEventOf, eventsOf } from '../../store/connections.ts'
import { EVENTS_OF_DAY } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'
import { rowWhere } from '../../store/rows.ts'
import type { Queue } from '../../sync/queue.ts'
import { operationShown } from '../procedures/sync.ts'

interface Counts {
  readonly results: number
  readonly finished: number
  readonly withdrawn: number
}

interface Published {
  readonly published: number
  readonly at: number | null
}

/** Events whose scoring side gives results, by connection; of one race day where one is named. */
export function resultsEvents(
  read: Reader,
  queue: Pick<Queue, 'nextResultsAt'>,
  raceDayId: string | null,
): ResultsEvent[] {
  const ofDay =
    raceDayId === null
      ? null
      : new Set(
          read
            .all<{ id: string }>(`SELECT id FROM normalized_events WHERE id IN (${EVENTS_OF_DAY})`, raceDayId)
            .map(({ id }) => id),
        )
  return allConnections(read).flatMap(connection => {
    const target = providerById(connection.targetProvider)
    const source = providerById(connection.sourceProvider)
    if (!target.results) return []
    const events = eventsOf(read, connection).filter(({ id }) => ofDay === null || ofDay.has(id))
    return events.map((event): ResultsEvent => {
      const counts = read.get<Counts>(
        `SELECT COUNT(*) FILTER (WHERE withdrawn_at IS NULL) AS results,
         COUNT(*) FILTER (WHERE withdrawn_at IS NULL AND result_status = 'finished') AS finished,
         COUNT(withdrawn_at) AS withdrawn
         FROM normalized_results WHERE normalized_event_id = ? AND source_provider = ?`,
        event.id,
        target.id,
      )
      const sent = read.get<Published>(
        `SELECT COUNT(*) AS published, MAX(accepted_at) AS at FROM publication_receipts
         WHERE normalized_event_id = ? AND source_provider = ? AND accepted_hash <> ''`,
        event.id,
        source.id,
      )
      const running = rowWhere(
        read,
        'sync_operations',
        `connection_id = ? AND operation_type IN ('results', 'publish') AND status IN ('pending', 'running', 'waiting')
         AND (event_ids IS NULL OR event_ids = ?) ORDER BY started_at LIMIT 1`,
        connection.id,
        JSON.stringify([event.id]),
      )
      return {
        connectionId: connection.id,
        connectionName: connection.connectionName,
        sourceProvider: connection.sourceProvider,
        targetProvider: connection.targetProvider,
        eventId: event.id,
        eventName: event.eventName,
        raceName: event.raceName,
        eventDate: event.eventDate,
        timezone: event.timezone,
        results: counts?.results ?? 0,
        finished: counts?.finished ?? 0,
        withdrawn: counts?.withdrawn ?? 0,
        published: sent?.published ?? 0,
        pulledAt: connectionEventOf(read, connection.id, event.id)?.resultsPulledAt ?? null,
        nextPullAt: queue.nextResultsAt(connection, event.id),
        publishedAt: sent?.at ?? null,
        canPublish: source.publication?.sending !== undefined,
        running: running === null ? null : operationShown(running),
      }
    })
  })
}
