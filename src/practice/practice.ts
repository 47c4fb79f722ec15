import type { App, Surroundings } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import { AppError, isAppError } from '../core/errors.ts'
import type { Service } from '../core/runtime.ts'
import { createRaceDay, type RaceDay } from '../rehearsal/race-day.ts'
import { createMemorySecrets } from '../secrets/memory.ts'
import { type Client, clientInProcess } from '../server/client.ts'
import { createDisplayDoor } from '../server/display-door.ts'
import { createPracticeCentral, type PracticeCentral } from './central.ts'
import { practiceConnection } from './connection.ts'
import { createLife } from './life.ts'

export interface PracticeParts extends Surroundings {
  /** Its own, empty: nothing of a practice race mixes with what is real. */
  readonly dataFolder: string
  /** 0 takes a free one; null serves nobody (a window talks to the app itself). */
  readonly httpPort: number | null
  /** 0 takes a free one. */
  readonly timingPort: number
  /** The built pages, or null. */
  readonly rendererFolder: string | null
  /** One folder a location, with a real controller's files. */
  readonly fixturesFolder: string
  readonly seed?: number
  /** What happens, a line each, for whoever watches. */
  readonly say?: (line: string) => void
  /** How often somebody registers or edits at the provider; default 20 s. */
  readonly lifeEveryMs?: number
  /** How fast reads of the past are sent; default 400 a second. */
  readonly backlogPerSecond?: number
}

export interface Practice {
  readonly app: App
  readonly day: RaceDay
  /** Null when it serves nobody. */
  readonly address: string | null
  /** Signs one browser in, once; null when it serves nobody. */
  signInAddress(): string | null
  stop(): Promise<void>
}

/** The crew's own chips, read all day and nobody's. */
const TEST_CHIPS = ['99995', '99997', '99998']

/** A whole race day with nothing to set up: providers and readers simulated, the app on top. Ends running. */
export async function startPractice(parts: PracticeParts): Promise<Practice> {
  const { dataFolder, fixturesFolder, timingPort, httpPort, rendererFolder, ...outside } = parts
  const { clock, log } = parts
  const seed = parts.seed ?? 20_210_508
  const say = parts.say ?? (() => {})
  const started: Service[] = []
  const begin = async <service extends Service>(service: service): Promise<service> => {
    await service.start()
    started.unshift(service)
    return service
  }
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0)) await service.stop()
  }

  const central = beginCentral(parts, say)
  try {
    const backlog = parts.backlogPerSecond
    const day = await begin(
      createRaceDay({
        folder: fixturesFolder,
        clock,
        seed,
        ...(backlog === undefined ? {} : { backlogPerSecond: backlog }),
      }),
    )
    say(
      `Simulated a registration and a scoring provider: ${day.counts.registrations} registrations wait there`,
    )
    const { migrations, version, fetch, nativeBinding, checkpointThread, countingThread, centralMigrations } =
      outside
    const app = await begin(
      createApp({
        ...{
          dataFolder,
          migrations,
          version,
          clock,
          fetch,
          log,
          nativeBinding,
          checkpointThread,
          countingThread,
          timingPort,
          centralMigrations,
        },
        timingHost: '127.0.0.1',
        schedule: true,
        practice: true,
        displayDoor: createDisplayDoor({ rendererFolder, version, log }),
        secrets: createMemorySecrets(),
      }),
    )
    const server =
      httpPort === null
        ? null
        : await begin(
            await httpDoor({ app, host: '127.0.0.1', port: httpPort, rendererFolder, version, log }),
          )
    const client = clientInProcess(app.router, { name: 'practice', role: 'manager' }, log)
    await setUp(client, day, say)
    const company = await central
    if (company !== null) {
      started.push(company)
      await joinCentral(client, company, say)
    }
    await startReaders(app, day, say)
    await begin(
      createLife({ day, clock, seed, say, ...(parts.lifeEveryMs ? { everyMs: parts.lifeEveryMs } : {}) }),
    )
    say('About every 20 s somebody registers or corrects an entry; the schedule brings it within a minute')
    return {
      app,
      day,
      address: server?.address() ?? null,
      signInAddress: () => server?.signInAddress() ?? null,
      stop,
    }
  } catch (error) {
    await stop()
    await (await central)?.stop()
    throw error
  }
}

/** Only who serves loads the server: a window talks to the app itself. */
async function httpDoor(parts: Parameters<typeof import('../server/server.ts').createServer>[0]) {
  const { createServer } = await import('../server/server.ts')
  return createServer(parts)
}

/** Beside everything else that starts. Without a PostgreSQL on this machine the race goes on without. */
async function beginCentral(
  { dataFolder, centralMigrations, clock, log }: PracticeParts,
  say: (line: string) => void,
): Promise<PracticeCentral | null> {
  if (centralMigrations === undefined) return null
  const central = createPracticeCentral({ dataFolder, migrations: centralMigrations, clock, log })
  try {
    await central.start()
    return central
  } catch (error) {
    if (!isAppError(error)) log.error({ error: String(error) }, 'the practice central did not start')
    say(`No central database in this race: ${error instanceof Error ? error.message : error}`)
    return null
  }
}

async function joinCentral(
  client: Client,
  central: PracticeCentral,
  say: (line: string) => void,
): Promise<void> {
  const { words } = await client.replication.join({ code: await central.invite() })
  say(`A PostgreSQL of its own is the timing company’s central database; this laptop joined it: ${words}`)
}

/** Through the contract, as a crew would: connection, first sync, test chips, session. */
async function setUp(client: Client, day: RaceDay, say: (line: string) => void): Promise<void> {
  const { id: connectionId } = await client.connections.create(practiceConnection(day))
  say('Connected them, every minute; pushes nobody has confirmed are allowed here, because nothing is real')
  await client.timing.setTestChips({ chips: TEST_CHIPS })
  const { operation, message } = await client.sync.manual({
    connectionId,
    operation: 'participants',
    wait: true,
  })
  const counts = operation
    ? `${operation.addedRecords} brought, ${operation.pushedRecords} pushed, ${operation.errorRecords} refused`
    : message
  say(`First sync ${operation?.status ?? 'started'}: ${counts}`)
  const { raceDays } = await client.raceDay.raceDays()
  const [raceDay] = raceDays
  if (raceDay === undefined) throw new AppError('not-found', `The first sync brought no race day: ${message}`)
  await client.timing.addSession({ sessionName: `${raceDay.name} (practice)`, raceDayId: raceDay.id })
  say(`Race day “${raceDay.name}” with ${raceDay.events.length} events; a timing session runs`)
}

async function startReaders(app: App, day: RaceDay, say: (line: string) => void): Promise<void> {
  const port = app.timingPort()
  if (port === null)
    throw new AppError('port.taken', 'The timing listener got no port: give another with --timing-port.')
  await day.startReplay({ host: '127.0.0.1', port })
  say(`A reader streams ${day.counts.reads} real reads to port ${port}: the past first, then live`)
  say('The simulated scoring times who crosses: their results come every minute, and can be published')
}
