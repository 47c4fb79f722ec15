import { hostname } from 'node:os'
import pg from 'pg'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Service } from '../../core/runtime.ts'
import type { Store } from '../../store/store.ts'
import { connectionTrouble } from '../central/connection-trouble.ts'
import { inviteLaptop, revokeLogin } from '../central/invite.ts'
import { migrateCentral } from '../central/migrate.ts'
import { formatConnectionCode } from '../connection-code.ts'
import type { Replication } from '../replication.ts'
import { followPartner } from './follow-partner.ts'
import { type HubLaptop, laptopsOf } from './laptops.ts'
import { inviteOwn, type OwnPeer } from './own-peer.ts'
import {
  createHubServer,
  type HubServer,
  type HubServerParts,
  type HubServerStatus,
  type OwnerLogin,
} from './server.ts'
import { DATABASE, type Reach } from './settings.ts'

export interface HubParts extends Omit<HubServerParts, 'port' | 'reach' | 'ready'> {
  readonly store: Store
  /** drizzle/central. */
  readonly migrations: string
  /** `loopback` where no other machine may come: a practice race, a test. */
  readonly reach: Reach
  /** The hub's own laptop comes in as any other; null where nothing replicates. */
  readonly replication: Pick<Replication, 'join' | 'leave' | 'run' | 'status'> | null
}

export interface HubState extends HubServerStatus {
  /** What somebody wants, and what holds after a restart of the app. */
  readonly on: boolean
}

/** A laptop that may come. Its code holds a password, and is kept nowhere. */
export interface Invitation {
  readonly role: string
  readonly login: string
  readonly code: string
}

const SETTING = 'site_hub'
const CODE_LASTS_MS = 7 * 86_400_000
/** Each that does not answer costs a laptop time. */
const MOST_ADDRESSES = 4

interface Kept {
  readonly on: boolean
  /** Null: as it comes. */
  readonly port: number | null
  /** How this laptop itself is on its hub. */
  readonly own?: OwnPeer
}

/** This laptop as the hub of a site. */
export interface Hub extends Service {
  state(): HubState
  /** This laptop's own hub among its peers; null while it is none. */
  ownPeerId(): string | null
  /** How the hub itself gets in. @throws AppError hub.failed while it does not run */
  owner(): OwnerLogin
  /** Everybody with a code of this hub; nobody while it does not run. */
  laptops(): Promise<readonly HubLaptop[]>
  /** @param port null: the last one, or one that is free. @throws AppError hub.failed, port.taken, store.unwritable */
  turnOn(port: number | null, actor: string): Promise<void>
  turnOff(actor: string): Promise<void>
  /**
   * A code for one laptop, which serves once and for a week.
   * @param role what the laptop is on the site: "Help desk"
   * @throws AppError hub.failed
   */
  invite(role: string, actor: string): Promise<Invitation>
  /** Its sessions end, and it comes in no more. @throws AppError not-found, hub.failed */
  revoke(login: string, actor: string): Promise<void>
  onChange(listener: () => void): () => void
}

const PATIENCE_MS = 10_000

/** The partner as this laptop calls it. */
function partnerName(store: Store): string {
  const row = store.read.get<{ name: string }>(
    'SELECT name FROM timing_partners WHERE id = ?',
    store.partnerId,
  )
  return row?.name ?? 'This laptop'
}

const OFF: HubServerStatus = {
  ...{ state: 'stopped', message: null, port: null, addresses: [], fingerprint: null, since: null },
}

