import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createHub, type Hub } from '../../../src/replication/hub/hub.ts'
import { postmasterOf } from '../../../src/replication/hub/postmaster.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { CENTRAL_MIGRATIONS } from '../central/migrated.ts'
import { ask, freePort, type HubStage, hubStage, quiet } from './hub-stage.ts'

const MINUTE = 60_000

let stage: HubStage
let store: Store
let hub: Hub
let port: number

const makeHub = (more: object = {}): Hub =>
  createHub({
    ...{ dataFolder: stage.dataFolder, binariesFolder: null, secrets: () => stage.secrets, store },
    ...{ migrations: CENTRAL_MIGRATIONS, reach: 'loopback', clock: Date.now, log: quiet, lookEveryMs: 100 },
    replication: null,
    ...more,
  })

/** As the hub's owner. */
const said = async <Row extends Record<string, unknown>>(sql: string): Promise<readonly Row[]> => {
  const password = await stage.secrets.get('hub/owner')
  const login = { host: '127.0.0.1', port, user: 'trackside_hub', database: 'trackside' }
  return ask<Row>({ ...login, password: password ?? '' }, sql)
}

beforeAll(async () => {
  stage = hubStage()
  store = openStore({
    file: join(stage.dataFolder, 'trackside.db'),
    migrations: 'drizzle/local',
    clock: Date.now,
  })
  hub = makeHub()
  port = await freePort()
})

afterAll(async () => {
  await hub.stop()
  store.close()
  await stage.end()
}, MINUTE)

test('a laptop that was never the hub has none of it on its disk', async () => {
  await hub.start()
  expect(hub.state()).toMatchObject({ on: false, state: 'stopped', port: null })
  expect(await hub.laptops()).toEqual([])
  expect(existsSync(join(stage.dataFolder, 'hub'))).toBe(false)
})

test(
  'the hub is a central database with the partner of its laptop',
  async () => {
    await hub.turnOn(port, 'crew')
    expect(hub.state()).toMatchObject({ on: true, state: 'running', port, message: null })
    expect(await said('SELECT id, name FROM public.timing_partners')).toEqual([
      { id: store.partnerId, name: 'This laptop' },
    ])
    const [tables] = await said<{ kept: number }>(
      `SELECT count(*)::int AS kept FROM pg_class WHERE relname IN ('timing_reads', 'changes') AND relforcerowsecurity`,
    )
    expect(tables?.kept).toBe(2)
  },
  MINUTE,
)

test(
  'it is the hub again after a restart, without anybody asking, and the app does not wait for it',
  async () => {
    await hub.stop()
    expect(await postmasterOf(join(stage.dataFolder, 'hub', 'cluster'))).toBeNull()
    hub = makeHub()
    await hub.start()
    expect(hub.state().on).toBe(true)
    await vi.waitFor(() => expect(hub.state()).toMatchObject({ state: 'running', port }), { timeout: 30_000 })
  },
  MINUTE,
)

test(
  'who asks who is on it in the moment in which it ends gets nobody, and no error',
  async () => {
    const pid = await postmasterOf(join(stage.dataFolder, 'hub', 'cluster'))
    process.kill(pid ?? 0, 'SIGKILL')
    expect(hub.state().state).toBe('running')
    expect(await hub.laptops()).toEqual([])
    await vi.waitFor(() => expect(hub.state()).toMatchObject({ state: 'running', message: null }), {
      timeout: 30_000,
    })
    await vi.waitFor(async () => expect(await said('SELECT 1 AS one')).toEqual([{ one: 1 }]), {
      timeout: 30_000,
    })
  },
  MINUTE,
)

test(
  'turned off it stays off after a restart, and on again it has the same port',
  async () => {
    await hub.turnOff('crew')
    expect(hub.state()).toMatchObject({ on: false, state: 'stopped' })
    hub = makeHub()
    await hub.start()
    expect(hub.state()).toMatchObject({ on: false, state: 'stopped' })
    await hub.turnOn(null, 'crew')
    expect(hub.state()).toMatchObject({ on: true, state: 'running', port })
  },
  MINUTE,
)

test(
  'what keeps it from running after a restart is said, and it runs when that is mended',
  async () => {
    await hub.stop()
    let locked = true
    const secrets = {
      ...stage.secrets,
      get: async (account: string) => {
        if (locked) throw new Error('The key file is locked.')
        return stage.secrets.get(account)
      },
    }
    hub = makeHub({ secrets: () => secrets })
    await hub.start()
    await vi.waitFor(() => expect(hub.state().state).toBe('failed'), { timeout: 10_000 })
    expect(hub.state()).toMatchObject({
      on: true,
      message: expect.stringContaining('The key file is locked.'),
    })
    locked = false
    await vi.waitFor(() => expect(hub.state().state).toBe('running'), { timeout: 30_000 })
  },
  MINUTE,
)

test(
  'a hub made by a newer Trackside is left as it is, in words',
  async () => {
    await said(`INSERT INTO trackside.migrations (number, name, hash) VALUES (900, '0900_later.sql', 'x')`)
    await hub.stop()
    await expect(hub.turnOn(port, 'crew')).rejects.toMatchObject({ code: 'central.newer' })
    expect(hub.state().message).toContain('newer Trackside')
  },
  MINUTE,
)
