import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Log } from '../../../src/core/runtime.ts'
import {
  createHubServer,
  type HubSecrets,
  type HubServer,
  type HubServerParts,
} from '../../../src/replication/hub/server.ts'
import { createMemorySecrets } from '../../../src/secrets/memory.ts'

export const quiet: Log = { info() {}, warn() {}, error() {} }

export const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

export interface HubStage {
  readonly dataFolder: string
  readonly secrets: HubSecrets
  /** A hub on this folder, as a start of the app makes one. */
  hub(more?: Partial<HubServerParts>): HubServer
  /** Stops every hub made here. */
  stop(): Promise<void>
  /** Stops them and takes the folder away. */
  end(): Promise<void>
}

export function hubStage(): HubStage {
  const dataFolder = mkdtempSync(join(tmpdir(), 'trackside-hub-'))
  const secrets = createMemorySecrets()
  const made: HubServer[] = []
  const stop = async (): Promise<void> => {
    for (const hub of made) await hub.stop()
  }
  return {
    dataFolder,
    secrets,
    stop,
    hub(more = {}) {
      const hub = createHubServer({
        ...{ dataFolder, binariesFolder: null, secrets: () => secrets, port: null },
        ...{ reach: 'loopback', clock: Date.now, log: quiet, lookEveryMs: 100 },
        ...more,
      })
      made.push(hub)
      return hub
    },
    async end() {
      await stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** One question with a connection of its own. */
export async function ask<Row extends pg.QueryResultRow>(
  config: pg.ClientConfig,
  sql: string,
): Promise<readonly Row[]> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}
