import { join } from 'node:path'
import { createApp } from '../../src/app/create-app.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { createServer } from '../../src/server/server.ts'

/** The real app over HTTP, to be killed: `app-process.ts DATA TIMING_PORT HTTP_PORT`. Says `ready` to its parent. */
const [dataFolder = '', timingPort, httpPort] = process.argv.slice(2)
const said = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
  console.error(level, message, JSON.stringify(fields))
const log = { info: () => {}, warn: () => {}, error: said('error') }
const version = '0.0.0-chaos'

const app = createApp({
  dataFolder,
  migrations: join(import.meta.dirname, '..', '..', 'drizzle', 'local'),
  version,
  clock: Date.now,
  fetch,
  log,
  timingHost: '127.0.0.1',
  timingPort: Number(timingPort),
  schedule: true,
  secrets: createMemorySecrets(),
})
await app.start()
const token = process.env.TRACKSIDE_TOKEN
const host = '127.0.0.1'
const server = createServer({
  ...{ app, host, port: Number(httpPort), rendererFolder: null, version, log, token },
})
await server.start()
// Makes the token known.
server.signInAddress()
process.on('message', async () => {
  await server.stop()
  await app.stop()
  process.exit(0)
})
process.send?.('ready')