/** What holds the database back is said; the app goes on without being the hub. */
export function createHub(parts: HubParts): Hub {
  const { store, log } = parts
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of [...listeners]) listener()
  }
  let server: HubServer | null = null

  const kept = (): Kept => {
    const row = store.read.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', SETTING)
    return row === undefined ? { on: false, port: null } : (JSON.parse(row.value) as Kept)
  }
  const keep = (value: Kept, actor: string): void =>
    store.write(writer => {
      writer.put('settings', { key: SETTING, value: { ...value }, updatedAt: writer.at })
    }, actor)

  const asOwner = async <T>(owner: OwnerLogin, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ ...owner, connectionTimeoutMillis: PATIENCE_MS })
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  /** The same as a central database, and this laptop's partner in it. */
  const setUp = (owner: OwnerLogin): Promise<string> =>
    asOwner(owner, async client => {
      const applied = await migrateCentral(client, parts.migrations)
      if (applied.length > 0) log.info({ applied }, "the hub's database was brought up to date")
      const before = await followPartner(client, { id: store.partnerId, name: partnerName(store) })
      if (before !== null)
        log.info({ before, partner: store.partnerId }, 'the hub follows to another partner')
      const { rows } = await client.query<{ id: string }>(
        'SELECT installation_id AS id FROM trackside.installation',
      )
      return rows[0]?.id ?? ''
    })

  /** This laptop comes in through its own door; anew where the door is another. */
  const enter = async (owner: OwnerLogin, peerId: string): Promise<void> => {
    const { replication } = parts
    if (replication === null) return
    const { own, ...rest } = kept()
    const isIn = replication.status().peers.some(({ id }) => id === peerId)
    if (isIn && own?.peerId === peerId && own.port === owner.port) return
    const { code, login } = await asOwner(owner, client =>
      inviteOwn(client, {
        owner,
        partner: { id: store.partnerId, name: partnerName(store) },
        now: parts.clock(),
      }),
    )
    await replication.join(code)
    if (own !== undefined && own.peerId === peerId)
      await asOwner(owner, client => revokeLogin(client, own.login, 'another of the same laptop'))
    keep({ ...rest, own: { peerId, login, port: owner.port } }, 'trackside')
  }

  const ready = async (owner: OwnerLogin): Promise<void> => {
    await enter(owner, await setUp(owner))
  }

  const bringUp = async (port: number | null, insist: boolean): Promise<void> => {
    if (server !== null) await server.stop()
    const made = createHubServer({ ...parts, port, ready, insist })
    made.onChange(() => {
      // Whoever waits for the hub finds it now.
      if (made.status().state === 'running') parts.replication?.run().catch(() => {})
      changed()
    })
    server = made
    await made.start()
  }

  const owner = (): OwnerLogin => {
    if (server === null) throw new AppError('hub.failed', 'This laptop is not the hub. Start it first.')
    return server.owner()
  }

  /** Where other laptops look for this one, likeliest first: its addresses may be others tomorrow, its name is not. */
  const whereFound = (): { hosts: readonly string[]; port: number; fingerprint: string } => {
    const { port } = owner()
    const { addresses, fingerprint } = server?.status() ?? OFF
    const found = addresses.slice(0, MOST_ADDRESSES)
    if (fingerprint === null || (found.length === 0 && parts.reach === 'lan'))
      throw new AppError(
        'hub.failed',
        'This laptop is on no network, so nobody would find it. Connect it to the network of the site, then give out the code.',
        { retriable: true },
      )
    const hosts = parts.reach === 'lan' ? [...found, `${hostname()}.local`] : ['127.0.0.1']
    return { hosts, port, fingerprint }
  }

  const audit = (action: string, rowId: string, after: string | null, actor: string): void =>
    store.write(writer => writer.audit({ action, table: 'settings', rowId, before: null, after }), actor)

  return {
    state: () => ({ ...(server?.status() ?? OFF), on: kept().on }),
    ownPeerId: () => kept().own?.peerId ?? null,
    owner,
    async laptops() {
      if (server?.status().state !== 'running') return []
      try {
        return await asOwner(server.owner(), client => laptopsOf(client, parts.clock()))
      } catch (error) {
        // It has just ended, or is being started again.
        if (isAppError(connectionTrouble(error, 'this laptop'))) return []
        throw error
      }
    },
    async turnOn(port, actor) {
      await bringUp(port, false)
      keep({ ...kept(), on: true, port }, actor)
      changed()
    },
    async turnOff(actor) {
      const { own, ...rest } = kept()
      keep({ ...rest, on: false }, actor)
      if (own !== undefined) {
        await parts.replication?.leave(own.peerId, true)
        if (server?.status().state === 'running')
          await asOwner(server.owner(), client => revokeLogin(client, own.login, 'the hub stopped')).catch(
            (error: unknown) => log.warn({ error: String(error) }, "the hub's own login was not taken back"),
          )
      }
      await server?.stop()
      server = null
      changed()
    },
    async invite(role, actor) {
      const { hosts, port, fingerprint } = whereFound()
      const expiresAt = parts.clock() + CODE_LASTS_MS
      const partner = { id: store.partnerId, name: partnerName(store) }
      const { user, password } = await asOwner(owner(), client =>
        inviteLaptop(client, { partner, holder: role, expiresAt }),
      )
      audit('invited a laptop to the hub', user, role, actor)
      const login = { hosts, port, database: DATABASE, user, password }
      return {
        ...{ role, login: user },
        code: formatConnectionCode({
          ...{ kind: 'hub', name: hostname(), expiresAt },
          login: { ...login, trust: { kind: 'fingerprint', sha256: fingerprint } },
        }),
      }
    },
    async revoke(login, actor) {
      if (login === kept().own?.login)
        throw new AppError('conflict', 'That is the hub itself. It can stop being the hub.')
      await asOwner(owner(), client => revokeLogin(client, login, `by ${actor}`))
      audit('took a code of the hub back', login, null, actor)
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Does not wait for the database: the laptop is of use before. */
    async start() {
      const { on, port } = kept()
      if (!on) return
      bringUp(port, true).catch((error: unknown) => {
        log.error({ error: String(error) }, 'this laptop is not the hub yet; it is tried again')
      })
    },
    async stop() {
      await server?.stop()
      server = null
    },
  }
}
