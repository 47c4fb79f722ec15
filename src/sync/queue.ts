import { AppError, isAppError } from '../core/errors.ts'
import type { Clock, Log, Service } from '../core/runtime.ts'
import { nextRunAt } from '../core/schedule.ts'
import {
  allConnections,
  type ConnectionRow,
  connectionById,
  eventsOf,
  scheduleOf,
} from '../store/connections.ts'
import { rowsWhere, rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { AccountParts } from './account.ts'
import {
  ENDED,
  enqueue,
  type OperationRequest,
  type OperationRow,
  operationById,
  trackProgress,
} from './operations.ts'
import { runOperation } from './run.ts'

/** Connections that run side by side: enough that a slow provider holds nobody up, few enough for a laptop. */
const SIDE_BY_SIDE = 4
const TICK_MS = 1000
/** Waits between tries while something outside is in trouble; the last one stays. */
const RETRY_AFTER_MS = [2_000, 5_000, 10_000, 15_000]
/** An unreachable network is tried for ever; a provider in trouble this often, then the run has failed. */
const TRIES_AT_PROVIDER = 6

export interface Queue extends Service {
  /** Puts a run in the queue; one that waits for the network already is not doubled but woken. */
  request(request: OperationRequest): OperationRow
  cancel(operationId: string): OperationRow
  /** Resolves when the operation ended, or waits for the network or the provider. */
  settled(operationId: string): Promise<OperationRow>
  /** When a connection is next due; null: never by itself. */
  nextAt(connection: ConnectionRow): number | null
  /** Looks who is due, now. */
  tick(): void
  /** Wakes what waits for the network. */
  wake(): void
}

export interface QueueParts {
  readonly store: Store
  readonly accounts: AccountParts
  readonly clock: Clock
  readonly log: Log
  /** Whether connections run on their schedule. */
  readonly schedule: boolean
}

export function createQueue(parts: QueueParts): Queue {
  const { store, clock, log } = parts
  const running = new Map<
    string,
    { readonly connectionId: string; readonly abort: AbortController; readonly done: Promise<void> }
  >()
  const waiters = new Map<string, ((row: OperationRow) => void)[]>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const settle = (row: OperationRow): void => {
    for (const waiter of waiters.get(row.id) ?? []) waiter(row)
    waiters.delete(row.id)
  }

  const dequeue = (operationId: string): void => {
    store.write(writer => {
      writer.run('DELETE FROM sync_queue WHERE operation_id = ?', operationId)
      writer.touched('sync_queue')
    })
  }

  /** A waiting operation goes on by itself; anything else ends here. */
  const whenStopped = (
    operation: OperationRow,
    error: unknown,
    progress: ReturnType<typeof trackProgress>,
  ): OperationRow => {
    const entry = rowWhere(store.read, 'sync_queue', 'operation_id = ?', operation.id)
    const attempts = (entry?.attempts ?? 0) + 1
    const expected = isAppError(error)
    const network = expected && error.code.startsWith('network.')
    const patience = expected && error.retryAfterMs !== null
    if (!expected) log.error({ error: String(error), operation: operation.id }, 'sync failed unexpectedly')
    const code = expected ? error.code : 'internal'
    const message = expected ? error.message : 'Trackside made a mistake here. The log says where.'
    if (
      expected &&
      error.retriable &&
      (network || patience || attempts < TRIES_AT_PROVIDER) &&
      entry !== null
    ) {
      const delay =
        error.retryAfterMs ?? RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length) - 1] ?? 15_000
      const resumeAt = clock() + delay
      store.write(writer =>
        writer.put('sync_queue', {
          ...entry,
          attempts: patience ? entry.attempts : attempts,
          dueAt: resumeAt,
        }),
      )
      return progress.finish({
        status: 'waiting',
        step: null,
        errorCode: code,
        errorMessage: message,
        resumeAt,
      })
    }
    dequeue(operation.id)
    return progress.finish({
      status: 'failed',
      step: null,
      errorCode: code,
      errorMessage: message,
      completedAt: clock(),
      resumeAt: null,
    })
  }

  const run = async (operation: OperationRow, abort: AbortController): Promise<void> => {
    const startedAt = clock()
    const begun = {
      ...operation,
      status: 'running' as const,
      resumeAt: null,
      errorCode: null,
      errorMessage: null,
    }
    const progress = trackProgress(store, begun)
    progress.save()
    let ended: OperationRow
    try {
      await runOperation(store, parts.accounts, begun, progress, abort.signal)
      const held = progress.row().heldRecords > 0
      progress.settleCounts()
      dequeue(operation.id)
      ended = progress.finish({
        status: held ? 'held' : 'completed',
        step: null,
        completedAt: clock(),
        errorCode: held ? 'provider.unconfirmed' : null,
        errorMessage: held
          ? `${progress.row().heldRecords} entries wait: nobody has confirmed how the scoring provider takes them. Allow it in the connection, or use the import file.`
          : null,
      })
    } catch (error) {
      if (stopped) return
      if (abort.signal.aborted) {
        dequeue(operation.id)
        ended = progress.finish({
          status: 'cancelled',
          step: null,
          completedAt: clock(),
          errorCode: 'cancelled',
          errorMessage: 'Cancelled.',
        })
      } else ended = whenStopped(operation, error, progress)
    }
    parts.accounts.budget.flush()
    store.write(writer => {
      const row = rowWhere(writer, 'provider_connections', 'id = ?', operation.connectionId)
      if (row === null) return
      const good = ended.status === 'completed' || ended.status === 'held'
      writer.put('provider_connections', {
        ...row,
        lastSyncAt: startedAt,
        lastSuccessAt: good ? startedAt : row.lastSuccessAt,
        clock: writer.clock,
        updatedAt: writer.at,
      })
    })
    settle(ended)
  }

  const startDue = (): void => {
    if (stopped) return
    const due = rowsWhere(
      store.read,
      'sync_queue',
      'due_at <= ? ORDER BY priority DESC, due_at, operation_id',
      clock(),
    )
    for (const entry of due) {
      if (running.size >= SIDE_BY_SIDE) return
      const busy = [...running.values()].some(other => other.connectionId === entry.connectionId)
      if (busy || running.has(entry.operationId)) continue
      const operation = operationById(store, entry.operationId)
      if (operation === null || ENDED.includes(operation.status)) {
        dequeue(entry.operationId)
        continue
      }
      const abort = new AbortController()
      const done = run(operation, abort)
        .catch(error => log.error({ error: String(error) }, 'sync queue'))
        .finally(() => {
          running.delete(operation.id)
          // Somebody may have waited for this connection's turn.
          if (!stopped) setImmediate(startDue)
        })
      running.set(operation.id, { connectionId: entry.connectionId, abort, done })
    }
  }

  const nextAt = (connection: ConnectionRow): number | null => {
    if (!connection.autoSyncEnabled) return null
    const starts = eventsOf(store.read, connection).map(event => event.startAt)
    return nextRunAt(scheduleOf(connection), starts, connection.lastSyncAt, clock())
  }

  const queued = (connectionId: string): OperationRow | null =>
    rowWhere(
      store.read,
      'sync_operations',
      `id IN (SELECT operation_id FROM sync_queue WHERE connection_id = ?) ORDER BY started_at LIMIT 1`,
      connectionId,
    )

  const enqueueDue = (): void => {
    for (const connection of allConnections(store.read)) {
      const at = nextAt(connection)
      if (at === null || at > clock() || queued(connection.id) !== null) continue
      enqueue(store, {
        connectionId: connection.id,
        operationType: 'participants',
        triggerType: 'scheduled',
        full: false,
        startedBy: 'schedule',
      })
    }
  }

  const wake = (): void => {
    store.write(writer => {
      writer.run('UPDATE sync_queue SET due_at = ? WHERE due_at > ?', writer.at, writer.at)
      writer.touched('sync_queue')
    })
    startDue()
  }

  const tick = (): void => {
    if (parts.schedule) enqueueDue()
    startDue()
  }

  return {
    async start() {
      stopped = false
      store.write(writer => {
        // What ran when the laptop went down goes on where its last page was stored.
        for (const row of rowsWhere(writer, 'sync_operations', `status = 'running'`)) {
          writer.put('sync_operations', { ...row, status: 'pending', updatedAt: writer.at })
        }
      })
      timer = setInterval(tick, TICK_MS)
      timer.unref()
      tick()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      for (const { abort } of running.values())
        abort.abort(new AppError('cancelled', 'Trackside is closing.'))
      await Promise.all([...running.values()].map(({ done }) => done))
      parts.accounts.budget.flush()
    },
    request(request) {
      if (connectionById(store.read, request.connectionId) === null) {
        throw new AppError('not-found', `There is no connection ${request.connectionId}.`)
      }
      const same = rowsWhere(
        store.read,
        'sync_operations',
        `connection_id = ? AND status IN ('pending', 'waiting') AND operation_type = ? AND full = ? AND retry_of IS ?`,
        request.connectionId,
        request.operationType,
        request.full ? 1 : 0,
        request.retryOf ?? null,
      )[0]
      const operation = same ?? enqueue(store, request)
      if (same) wake()
      setImmediate(startDue)
      return operation
    },
    cancel(operationId) {
      const operation = operationById(store, operationId)
      if (operation === null) throw new AppError('not-found', `There is no operation ${operationId}.`)
      const active = running.get(operationId)
      if (active) {
        active.abort.abort(new AppError('cancelled', 'Cancelled.'))
        return operation
      }
      if (ENDED.includes(operation.status)) return operation
      dequeue(operationId)
      const ended = trackProgress(store, operation).finish({
        status: 'cancelled',
        step: null,
        completedAt: clock(),
        resumeAt: null,
        errorCode: 'cancelled',
        errorMessage: 'Cancelled.',
      })
      settle(ended)
      return ended
    },
    settled(operationId) {
      const operation = operationById(store, operationId)
      if (operation !== null && ENDED.includes(operation.status)) return Promise.resolve(operation)
      return new Promise(resolve => waiters.set(operationId, [...(waiters.get(operationId) ?? []), resolve]))
    },
    nextAt,
    tick,
    wake,
  }
}
