import type { OperationStatus, OperationType, PublishChoice } from '../core/model.ts'
import { newId } from '../store/ids.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'

export type OperationRow = Row<'sync_operations'>

export interface OperationRequest {
  readonly connectionId: string
  readonly operationType: OperationType
  readonly triggerType: 'manual' | 'scheduled' | 'retry'
  readonly full: boolean
  readonly startedBy: string
  readonly retryOf?: string | null
  /** Of a publication. */
  readonly publish?: PublishChoice
  /** Of a write-back: a digest of the numbers somebody agreed to. */
  readonly agreed?: string
  /** Null or left out: all of the connection. */
  readonly eventIds?: readonly string[] | null
  readonly urgent?: boolean
  /** A person said that it is to be sent from here, whoever else may run it. */
  readonly anyway?: boolean
  /** When the next turn begins; a person's run has none. */
  readonly deadlineAt?: number
}

/** Of this laptop: others' operations are known too. */
export const QUEUED_HERE = 'id IN (SELECT operation_id FROM sync_queue)'

export const ENDED: readonly OperationStatus[] = ['completed', 'failed', 'cancelled', 'held', 'needs-a-look']

export const operationById = (store: Store, id: string): OperationRow | null =>
  rowWhere(store.read, 'sync_operations', 'id = ?', id)

/** Priority of a manual run over scheduled ones: somebody stands there and waits. */
const PRIORITY = { manual: 10, retry: 10, scheduled: 0 } as const

const DIRECTION: Readonly<Record<OperationType, string>> = {
  events: 'registration_to_scoring',
  participants: 'registration_to_scoring',
  results: 'scoring_to_local',
  publish: 'local_to_registration',
  reconcile: 'scoring_to_local',
  'write-back': 'local_to_registration',
}

/** An operation and its place in the queue, in one transaction. */
export function enqueue(store: Store, request: OperationRequest): OperationRow {
  return store.write(writer => {
    const row: OperationRow = {
      id: newId(),
      timingPartnerId: writer.partnerId,
      connectionId: request.connectionId,
      operationType: request.operationType,
      syncDirection: DIRECTION[request.operationType],
      triggerType: request.triggerType,
      full: request.full,
      eventIds: request.eventIds ?? null,
      retryOf: request.retryOf ?? null,
      publish: request.publish ?? null,
      agreed: request.agreed ?? null,
      status: 'pending',
      step: null,
      totalRecords: null,
      processedRecords: 0,
      successRecords: 0,
      errorRecords: 0,
      addedRecords: 0,
      changedRecords: 0,
      goneRecords: 0,
      pushedRecords: 0,
      heldRecords: 0,
      discrepancyPercent: null,
      calls: 0,
      errorCode: null,
      errorMessage: null,
      startedBy: request.startedBy,
      startedAt: writer.at,
      completedAt: null,
      resumeAt: null,
      createdAt: writer.at,
      updatedAt: writer.at,
    }
    writer.put('sync_operations', row)
    writer.put('sync_queue', {
      operationId: row.id,
      connectionId: row.connectionId,
      priority: PRIORITY[row.triggerType],
      dueAt: writer.at,
      deadlineAt: request.deadlineAt ?? writer.at,
      urgent: request.urgent ?? false,
      attempts: 0,
    })
    return row
  }, request.startedBy)
}

/** One that a person looked at: it runs again from its beginning, before others. */
export function enqueueAgain(writer: Writer, operation: OperationRow): OperationRow {
  const row: OperationRow = {
    ...operation,
    ...{
      status: 'pending',
      step: null,
      completedAt: null,
      errorCode: null,
      errorMessage: null,
      updatedAt: writer.at,
    },
  }
  writer.put('sync_operations', row)
  writer.put('sync_queue', {
    operationId: row.id,
    connectionId: row.connectionId,
    priority: PRIORITY.manual,
    dueAt: writer.at,
    deadlineAt: writer.at,
    urgent: true,
    attempts: 0,
  })
  return row
}

type Counts =
  | 'processedRecords'
  | 'successRecords'
  | 'errorRecords'
  | 'addedRecords'
  | 'changedRecords'
  | 'goneRecords'
  | 'pushedRecords'

/** One operation while it runs: what it does and how far it is, written down as it goes. */
/** Why entries were not sent although they are due, with its words; the first reason is the operation's. */
export interface Held {
  readonly code: 'provider.unconfirmed' | 'sync.frozen' | 'sync.first-use' | 'sync.elsewhere'
  readonly message: string
}

export interface Progress {
  row(): OperationRow
  hold(entries: number, why: Held): void
  held(): Held | null
  /** Of a reconciliation, in per cent; null: nothing was compared. */
  discrepancy(percent: number | null): void
  /** Counts since the last save are kept in memory; save writes them. */
  add(count: Counts, by?: number): void
  step(words: string, total?: number | null): void
  called(): void
  /** At the end: records are those that came or were sent, and each of them went well or was refused. */
  settleCounts(): void
  save(): void
  /** One record's trouble is data, not an exception. */
  refused(error: {
    readonly stage: 'fetch' | 'normalize' | 'map' | 'push'
    readonly field?: string
    readonly code: string
    readonly message: string
    readonly participantId?: string | null
    readonly sourceParticipantId?: string | null
  }): void
  finish(change: Partial<OperationRow> & { readonly status: OperationStatus }): OperationRow
}

export function trackProgress(store: Store, operation: OperationRow): Progress {
  let row = operation
  let errors: Row<'sync_record_errors'>[] = []
  let held: Held | null = null
  const write = (force: 'now' | 'later'): void => {
    store.write(
      writer => {
        row = { ...row, updatedAt: writer.at }
        writer.put('sync_operations', row)
        for (const error of errors)
          writer.put('sync_record_errors', { ...error, createdAt: writer.at, updatedAt: writer.at })
        errors = []
      },
      undefined,
      force,
    )
  }
  /** A run that the power ended begins again, and counts again. */
  const save = (): void => write('later')
  return {
    row: () => row,
    hold(entries, why) {
      row = { ...row, heldRecords: row.heldRecords + entries }
      held ??= why
    },
    held: () => held,
    discrepancy(percent) {
      row = { ...row, discrepancyPercent: percent }
    },
    add(count, by = 1) {
      row = { ...row, [count]: row[count] + by }
    },
    step(words, total) {
      row = { ...row, step: words, totalRecords: total === undefined ? row.totalRecords : total }
      save()
    },
    called() {
      row = { ...row, calls: row.calls + 1 }
    },
    settleCounts() {
      const records = Math.max(row.processedRecords, row.pushedRecords + row.errorRecords)
      row = {
        ...row,
        totalRecords: records,
        processedRecords: records,
        successRecords: records - row.errorRecords,
      }
    },
    save,
    refused(error) {
      row = { ...row, errorRecords: row.errorRecords + 1 }
      errors.push({
        id: newId(),
        timingPartnerId: row.timingPartnerId,
        operationId: row.id,
        connectionId: row.connectionId,
        participantId: error.participantId ?? null,
        sourceParticipantId: error.sourceParticipantId ?? null,
        stage: error.stage,
        field: error.field ?? null,
        code: error.code,
        message: error.message,
        createdAt: 0,
        updatedAt: 0,
      })
    },
    finish(change) {
      row = { ...row, ...change }
      write('now')
      return row
    },
  }
}
