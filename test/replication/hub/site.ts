import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { formatConnectionCode, parseConnectionCode } from '../../../src/replication/connection-code.ts'
import { createHub, type Hub } from '../../../src/replication/hub/hub.ts'
import { createMemorySecrets } from '../../../src/secrets/memory.ts'
import { quickFolder } from '../../support/quick-folder.ts'
import { CENTRAL_MIGRATIONS } from '../central/migrated.ts'
import { openStation, type Station, silent } from '../two-sides.ts'
import { openWay, type Way } from '../way.ts'
import { freePort } from './hub-stage.ts'

/** A laptop on a site: its own engine, and the hub it may be. */
export interface SiteLaptop extends Station {
  readonly hub: Hub
  /** It is the hub, at a port of its own. */
  beHub(): Promise<void>
}

export interface Site {
  laptop(name: string): Promise<SiteLaptop>
  /** A way to a hub that can be cut. */
  wayTo(hub: SiteLaptop): Promise<Way>
  /** Joins by a code, over a way of its own. */
  join(guest: SiteLaptop, hub: SiteLaptop): Promise<Way>
  end(): Promise<void>
}

/** A code that leads over a way. */
export const codeOver = (code: string, way: Way): string => {
  const { login, ...rest } = parseConnectionCode(code)
  return formatConnectionCode({ ...rest, login: { ...login, port: way.port } })
}

export function openSite(options: { readonly leaseMs?: number } = {}): Site {
  const ends: (() => Promise<void>)[] = []
  const wayTo = async (hub: SiteLaptop): Promise<Way> => {
    const way = await openWay(hub.hub.state().port ?? 0)
    ends.push(() => way.close())
    return way
  }
  return {
    wayTo,
    async laptop(name) {
      const dataFolder = quickFolder('trackside-site-')
      const secrets = createMemorySecrets()
      const station = openStation(name, {
        ...{ secrets, file: join(dataFolder, 'trackside.db'), leaseMs: options.leaseMs },
      })
      const hub = createHub({
        ...{ dataFolder, binariesFolder: null, secrets: () => secrets, store: station.store, log: silent },
        ...{ migrations: CENTRAL_MIGRATIONS, reach: 'loopback', clock: Date.now, lookEveryMs: 100 },
        replication: station.replication,
      })
      await station.replication.start()
      ends.push(async () => {
        await station.replication.stop()
        await hub.stop()
        await station.stop()
        rmSync(dataFolder, { recursive: true, force: true })
      })
      return {
        ...station,
        hub,
        beHub: async () => hub.turnOn(hub.state().port ?? (await freePort()), 'crew'),
      }
    },
    async join(guest, hub) {
      const way = await wayTo(hub)
      const { code } = await hub.hub.invite(guest.name, 'crew')
      await guest.replication.join(codeOver(code, way))
      return way
    },
    async end() {
      for (const end of ends.reverse()) await end()
    },
  }
}
