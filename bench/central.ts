import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inviteLaptop } from '../src/replication/central/invite.ts'
import { migrateCentral } from '../src/replication/central/migrate.ts'
import { partnerBy } from '../src/replication/central/partners.ts'
import { formatConnectionCode } from '../src/replication/connection-code.ts'
import { findBinaries } from '../src/replication/hub/binaries.ts'
import { makeCertificate } from '../src/replication/hub/certificate.ts'
import { createCluster } from '../src/replication/hub/cluster.ts'
import { hubPort } from '../src/replication/hub/port.ts'
import { serverUser } from '../src/replication/hub/server-user.ts'
import { OWNER, serverSettings } from '../src/replication/hub/settings.ts'

export const centralMigrations = join(import.meta.dirname, '..', 'drizzle', 'central')

const ADMISSION = `host all ${OWNER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`

/** An empty central database on a real PostgreSQL with its usual settings: what is committed is on the disk. */
export async function openCentral(folder: string) {
  const home = join(folder, 'central')
  mkdirSync(home, { recursive: true, mode: 0o711 })
  const user = await serverUser()
  if (user !== null) chownSync(home, user.uid, user.gid)
  const cluster = createCluster(home, findBinaries(null), user)
  await cluster.make()
  const port = await hubPort(home, 0, '127.0.0.1')
  const certificate = makeCertificate({ name: 'bench', addresses: ['127.0.0.1'], now: Date.now() })
  cluster.configure(serverSettings(port, 'loopback'), certificate)
  writeFileSync(join(home, 'cluster', 'pg_hba.conf'), ADMISSION)
  await cluster.start()
  const owner = new pg.Client({ host: '127.0.0.1', port, user: OWNER, database: 'postgres' })
  await owner.connect()
  await migrateCentral(owner, centralMigrations)
  await owner.query('SET search_path = trackside, public')
  await owner.query("INSERT INTO timing_partners (name) VALUES ('Bench')")
  return {
    owner,
    async code(): Promise<string> {
      const expiresAt = Date.now() + 3_600_000
      const partner = await partnerBy(owner, 'Bench')
      const { user: login, password } = await inviteLaptop(owner, { partner, holder: 'bench', expiresAt })
      return formatConnectionCode({
        ...{ kind: 'central', name: 'bench', expiresAt },
        login: {
          ...{ hosts: ['127.0.0.1'], port, database: 'postgres', user: login, password },
          trust: { kind: 'system' },
        },
      })
    },
    async stop(): Promise<void> {
      await owner.end()
      await cluster.stop()
    },
  }
}

export type BenchCentral = Awaited<ReturnType<typeof openCentral>>
