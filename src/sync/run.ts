import { AppError, isAppError } from '../core/errors.ts'
import {
  type ConnectionRow,
  connectionById,
  connectionEventOf,
  eventsOf,
  scoredEvents,
} from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { type Account, type AccountParts, openSide } from './account.ts'
import type { OperationRow, Progress } from './operations.ts'
import { pullEvents, pullParticipants } from './pull.ts'
import { pushEntries } from './push.ts'

const DAY = 24 * 60 * 60_000
/** New events are looked for twice a day, as the existing platform did. */
const EVENTS_EVERY = 12 * 60 * 60_000

/**
 * Events this run is about. What was over a day ago and was fetched whole since is left out, unless that is all there
 * is or somebody asked for everything: a race that is reused each year brings its past years along.
 */
function eventsDue(
  store: Store,
  connection: ConnectionRow,
  full: boolean,
  now: number,
): Row<'normalized_events'>[] {
  const all = eventsOf(store.read, connection)
  if (full) return all
  const due = all.filter(event => {
    if (event.startAt === null || event.startAt > now - DAY) return true
    const state = connectionEventOf(store.read, connection.id, event.id)
    return state?.lastFullAt == null || state.lastFullAt < event.startAt
  })
  return due.length > 0 ? due : all
}

/**
 * One operation from its beginning or from where it was cut: pull → normalize → store → map → compare → push.
 * @throws AppError what stopped it; what was done until then is stored
 */
export async function runOperation(
  store: Store,
  parts: AccountParts,
  operation: OperationRow,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const connection = connectionById(store.read, operation.connectionId)
  if (connection === null) throw new AppError('not-found', 'This connection was taken away.')
  if (operation.operationType === 'results') {
    throw new AppError('provider.unsupported', 'Results are not brought back yet.')
  }
  if (operation.retryOf !== null) return retry(store, parts, connection, operation.retryOf, progress, signal)
  const source = await openSide(parts, connection, 'source', signal, progress.called)
  const now = parts.clock()
  const stale = connection.eventsSyncedAt === null || connection.eventsSyncedAt < now - EVENTS_EVERY
  if (operation.operationType === 'events' || operation.full || stale)
    await pullEvents(store, connection, source, progress)
  if (operation.operationType === 'events') return
  const events = eventsDue(store, connection, operation.full, now)
  if (operation.full) lookAtAll(store, connection)
  for (const event of events) {
    signal.throwIfAborted()
    progress.step(`Fetching ${event.eventName} from ${source.provider.name}`, expected(store, events))
    await pullParticipants(store, connection, event, source, operation.full, progress)
  }
  await pushAll(store, parts, connection, progress, signal, null)
}

/** A full run compares everybody with the target's receipts again, and reads back what the target holds. */
function lookAtAll(store: Store, connection: ConnectionRow): void {
  store.write(writer => {
    for (const row of rowsWhere(writer, 'connection_events', 'connection_id = ?', connection.id)) {
      writer.put('connection_events', {
        ...row,
        pushCheckedAt: null,
        targetReadAt: null,
        clock: writer.clock,
        updatedAt: writer.at,
      })
    }
  })
}

/** How many people a full fetch would bring, as far as is known. */
function expected(store: Store, events: readonly Row<'normalized_events'>[]): number | null {
  const known = events.reduce((sum, event) => {
    const row = store.read.get<{ people: number }>(
      'SELECT COUNT(*) AS people FROM normalized_participants WHERE normalized_event_id = ?',
      event.id,
    )
    return sum + (row?.people ?? 0)
  }, 0)
  return known > 0 ? known : null
}

async function pushAll(
  store: Store,
  parts: AccountParts,
  connection: ConnectionRow,
  progress: Progress,
  signal: AbortSignal,
  only: ReadonlySet<string> | null,
): Promise<void> {
  let opened: Account | null = null
  const side = {
    provider: parts.providerById(connection.targetProvider),
    clock: parts.clock,
    open: async () => {
      opened ??= await openSide(parts, connection, 'target', signal, progress.called)
      return opened
    },
  }
  const events = scoredEvents(store.read, connection, parts.clock())
  const target = { ...side, onlyEvent: events.length === 1 }
  for (const event of events) {
    signal.throwIfAborted()
    try {
      await pushEntries(store, connection, event, target, progress, only)
    } catch (error) {
      // An event that scoring has no race for keeps no other event waiting; it is tried again with every run.
      if (!isAppError(error) || error.code !== 'entry.no-race') throw error
      progress.refused({ stage: 'push', code: error.code, message: `${event.eventName}: ${error.message}` })
    }
  }
}

/** Tries the refused records of an operation again; those the source could not say are fetched anew. */
async function retry(
  store: Store,
  parts: AccountParts,
  connection: ConnectionRow,
  retryOf: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const errors = store.read.all<{ participant_id: string | null; stage: string }>(
    'SELECT participant_id, stage FROM sync_record_errors WHERE operation_id = ?',
    retryOf,
  )
  if (errors.some(error => error.stage === 'normalize')) {
    const source = await openSide(parts, connection, 'source', signal, progress.called)
    for (const event of eventsOf(store.read, connection))
      await pullParticipants(store, connection, event, source, true, progress)
  }
  const people = new Set(
    errors.flatMap(error => (error.participant_id === null ? [] : [error.participant_id])),
  )
  progress.step(`Trying ${errors.length} refused records again`, errors.length)
  await pushAll(store, parts, connection, progress, signal, people)
}
