import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inviteLaptop } from '../../src/replication/central/invite.ts'
import { migrateCentral } from '../../src/replication/central/migrate.ts'
import { addPartner, type Partner } from '../../src/replication/central/partners.ts'
import { type ConnectionCode, formatConnectionCode } from '../../src/replication/connection-code.ts'
import { createHubServer } from '../../src/replication/hub/server.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'

export const CENTRAL_MIGRATIONS = join(import.meta.dirname, '..', '..', 'drizzle', 'central')
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** A timing company's database with one partner: a real PostgreSQL that can be stopped and started again. */
export async function startCentralDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-central-'))
  const secrets = createMemorySecrets()
  const server = createHubServer({
    ...{ dataFolder: folder, binariesFolder: null, port: 0, reach: 'loopback' },
    ...{ secrets: () => secrets, clock: Date.now, log: quiet },
  })
  await server.start()
  const { host, port, user, password, database } = server.owner()
  const kept = createHubServer({
    ...{ dataFolder: folder, binariesFolder: null, port, reach: 'loopback' },
    ...{ secrets: () => secrets, clock: Date.now, log: quiet },
  })
  let running = server
  const asOwner = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ host, port, user, password, database })
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const partner: Partner = await asOwner(async client => {
    await migrateCentral(client, CENTRAL_MIGRATIONS)
    return addPartner(client, 'Coastline Timing')
  })
  return {
    partner,
    asOwner,
    /** A connection code, and the login it is of. */
    async invite(change: Partial<ConnectionCode['login']> = {}, lastsMs = 3_600_000) {
      const expiresAt = Date.now() + lastsMs
      const made = await asOwner(client => inviteLaptop(client, { partner, holder: 'a laptop', expiresAt }))
      const login = { hosts: [host], port, database, user: made.user, password: made.password, ...change }
      const code = formatConnectionCode({
        ...{ kind: 'central', name: 'Coastline Timing', expiresAt },
        login: { trust: { kind: 'system' }, ...login },
      })
      return { code, user: made.user }
    },
    /** Nobody answers any more. */
    async goAway() {
      await running.stop()
    },
    /** At the same place as before. */
    async comeBack() {
      running = kept
      await running.start()
    },
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type CentralDatabase = Awaited<ReturnType<typeof startCentralDatabase>>
