import { networkInterfaces } from 'node:os'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Service } from '../../core/runtime.ts'
import type { Store } from '../../store/store.ts'
import type { App, AppConfig } from '../app.ts'

/** Tried first, so that an address on a wall stays good from one race to the next. */
const USUAL_PORT = 8484
const SETTING = 'display_door'

export interface DisplayReach extends Service {
  state(): { open: boolean; canOpen: boolean; port: number | null; addresses: string[] }
  /** Lets other machines see displays, or no longer, and keeps to it after a restart. @throws AppError conflict, port.taken */
  set(open: boolean): Promise<void>
}

/** This laptop's own addresses on networks. */
const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)

export function createDisplayReach(config: AppConfig, store: Store, app: () => App): DisplayReach {
  const door = config.displayDoor
  const kept = (): { readonly open: boolean; readonly port: number } => {
    const row = store.read.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', SETTING)
    return row === undefined ? { open: false, port: USUAL_PORT } : JSON.parse(row.value)
  }
  return {
    state() {
      const port = door?.port() ?? null
      return {
        open: port !== null,
        canOpen: door !== undefined && !door.always,
        port,
        addresses: port === null ? [] : ownAddresses().map(address => `http://${address}:${port}`),
      }
    },
    async set(open) {
      if (door === undefined || door.always)
        throw new AppError(
          'conflict',
          'Who reaches displays is said at the start here: by --host, or not at all.',
        )
      if (open) await door.open(app(), kept().port)
      else await door.close()
      const port = door.port() ?? kept().port
      store.write(writer =>
        writer.put('settings', { key: SETTING, value: { open, port }, updatedAt: writer.at }),
      )
    },
    async start() {
      if (door === undefined || !kept().open) return
      try {
        await door.open(app(), kept().port)
      } catch (error) {
        if (!isAppError(error)) throw error
        config.log.warn({ error: error.message }, 'displays are not reached')
      }
    },
    async stop() {
      await door?.close()
    },
  }
}
