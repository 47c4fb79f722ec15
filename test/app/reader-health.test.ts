import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { ReaderAlarm } from '../../src/api/readers.ts'
import { createMylapsClient } from '../../src/rehearsal/mylaps-client.ts'
import { controllerFiles } from '../support/outside-day.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'
import { tinyClient } from '../timing/tiny-client.ts'

const MORNING = Date.parse('2026-05-09T12:00:00Z')

let world: World
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await world.stop()
})

/** A race of 20 people with bibs 1 to 20, timed now; its readers' clocks show UTC. */
async function raceMorning() {
  const clock = createTestClock(MORNING)
  world = await createWorld({ timingPort: 0, clock })
  const connection = await world.connect()
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  const session = await world.call().timing.addSession({
    ...{ sessionName: 'Harbor', timezone: 'UTC', raceDayId: day?.id ?? null },
  })
  return { clock, session }
}
const reader = async (answers?: Parameters<Awaited<ReturnType<typeof tinyClient>>['handshake']>[0]) => {
  const client = await tinyClient(world.app().timingPort() ?? 0)
  ends.push(client.cut)
  await client.handshake(answers)
  return client
}
const tag = (seq: number, chip: string, at = MORNING) =>
  `CT01_33~${seq}~start~${chip}~${new Date(at).toISOString().slice(0, 22)}~0~0F2A38~1`
/** So many reads are kept, and all linked. */
const has = (count: number) =>
  vi.waitFor(
    () =>
      expect(
        world
          .store()
          .read.get(
            'SELECT (SELECT COUNT(*) FROM timing_reads) AS reads, (SELECT COUNT(*) FROM read_links) AS links',
          ),
      ).toEqual({ reads: count, links: count }),
    5000,
  )
const status = () => world.call().readers.status()
const alarms = async (code: ReaderAlarm['code']) =>
  (await status()).alarms.filter(alarm => alarm.code === code)

test('numbers that are missing are said until they come; the reader is asked for them, once a connection', async () => {
  await raceMorning()
  const first = await reader()
  first.say(tag(1, '1'), tag(2, '2'), tag(5, '5'))
  await has(3)
  const gap = { from: 3, to: 4, device: '0F2A38', location: 'start' }
  expect((await status()).notices).toMatchObject([{ kind: 'gap', ...gap, seenAt: MORNING, wavedOff: null }])
  expect(await alarms('gap')).toMatchObject([{ ...gap, missing: 2, since: MORNING }])

  const [shown] = (await status()).readers
  await world.call().readers.askAgain({ key: shown?.key ?? '' })
  await vi.waitFor(() => expect(first.closed()).toBe(true))
  const second = await reader()
  await second.hears('start~start~2')
  second.say(tag(2, '2'), tag(3, '3'), tag(5, '5'), tag(6, '6'))
  await has(5)
  expect(await alarms('gap')).toMatchObject([{ from: 4, to: 4, missing: 1 }])
  expect(second.heard.filter(line => line.startsWith('start~'))).toEqual(['start~start~2'])

  second.cut()
  const third = await reader()
  await third.hears('start~start~3')
  third.say(tag(4, '4'))
  await has(6)
  expect(await alarms('gap')).toEqual([])
  expect((await status()).notices).toEqual([])
})

