import type pg from 'pg'
import { inviteLaptop } from '../../src/replication/central/invite.ts'
import { partnerBy } from '../../src/replication/central/partners.ts'
import { formatConnectionCode } from '../../src/replication/connection-code.ts'
import { createReplication, type Replication } from '../../src/replication/replication.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { type Laptop, openLaptop } from '../support/laptop.ts'
import { CENTRAL_MIGRATIONS } from './central/migrated.ts'

export const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** A laptop with its engine. */
export interface Station extends Laptop {
  readonly replication: Replication
  stop(): Promise<void>
}

/** A connection code of a partner's, by way of `port`: a way's or the server's own. */
export async function codeFor(
  database: { readonly url: string; readonly owner: pg.Client },
  port?: number,
  kind: 'central' | 'hub' = 'central',
): Promise<string> {
  const expiresAt = Date.now() + 3_600_000
  const { user, password } = await inviteLaptop(database.owner, {
    ...{ partner: await partnerBy(database.owner, 'One'), holder: 'a test', expiresAt },
  })
  const url = new URL(database.url)
  return formatConnectionCode({
    ...{ kind, name: 'Fast Timing', expiresAt },
    login: {
      ...{
        hosts: [url.hostname],
        port: port ?? Number(url.port),
        database: url.pathname.slice(1),
        user,
        password,
      },
      trust: { kind: 'system' },
    },
  })
}

export function openStation(
  name: string,
  options: {
    readonly clock?: () => number
    readonly secrets?: ReturnType<typeof createMemorySecrets>
    readonly file?: string
    readonly log?: typeof silent
    readonly leaseMs?: number | undefined
    /** Of the central database, as this program knows them. */
    readonly migrations?: string
    /** Of the laptop's own database. */
    readonly localMigrations?: string
  } = {},
): Station {
  const { clock = Date.now, secrets = createMemorySecrets(), log = silent } = options
  const { migrations = CENTRAL_MIGRATIONS } = options
  const laptop = openLaptop(name, clock, options.file, options.localMigrations)
  const replication = createReplication({
    ...{ store: laptop.store, secrets: () => secrets, clock, random: Math.random, log },
    ...{ version: 'test', migrations },
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  })
  return {
    ...laptop,
    replication,
    async stop() {
      await replication.stop()
      await laptop.close()
    },
  }
}

/** Started, and stopped with `ends` unless the test stops it before. */
export async function begun(station: Station, ends: (() => unknown)[]): Promise<Station> {
  let stopped: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopped ??= station.stop()
    return stopped
  }
  ends.push(stop)
  await station.replication.start()
  return { ...station, stop }
}
