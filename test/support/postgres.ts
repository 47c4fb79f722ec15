import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { postmasterOf } from '../../src/replication/hub/postmaster.ts'
import { clusterIn, type OwnPostgres, startOwnPostgres } from './own-postgres.ts'

const PREFIX = 'trackside-test-pg-'

/** A server of another machine or of one's own, its owner's address; else every test file starts one. */
const GIVEN = process.env.TRACKSIDE_TEST_DATABASE_URL

/** A test's database is lost with its server anyway. */
const QUICK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

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
    const cluster = await clusterIn(join(tmpdir(), name))
    if ((await postmasterOf(cluster.folder)) !== null) await cluster.stop()
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

export interface TestPostgres {
  /** A new database, empty or a copy of another that nobody is connected to; by its owner's address. */
  freshDatabase(template?: string): Promise<string>
  /** A client of that address, ended with the file if not before. */
  connect(url: string): Promise<pg.Client>
  /** The server itself; there is none where another was given. */
  server(): OwnPostgres
}

let files = 0

/** A real PostgreSQL for this test file: started before its tests, gone after them. */
export function startPostgres(settings: Readonly<Record<string, string>> = {}): TestPostgres {
  files += 1
  const home = join(tmpdir(), `${PREFIX}${process.pid}-${files}-${Math.trunc(performance.now())}`)
  const clients = new Set<pg.Client>()
  const made: string[] = []
  let own: OwnPostgres | null = null
  const server = (): OwnPostgres => {
    if (own === null) throw new Error('this test needs a server of its own')
    return own
  }
  const address = (database: string): string => {
    if (GIVEN === undefined) return server().address(database)
    const url = new URL(GIVEN)
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
    own = await startOwnPostgres(home, { ...QUICK, ...settings })
  }, 60_000)
  afterAll(async () => {
    await Promise.all([...clients].map(client => client.end()))
    if (GIVEN !== undefined) for (const name of made) await asOwner(`DROP DATABASE "${name}" WITH (FORCE)`)
    await own?.stop()
    rmSync(home, { recursive: true, force: true })
  }, 60_000)
  return {
    ...{ connect, server },
    async freshDatabase(template = 'template1') {
      const name = `trackside_test_${process.pid}_${made.length}_${Math.trunc(performance.now())}`
      made.push(name)
      await asOwner(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
      return address(name)
    },
  }
}
