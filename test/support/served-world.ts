import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createServer } from '../../src/server/server.ts'
import { createWorld, type WorldOptions } from './world.ts'

export const rendererFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer')
const quiet = { info: () => {}, warn: () => {}, error: console.error }

/** Where the world's races are. */
export const ZONE = 'America/New_York'

/** A small race that is on, with its pages over HTTP and a ChronoTrack reader. */
export async function serveWorld(options: WorldOptions = {}) {
  if (!existsSync(join(rendererFolder, 'index.html')))
    throw new Error('The pages are not built. Run: npm run build')
  const world = await createWorld({ timingPort: 0, ...options })
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, operation: 'participants', wait: true })
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  if (day === undefined) throw new Error('no race day')
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', raceDayId: day.id })
  const serve = async () => {
    const made = createServer({
      app: world.app(),
      ...{ host: '127.0.0.1', port: 0, rendererFolder, version: '0.0.0-e2e', log: quiet },
    })
    await made.start()
    return made
  }
  let server = await serve()
  const reader = createCtp01Client({
    ...{ host: '127.0.0.1', port: world.app().timingPort() ?? 0, clock: Date.now, zone: ZONE },
    ...{ eventName: 'NOW', locations: ['FINISH'], connectionId: 'e'.repeat(40), reconnectMs: 50 },
  })
  await reader.start()
  return {
    ...{ world, day, session, reader },
    signInAddress: () => server.signInAddress(),
    /** What a reader reads of a bib's chip now, or then. */
    readOf: (bib: string, at = Date.now()) => ({
      ...{ location: 'FINISH', tag: bib, at, readerId: '0F2A38', gator: 1 },
    }),
    /** The app ends and starts again in the same folder, its readers' port as before. */
    async restart() {
      await server.stop()
      await world.restart({ timingPort: world.app().timingPort() })
      server = await serve()
    },
    async stop() {
      await reader.stop()
      await server.stop()
      await world.stop()
    },
  }
}

export type ServedWorld = Awaited<ReturnType<typeof serveWorld>>
