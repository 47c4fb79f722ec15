import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { createApp } from '../../src/app/create-app.ts'
import type { BigRace } from '../../src/rehearsal/big-race/big-race.ts'
import { type Enrolled, enrolBigRace } from '../../src/rehearsal/big-race/big-race.ts'
import { createBoxes } from '../../src/rehearsal/big-race/boxes.ts'
import { THIRTY_K } from '../../src/rehearsal/big-race/course.ts'
import type { Runner } from '../../src/rehearsal/big-race/runners.ts'
import { createCtliveServer } from '../../src/rehearsal/ctlive-server.ts'
import { createRegistrations } from '../../src/rehearsal/registrations.ts'
import { createRunSignUpServer } from '../../src/rehearsal/runsignup-server.ts'
import { createScoring } from '../../src/rehearsal/scoring.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { createTestClock } from './world.ts'

const quiet = { info: () => {}, warn: () => {}, error: console.error }
const DAWN_MS = 5 * 3_600_000

/** The crew's laptop on the morning of a big race: everybody fetched, the boxes connected, nothing decided yet. */
export async function openRaceOffice(race: BigRace) {
  const clock = createTestClock(race.midnight + DAWN_MS)
  const registrations = createRegistrations({ clock })
  const enrolled: Enrolled = enrolBigRace(race, registrations)
  const keys = { api_key: 'key', api_secret: 'secret' }
  const login = { client_id: 'client', user_id: 'crew@example.com', password: 'password' }
  const source = createRunSignUpServer({ registrations, keys, clock })
  const target = createCtliveServer({ scoring: createScoring(), login, clock, pageHeaders: true })
  await Promise.all([source.start(), target.start()])
  const folder = mkdtempSync(join(tmpdir(), 'trackside-race-'))
  const app = createApp({
    dataFolder: folder,
    migrations: join(import.meta.dirname, '..', '..', 'drizzle', 'local'),
    version: '0.0.0-test',
    clock,
    fetch,
    log: quiet,
    timingHost: '127.0.0.1',
    timingPort: 0,
    mylapsPort: 0,
    schedule: false,
    secrets: createMemorySecrets(),
  })
  await app.start()
  const call = createRouterClient(app.router, { context: { who: { name: 'Ann', role: 'manager' } } })
  const connection = await call.connections.create({
    connectionName: 'Three Bridges',
    sourceProvider: 'runsignup',
    targetProvider: 'ctlive',
    sourceSettings: { base_url: source.url, calls_per_hour: '1000000' },
    targetSettings: { base_url: target.url, calls_per_hour: '1000000' },
    sourceCredentials: keys,
    targetCredentials: login,
    // Scoring is not what is looked at here.
    inferredAllowed: false,
    autoSyncEnabled: false,
  })
  const sync = async (): Promise<void> => {
    const { operation } = await call.sync.manual({ connectionId: connection.id, wait: true })
    if (operation?.status !== 'held' && operation?.status !== 'completed')
      throw new Error(`the sync ended ${operation?.status}: ${operation?.errorMessage}`)
  }
  await sync()
  const [day] = (await call.raceDay.raceDays()).raceDays
  if (!day) throw new Error('no race day came with the events')
  const session = await call.timing.addSession({ sessionName: 'Three Bridges', raceDayId: day.id })
  const boxes = createBoxes({
    race,
    clock,
    ctp01Port: app.timingPort() ?? 0,
    mylapsPort: app.mylapsPort() ?? 0,
  })
  await boxes.start()
  await call.timing.setReaders({
    readers: [
      {
        protocol: 'race-result',
        name: THIRTY_K,
        host: '127.0.0.1',
        port: boxes.decoder.port,
        location: THIRTY_K,
      },
    ],
  })

  const eventIdOf = (runner: Pick<Runner, 'course'>): string => {
    const event = day.events.find(({ eventName }) => eventName === runner.course.name)
    if (!event) throw new Error(`no event ${runner.course.name}`)
    return event.id
  }
  /** Everybody whom the lists show. */
  async function people() {
    const all = []
    for (const { id: eventId } of day?.events ?? []) {
      let after: string | null = ''
      while (after !== null) {
        const page: Awaited<ReturnType<typeof call.raceDay.participants>> = await call.raceDay.participants({
          ...{ eventId, limit: 1000 },
          ...(after === '' ? {} : { after }),
        })
        all.push(...page.participants)
        after = page.next
      }
    }
    return all
  }

  return {
    ...{ race, clock, enrolled, app, call, day, session, boxes, sync, eventIdOf, people },
    async close() {
      await boxes.stop()
      await app.stop()
      await Promise.all([source.stop(), target.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type RaceOffice = Awaited<ReturnType<typeof openRaceOffice>>
