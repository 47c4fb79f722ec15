import { type AppError, isAppError } from '../core/errors.ts'
import type { OperationType } from '../core/model.ts'
import type { Clock, Log } from '../core/runtime.ts'
import { connectionById, eventsOf } from '../store/connections.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import { resultsKey } from './agenda.ts'
import { looksInWords, openLooks } from './look.ts'
import type { OperationRow, trackProgress } from './operations.ts'
import { noteCompared } from './reconcile-due.ts'
import { noteTurn } from './turns.ts'

/** What went wrong in a run, by event id. */
export type Troubles = ReadonlyMap<string, AppError>

/** Waits between tries while something outside is in trouble; the last one stays. */
const RETRY_AFTER_MS = [2_000, 5_000, 10_000, 15_000]
/**
 * An unreachable network is tried for ever; a provider in trouble this often, then the run has failed. What the clock
 * began has its next turn, and leaves its place to others.
 */
const TRIES_AT_PROVIDER = { manual: 6, retry: 6, scheduled: 2 } as const

const TURNS: readonly OperationType[] = ['participants', 'results']

/** Brings people or sends them: its end is the connection's last run. */
const isSync = (type: OperationType): boolean => type === 'events' || type === 'participants'

const HELD_WORDS: Readonly<Record<OperationType, readonly [one: string, many: string]>> = {
  events: ['entry', 'entries'],
  participants: ['entry', 'entries'],
  results: ['result', 'results'],
  publish: ['result', 'results'],
  'write-back': ['registration', 'registrations'],
  reconcile: ['entry', 'entries'],
}

type TrackedProgress = ReturnType<typeof trackProgress>

/** What becomes of a run that ended, and of its place in the queue. */
export interface RunEnds {
  dequeue(operationId: string): void
  /** How a run ends that came through. */
  endOf(
    operationId: string,
    progress: TrackedProgress,
  ): Pick<OperationRow, 'status' | 'errorCode' | 'errorMessage'>
  /** A waiting operation goes on by itself; anything else ends here. */
  whenStopped(operation: OperationRow, error: unknown, progress: TrackedProgress): OperationRow
  /** How the turns of its events went. */
  note(ended: OperationRow, startedAt: number, urgent: boolean, troubles: Troubles, error: unknown): void
}

export interface RunEndsParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** 0 to 1. */
  readonly random: () => number
}

export function createRunEnds({ store, clock, log, random }: RunEndsParts): RunEnds {
  const dequeue = (operationId: string): void => {
    store.write(writer => {
      writer.run('DELETE FROM sync_queue WHERE operation_id = ?', operationId)
      writer.touched('sync_queue')
    })
  }

  /** Events that an operation was a turn of; '' is the list of events. */
  const eventsOfTurn = (operation: OperationRow): readonly string[] => {
    if (operation.operationType === 'events') return ['']
    if (!TURNS.includes(operation.operationType) || operation.retryOf !== null) return []
    if (operation.eventIds !== null) return operation.eventIds
    const connection = connectionById(store.read, operation.connectionId)
    return connection === null ? [] : eventsOf(store.read, connection).map(event => event.id)
  }

  const endOf = (
    operationId: string,
    progress: TrackedProgress,
  ): Pick<OperationRow, 'status' | 'errorCode' | 'errorMessage'> => {
    const looks = openLooks(store.read, operationId)
    if (looks.length > 0)
      return {
        status: 'needs-a-look',
        errorCode: 'sync.needs-a-look',
        errorMessage: looksInWords(store.read, looks),
      }
    const held = progress.held()
    if (held !== null) {
      const { heldRecords, operationType } = progress.row()
      const [one, many] = HELD_WORDS[operationType]
      const wait = heldRecords === 1 ? `1 ${one} waits.` : `${heldRecords} ${many} wait.`
      const errorMessage = heldRecords > 0 ? `${wait} ${held.message}` : held.message
      return { status: 'held', errorCode: held.code, errorMessage }
    }
    return { status: 'completed', errorCode: null, errorMessage: null }
  }

  /** A waiting operation goes on by itself; anything else ends here. */
  const whenStopped = (operation: OperationRow, error: unknown, progress: TrackedProgress): OperationRow => {
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
      (network || patience || attempts < TRIES_AT_PROVIDER[operation.triggerType]) &&
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
      // Another laptop does it: nothing went wrong.
      status: code === 'sync.elsewhere' ? 'held' : 'failed',
      step: null,
      errorCode: code,
      errorMessage: message,
      completedAt: clock(),
      resumeAt: null,
    })
  }

  /** How the turns of its events went. */
  const note = (
    ended: OperationRow,
    startedAt: number,
    urgent: boolean,
    troubles: Troubles,
    error: unknown,
  ) => {
    const good = ended.status === 'completed' || ended.status === 'held'
    if (ended.status === 'waiting') return
    const ran = good || ended.status === 'needs-a-look'
    const events = eventsOfTurn(ended)
    store.write(writer => {
      if (ended.operationType === 'reconcile') noteCompared(writer, ended)
      for (const eventId of events) {
        const trouble = ran ? troubles.get(eventId) : error
        const key = ended.operationType === 'results' ? resultsKey(eventId) : eventId
        const turn = { connectionId: ended.connectionId, eventId: key, startedAt }
        // Else what somebody cancelled would begin again at once.
        if (ended.status === 'cancelled') noteTurn(writer, turn, 'cancelled')
        else
          noteTurn(writer, turn, trouble === undefined ? null : { error: trouble, urgent, random: random() })
      }
      if (!isSync(ended.operationType)) return
      const row = rowWhere(writer, 'provider_connections', 'id = ?', ended.connectionId)
      if (row === null) return
      writer.put('provider_connections', {
        ...row,
        lastSyncAt: startedAt,
        lastSuccessAt: good ? startedAt : row.lastSuccessAt,
      })
    })
  }

  return { dequeue, endOf, whenStopped, note }
}