test('a gap is waved off with a reason, and taken up again', async () => {
  const { clock } = await raceMorning()
  const client = await reader()
  client.say(tag(3, '1'))
  await has(1)
  const id = (await status()).notices[0]?.id ?? 0
  clock.advance(1000)
  const crew = world.callAs('crew', 'Kim').readers
  expect(await crew.waveOff({ id, reason: 'tests of yesterday' })).toMatchObject({
    ...{ from: 1, to: 2, wavedOff: { at: MORNING + 1000, by: 'Kim', reason: 'tests of yesterday' } },
  })
  expect(await alarms('gap')).toEqual([])
  expect((await status()).notices).toMatchObject([{ id, wavedOff: { by: 'Kim' } }])
  expect(await crew.takeBack({ id })).toMatchObject({ wavedOff: null })
  expect(await alarms('gap')).toMatchObject([{ noticeId: id }])
  await expect(crew.waveOff({ id: id + 1 })).rejects.toMatchObject({ code: 'not-found' })
  await expect(world.callAs('display').readers.waveOff({ id })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
})

test('a stream whose numbers begin anew loses nothing, is said, and is gone on with from there', async () => {
  await raceMorning()
  const first = await reader()
  first.say(tag(1, '1'), tag(2, '2'), tag(3, '3'))
  await has(3)
  first.cut()
  const second = await reader()
  await second.hears('start~start~3')
  second.say(tag(1, '11'), tag(2, '12'), tag(1, '11'))
  await has(5)
  expect(await alarms('numbers-restarted')).toMatchObject([{ device: '0F2A38', from: 3, to: 1 }])
  expect((await status()).readers.at(-1)).toMatchObject({ reads: 2, redelivered: 1 })
  second.cut()
  await (await reader()).hears('start~start~2')
})

test('a clock that is off is said with its sign and size, and since when', async () => {
  const { clock } = await raceMorning()
  const client = await reader()
  for (let n = 0; n < 5; n++) {
    client.say(tag(n + 1, String(n + 1), clock() + 4500))
    await has(n + 1)
    if (n === 1)
      expect((await status()).readers[0]?.clocks).toMatchObject([{ device: '0F2A38', behindMs: null }])
    if (n === 2) expect(await alarms('clock-off')).toMatchObject([{ behindMs: -4500, since: MORNING + 2000 }])
    clock.advance(1000)
  }
  expect(await alarms('clock-off')).toMatchObject([
    { device: '0F2A38', location: 'start', behindMs: -4500, since: MORNING + 2000 },
  ])
})

test('unknown reads that climb are said; a few, and test chips, are not', async () => {
  const { clock } = await raceMorning()
  await world.call().timing.setTestChips({ chips: ['990'] })
  const client = await reader()
  let seq = 0
  const passes = async (count: number, chip: (n: number) => string) => {
    client.say(...Array.from({ length: count }, (_, n) => tag(++seq, chip(n), MORNING + seq * 10)))
    await has(seq)
  }
  await passes(3, n => String(800 + n))
  expect(await alarms('unknown-climbing')).toEqual([])
  await passes(30, () => '990')
  await passes(100, n => String(1 + (n % 20)))
  expect(await alarms('unknown-climbing')).toEqual([])
  clock.advance(150_000)
  await passes(30, n => String(n < 20 ? 1 + n : 700 + n))
  expect(await alarms('unknown-climbing')).toMatchObject([
    { device: 'SimpleClient', location: 'start', reads: 30, unknown: 10, share: 1 / 3, shareBefore: 3 / 133 },
  ])
  expect((await status()).readers[0]).toMatchObject({
    reads: 163,
    unknown: 13,
    latency: { minMs: 0, maxMs: 0 },
  })
})

test('a reader that is silent or gone is said while its race day is on', async () => {
  const { clock, session } = await raceMorning()
  await world.call().timing.setReaders({
    readers: [{ protocol: 'race-result', name: 'Box', host: '127.0.0.1', port: 1, location: '10K' }],
  })
  const client = await reader()
  client.say(tag(1, '1'))
  await has(1)
  expect((await status()).alarms).toEqual([])
  clock.advance(16_000)
  expect(await alarms('silent')).toMatchObject([
    { device: 'SimpleClient', location: 'start', since: MORNING },
  ])
  expect(await alarms('gone')).toMatchObject([{ device: 'Box', location: '10K', since: MORNING }])
  client.cut()
  await vi.waitFor(async () => expect((await status()).readers[0]?.state).toBe('gone'))
  expect(await alarms('gone')).toHaveLength(1)
  clock.advance(6000)
  expect(await alarms('gone')).toMatchObject([
    { device: 'SimpleClient', since: MORNING + 16_000, lastReadAt: MORNING },
    { device: 'Box' },
  ])
  await world.call().timing.updateSession({ id: session.id, status: 'ended' })
  expect((await status()).alarms).toEqual([])
})

test('the stream tells at once, then at most twice a second, and when an alarm begins by itself', async () => {
  const { clock } = await raceMorning()
  const client = await reader()
  const told: { at: number; reads: number; alarms: readonly string[] }[] = []
  const over = new AbortController()
  const watching = (async () => {
    for await (const now of await world.call().readers.watch(undefined, { signal: over.signal })) {
      const reads = now.readers.reduce((sum, each) => sum + each.reads, 0)
      told.push({ at: performance.now(), reads, alarms: now.alarms.map(alarm => alarm.code) })
    }
  })()
  await vi.waitFor(() => expect(told).toHaveLength(1))
  for (let n = 1; n <= 40; n++) {
    client.say(tag(n, '1', MORNING + n))
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  await vi.waitFor(() => expect(told.at(-1)?.reads).toBe(40), 5000)
  const pauses = told.slice(1).map(({ at }, index) => at - (told[index]?.at ?? 0))
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(495)
  clock.advance(16_000)
  await vi.waitFor(() => expect(told.at(-1)?.alarms).toEqual(['silent']), 5000)
  over.abort()
  await watching.catch(() => {})
})

test('the guns and the clock steps of the real boxes are found', async () => {
  world = await createWorld()
  const session = await world.call().timing.addSession({ sessionName: 'ROTM', timezone: 'America/Chicago' })
  for (const file of ['START1/5071909.mrk', '9K/5071949.mrk', 'FINISH3/05080711.mrk']) {
    const [location = ''] = file.split('/')
    const text = readFileSync(join(controllerFiles, file), 'utf8')
    await world.call().timing.import({ sessionId: session.id, location, text })
  }
  const { steps } = await world.call().readers.clockSteps({ sessionId: session.id })
  const wall = (ms: number) => new Date(ms - 5 * 3_600_000).toISOString().slice(11, 22)
  expect(
    steps.map(({ device, location, mark, stampedAt, namedAt, ms }) => [
      ...[device, location, mark, wall(stampedAt), wall(namedAt), ms],
    ]),
  ).toEqual([
    ['I11A9D', 'START1', 'TimeChange', '07:11:02.84', '07:11:05.72', 2880],
    ['3F20F3', 'FINISH3', 'TimeSet', '07:13:41.53', '07:13:27.00', -14_530],
    ['J057FA', '9K', 'TimeChange', '07:57:25.12', '07:57:24.66', -460],
  ])
  const { reads } = await world.call().timing.reads({ sessionId: session.id, limit: 1000 })
  const guns = reads.filter(read => read.kind === 'gun').map(read => [read.device, wall(read.at ?? 0)])
  expect(guns.reverse()).toEqual([
    ['I11A9D', '08:00:55.16'],
    ['I11A9D', '08:05:55.52'],
    ['I11A9D', '08:15:55.42'],
    ['I11A9D', '08:20:55.42'],
    ['I11A9D', '08:35:55.54'],
    ['3F20F3', '11:05:38.12'],
  ])
})

test('a port that another program held is listened on within five seconds of being free', async () => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  world = await createWorld({ config: { mylapsPort: port } })
  const door = async () => (await status()).doors.find(each => each.protocol === 'mylaps')
  expect(await door()).toMatchObject({ state: 'failed', port: null })
  await new Promise(resolve => other.close(resolve))
  const since = performance.now()
  const scoring = createMylapsClient({
    ...{ host: '127.0.0.1', port, zone: 'UTC', version: 2, raceName: 'Harbor' },
    ...{ locations: ['Finish'], resendMs: 50, reconnectMs: 20 },
  })
  ends.push(scoring.stop)
  await scoring.start()
  scoring.push({ location: 'Finish', chip: 'M000001', at: MORNING })
  await vi.waitFor(
    () => expect(world.store().read.get('SELECT COUNT(*) AS n FROM timing_reads')).toEqual({ n: 1 }),
    5000,
  )
  expect(performance.now() - since).toBeLessThan(5000)
  expect(await door()).toMatchObject({ state: 'listening', port, message: null })
}, 15_000)
