import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import { providerById } from '../providers/index.ts'
import { openSecrets } from '../secrets/open.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { openStore } from '../store/store.ts'
import { createSync } from '../sync/sync.ts'
import { createImporter } from '../timing/importer.ts'
import { createLinker } from '../timing/linker.ts'
import { createListener, type Listener } from '../timing/listener.ts'
import { createAccess } from './access.ts'
import type { App, AppConfig } from './app.ts'
import { createConnectionKeys } from './connection-keys.ts'
import { sessionForReaders } from './current-session.ts'
import { os } from './door.ts'
import type { AppParts } from './parts.ts'
import { connectionProcedures } from './procedures/connections.ts'
import { deskProcedures } from './procedures/desk.ts'
import { raceDayProcedures } from './procedures/race-day.ts'
import { syncProcedures } from './procedures/sync.ts'
import { systemProcedures } from './procedures/system.ts'
import { timingProcedures } from './procedures/timing.ts'
import { createTopics } from './topics.ts'

/** A port that scoring held at start is tried again, so that Trackside takes over when it is free. */
const LISTEN_AGAIN_MS = 5000

/**
 * Opens the data folder and wires everything to it. Nothing runs before start.
 * @throws AppError store.damaged, store.newer, store.unwritable
 */
export function createApp(config: AppConfig): App {
  const { clock, log } = config
  try {
    mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new AppError('store.unwritable', `The folder ${config.dataFolder} cannot be made or written to.`, {
      cause,
    })
  }
  const store = openStore({
    file: join(config.dataFolder, 'trackside.db'),
    migrations: config.migrations,
    clock,
    nativeBinding: config.nativeBinding,
  })
  let secrets: Secrets | null = config.secrets ?? null
  const opened = (): Secrets => {
    if (secrets === null)
      throw new AppError('secrets.locked', 'The keys are not open yet.', { retriable: true })
    return secrets
  }
  const keys = createConnectionKeys(opened)
  const sync = createSync({
    store,
    providerById,
    credentialsOf: keys.read,
    fetch: config.fetch,
    clock,
    log,
    schedule: config.schedule,
  })
  const linker = createLinker({ store, log })
  const importer = createImporter({ store, linker, clock })
  const topics = createTopics(store, clock)
  sync.network.onChange(() => topics.changed('health'))

  let listener: Listener | null = null
  let trouble: string | null = null
  let again: NodeJS.Timeout | undefined
  const listen = async (port: number): Promise<void> => {
    const made = createListener({
      store,
      linker,
      log,
      clock,
      host: config.timingHost ?? '0.0.0.0',
      port,
      sessionFor: () => sessionForReaders(store, clock()),
    })
    try {
      await made.start()
      listener = made
      trouble = null
      made.onStatus(() => topics.changed('timing'))
    } catch (error) {
      if (!isAppError(error)) throw error
      trouble = error.message
      again = setTimeout(() => void listen(port), LISTEN_AGAIN_MS)
      again.unref()
    }
    topics.changed('timing')
  }

  const parts: AppParts = {
    config,
    store,
    secrets: opened,
    keys,
    sync,
    linker,
    importer,
    timing: {
      listener: () => listener,
      trouble: () => trouble,
      port: () => (listener === null ? null : listener.status().port),
    },
    topics,
    startedAt: clock(),
  }

  return {
    config,
    store,
    router: os.router({
      system: systemProcedures(parts),
      connections: connectionProcedures(parts),
      sync: syncProcedures(parts),
      raceDay: raceDayProcedures(parts),
      desk: deskProcedures(parts),
      timing: timingProcedures(parts),
    }),
    access: createAccess(store, config.dataFolder),
    timingPort: parts.timing.port,
    async start() {
      secrets ??= await openSecrets(config.dataFolder, process.env.TRACKSIDE_PASSPHRASE ?? null)
      await linker.start()
      if (config.timingPort !== null) await listen(config.timingPort)
      await sync.start()
      log.info({ data: config.dataFolder, timingPort: parts.timing.port() }, 'Trackside is running')
    },
    async stop() {
      clearTimeout(again)
      await sync.stop()
      await listener?.stop()
      listener = null
      await linker.stop()
      topics.close()
      store.close()
    },
  }
}
