import { chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { findBinaries } from '../../src/replication/hub/binaries.ts'
import { type Certificate, makeCertificate } from '../../src/replication/hub/certificate.ts'
import { type Cluster, createCluster } from '../../src/replication/hub/cluster.ts'
import { hubPort } from '../../src/replication/hub/port.ts'
import { postmasterOf } from '../../src/replication/hub/postmaster.ts'
import { serverUser } from '../../src/replication/hub/server-user.ts'
import { OWNER, serverSettings } from '../../src/replication/hub/settings.ts'

const PREFIX = 'trackside-test-pg-'

/** A server of another machine or of one's own, its owner's address; else every test file starts one. */
const GIVEN = process.env.TRACKSIDE_TEST_DATABASE_URL

/** Logins of the tests prove themselves as real ones do; its owner is let in. */
const ADMISSION = `host all ${OWNER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`

/** A test's database is lost with its server anyway. */
const QUICK = "fsync = 'off'\nsynchronous_commit = 'off'\nfull_page_writes = 'off'\n"

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const clusterIn = async (home: string): Promise<Cluster> =>
  createCluster(home, findBinaries(null), await serverUser())

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
  /** The server's own port, folder and certificate; none where another server was given. */
  readonly server: () => {
    readonly port: number
    readonly folder: string
    readonly certificate: Certificate
    /** Shows another certificate from now on. */
    show(certificate: Certificate): Promise<void>
  }
}

let files = 0

/** A real PostgreSQL for this test file: started before its tests, gone after them. */
export function startPostgres(moreSettings = ''): TestPostgres {
  files += 1
  const home = join(tmpdir(), `${PREFIX}${process.pid}-${files}-${Math.trunc(performance.now())}`)
  const clients = new Set<pg.Client>()
  const made: string[] = []
  let port = 0
  let cluster: Cluster | null = null
  let certificate: Certificate | null = null
  const address = (database: string): string => {
    const url = new URL(GIVEN ?? `postgres://${OWNER}@127.0.0.1:${port}/postgres`)
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
  const start = async (): Promise<void> => {
    await sweep()
    mkdirSync(home, { recursive: true, mode: 0o711 })
    const user = await serverUser()
    if (user !== null) chownSync(home, user.uid, user.gid)
    cluster = await clusterIn(home)
    await cluster.make()
    port = await hubPort(home, 0, '127.0.0.1')
    certificate = makeCertificate({ name: 'tests', addresses: ['127.0.0.1', 'localhost'], now: Date.now() })
    configure(certificate)
    await cluster.start()
  }
  const configure = (shown: Certificate): void => {
    cluster?.configure(`${serverSettings(port, 'loopback')}${QUICK}${moreSettings}\n`, shown)
    writeFileSync(join(home, 'cluster', 'pg_hba.conf'), ADMISSION)
  }
  beforeAll(async () => {
    if (GIVEN === undefined) await start()
  }, 60_000)
  afterAll(async () => {
    await Promise.all([...clients].map(client => client.end()))
    if (GIVEN !== undefined) for (const name of made) await asOwner(`DROP DATABASE "${name}" WITH (FORCE)`)
    await cluster?.stop()
    rmSync(home, { recursive: true, force: true })
  }, 60_000)
  return {
    connect,
    async freshDatabase(template = 'template1') {
      const name = `trackside_test_${process.pid}_${made.length}_${Math.trunc(performance.now())}`
      made.push(name)
      await asOwner(`CREATE DATABASE "${name}" TEMPLATE "${template}"`)
      return address(name)
    },
    server() {
      if (certificate === null) throw new Error('this test needs a server of its own')
      return {
        ...{ port, certificate, folder: join(home, 'cluster') },
        async show(other) {
          configure(other)
          await asOwner('SELECT pg_reload_conf()')
        },
      }
    },
  }
}
