import { createApp } from '../../src/app/create-app.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { createServer } from '../../src/server/server.ts'

/**
 * The real app over HTTP, to be killed: `app-process DATA MIGRATIONS TIMING_PORT MYLAPS_PORT HTTP_PORT`. When it is up
 * it tells its parent how many reads it found without their links.
 */
const [dataFolder = '', migrations = '', timingPort, mylapsPort, httpPort] = process.argv.slice(2)
const said = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
  console.error(level, message, JSON.stringify(fields))
const log = { info: () => {}, warn: () => {}, error: said('error') }
const version = '0.0.0-chaos'

const app = createApp({
  dataFolder,
  migrations,
  version,
  clock: Date.now,
  fetch,
  log,
  timingHost: '127.0.0.1',
  timingPort: Number(timingPort),
  mylapsPort: Number(mylapsPort),
  schedule: true,
  secrets: createMemorySecrets(),
})
const unlinked = app.store.read.get<{ reads: number }>(
  'SELECT COUNT(*) AS reads FROM timing_reads WHERE id > (SELECT COALESCE(MAX(read_id), 0) FROM read_links)',
)
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
process.send?.({ unlinked: unlinked?.reads ?? 0 })
