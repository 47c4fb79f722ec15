import { AppError } from '../../core/errors.ts'
import { providerById } from '../../providers/index.ts'
import { plainResultsFile } from '../../providers/results-file.ts'
import {
  allConnections,
  type ConnectionRow,
  connectionById,
  connectionEventOf,
  eventsOf,
} from '../../store/connections.ts'
import { rowsWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { refuseDoubt } from '../../sync/centre.ts'
import { freezeOf, heldByFreeze } from '../../sync/freeze.ts'
import { QUEUED_HERE } from '../../sync/operations.ts'
import { weighResults } from '../../sync/publication.ts'
import { sendingOf } from '../../sync/publish.ts'
import { previewPublication } from '../../sync/publish-preview.ts'
import { linkResults } from '../../sync/result-people.ts'
import { resultsOf } from '../../sync/results.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { resultPage } from '../results/result-page.ts'
import { resultsEvents } from '../results/results-events.ts'
import { operationShown } from './sync.ts'

const OF_RESULTS = `operation_type IN ('results', 'publish')`

export function resultsProcedures(parts: AppParts) {
  const { store, sync } = parts
  const { read } = store

  const connectionOf = (id: string): ConnectionRow => {
    const row = connectionById(read, id)
    if (row === null) throw new AppError('not-found', `There is no connection ${id}.`)
    return row
  }
  const eventOf = (connection: ConnectionRow, eventId: string): Row<'normalized_events'> => {
    const event = eventsOf(read, connection).find(({ id }) => id === eventId)
    if (event === undefined)
      throw new AppError('not-found', `Connection ${connection.connectionName} has no event ${eventId}.`)
    return event
  }
  const connectionWith = (eventId: string): ConnectionRow => {
    const found = allConnections(read).find(one => eventsOf(read, one).some(({ id }) => id === eventId))
    if (found === undefined) throw new AppError('not-found', `No connection has the event ${eventId}.`)
    return found
  }

  const refuseFrozen = (): void => {
    const frozen = freezeOf(read)
    if (frozen === null) return
    const { code, message } = heldByFreeze(frozen)
    throw new AppError(code, `${message} Nothing is published.`)
  }

  return {
    events: os.results.events.handler(({ input }) => ({
      events: resultsEvents(read, sync.queue, input.raceDayId ?? null),
    })),
    list: os.results.list.handler(({ input }) => {
      const connection =
        input.connectionId === undefined ? connectionWith(input.eventId) : connectionOf(input.connectionId)
      const event = eventOf(connection, input.eventId)
      return resultPage(read, connection, event, input, parts.config.clock())
    }),
    pull: os.results.pull.handler(async ({ input, context }) => {
      const connection = connectionOf(input.connectionId)
      resultsOf(providerById(connection.targetProvider))
      const operation = sync.queue.request({
        connectionId: connection.id,
        operationType: 'results',
        triggerType: 'manual',
        full: input.full,
        startedBy: context.who.name,
        eventIds: [eventOf(connection, input.eventId).id],
      })
      return operationShown(input.wait ? await sync.queue.settled(operation.id) : operation)
    }),
    publish: os.results.publish.handler(async ({ input, context, signal }) => {
      const connection = connectionOf(input.connectionId)
      const event = eventOf(connection, input.eventId)
      sendingOf(providerById(connection.sourceProvider))
      const now = parts.config.clock()
      const asOf = input.asOf ?? now
      if (asOf > now) throw new AppError('input.invalid', 'as_of: a moment that is still to come.')
      const until = signal ?? new AbortController().signal
      if (!input.dryRun) await refuseDoubt(sync.centre, connection.id, input.anyway)
      const preview = await previewPublication(store, sync.accounts, connection, event, asOf, until)
      if (input.dryRun) return { preview, operationId: null, operation: null }
      refuseFrozen()
      const busy = rowsWhere(
        read,
        'sync_operations',
        `${QUEUED_HERE} AND connection_id = ? AND operation_type = 'publish' AND event_ids = ?
         AND status IN ('pending', 'running', 'waiting')`,
        connection.id,
        JSON.stringify([event.id]),
      )
      if (busy.length > 0)
        throw new AppError('conflict', `Results of ${event.eventName} are being published already.`)
      const choice = { asOf, includeCorrections: input.includeCorrections }
      const operation = sync.queue.request({
        connectionId: connection.id,
        operationType: 'publish',
        triggerType: 'manual',
        full: false,
        startedBy: context.who.name,
        eventIds: [event.id],
        publish: choice,
        anyway: input.anyway,
      })
      store.write(
        writer =>
          writer.audit({
            action: 'results published',
            table: 'normalized_events',
            rowId: event.id,
            before: null,
            after: {
              connection: connection.connectionName,
              results: preview.added.count + (choice.includeCorrections ? preview.corrected.count : 0),
              runners_notified:
                preview.notifiedOfNew + (choice.includeCorrections ? preview.notifiedOfCorrections : 0),
              corrections: choice.includeCorrections,
            },
          }),
        context.who.name,
      )
      if (!input.wait) return { preview, operationId: operation.id, operation: null }
      const ended = await sync.queue.settled(operation.id)
      return { preview, operationId: operation.id, operation: operationShown(ended) }
    }),
    file: os.results.file.handler(({ input }) => {
      const connection = connectionOf(input.connectionId)
      const event = eventOf(connection, input.eventId)
      const source = providerById(connection.sourceProvider)
      store.write(writer => linkResults(writer, event.id, connection.targetProvider))
      const place = connectionEventOf(read, connection.id, event.id)?.resultsPlace ?? null
      const asOf = parts.config.clock()
      const batch = weighResults(read, connection, event, source, { place, held: null, asOf })
        .filter(({ verdict }) => verdict.kind !== 'not-yet' && verdict.kind !== 'left')
        .map(({ result }) => result)
        .sort((a, b) => (a.overallPlace ?? Number.MAX_VALUE) - (b.overallPlace ?? Number.MAX_VALUE))
      const file = source.publication?.file(batch) ?? plainResultsFile(source.id, batch)
      return { ...file, rows: batch.length }
    }),
    history: os.results.history.handler(({ input }) => ({
      operations: rowsWhere(
        read,
        'sync_operations',
        `connection_id = ? AND ${OF_RESULTS} AND (? IS NULL OR event_ids IS NULL OR event_ids LIKE '%' || ? || '%')
         ORDER BY started_at DESC, id DESC LIMIT ?`,
        connectionOf(input.connectionId).id,
        input.eventId ?? null,
        input.eventId ?? null,
        input.limit,
      ).map(operationShown),
    })),
  }
}
