import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../../src/app/app.ts'
import { createApp } from '../../src/app/create-app.ts'
import type { RaceDay } from '../../src/rehearsal/race-day.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { createServer } from '../../src/server/server.ts'
import { startOutside } from './outside-day.ts'

const project = join(import.meta.dirname, '..', '..')
const quiet = { info: () => {}, warn: () => {}, error: console.error }

export interface ServedApp {
  readonly app: App
  readonly day: RaceDay
  /** Signs one browser in, once. */
  readonly signInAddress: () => string
  readonly stop: () => Promise<void>
}

/** The real app over HTTP in an empty folder, on free ports, and both providers beside it. */
export async function serveApp(options: { readonly clock?: () => number } = {}): Promise<ServedApp> {
  const rendererFolder = join(project, 'out', 'renderer')
  if (!existsSync(join(rendererFolder, 'index.html')))
    throw new Error('The pages are not built. Run: npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'trackside-e2e-'))
  const day = await startOutside()
  const app = createApp({
    dataFolder: folder,
    migrations: join(project, 'drizzle', 'local'),
    version: '0.0.0-e2e',
    clock: options.clock ?? Date.now,
    fetch,
    log: quiet,
    timingHost: '127.0.0.1',
    timingPort: 0,
    schedule: true,
    secrets: createMemorySecrets(),
  })
  await app.start()
  const server = createServer({
    app,
    host: '127.0.0.1',
    port: 0,
    rendererFolder,
    version: '0.0.0-e2e',
    log: quiet,
  })
  await server.start()
  return {
    app,
    day,
    signInAddress: server.signInAddress,
    async stop() {
      await server.stop()
      await app.stop()
      await day.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
