import type { Operation } from '../../api/sync.ts'
import { AppError } from '../../core/errors.ts'
import { connectionById } from '../../store/connections.ts'
import { nameOf } from '../../store/participant-columns.ts'
import { rowsWhere } from '../../store/rows.ts'
import { refuseDoubt } from '../../sync/centre.ts'
import { freezeOf, setFreeze } from '../../sync/freeze.ts'
import { type OperationRow, operationById } from '../../sync/operations.ts'
import type { PreviewProgress } from '../../sync/preview.ts'
import { os } from '../door.ts'
import { looksShown, peopleLeftAtTarget } from '../looks-shown.ts'
import type { AppParts } from '../parts.ts'

export function operationShown(row: OperationRow): Operation {
  const { timingPartnerId: _, retryOf: __, createdAt: ___, updatedAt: ____, publish: _____, ...shown } = row
  return shown
}

const inWords = (row: OperationRow): string => {
  switch (row.status) {
    case 'completed': {
      if (row.operationType === 'reconcile') return `${(row.discrepancyPercent ?? 0).toFixed(2)} % differ.`
      const refused = row.errorRecords > 0 ? `, ${row.errorRecords} refused` : ''
      return `${row.addedRecords} new, ${row.changedRecords} changed, ${row.goneRecords} gone, ${row.pushedRecords} sent${refused}.`
    }
    case 'waiting':
      return `${row.errorMessage ?? 'Waits.'} It goes on by itself.`
    case 'pending':
    case 'running':
      return 'Manual sync queued successfully'
    default:
      return row.errorMessage ?? row.status
  }
}

/** Waiting is no failure: what was asked for is kept and goes on by itself. */
const well = (row: OperationRow): boolean =>
  row.status !== 'failed' &&
  row.status !== 'needs-a-look' &&
  row.status !== 'cancelled' &&
  row.status !== 'waiting'

const LEFT_SHOWN = 1000

export function syncProcedures(parts: AppParts) {
  const { store, sync, config } = parts
  /** Previews that run, by connection. */
  const previews = new Map<string, PreviewProgress>()

  const existing = (id: string): OperationRow => {
    const row = operationById(store, id)
    if (row === null) throw new AppError('not-found', `There is no operation ${id}.`)
    return row
  }

  const answer = async (operation: OperationRow, wait: boolean) => {
    if (!wait)
      return {
        success: true,
        message: 'Manual sync queued successfully',
        operationId: operation.id,
        operation: null,
      }
    const ended = await sync.queue.settled(operation.id)
    return {
      success: well(ended),
      message: inWords(ended),
      operationId: ended.id,
      operation: operationShown(ended),
    }
  }

  return {
    manual: os.sync.manual.handler(async ({ input, context }) => {
      await refuseDoubt(sync.centre, input.connectionId, input.anyway)
      return answer(
        sync.queue.request({
          connectionId: input.connectionId,
          operationType: input.operation,
          triggerType: 'manual',
          full: input.full,
          startedBy: context.who.name,
          anyway: input.anyway,
        }),
        input.wait,
      )
    }),
    status: os.sync.status.handler(({ input }) => {
      const connection = connectionById(store.read, input.connectionId)
      if (connection === null)
        throw new AppError('not-found', `There is no connection ${input.connectionId}.`)
      return {
        connectionId: connection.id,
        recentOperations: rowsWhere(
          store.read,
          'sync_operations',
          `connection_id = ? AND operation_type IN ('events', 'participants') ORDER BY started_at DESC, id DESC LIMIT 10`,
          connection.id,
        ).map(operationShown),
        lastSuccess: connection.lastSuccessAt,
        nextScheduled: sync.queue.nextAt(connection),
      }
    }),
    preview: os.sync.preview.handler(async ({ input, signal }) => {
      const { connectionId, fresh } = input
      try {
        return await sync.preview(connectionId, fresh, signal ?? new AbortController().signal, progress =>
          previews.set(connectionId, progress),
        )
      } finally {
        previews.delete(connectionId)
      }
    }),
    previewProgress: os.sync.previewProgress.handler(({ input }) => ({
      progress: previews.get(input.connectionId) ?? null,
    })),
    operations: os.sync.operations.handler(({ input }) => {
      const rows = rowsWhere(
        store.read,
        'sync_operations',
        `(? IS NULL OR connection_id = ?) AND started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?`,
        input.connectionId ?? null,
        input.connectionId ?? null,
        input.after ?? Number.MAX_SAFE_INTEGER,
        input.limit,
      )
      return {
        operations: rows.map(operationShown),
        next: rows.length < input.limit ? null : (rows.at(-1)?.startedAt ?? null),
      }
    }),
    operation: os.sync.operation.handler(({ input }) => {
      const errors = rowsWhere(
        store.read,
        'sync_record_errors',
        'operation_id = ? ORDER BY id LIMIT 1000',
        existing(input.id).id,
      ).map(error => {
        const person =
          error.participantId === null
            ? undefined
            : store.read.get<{ firstName: string | null; lastName: string | null }>(
                `SELECT first_name AS firstName, last_name AS lastName FROM effective_participants WHERE participant_id = ?`,
                error.participantId,
              )
        const { id, participantId, sourceParticipantId, stage, field, code, message } = error
        return {
          id,
          participantId,
          sourceParticipantId,
          name: person ? nameOf(person) : null,
          stage,
          field,
          code,
          message,
        }
      })
      return { ...operationShown(existing(input.id)), errors, looks: looksShown(store.read, input.id) }
    }),
    goOn: os.sync.goOn.handler(async ({ input, context }) => {
      const { id, connectionId } = existing(input.id)
      await refuseDoubt(sync.centre, connectionId, input.anyway)
      return answer(sync.queue.goOn(id, context.who.name, input.anyway), input.wait)
    }),
    freeze: os.sync.freeze.handler(() => ({ frozen: freezeOf(store.read) })),
    setFreeze: os.sync.setFreeze.handler(({ input, context }) => {
      const frozen = setFreeze(store, input.frozen, context.who.name)
      parts.topics.changed('sync')
      return { frozen }
    }),
    leftAtTarget: os.sync.leftAtTarget.handler(({ input }) => {
      const connection = connectionById(store.read, input.connectionId)
      if (connection === null)
        throw new AppError('not-found', `There is no connection ${input.connectionId}.`)
      const people = peopleLeftAtTarget(store.read, connection, config.clock())
      return { count: people.length, people: people.slice(0, LEFT_SHOWN) }
    }),
    cancel: os.sync.cancel.handler(async ({ input, context }) => {
      sync.queue.cancel(existing(input.id).id, context.who.name)
      return operationShown(await sync.queue.settled(input.id))
    }),
    retryFailed: os.sync.retryFailed.handler(async ({ input, context }) => {
      const failed = existing(input.id)
      if (failed.operationType === 'results' || failed.operationType === 'publish')
        throw new AppError('input.invalid', 'Pull or publish the results again instead.')
      if (failed.operationType === 'reconcile')
        throw new AppError('input.invalid', 'Repair what it found, or reconcile again.')
      if (failed.operationType === 'write-back')
        throw new AppError('input.invalid', 'Write the bibs back again instead.')
      await refuseDoubt(sync.centre, failed.connectionId, input.anyway)
      return answer(
        sync.queue.request({
          connectionId: failed.connectionId,
          operationType: 'participants',
          triggerType: 'retry',
          full: false,
          startedBy: context.who.name,
          retryOf: failed.id,
          anyway: input.anyway,
        }),
        input.wait,
      )
    }),
  }
}
