import type { HubState } from '../../api/hub.ts'
import { AppError } from '../../core/errors.ts'
import type { Hub } from '../../replication/hub/hub.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

const OFF: HubState = {
  canBe: false,
  ...{ on: false, state: 'stopped', message: null, port: null, fingerprint: null, since: null },
  ...{ addresses: [], laptops: [] },
}

export function hubProcedures({ hub: own, store }: AppParts) {
  const hub = (): Hub => {
    if (own === null) throw new AppError('hub.failed', 'This Trackside cannot be the hub of a site.')
    return own
  }
  const shown = async (): Promise<HubState> => {
    if (own === null) return OFF
    const { addresses, ...state } = own.state()
    const laptops = await own.laptops()
    return {
      ...state,
      canBe: true,
      addresses: [...addresses],
      laptops: laptops.map(({ laptopId, ...rest }) => ({ ...rest, self: laptopId === store.laptopId })),
    }
  }
  return {
    status: os.hub.status.handler(shown),
    start: os.hub.start.handler(async ({ input, context }) => {
      await hub().turnOn(input.port, context.who.name)
      return shown()
    }),
    stop: os.hub.stop.handler(async ({ context }) => {
      await hub().turnOff(context.who.name)
      return shown()
    }),
    invite: os.hub.invite.handler(({ input, context }) => hub().invite(input.role, context.who.name)),
    revoke: os.hub.revoke.handler(async ({ input, context }) => {
      await hub().revoke(input.login, context.who.name)
      return shown()
    }),
  }
}
