import { AppError } from '../core/errors.ts'
import type { OperationType } from '../core/model.ts'
import type { Clock, Log, Service } from '../core/runtime.ts'
import { type ConnectionRow, connectionById } from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { AccountParts } from './account.ts'
import { nextResultsAt, nextTurnAt, resultsKey } from './agenda.ts'
import type { Centre } from './centre.ts'
import { createConnectionAccounts } from './connection-accounts.ts'
import { createDue } from './due.ts'
import { createEventLocks } from './event-locks.ts'
import { decideLooks } from './look.ts'
import { chooseNext, type Under, type Waiting } from './next.ts'
import {
  ENDED,
  enqueue,
  enqueueAgain,
  type OperationRequest,
  type OperationRow,
  operationById,
  QUEUED_HERE,
  trackProgress,
} from './operations.ts'
import type { Wait } from './publish.ts'
import { createComparisons } from './reconcile-due.ts'
import { mayPullResults } from './results.ts'
import { runOperation } from './run.ts'
import type { Troubles } from './run-ends.ts'
import { createRunEnds } from './run-ends.ts'

const TICK_MS = 1000
export interface Queue extends Service {
  /** Puts a run in the queue; one that waits for the network already is not doubled but woken. */
  request(request: OperationRequest): OperationRow
  cancel(operationId: string, actor: string): OperationRow
  /** Lets a run go on that somebody had to look at. @throws AppError conflict when it waits for nobody */
  goOn(operationId: string, actor: string, anyway: boolean): OperationRow
  /** Resolves when the operation ended, or waits for the network or the provider. */
  settled(operationId: string): Promise<OperationRow>
  /** When a connection is next due; null: never by itself. */
  nextAt(connection: ConnectionRow): number | null
  /** When an event's results are pulled next; null: not by themselves. */
  nextResultsAt(connection: ConnectionRow, eventId: string): number | null
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
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: Wait
  /** Whether connections run on their schedule. */
  readonly schedule: boolean
  readonly centre: Centre
}

/** They change no registrations here: both may be under way. */
const BESIDE: readonly OperationType[] = ['results', 'publish', 'write-back']
const isBeside = (type: OperationType): boolean => BESIDE.includes(type)
const isScheduled = (operation: OperationRow): boolean => operation.triggerType === 'scheduled'

interface Running extends Under {
  readonly abort: AbortController
  readonly done: Promise<void>
}

