import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { createPostgresServer, endLeftover } from '../../src/replication/postgres-server.ts'

const PREFIX = 'trackside-test-pg-'
const PASSWORD = 'tests'
const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** A server of another machine or of one's own, its owner's address; else every test file starts one. */
const GIVEN = process.env.TRACKSIDE_TEST_DATABASE_URL

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A killed run leaves its server and its folder, which is named for the run. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(one => one.startsWith(PREFIX))) {
    if (lives(Number(name.slice(PREFIX.length).split('-')[0]))) continue
    const folder = join(tmpdir(), name)
    await endLeftover(join(folder, 'data'))
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface TestPostgres {
  /** A new database, empty or a copy of another that nobody is connected to; by its owner's address. */
  freshDatabase(template?: string): Promise<string>
  /** A client of that address, ended with the file if not before. */
  connect(url: string): Promise<pg.Client>
}

/** A real PostgreSQL for this test file: started before its tests, gone after them. */
export function startPostgres(settings: Readonly<Record<string, string>> = {}): TestPostgres {
  const folder = join(tmpdir(), `${PREFIX}${process.pid}-${Math.trunc(performance.now())}`)
  const server = createPostgresServer({
    ...{ folder: join(folder, 'data'), port: 0, hosts: ['127.0.0.1'], password: PASSWORD, log: silent },
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '60', ...settings },
  })
  const clients = new Set<pg.Client>()
  const made: string[] = []
  const address = (database: string): string => {
    const url = new URL(GIVEN ?? `postgres://postgres:${PASSWORD}@127.0.0.1:${server.port}/postgres`)
    url.pathname = `/${database}`
    return url.href
  }
  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    clients.add(client)
    client.once('end', () => clients.delete(client))
    return client
  }
  const asOwner = async (sql: string): Promise<void> => {
    const client = await connect(GIVEN ?? address('postgres'))
    await client.query(sql)
    await client.end()
  }
  beforeAll(async () => {
    if (GIVEN !== undefined) return
    await sweep()
    mkdirSync(folder, { recursive: true })
    await server.start()
  }, 60_000)
  afterAll(async () => {
    await Promise.all([...clients].map(client => client.end()))
    if (GIVEN !== undefined) for (const name of made) await asOwner(`DROP DATABASE "${name}" WITH (FORCE)`)
    else {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
  return {
    connect,
    async freshDatabase(template = 'template1') {
      const name = `trackside_test_${process.pid}_${made.length}_${Math.trunc(performance.now())}`
      made.push(name)
      await asOwner(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
      return address(name)
    },
  }
}
