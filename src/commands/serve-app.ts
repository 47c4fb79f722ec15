import { mkdirSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { createApp } from '../app/create-app.ts'
import { createLog } from '../app/log.ts'
import { AppError } from '../core/errors.ts'
import { createDisplayDoor } from '../server/display-door.ts'
import { isLoopback } from '../server/gate.ts'
import { findRunning, markRunning } from '../server/running.ts'
import { createServer } from '../server/server.ts'
import { builtPages } from './build-pages.ts'
import { createPracticeBeside } from './practice-beside.ts'
import { hubConfig, outside, version } from './project.ts'
import { stopOnSignal } from './stop-on-signal.ts'

export interface ServeOptions {
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  readonly timingPort: number
  readonly mylapsPort: number
  readonly central?: string | undefined
}

/** The app without a window, until it is stopped. */
export async function serveApp({
  dataFolder,
  host,
  port,
  timingPort,
  mylapsPort,
  central,
}: ServeOptions): Promise<void> {
  const other = await findRunning(dataFolder, fetch)
  if (other !== null) {
    const where = other.address === null ? 'in its window' : `at ${other.address}`
    throw new AppError(
      'conflict',
      `Trackside already works with ${dataFolder}, ${where} (process ${other.pid}).`,
    )
  }
  mkdirSync(dataFolder, { recursive: true })
  const rendererFolder = await builtPages()
  const log = createLog({ folder: dataFolder, stderr: 'everything' })
  const practice = createPracticeBeside({ rendererFolder, log })
  const token = process.env.TRACKSIDE_TOKEN
  let listening: number | null = null
  const app = createApp({
    ...outside(log),
    dataFolder,
    timingPort,
    mylapsPort,
    central,
    schedule: true,
    keepsOrder: true,
    hub: hubConfig,
    startPractice: practice.start,
    displayDoor: isLoopback(host)
      ? createDisplayDoor({ rendererFolder, log, version: version() })
      : // Everybody on the network reaches this server already, and with it the displays.
        { always: true, port: () => listening, open: async () => {}, close: async () => {} },
  })
  await app.start()
  const server = createServer({ app, host, port, rendererFolder, version: app.config.version, log, token })
  try {
    await server.start()
  } catch (error) {
    await app.stop()
    throw error
  }
  listening = Number(new URL(server.address()).port)
  const unmark = markRunning(dataFolder, server.address())
  stopOnSignal(async () => {
    await practice.stop()
    await server.stop()
    await app.stop()
    unmark()
  })
  console.log(`Trackside works with ${dataFolder} and answers at ${server.address()}`)
  for (const also of addressesFor(host, server.address())) console.log(`  on the network: ${also}`)
  console.log(`This address signs one browser in, once: ${server.signInAddress()}`)
  console.log(
    token === undefined
      ? `For programs: the manager token is in ${dataFolder}/manager-token`
      : 'For programs: the manager token is TRACKSIDE_TOKEN',
  )
  const readers = app.timingPort()
  console.log(
    readers === null
      ? 'Readers cannot connect: see /api/timing/status'
      : `Readers connect to port ${readers}`,
  )
  const mylaps = app.mylapsPort()
  if (mylaps !== null) console.log(`MYLAPS Timing & Scoring connects to port ${mylaps}`)
}

/** Where others on the network find a server that listens to all of them. */
function addressesFor(host: string, address: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  const own = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const port = new URL(address).port
  return own
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(one => `http://${one.address}:${port}`)
}
