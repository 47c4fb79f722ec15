import { decideAlert, openAlerts, resolvedAlerts } from '../../monitor/alerts.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

const RESOLVED_SHOWN = 50

export function alertProcedures({ store, config }: AppParts) {
  return {
    list: os.alerts.list.handler(() => ({
      alerts: openAlerts(store.read),
      resolved: resolvedAlerts(store.read, RESOLVED_SHOWN),
    })),
    acknowledge: os.alerts.acknowledge.handler(({ input, context }) => {
      const until = input.snoozeMinutes === undefined ? null : config.clock() + input.snoozeMinutes * 60_000
      return decideAlert(store, input.id, until, context.who.name)
    }),
  }
}
