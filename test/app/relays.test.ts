import { createServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createScoringProgram } from '../../src/rehearsal/ctp01-server.ts'
import { createWorld, type World } from '../support/world.ts'

const ZONE = 'America/New_York'
const AT = Date.UTC(2026, 4, 9, 12)
const PUSH = { 'stream-mode': 'push', 'time-format': 'iso', guntimes: 'true', newlocations: 'true' }

let world: World | null = null
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await world?.stop()
  world = null
})

async function scoringSide(port = 0) {
  const scoring = createScoringProgram({ options: PUSH, port })
  await scoring.start()
  ends.push(scoring.stop)
  return scoring
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  await new Promise(resolve => other.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

const reader = (port: number) => {
  const made = createCtp01Client({
    ...{ host: '127.0.0.1', port, clock: () => AT, zone: ZONE, eventName: 'Harbor' },
    ...{ locations: ['start', 'finish'], connectionId: 'a'.repeat(40), reconnectMs: 20 },
  })
  ends.push(made.stop)
  return made
}

const tags = (scoring: Awaited<ReturnType<typeof scoringSide>>) =>
  [...scoring.book.values()].flatMap(stream =>
    [...stream.values()].flatMap(kept => [...kept.values()].map(({ location, tag }) => `${location} ${tag}`)),
  )

test('a reader’s stream goes through Trackside to scoring, past the end and the start of either', async () => {
  const port = await freePort()
  world = await createWorld({ timingPort: port })
  await world.call().timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  const scoring = await scoringSide()
  const { id } = await world
    .callAs('crew')
    .relays.put({ name: 'Scoring', host: '127.0.0.1', port: scoring.port })
  const simple = reader(port)
  await simple.start()
  const push = (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const location = n % 2 === 0 ? 'start' : 'finish'
      simple.push({
        location,
        tag: String(n).padStart(5, '0'),
        at: AT + n * 10,
        readerId: '0F2A38',
        gator: 1,
      })
    }
  }
  const has = (reads: number) =>
    vi.waitFor(() => {
      expect(scoring.refusals).toEqual([])
      expect(tags(scoring)).toHaveLength(reads)
    }, 10_000)
  simple.gun('start', AT)
  push(0, 400)
  await has(401)
  await world.restart()
  push(400, 800)
  await has(801)
  await scoring.stop()
  push(800, 1200)
  await vi.waitFor(async () => expect((await world?.call().timing.status())?.reads).toBe(1201))
  await world.restart()
  await scoring.start()
  await has(1201)
  expect(scoring.gaps()).toBe(0)
  expect(new Set(tags(scoring))).toEqual(
    new Set([
      'start guntime',
      ...Array.from(
        { length: 1200 },
        (_, n) => `${n % 2 ? 'finish' : 'start'} ${String(n).padStart(5, '0')}`,
      ),
    ]),
  )
  // The numbers are the reader's own: there is nobody else at these locations.
  const [stream] = scoring.book.values()
  expect(stream?.get('start')?.get(1)).toMatchObject({ tag: 'guntime', readerId: 'DF239A' })
  expect(stream?.get('finish')?.get(200)).toMatchObject({ tag: '00399', time: '2026-05-09T08:00:03.99' })
  await vi.waitFor(async () =>
    expect((await world?.call().relays.list())?.relays).toMatchObject([
      { id, name: 'Scoring', state: 'connected', handed: 1201, waiting: 0, left: [], message: null },
    ]),
  )
}, 60_000)

test('a port that a scoring program on this laptop holds is explained, and the way out can be gone', async () => {
  const port = await freePort()
  const scoring = await scoringSide(port)
  world = await createWorld({ timingPort: port })
  const crew = world.callAs('crew')
  await world.call().timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  await expect(crew.relays.setPort({ protocol: 'mylaps', port: 3097 })).rejects.toMatchObject({
    ...{ code: 'conflict', message: 'Trackside was started without a port for these readers.' },
  })
  const [door] = (await crew.relays.ports()).ports
  expect(door).toMatchObject({
    ...{ protocol: 'ctp01', port: null, chosen: null },
    message: expect.stringContaining(
      'let the ChronoTrack readers call this laptop on another port and hand their reads on to it',
    ),
  })
  const other = await freePort()
  const moved = await crew.relays.setPort({ protocol: 'ctp01', port: other })
  expect(moved.ports[0]).toEqual({ protocol: 'ctp01', port: other, chosen: other, message: null })
  await crew.relays.put({ name: 'Scoring', host: 'localhost', port })
  const simple = reader(other)
  await simple.start()
  simple.push({ location: 'finish', tag: '41', at: AT, readerId: '0F2A38', gator: 1 })
  await vi.waitFor(() => expect(tags(scoring)).toEqual(['finish 41']), 8000)
  await world.restart()
  expect(world.app().timingPort()).toBe(other)
  await scoring.stop()
  expect(
    (await world.callAs('crew').relays.setPort({ protocol: 'ctp01', port: null })).ports[0],
  ).toMatchObject({
    ...{ port, chosen: null },
  })
  // Its own port now: nothing goes round.
  await vi.waitFor(
    async () =>
      expect((await world?.call().relays.list())?.relays[0]?.message).toContain('own port for readers'),
    8000,
  )
  expect(tags(scoring)).toEqual(['finish 41'])
  const audit = await world.call().system.audit({ limit: 50 })
  expect(audit.entries.map(({ action }) => action)).toContain('ports for readers')
}, 30_000)

test('the list refuses two of a name, this laptop’s own port, and who may not', async () => {
  world = await createWorld({ timingPort: 0, config: { mylapsPort: 0 } })
  const crew = world.callAs('crew')
  const { id } = await crew.relays.put({ name: 'Scoring', host: '127.0.0.1', port: 1 })
  await expect(crew.relays.put({ name: 'Scoring', host: 'b', port: 1 })).rejects.toMatchObject({
    ...{ code: 'input.invalid', message: 'Scoring is in the list already.' },
  })
  const port = world.app().mylapsPort() ?? 0
  await expect(crew.relays.put({ name: 'Loop', host: 'localhost', port })).rejects.toMatchObject({
    ...{ code: 'input.invalid', message: expect.stringContaining("this laptop's own port") },
  })
  await expect(crew.relays.setPort({ protocol: 'ctp01', port })).rejects.toMatchObject({
    code: 'input.invalid',
  })
  await expect(world.callAs('display').relays.list()).rejects.toMatchObject({ code: 'auth.forbidden' })
  await world.restart()
  const again = world.callAs('crew')
  await again.relays.put({ id, name: 'Other', host: '127.0.0.1', port: 1, on: false })
  expect((await again.relays.list()).relays).toMatchObject([{ id, name: 'Other', state: 'off', port: 1 }])
  await again.relays.remove({ id })
  expect((await again.relays.list()).relays).toEqual([])
  await expect(again.relays.remove({ id })).rejects.toMatchObject({ code: 'not-found' })
})
