import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import { createLog } from '../app/log.ts'
import { AppError } from '../core/errors.ts'
import { type Client, clientInProcess, clientOverHttp } from '../server/client.ts'
import { findRunning } from '../server/running.ts'
import { hubConfig, outside } from './project.ts'

export interface Opened {
  readonly client: Client
  /** Null when another process has the data folder and is asked over HTTP. */
  readonly app: App | null
  readonly close: () => Promise<void>
}

/** The app of a data folder: the one that runs, over HTTP, or else opened here, without listener and schedule. */
export async function openClient(dataFolder: string, makesFolder = false): Promise<Opened> {
  const running = await findRunning(dataFolder, fetch)
  if (running !== null)
    return { client: clientOf(dataFolder, running.address), app: null, close: async () => {} }
  if (!makesFolder && !existsSync(dataFolder)) {
    throw new AppError(
      'not-found',
      `There is no folder ${dataFolder}. --data says where Trackside keeps its data.`,
    )
  }
  const log = createLog({ folder: dataFolder, stderr: 'errors' })
  const app = createApp({
    ...outside(log),
    dataFolder,
    timingPort: null,
    schedule: false,
    hub: hubConfig,
  })
  await app.start()
  const client = clientInProcess(app.router, { name: 'cli', role: 'manager' }, log)
  return { client, app, close: () => app.stop() }
}

function clientOf(dataFolder: string, address: string | null): Client {
  const file = join(dataFolder, 'manager-token')
  const token = process.env.TRACKSIDE_TOKEN ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : null)
  if (address === null) {
    throw new AppError(
      'conflict',
      `Trackside works with ${dataFolder} in its window. Close it first, or do it there.`,
    )
  }
  if (token === null) {
    throw new AppError(
      'auth.required',
      `Trackside runs at ${address}; set TRACKSIDE_TOKEN to its manager token.`,
    )
  }
  return clientOverHttp(address, token)
}
