import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Clock, Log, Service } from '../../core/runtime.ts'
import { findBinaries } from './binaries.ts'
import { fingerprintOf } from './certificate.ts'
import { type Cluster, createCluster } from './cluster.ts'
import { keptCertificate } from './kept-certificate.ts'
import { lanAddresses } from './lan-addresses.ts'
import { hubPort } from './port.ts'
import { freeFromOther, postmasterOf } from './postmaster.ts'
import { letThrough, serverUser } from './server-user.ts'
import { DATABASE, OWNER, type Reach, serverSettings } from './settings.ts'

export interface HubServerParts {
  /** Of this laptop; the hub has a folder of its own in it. */
  readonly dataFolder: string
  /** PostgreSQL's programs; null: where npm put them. */
  readonly binariesFolder: string | null
  readonly secrets: () => HubSecrets
  /** Null: the last one, or one that is free. */
  readonly port: number | null
  readonly reach: Reach
  readonly clock: Clock
  readonly log: Log
  /** What must be done with the database each time it has started, before it is said to run. */
  readonly ready?: (owner: OwnerLogin) => Promise<void>
  /** Tries again by itself where the start fails. */
  readonly insist?: boolean
  /** Between two looks whether it still runs. */
  readonly lookEveryMs?: number
}

/** The keychain, as far as the hub needs it. */
export interface HubSecrets {
  get(account: string): Promise<string | null>
  set(account: string, secret: string): Promise<void>
}

export interface HubServerStatus {
  readonly state: 'stopped' | 'starting' | 'running' | 'failed'
  /** What failed, in words. */
  readonly message: string | null
  readonly port: number | null
  /** Where other laptops find it now, likeliest first. */
  readonly addresses: readonly string[]
  /** Of its certificate. */
  readonly fingerprint: string | null
  readonly since: number | null
}

