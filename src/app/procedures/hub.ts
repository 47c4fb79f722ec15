import type { HubState } from '../../api/hub.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

export function hubProcedures({ hub, store }: AppParts) {
  const shown = async (): Promise<HubState> => {
    const { addresses, ...state } = hub.state()
    const laptops = await hub.laptops()
    return {
      ...state,
      addresses: [...addresses],
      laptops: laptops.map(({ laptopId, ...rest }) => ({ ...rest, self: laptopId === store.laptopId })),
    }
  }
  return {
    status: os.hub.status.handler(shown),
    start: os.hub.start.handler(async ({ input, context }) => {
      await hub.turnOn(input.port, context.who.name)
      return shown()
    }),
    stop: os.hub.stop.handler(async ({ context }) => {
      await hub.turnOff(context.who.name)
      return shown()
    }),
    invite: os.hub.invite.handler(({ input, context }) => hub.invite(input.role, context.who.name)),
    revoke: os.hub.revoke.handler(async ({ input, context }) => {
      await hub.revoke(input.login, context.who.name)
      return shown()
    }),
  }
}
