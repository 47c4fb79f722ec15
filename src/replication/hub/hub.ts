import pg from 'pg'
import type { Service } from '../../core/runtime.ts'
import type { Store } from '../../store/store.ts'
import { migrateCentral } from '../central/migrate.ts'
import { followPartner } from './follow-partner.ts'
import { type HubLaptop, laptopsOf } from './laptops.ts'
import {
  createHubServer,
  type HubServer,
  type HubServerParts,
  type HubServerStatus,
  type OwnerLogin,
} from './server.ts'
import type { Reach } from './settings.ts'

export interface HubParts extends Omit<HubServerParts, 'port' | 'reach' | 'ready'> {
  readonly store: Store
  /** drizzle/central. */
  readonly migrations: string
  /** `loopback` where no other machine may come: a practice race, a test. */
  readonly reach: Reach
}

export interface HubState extends HubServerStatus {
  /** What somebody wants, and what holds after a restart of the app. */
  readonly on: boolean
}

const SETTING = 'site_hub'

interface Kept {
  readonly on: boolean
  /** Null: as it comes. */
  readonly port: number | null
}

/** This laptop as the hub of a site. */
export interface Hub extends Service {
  state(): HubState
  /** Everybody with a code of this hub; nobody while it does not run. */
  laptops(): Promise<readonly HubLaptop[]>
  /** @param port null: the last one, or one that is free. @throws AppError hub.failed, port.taken, store.unwritable */
  turnOn(port: number | null, actor: string): Promise<void>
  turnOff(actor: string): Promise<void>
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
  const setUp = (owner: OwnerLogin): Promise<void> =>
    asOwner(owner, async client => {
      const applied = await migrateCentral(client, parts.migrations)
      if (applied.length > 0) log.info({ applied }, "the hub's database was brought up to date")
      const before = await followPartner(client, { id: store.partnerId, name: partnerName(store) })
      if (before !== null)
        log.info({ before, partner: store.partnerId }, 'the hub follows to another partner')
    })

  const bringUp = async (port: number | null, insist: boolean): Promise<void> => {
    if (server !== null) await server.stop()
    const made = createHubServer({ ...parts, port, ready: setUp, insist })
    made.onChange(changed)
    server = made
    await made.start()
  }

  return {
    state: () => ({ ...(server?.status() ?? OFF), on: kept().on }),
    async laptops() {
      if (server?.status().state !== 'running') return []
      return asOwner(server.owner(), client => laptopsOf(client, parts.clock()))
    },
    async turnOn(port, actor) {
      await bringUp(port, false)
      keep({ on: true, port }, actor)
      changed()
    },
    async turnOff(actor) {
      keep({ ...kept(), on: false }, actor)
      await server?.stop()
      server = null
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