export function createQueue(parts: QueueParts): Queue {
  const { store, clock, log } = parts
  const running = new Map<string, Running>()
  const accounts = createConnectionAccounts({ ...parts, onFound: () => startDue() })
  const locks = createEventLocks()
  const comparisons = createComparisons({ store, accounts: parts.accounts, names: accounts })
  const pullsResults = (connection: ConnectionRow): boolean =>
    mayPullResults(connection, parts.accounts.providerById(connection.targetProvider))
  const due = createDue({ store, clock, accounts, budget: parts.accounts.budget, pullsResults })
  const ends = createRunEnds(parts)
  const { dequeue } = ends
  const waiters = new Map<string, ((row: OperationRow) => void)[]>()
  /** Operations that a person wants sent from here all the same; started again Trackside asks anew. */
  const anyway = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let hearing = (): void => {}
  let stopped = false

  const settle = (row: OperationRow): void => {
    if (ENDED.includes(row.status)) anyway.delete(row.id)
    for (const waiter of waiters.get(row.id) ?? []) waiter(row)
    waiters.delete(row.id)
  }

  /** Nothing is sent from here before whoever has the turn has stopped. */
  const takeOver = async (
    connectionId: string,
    progress: ReturnType<typeof trackProgress>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { kind, ...now } = parts.centre.standing(connectionId)
    if (kind === 'mine') return
    if ('laptop' in now) progress.step(`Taking it over from ${now.laptop}`)
    await parts.centre.takeOver(connectionId, signal)
    signal.throwIfAborted()
  }

  const run = async (operation: OperationRow, urgent: boolean, abort: AbortController): Promise<void> => {
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
    let troubles: Troubles = new Map()
    let trouble: unknown = null
    try {
      const mayUseAll = urgent || operation.triggerType !== 'scheduled'
      const insisted = anyway.has(operation.id)
      if (!isScheduled(operation)) {
        await parts.centre.bring(abort.signal)
        if (insisted) await takeOver(operation.connectionId, progress, abort.signal)
        else if (parts.centre.standing(operation.connectionId).kind !== 'mine')
          await parts.centre.ask(operation.connectionId)
      }
      const world = {
        ...{ store, accounts: parts.accounts, locks, wait: parts.wait, centre: parts.centre },
        anyway: insisted,
      }
      troubles = await runOperation(world, begun, mayUseAll, progress, abort.signal)
      progress.settleCounts()
      dequeue(operation.id)
      ended = progress.finish({ ...ends.endOf(operation.id, progress), step: null, completedAt: clock() })
    } catch (error) {
      if (stopped) return
      trouble = error
      if (abort.signal.aborted) {
        dequeue(operation.id)
        ended = progress.finish({
          status: 'cancelled',
          step: null,
          completedAt: clock(),
          errorCode: 'cancelled',
          errorMessage: 'Cancelled.',
        })
      } else ended = ends.whenStopped(operation, error, progress)
    }
    parts.accounts.budget.flush()
    ends.note(ended, startedAt, urgent, troubles, trouble)
    parts.centre.send()
    settle(ended)
  }

  const waitingNow = (): readonly Waiting[] =>
    store.read
      .all<
        Omit<Waiting, 'account' | 'eventIds' | 'manual' | 'urgent'> & {
          eventIds: string | null
          type: OperationType
          manual: number
          urgent: number
        }
      >(
        `SELECT q.operation_id AS operationId, q.connection_id AS connectionId, q.deadline_at AS deadlineAt, q.urgent,
           o.event_ids AS eventIds, o.operation_type AS type, o.trigger_type <> 'scheduled' AS manual
         FROM sync_queue q JOIN sync_operations o ON o.id = q.operation_id WHERE q.due_at <= ?`,
        clock(),
      )
      .flatMap(({ eventIds, type, manual, urgent, ...row }) => {
        if (running.has(row.operationId)) return []
        // It waits for this laptop's turn.
        if (manual === 0 && parts.centre.standing(row.connectionId).kind === 'elsewhere') return []
        // Whose keys it uses is looked up first, and then everybody again.
        const [source, target] = accounts.of(row.connectionId) ?? []
        const account = type === 'reconcile' ? target : source
        if (account === undefined) return []
        const known = eventIds === null ? null : (JSON.parse(eventIds) as readonly string[] | null)
        const ids = known !== null && isBeside(type) ? known.map(resultsKey) : known
        return [{ ...row, account, eventIds: ids, manual: manual === 1, urgent: urgent === 1 }]
      })

  const isClosed = (each: Waiting): boolean =>
    (accounts.of(each.connectionId) ?? []).some(account =>
      parts.accounts.breaker.isClosed(account, each.urgent),
    )

  function startDue(): void {
    if (stopped) return
    let waiting = waitingNow()
    for (;;) {
      const next = chooseNext(waiting, [...running.values()], isClosed)
      if (next === null) return
      waiting = waiting.filter(other => other !== next)
      const operation = operationById(store, next.operationId)
      if (operation === null || ENDED.includes(operation.status)) {
        dequeue(next.operationId)
        continue
      }
      const abort = new AbortController()
      const done = run(operation, next.urgent, abort)
        .catch(error => log.error({ error: String(error) }, 'sync queue'))
        .finally(() => {
          running.delete(operation.id)
          // Somebody may have waited for this place.
          if (!stopped) setImmediate(startDue)
        })
      const { connectionId, account, eventIds, manual, urgent } = next
      running.set(operation.id, { connectionId, account, eventIds, manual, urgent, abort, done })
    }
  }

  const nextAt = (connection: ConnectionRow): number | null => nextTurnAt(store.read, connection, clock())

  /** One laptop runs a connection's schedule, and only one that has its keys. */
  const isRunHere = (connectionId: string): boolean =>
    parts.centre.standing(connectionId).kind !== 'elsewhere' &&
    connectionById(store.read, connectionId)?.credentialsUpdatedAt != null

  const enqueueDue = (): void => {
    for (const { connectionId, eventId, results, urgent, deadlineAt } of due.now()) {
      if (!isRunHere(connectionId)) continue
      enqueue(store, {
        ...{ connectionId, urgent, deadlineAt, full: false, startedBy: 'schedule', triggerType: 'scheduled' },
        operationType: eventId === null ? 'events' : results ? 'results' : 'participants',
        eventIds: eventId === null ? [] : [eventId],
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
    if (parts.schedule) {
      enqueueDue()
      for (const comparison of comparisons.due())
        if (isRunHere(comparison.connectionId)) enqueue(store, comparison)
    }
    startDue()
  }

  return {
    async start() {
      stopped = false
      store.write(writer => {
        // What ran when the laptop went down goes on where its last page was stored.
        for (const row of rowsWhere(writer, 'sync_operations', `status = 'running' AND ${QUEUED_HERE}`)) {
          writer.put('sync_operations', { ...row, status: 'pending', updatedAt: writer.at })
        }
      })
      hearing = store.onChange(tables => {
        if (tables.has('provider_connections')) accounts.changed()
        due.changed(tables)
      })
      timer = setInterval(tick, TICK_MS)
      timer.unref()
      tick()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      hearing()
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
        `${QUEUED_HERE} AND connection_id = ? AND status IN ('pending', 'waiting') AND operation_type = ? AND full = ?
         AND retry_of IS ? AND event_ids IS ? AND publish IS ? AND agreed IS ?`,
        request.connectionId,
        request.operationType,
        request.full ? 1 : 0,
        request.retryOf ?? null,
        request.eventIds ? JSON.stringify(request.eventIds) : null,
        request.publish ? JSON.stringify(request.publish) : null,
        request.agreed ?? null,
      )[0]
      const operation = same ?? enqueue(store, request)
      if (request.anyway) anyway.add(operation.id)
      if (same) wake()
      setImmediate(startDue)
      return operation
    },
    cancel(operationId, actor) {
      const operation = operationById(store, operationId)
      if (operation === null) throw new AppError('not-found', `There is no operation ${operationId}.`)
      const active = running.get(operationId)
      if (active) {
        active.abort.abort(new AppError('cancelled', 'Cancelled.'))
        return operation
      }
      if (operation.status === 'needs-a-look')
        store.write(writer => decideLooks(writer, operationId, 'cancelled'), actor)
      else if (ENDED.includes(operation.status)) return operation
      dequeue(operationId)
      const ended = trackProgress(store, operation).finish({
        status: 'cancelled',
        step: null,
        completedAt: clock(),
        resumeAt: null,
        errorCode: 'cancelled',
        errorMessage: 'Cancelled.',
      })
      ends.note(ended, clock(), false, new Map(), null)
      settle(ended)
      return ended
    },
    goOn(operationId, actor, insist) {
      const operation = operationById(store, operationId)
      if (operation === null) throw new AppError('not-found', `There is no operation ${operationId}.`)
      const again = store.write(writer => {
        decideLooks(writer, operationId, 'go-on')
        return enqueueAgain(writer, operation)
      }, actor)
      if (insist) anyway.add(operationId)
      setImmediate(startDue)
      return again
    },
    settled(operationId) {
      const operation = operationById(store, operationId)
      if (operation !== null && ENDED.includes(operation.status)) return Promise.resolve(operation)
      return new Promise(resolve => waiters.set(operationId, [...(waiters.get(operationId) ?? []), resolve]))
    },
    nextAt,
    nextResultsAt: (connection, eventId) =>
      parts.schedule && pullsResults(connection)
        ? nextResultsAt(store.read, connection, eventId, clock())
        : null,
    tick,
    wake,
  }
}