/** How the hub itself, and nobody else, gets in. */
export interface OwnerLogin {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface HubServer extends Service {
  status(): HubServerStatus
  /** @throws AppError hub.failed while it does not run */
  owner(): OwnerLogin
  onChange(listener: () => void): () => void
}

const PASSWORD = 'hub/owner'
const ROOM_BYTES = 300 * 1024 * 1024
const LOOK_EVERY_MS = 2_000
const LONGEST_WAIT_MS = 60_000

/** A PostgreSQL of this laptop's own, in its data folder. It outlives a killed app; the next start ends it first. */
export function createHubServer(parts: HubServerParts): HubServer {
  const { dataFolder, clock, log } = parts
  const home = join(dataFolder, 'hub')
  const host = parts.reach === 'lan' ? '0.0.0.0' : '127.0.0.1'
  const lookEveryMs = parts.lookEveryMs ?? LOOK_EVERY_MS
  const listeners = new Set<() => void>()
  let cluster: Cluster | null = null
  let login: OwnerLogin | null = null
  let now: Omit<HubServerStatus, 'addresses'> = {
    ...{ state: 'stopped', message: null, port: null, fingerprint: null, since: null },
  }
  let timer: ReturnType<typeof setTimeout> | null = null
  let turn: Promise<void> = Promise.resolve()

  const become = (change: Partial<typeof now>): void => {
    now = { ...now, ...change, since: clock() }
    for (const listener of [...listeners]) listener()
  }

  const prepare = async (): Promise<Cluster> => {
    const binaries = findBinaries(parts.binariesFolder)
    const user = await serverUser()
    mkdirSync(home, { recursive: true, mode: 0o700 })
    if (user !== null) {
      letThrough(dataFolder)
      chownSync(home, user.uid, user.gid)
    }
    return createCluster(home, binaries, user)
  }

  /** Kept before the database has it: a password that nobody knows would close it. */
  const ownPassword = async (): Promise<string> => {
    const kept = await parts.secrets().get(PASSWORD)
    if (kept !== null) return kept
    const fresh = randomBytes(24).toString('hex')
    await parts.secrets().set(PASSWORD, fresh)
    return fresh
  }

  /** The server runs and lets its owner in, whatever password its folder was left with. */
  const runWith = async (made: Cluster, owner: OwnerLogin): Promise<void> => {
    await made.start()
    try {
      await makeDatabase(owner)
    } catch (error) {
      if (!isWrongPassword(error)) throw error
      await made.stop()
      await made.setPassword(owner.password)
      await made.start()
      await makeDatabase(owner)
    }
  }

  const bringUp = async (): Promise<void> => {
    const made = await prepare()
    if ((await postmasterOf(made.folder)) !== null) {
      log.warn(
        { folder: made.folder },
        'the hub of a Trackside that was killed still runs; it is ended first',
      )
      await made.stop()
    }
    if (await freeFromOther(made.folder))
      log.info({}, 'the number of a hub that was killed belongs to another program now')
    roomFor(home)
    const port = await hubPort(home, parts.port, host)
    const certificate = keptCertificate(home, lanAddresses(), clock())
    const password = await ownPassword()
    if (!made.exists()) await made.make()
    made.configure(serverSettings(port, parts.reach), certificate)
    cluster = made
    const owner = { host: '127.0.0.1', port, user: OWNER, password, database: DATABASE }
    await runWith(made, owner)
    await parts.ready?.(owner)
    login = owner
    become({ state: 'running', message: null, port, fingerprint: fingerprintOf(certificate.certificate) })
  }

  const takeDown = async (): Promise<void> => {
    if (cluster !== null && (await postmasterOf(cluster.folder)) !== null) await cluster.stop()
    cluster = null
    login = null
  }

  /** Looks whether the server still runs, and starts it again where it does not: later each time that fails. */
  const lookAgain = (after: number): void => {
    timer = setTimeout(() => {
      turn = turn.then(async () => {
        if (timer === null) return
        if (now.state === 'running' && cluster !== null) {
          if ((await postmasterOf(cluster.folder)) !== null) return lookAgain(lookEveryMs)
          log.error({ said: cluster.lastWords() }, 'the hub ended by itself')
          become({ state: 'failed', message: 'The hub ended by itself. It is started again.' })
        }
        try {
          await bringUp()
          lookAgain(lookEveryMs)
        } catch (error) {
          await takeDown().catch(() => {})
          become({ state: 'failed', message: inWords(error) })
          lookAgain(Math.min(after * 2, LONGEST_WAIT_MS))
        }
      })
    }, after)
  }

  return {
    status: () => ({ ...now, addresses: now.state === 'running' ? lanAddresses() : [] }),
    owner() {
      if (login === null)
        throw new AppError('hub.failed', 'The hub does not run on this laptop.', { retriable: true })
      return login
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start() {
      const started = turn.then(async () => {
        if (now.state === 'running') return
        become({ state: 'starting', message: null })
        try {
          await bringUp()
          lookAgain(lookEveryMs)
        } catch (error) {
          await takeDown().catch(() => {})
          become({ state: 'failed', message: inWords(error) })
          if (parts.insist) lookAgain(lookEveryMs)
          throw error
        }
      })
      turn = started.catch(() => {})
      return started
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      const stopped = turn.then(async () => {
        // A look that was under way has set it again.
        if (timer !== null) clearTimeout(timer)
        timer = null
        await takeDown()
        become({ state: 'stopped', message: null, port: null })
      })
      turn = stopped.catch(() => {})
      return stopped
    },
  }
}

const inWords = (error: unknown): string =>
  isAppError(error) ? error.message : `The hub cannot run: ${error instanceof Error ? error.message : error}`

const isWrongPassword = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '28P01'

function roomFor(folder: string): void {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free < ROOM_BYTES)
    throw new AppError(
      'store.unwritable',
      `The disk is too full for a hub: ${Math.floor(free / 1024 / 1024)} MB are free, it wants ${ROOM_BYTES / 1024 / 1024} MB. Make room, or let another laptop be the hub.`,
      { retriable: true },
    )
}

async function makeDatabase(login: OwnerLogin): Promise<void> {
  const client = new pg.Client({ ...login, database: 'postgres', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [login.database])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${login.database}`)
  } finally {
    await client.end()
  }
}
