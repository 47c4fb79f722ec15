import { AppError } from '../../core/errors.ts'
import { providerById } from '../../providers/index.ts'
import { type ConnectionRow, connectionById } from '../../store/connections.ts'
import { decode, rowWhere } from '../../store/rows.ts'
import { refuseDoubt } from '../../sync/centre.ts'
import { freezeOf, heldByFreeze } from '../../sync/freeze.ts'
import { QUEUED_HERE } from '../../sync/operations.ts'
import { writeBackOf } from '../../sync/write-back.ts'
import { previewWriteBack } from '../../sync/write-back-preview.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { operationShown } from './sync.ts'

const ANSWERS = `SELECT r.*, v.event_name AS shown_event,
  TRIM(COALESCE(e.first_name, '') || ' ' || COALESCE(e.last_name, '')) AS shown_name
  FROM number_receipts r JOIN normalized_events v ON v.id = r.normalized_event_id
  JOIN effective_participants e ON e.participant_id = r.participant_id
  JOIN connection_events c ON c.normalized_event_id = r.normalized_event_id AND c.connection_id = ?
  WHERE r.source_provider = ? ORDER BY r.sent_at DESC, r.id LIMIT ?`

export function writeBackProcedures(parts: AppParts) {
  const { store, sync } = parts
  const { read } = store

  const connectionOf = (id: string): ConnectionRow => {
    const row = connectionById(read, id)
    if (row === null) throw new AppError('not-found', `There is no connection ${id}.`)
    return row
  }
  /** Here or on another laptop. */
  const running = (connection: ConnectionRow, where = '1') =>
    rowWhere(
      read,
      'sync_operations',
      `${where} AND connection_id = ? AND operation_type = 'write-back' AND status IN ('pending', 'running', 'waiting')
       ORDER BY started_at LIMIT 1`,
      connection.id,
    )

  return {
    write: os.writeBack.write.handler(async ({ input, context, signal }) => {
      const connection = connectionOf(input.connectionId)
      writeBackOf(providerById(connection.sourceProvider))
      const until = signal ?? new AbortController().signal
      if (!input.dryRun) await refuseDoubt(sync.centre, connection.id, input.anyway)
      const preview = await previewWriteBack(store, sync.accounts, connection, until)
      if (input.dryRun) return { preview, operationId: null, operation: null }
      const frozen = freezeOf(read)
      if (frozen !== null) {
        const { code, message } = heldByFreeze(frozen)
        throw new AppError(code, `${message} Nothing is written.`)
      }
      if (input.agreed !== undefined && input.agreed !== preview.agreed)
        throw new AppError('conflict', 'Bibs or chips have changed since you looked. Look again, then write.')
      if (running(connection, QUEUED_HERE) !== null)
        throw new AppError('conflict', `Bibs of ${connection.connectionName} are being written already.`)
      const { name } = context.who
      const operation = sync.queue.request({
        connectionId: connection.id,
        operationType: 'write-back',
        triggerType: 'manual',
        full: false,
        startedBy: name,
        agreed: preview.agreed,
        anyway: input.anyway,
      })
      store.write(
        writer =>
          writer.audit({
            action: 'bibs and chips written back',
            table: 'provider_connections',
            rowId: connection.id,
            before: null,
            after: { connection: connection.connectionName, registrations: preview.changed.count },
          }),
        name,
      )
      if (!input.wait) return { preview, operationId: operation.id, operation: null }
      const ended = await sync.queue.settled(operation.id)
      return { preview, operationId: operation.id, operation: operationShown(ended) }
    }),
    answers: os.writeBack.answers.handler(({ input }) => {
      const connection = connectionOf(input.connectionId)
      const rows = read.all<Record<string, unknown> & { shown_name: string; shown_event: string }>(
        ANSWERS,
        connection.id,
        connection.sourceProvider,
        input.limit,
      )
      const now = running(connection)
      return {
        answers: rows.map(raw => {
          const { participantId, before, sent, outcome, message, sentAt } = decode('number_receipts', raw)
          const shown = { name: raw.shown_name, eventName: raw.shown_event }
          return { participantId, ...shown, before, sent, outcome, message, sentAt }
        }),
        running: now === null ? null : operationShown(now),
      }
    }),
  }
}
