import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import { createBackups } from '../keeping/backups.ts'
import { providerById } from '../providers/index.ts'
import { createHub } from '../replication/hub/hub.ts'
import { createOffice } from '../replication/office.ts'
import { createReplication } from '../replication/replication.ts'
import { openSecrets } from '../secrets/open.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { hasPeers } from '../store/peers.ts'
import { openStore } from '../store/store.ts'
import { createSync } from '../sync/sync.ts'
import { createImporter } from '../timing/importer.ts'
import { createLinker } from '../timing/linker.ts'
import { createRelays } from '../timing/relay.ts'
import { createAccess } from './access.ts'
import { createAlertWatch } from './alerts/alert-watch.ts'
import type { App, AppConfig } from './app.ts'
import { createCentre } from './centre.ts'
import { createConnectionKeys } from './connection-keys.ts'
import { createCountAside } from './counting/count-aside.ts'
import { createEntered, raceDayCounts } from './counting/race-day-counts.ts'
import { sessionForReaders, sessionToHandOn } from './current-session.ts'
import { createDisplayReach } from './displays/display-reach.ts'
import { os } from './door.ts'
import { createKept } from './kept.ts'
import type { AppParts } from './parts.ts'
import { alertProcedures } from './procedures/alerts.ts'
import { closingProcedures } from './procedures/closing.ts'
import { connectionProcedures } from './procedures/connections.ts'
import { courseProcedures } from './procedures/course.ts'
import { csvReadsProcedures } from './procedures/csv-reads.ts'
import { deskProcedures } from './procedures/desk.ts'
import { displayProcedures } from './procedures/displays.ts'
import { hubProcedures } from './procedures/hub.ts'
import { identityProcedures } from './procedures/identity.ts'
import { keepingProcedures } from './procedures/keeping.ts'
import { keyedReadsProcedures } from './procedures/keyed-reads.ts'
import { mappingProcedures } from './procedures/mapping.ts'
import { monitoringProcedures } from './procedures/monitoring.ts'
import { placesProcedures } from './procedures/places.ts'
import { preflightProcedures } from './procedures/preflight.ts'
import { raceDayProcedures } from './procedures/race-day.ts'
import { readerClocksProcedures } from './procedures/reader-clocks.ts'
import { readersProcedures } from './procedures/readers.ts'
import { reconciliationProcedures } from './procedures/reconciliation.ts'
import { relayProcedures } from './procedures/relays.ts'
import { replicationProcedures } from './procedures/replication.ts'
import { resultsProcedures } from './procedures/results.ts'
import { startsProcedures } from './procedures/starts.ts'
import { stillOutProcedures } from './procedures/still-out.ts'
import { syncProcedures } from './procedures/sync.ts'
import { systemProcedures } from './procedures/system.ts'
import { timingProcedures } from './procedures/timing.ts'
import { verificationProcedures } from './procedures/verification.ts'
import { writeBackProcedures } from './procedures/write-back.ts'
import { createRaceFacts } from './race-facts.ts'
import { createReaderStatus } from './readers/reader-status.ts'
import { createReaders } from './readers/readers.ts'
import { createTopics } from './topics.ts'

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
    checkpointThread: config.checkpointThread,
  })
  let secrets: Secrets | null = config.secrets ?? null
  const opened = (): Secrets => {
    if (secrets === null)
      throw new AppError('secrets.locked', 'The keys are not open yet.', { retriable: true })
    return secrets
  }
  const keys = createConnectionKeys(opened)
  const random = config.random ?? Math.random
  // A command that does one thing and ends replicates with nobody.
  const replication =
    config.schedule && config.centralMigrations !== undefined
      ? createReplication({
          ...{ store, clock, log, random, secrets: opened, version: config.version },
          ...{ migrations: config.centralMigrations, central: config.central },
          network: { onChange: listener => sync.network.onChange(listener) },
        })
      : null
  const joined = createKept(store, ['replication_cursors'], () => hasPeers(store.read))
  const sync = createSync({
    store,
    providerById,
    credentialsOf: keys.read,
    fetch: config.fetch,
    clock,
    log,
    random,
    wait: config.wait ?? ((ms, signal) => delay(ms, undefined, { signal })),
    schedule: config.schedule,
    centre: createCentre(replication, () => joined('')),
  })
  const linker = createLinker({ store, log })
  const importer = createImporter({ store, linker, clock })
  const topics = createTopics(store, clock)
  const backups = createBackups({ store, dataFolder: config.dataFolder, clock, log })
  backups.onChange(() => topics.changed('health'))
  sync.network.onChange(() => topics.changed('health'))
  replication?.onChange(() => topics.changed('health'))

  const readers = createReaders({
    store,
    linker,
    log,
    clock,
    host: config.timingHost ?? '0.0.0.0',
    timingPort: config.timingPort,
    mylapsPort: config.mylapsPort ?? null,
    sessionFor: () => sessionForReaders(store, clock()),
    changed: () => topics.changed('timing'),
  })

  const relays = createRelays({
    store,
    log,
    session: () => sessionToHandOn(store.read),
    ownPorts: () => readers.doors().flatMap(({ port }) => (port === null ? [] : [port])),
  })
  relays.onStatus(() => topics.changed('timing'))
  const readerStatus = createReaderStatus({ store, readers, clock, changed: () => topics.changed('timing') })
  const aside = createCountAside({
    ...{ store, clock, log, nativeBinding: config.nativeBinding, thread: config.countingThread },
  })
  const { count } = aside
  const entered = createEntered(store, count)

  const hub =
    config.hub === undefined || config.centralMigrations === undefined
      ? null
      : createHub({
          ...{ ...config.hub, migrations: config.centralMigrations, dataFolder: config.dataFolder },
          ...{ secrets: opened, store, clock, log, replication },
        })
  hub?.onChange(() => topics.changed('health'))

  const office =
    replication !== null && config.keepsOrder
      ? createOffice({ replication, clock, log, changed: () => topics.changed('health') })
      : null

  const parts: AppParts = {
    config,
    store,
    secrets: opened,
    keys,
    sync,
    linker,
    importer,
    readers,
    relays,
    readerStatus,
    topics,
    count,
    entered,
    raceFacts: createRaceFacts(store),
    counts: raceDayId => raceDayCounts(entered, count, raceDayId),
    displayReach: createDisplayReach(config, store, () => app),
    backups,
    hub,
    replication,
    office,
    startedAt: clock(),
  }

  const alertWatch = createAlertWatch(parts)

  const app: App = {
    config,
    store,
    router: os.router({
      system: systemProcedures(parts),
      connections: connectionProcedures(parts),
      mapping: mappingProcedures(parts),
      sync: syncProcedures(parts),
      raceDay: raceDayProcedures(parts),
      desk: deskProcedures(parts),
      timing: timingProcedures(parts),
      displays: displayProcedures(parts),
      keeping: keepingProcedures(parts),
      hub: hubProcedures(parts),
      starts: startsProcedures(parts),
      course: courseProcedures(parts),
      readerClocks: readerClocksProcedures(parts),
      keyedReads: keyedReadsProcedures(parts),
      stillOut: stillOutProcedures(parts),
      preflight: preflightProcedures(parts),
      readers: readersProcedures(parts),
      closing: closingProcedures(parts),
      csvReads: csvReadsProcedures(parts),
      places: placesProcedures(parts),
      relays: relayProcedures(parts),
      alerts: alertProcedures(parts),
      results: resultsProcedures(parts),
      reconciliation: reconciliationProcedures(parts),
      writeBack: writeBackProcedures(parts),
      verification: verificationProcedures(parts),
      monitoring: monitoringProcedures(parts),
      replication: replicationProcedures(parts),
      identity: identityProcedures(parts),
    }),
    access: createAccess(store, config.dataFolder),
    timingPort: () => readers.port('ctp01'),
    mylapsPort: () => readers.port('mylaps'),
    async start() {
      secrets ??= await openSecrets(config.dataFolder, process.env.TRACKSIDE_PASSPHRASE ?? null)
      await linker.start()
      await readers.start()
      // A command that does one thing and ends has no port for readers, and hands nothing on.
      if (config.timingPort !== null) await relays.start()
      await readerStatus.start()
      await replication?.start()
      await office?.start()
      await sync.start()
      await parts.displayReach.start()
      // A command that does one thing and ends keeps out of it, as it does of the schedule.
      if (config.schedule) {
        await hub?.start()
        await backups.start()
        await alertWatch.start()
      }
      log.info({ data: config.dataFolder, timingPort: readers.port('ctp01') }, 'Trackside is running')
    },
    async stop() {
      await alertWatch.stop()
      await parts.displayReach.stop()
      await sync.stop()
      await office?.stop()
      await replication?.stop()
      await relays.stop()
      await readerStatus.stop()
      await readers.stop()
      await linker.stop()
      await hub?.stop()
      await backups.stop()
      topics.close()
      await aside.stop()
      store.close()
    },
  }
  return app
}
