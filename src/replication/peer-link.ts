import pg from 'pg'
import { AppError } from '../core/errors.ts'
import { connectLogin } from './central/connect.ts'
import { type Membership, membershipOf } from './central/membership.ts'
import { checkSchema, newestMigration } from './central/migrate.ts'
import { type PeerTables, peerTables } from './central/peer-tables.ts'
import { CENTRAL_TABLES } from './central/tables.ts'
import type { Login } from './connection-code.ts'
import type { PeerKind } from './peer-words.ts'

/** One connection to a peer that knows who this laptop is, and says when something changed there. */
export interface PeerLink {
  readonly client: pg.Client
  readonly membership: Membership
  /** The newest migration of the peer's tables that this program knows. */
  readonly known: number
  /** Those that laptops share, as they are there. */
  readonly tables: PeerTables
  /** Throws where the peer's tables are not what they were when this connection began. @throws AppError central.unreachable */
  checkTables(): Promise<void>
  /** The peer's answer, or trouble: a connection that hangs is cut after `ms`. */
  within<T>(ms: number, work: Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface Introduction {
  readonly laptopId: string
  readonly laptopName: string
  readonly program: string
  /** drizzle/central. */
  readonly migrations: string
}

/** A question to a database that is there. */
export const ANSWER_MS = 30_000
const FAREWELL_MS = 2_000

/** pg gives no way to leave a connection that does not answer. */
const cut = (client: pg.Client): void =>
  (
    client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }
  ).connection.stream.destroy()

async function within<T>(client: pg.Client, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      cut(client)
      reject(
        new AppError('central.unreachable', 'The database does not answer any more.', { retriable: true }),
      )
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Connects, checks that this program may work with the database, and listens for what changes there.
 * @param wake something changed there, or the connection ended; `turn`: somebody asked for a connection's turn
 * @throws AppError central.*
 */
export async function openPeerLink(
  login: Login,
  who: Introduction,
  kind: PeerKind,
  wake: (notice?: string) => void,
): Promise<PeerLink> {
  const client = await connectLogin(login, kind)
  try {
    const ask = <T>(work: Promise<T>): Promise<T> => within(client, ANSWER_MS, work)
    const known = await ask(checkSchema(client, who.migrations, kind))
    const newest = await ask(newestMigration(client))
    const tables = newest > known ? await ask(peerTables(client)) : CENTRAL_TABLES
    // A centre that was restored has a feed of its own from here on: who is in front of it begins anew.
    await ask(client.query('SELECT trackside.heed_restore()'))
    const membership = await ask(membershipOf(client, kind))
    await ask(
      client.query('SELECT trackside.introduce($1, $2, $3)', [who.laptopId, who.laptopName, who.program]),
    )
    client.on('notification', ({ payload }) => wake(payload))
    const ended = (): void => wake()
    client.on('end', ended)
    const { rows } = await ask(client.query<{ channel: string }>('SELECT trackside.my_channel() AS channel'))
    await ask(client.query(`LISTEN ${pg.escapeIdentifier(rows[0]?.channel ?? '')}`))
    return {
      client,
      membership,
      known,
      tables,
      async checkTables() {
        if ((await newestMigration(client)) === newest) return
        throw new AppError(
          'central.unreachable',
          'The database was just brought up to date. Trackside connects to it anew.',
          { retriable: true },
        )
      },
      within: (ms, work) => within(client, ms, work),
      async close() {
        client.off('end', ended)
        const gone = client.end().catch(() => undefined)
        const timer = setTimeout(() => cut(client), FAREWELL_MS)
        await gone.finally(() => clearTimeout(timer))
      },
    }
  } catch (error) {
    cut(client)
    throw error
  }
}
