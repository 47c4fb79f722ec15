import { AppError } from '../../core/errors.ts'
import { type ConnectionRow, connectionById } from '../../store/connections.ts'
import { refuseDoubt } from '../../sync/centre.ts'
import { requestRepair } from '../../sync/repair.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { findingsShown, reconciliationShown } from '../reconciliation-shown.ts'
import { operationShown } from './sync.ts'

export function reconciliationProcedures({ store, sync, config }: AppParts) {
  const connectionOf = (id: string): ConnectionRow => {
    const row = connectionById(store.read, id)
    if (row === null) throw new AppError('not-found', `There is no connection ${id}.`)
    return row
  }
  return {
    run: os.reconciliation.run.handler(async ({ input, context }) => {
      const { connectionId, eventIds, anyway } = input
      await refuseDoubt(sync.centre, connectionId, anyway)
      const { id: operationId } = sync.queue.request({
        ...{ connectionId, full: false, startedBy: context.who.name },
        operationType: 'reconcile',
        triggerType: 'manual',
        eventIds: eventIds ?? null,
        anyway,
      })
      if (input.wait) await sync.queue.settled(operationId)
      return { ...reconciliationShown(store.read, connectionOf(connectionId), config.clock()), operationId }
    }),
    last: os.reconciliation.last.handler(({ input }) =>
      reconciliationShown(store.read, connectionOf(input.connectionId), config.clock()),
    ),
    findings: os.reconciliation.findings.handler(({ input }) => {
      const { kind, limit, after = '' } = input
      const connection = connectionOf(input.connectionId)
      const findings = findingsShown(store.read, connection, config.clock(), kind, { after, limit })
      return { findings, next: findings.length < limit ? null : (findings.at(-1)?.id ?? null) }
    }),
    repair: os.reconciliation.repair.handler(async ({ input, context }) => {
      const connection = connectionOf(input.connectionId)
      await refuseDoubt(sync.centre, connection.id, input.anyway)
      const { name } = context.who
      const operation = requestRepair(store, sync.queue, connection, name, config.clock(), input.anyway)
      return operationShown(input.wait ? await sync.queue.settled(operation.id) : operation)
    }),
  }
}
