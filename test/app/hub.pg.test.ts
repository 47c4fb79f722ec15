import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { AppConfig } from '../../src/app/app.ts'
import { freePort } from '../replication/hub/hub-stage.ts'
import { createWorld } from '../support/world.ts'

type World = Awaited<ReturnType<typeof createWorld>>

const MINUTE = 60_000
const site: Partial<AppConfig> = {
  centralMigrations: join(import.meta.dirname, '..', '..', 'drizzle', 'central'),
  hub: { binariesFolder: null, reach: 'loopback' },
  schedule: true,
}

let desk: World
let finish: World
let port: number

beforeAll(async () => {
  desk = await createWorld({ people: 5, config: site })
  finish = await createWorld({ people: 0, config: site })
  port = await freePort()
})

afterAll(async () => {
  await finish.stop()
  await desk.stop()
}, MINUTE)

const hubLine = async (world: World) => {
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  if (day === undefined) return null
  const { lines } = await world.call().preflight.check({ id: day.id })
  const line = lines.find(({ key }) => key === 'hub')
  return line === undefined ? null : { state: line.state, words: line.words }
}

test('the crew sees whether this laptop is the hub, and only a manager makes it one', async () => {
  const crew = desk.callAs('crew')
  expect(await crew.hub.status()).toMatchObject({ canBe: true, on: false, state: 'stopped', laptops: [] })
  await expect(crew.hub.start({})).rejects.toMatchObject({ code: 'auth.forbidden' })
  await expect(crew.hub.invite({ role: 'Finish' })).rejects.toMatchObject({ code: 'auth.forbidden' })
  await expect(desk.call().hub.invite({ role: 'Finish' })).rejects.toMatchObject({
    code: 'hub.failed',
    message: 'This laptop is not the hub. Start it first.',
  })
})

test(
  'a laptop becomes the hub, another joins by its code, and both say so',
  async () => {
    const { id: connectionId } = await desk.connect()
    await desk.call().sync.manual({ connectionId, operation: 'participants', wait: true })
    expect(await hubLine(desk)).toEqual({
      state: 'ready',
      words: 'None: this laptop shares with no other on the site.',
    })
    expect(await desk.call().hub.start({ port })).toMatchObject({ on: true, state: 'running', port })
    expect(await hubLine(desk)).toEqual({
      state: 'look',
      words: 'This laptop is the hub; nobody else is on it.',
    })
    const { code } = await desk.call().hub.invite({ role: ' Finish ' })
    await finish.call().replication.join({ code })
    await vi.waitFor(
      async () => {
        const { matches } = await finish.call().raceDay.lookup({ q: '3' })
        expect(matches[0]?.bibNumber).toBe('3')
      },
      { timeout: 20_000, interval: 200 },
    )
    await vi.waitFor(
      async () => {
        expect((await hubLine(finish))?.words).toMatch(/^On the hub .*, in step\.$/)
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(await hubLine(desk)).toEqual({
      state: 'ready',
      words: 'This laptop is the hub; on it: Finish.',
    })
    const { laptops } = await desk.call().hub.status()
    expect(laptops.map(({ role, self, connected }) => ({ role, self, connected }))).toEqual([
      { role: 'Hub', self: true, connected: true },
      { role: 'Finish', self: false, connected: true },
    ])
  },
  MINUTE,
)

test('the code is no secret that stays: it is in no table, and serves nobody twice', async () => {
  const { code } = await desk.call().hub.invite({ role: 'Spare' })
  const kept = JSON.stringify(desk.store().read.all('SELECT * FROM audit_log'))
  const [, body = ''] = code.split('.')
  const password = (JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[])[6]
  expect(typeof password === 'string' && password.length > 15).toBe(true)
  expect(kept).toContain('invited a laptop to the hub')
  expect(kept).not.toContain(password)
  expect(kept).not.toContain(body)
})

test(
  'who is locked out is told, and the hub says its code was taken back',
  async () => {
    const { laptops } = await desk.call().hub.status()
    const login = laptops.find(({ role }) => role === 'Finish')?.login ?? ''
    const after = await desk.call().hub.revoke({ login })
    expect(after.laptops.find(one => one.login === login)?.revokedAt).not.toBeNull()
    await vi.waitFor(
      async () => {
        const { peers } = await finish.call().replication.status()
        expect(peers[0]).toMatchObject({
          ...{ state: 'blocked', code: 'central.refused' },
          message: expect.stringContaining('Ask whoever has the hub'),
        })
      },
      { timeout: 20_000, interval: 200 },
    )
    expect((await hubLine(finish))?.state).toBe('not-ready')
    await expect(desk.call().hub.revoke({ login: 'nobody' })).rejects.toMatchObject({ code: 'not-found' })
  },
  MINUTE,
)

test(
  'who joins another hub leaves the one before',
  async () => {
    const third = await createWorld({ people: 0, config: site })
    try {
      await third.call().hub.start({ port: await freePort() })
      const { code } = await third.call().hub.invite({ role: 'Finish' })
      await finish.call().replication.join({ code })
      const { peers } = await finish.call().replication.status()
      expect(peers.filter(({ kind }) => kind === 'hub')).toHaveLength(1)
      expect(peers[0]?.state).not.toBe('blocked')
    } finally {
      await third.stop()
    }
  },
  MINUTE,
)

test(
  'the hub stops in words, and its laptop goes on alone',
  async () => {
    expect(await desk.call().hub.stop()).toMatchObject({ on: false, state: 'stopped', laptops: [] })
    expect((await desk.call().replication.status()).peers).toEqual([])
    const { matches } = await desk.call().raceDay.lookup({ q: '3' })
    expect(matches).not.toEqual([])
  },
  MINUTE,
)

test('a Trackside that may not be a hub says so', async () => {
  const practice = await createWorld({ people: 0 })
  try {
    expect(await practice.call().hub.status()).toMatchObject({ canBe: false, on: false })
    await expect(practice.call().hub.start({})).rejects.toMatchObject({ code: 'hub.failed' })
  } finally {
    await practice.stop()
  }
})
