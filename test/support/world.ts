import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { AppConfig } from '../../src/app/app.ts'
import { createApp } from '../../src/app/create-app.ts'
import type { Role } from '../../src/core/model.ts'
import { createCtliveServer } from '../../src/rehearsal/ctlive-server.ts'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createRegistrations } from '../../src/rehearsal/registrations.ts'
import { createResultSets } from '../../src/rehearsal/result-sets.ts'
import { createRunSignUpServer } from '../../src/rehearsal/runsignup-server.ts'
import { createScoring } from '../../src/rehearsal/scoring.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** Moments a test sets; starts on a race morning. */
export function createTestClock(start = Date.parse('2026-05-09T11:00:00Z')) {
  let now = start
  const clock = () => now
  return Object.assign(clock, {
    set: (at: number) => {
      now = at
    },
    advance: (ms: number) => {
      now += ms
    },
  })
}

export interface WorldOptions {
  /** Registered people, with bibs 1 to n. */
  readonly people?: number
  readonly clock?: () => number
  readonly timingPort?: number | null
  readonly inferredAllowed?: boolean
  readonly config?: Partial<AppConfig>
}

/** A registration provider, a scoring provider and the app between them, all real, all on loopback. */
export async function createWorld(options: WorldOptions = {}) {
  const clock = options.clock ?? Date.now
  const keys = { api_key: 'key-7f3a', api_secret: 'secret-canary-9b1c' }
  const login = { client_id: 'client-5', user_id: 'crew@example.com', password: 'password-canary-44' }
  const registrations = createRegistrations({ clock })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/New_York' })
  const event = registrations.addEvent(race.raceId, {
    name: '5K',
    distance: '5K',
    startsAt: clock() + 3 * 3_600_000,
  })
  const people = makePeople({
    seed: 7,
    year: 2026,
    bibs: Array.from({ length: options.people ?? 20 }, (_, index) => String(index + 1)),
  })
  const added = people.map(person => registrations.add(event.eventId, { person }))
  const scoring = createScoring()
  const scored = scoring.addEvent({ event_name: 'Harbor Run' })
  const scoredRace = scoring.addRace(String(scored.event_id), { race_name: '5K' })
  const resultSets = createResultSets()
  const runSignUp = createRunSignUpServer({ registrations, resultSets, keys, clock })
  const ctlive = createCtliveServer({ scoring, login, clock, pageHeaders: true })
  await runSignUp.start()
  await ctlive.start()

  const folder = mkdtempSync(join(tmpdir(), 'trackside-world-'))
  const config: AppConfig = {
    dataFolder: folder,
    migrations: join(import.meta.dirname, '..', '..', 'drizzle', 'local'),
    version: '0.0.0-test',
    clock,
    fetch,
    log: quiet,
    timingHost: '127.0.0.1',
    timingPort: options.timingPort ?? null,
    schedule: false,
    secrets: createMemorySecrets(),
    ...options.config,
  }
  let app = createApp(config)
  await app.start()
  const callAs = (role: Role, name: string = role) =>
    createRouterClient(app.router, { context: { who: { name, role } } })

  return {
    clock,
    folder,
    config,
    keys,
    login,
    registrations,
    race,
    event,
    added,
    resultSets,
    scoring,
    scored,
    scoredRace,
    runSignUp,
    ctlive,
    app: () => app,
    store: () => app.store,
    call: () => callAs('manager'),
    callAs,
    /** A connection between the two, not run yet. */
    async connect(changes: Record<string, unknown> = {}) {
      return callAs('manager').connections.create({
        connectionName: 'Harbor Run',
        sourceProvider: 'runsignup',
        targetProvider: 'ctlive',
        sourceSettings: { base_url: runSignUp.url, calls_per_hour: '1000000' },
        targetSettings: { base_url: ctlive.url, calls_per_hour: '1000000' },
        sourceCredentials: keys,
        targetCredentials: login,
        inferredAllowed: options.inferredAllowed ?? true,
        autoSyncEnabled: false,
        ...changes,
      })
    },
    async restart(changes: Partial<AppConfig> = {}) {
      await app.stop()
      app = createApp({ ...config, ...changes })
      await app.start()
    },
    async stop() {
      await app.stop()
      await runSignUp.stop()
      await ctlive.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>
