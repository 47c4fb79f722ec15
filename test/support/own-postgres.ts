import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from '../../src/replication/hub/binaries.ts'
import { type Certificate, makeCertificate } from '../../src/replication/hub/certificate.ts'
import { createCluster } from '../../src/replication/hub/cluster.ts'
import { hubPort } from '../../src/replication/hub/port.ts'
import { serverUser } from '../../src/replication/hub/server-user.ts'
import { OWNER, serverSettings } from '../../src/replication/hub/settings.ts'

/** Logins prove themselves as real ones do; the owner is let in. */
const ADMISSION = `host all ${OWNER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`

export interface OwnPostgres {
  readonly port: number
  readonly certificate: Certificate
  /** Its owner's address of a database. */
  address(database: string): string
  /** Shows another certificate from now on. */
  show(certificate: Certificate): Promise<void>
  stop(): Promise<void>
}

export const clusterIn = async (home: string) => createCluster(home, findBinaries(null), await serverUser())

/**
 * A PostgreSQL of one's own, as a hub runs it, reached from this machine.
 * @param home a new folder
 * @param settings instead of a hub's
 */
export async function startOwnPostgres(
  home: string,
  settings: Readonly<Record<string, string>>,
): Promise<OwnPostgres> {
  mkdirSync(home, { recursive: true, mode: 0o711 })
  const user = await serverUser()
  if (user !== null) chownSync(home, user.uid, user.gid)
  const cluster = await clusterIn(home)
  await cluster.make()
  const port = await hubPort(home, 0, '127.0.0.1')
  const more = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
  const configure = (shown: Certificate): void => {
    cluster.configure(serverSettings(port, 'loopback') + more.join(''), shown)
    writeFileSync(join(cluster.folder, 'pg_hba.conf'), ADMISSION)
  }
  const certificate = makeCertificate({ name: 'own', addresses: ['127.0.0.1', 'localhost'], now: Date.now() })
  configure(certificate)
  await cluster.start()
  const address = (database: string): string => `postgres://${OWNER}@127.0.0.1:${port}/${database}`
  return {
    ...{ port, certificate, address },
    async show(other) {
      configure(other)
      const client = new pg.Client({ connectionString: address('postgres') })
      await client.connect()
      await client.query('SELECT pg_reload_conf()')
      await client.end()
    },
    stop: () => cluster.stop(),
  }
}
