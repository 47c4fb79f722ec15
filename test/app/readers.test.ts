import { createServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createMylapsClient } from '../../src/rehearsal/mylaps-client.ts'
import { createRaceResultDecoder } from '../../src/rehearsal/race-result-decoder.ts'
import { createWorld, type World } from '../support/world.ts'

const ZONE = 'America/New_York'
const AT = Date.UTC(2026, 4, 9, 12)

let world: World | null = null
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await world?.stop()
  world = null
})

const reads = (where = '1'): readonly { source: string; chip: string; session: string }[] =>
  world
    ?.store()
    .read.all(`SELECT source, chip, session_id AS session FROM timing_reads WHERE ${where} ORDER BY chip`) ??
  []

function scoringHere(made: World) {
  const call = made.app()
  const simple = createCtp01Client({
    ...{ host: '127.0.0.1', port: call.timingPort() ?? 0, clock: () => AT, zone: ZONE, eventName: 'Harbor' },
    ...{ locations: ['start'], connectionId: 'a'.repeat(40), reconnectMs: 20 },
  })
  const scoring = createMylapsClient({
    ...{ host: '127.0.0.1', port: call.mylapsPort() ?? 0, zone: ZONE, version: 2, raceName: 'Harbor' },
    ...{ locations: ['Finish'], resendMs: 50, reconnectMs: 20 },
  })
  ends.push(simple.stop, scoring.stop)
  return { simple, scoring }
}

test('readers of three makes bring one session its reads, each under its own name', async () => {
  world = await createWorld({ timingPort: 0, config: { mylapsPort: 0 } })
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  const { simple, scoring } = scoringHere(world)
  const decoder = createRaceResultDecoder({ zone: ZONE, boxId: 'D-1', clock: () => AT })
  await decoder.start()
  ends.push(decoder.stop)
  await simple.start()
  await scoring.start()
  const listed = await world.call().timing.setReaders({
    readers: [
      { protocol: 'race-result', name: '10K box', host: '127.0.0.1', port: decoder.port, location: '10K' },
    ],
  })
  // Called while the list goes to the disk, it may have answered by now.
  const state = expect.stringMatching(/^(calling|connected)$/)
  expect(listed.readers).toMatchObject([{ name: '10K box', state, message: null }])
  for (let n = 0; n < 50; n++) {
    simple.push({ location: 'start', tag: `1${n}`, at: AT + n, readerId: '0F2A38', gator: 1 })
    scoring.push({ location: 'Finish', chip: `M${String(n).padStart(6, '0')}`, at: AT + n })
    decoder.pass(`R${n}`, AT + n)
  }
  await vi.waitFor(() => expect(reads()).toHaveLength(150), 8000)
  expect(new Set(reads().map(read => read.session))).toEqual(new Set([session.id]))
  expect(new Set(reads().map(read => read.source))).toEqual(new Set(['ctp01', 'mylaps', 'race-result']))
  const status = await world.call().timing.status()
  expect(status.listener).toEqual({ state: 'listening', port: world.app().timingPort(), message: null })
  expect(status.listeners).toEqual([
    { protocol: 'ctp01', state: 'listening', port: world.app().timingPort(), message: null },
    { protocol: 'mylaps', state: 'listening', port: world.app().mylapsPort(), message: null },
  ])
  expect(status.readers.map(({ protocol, name, reads: count }) => [protocol, name, count])).toEqual([
    ['ctp01', 'SimpleClient', 50],
    ['mylaps', 'Finish', 50],
    ['race-result', '10K box', 50],
  ])
  expect((await world.call().timing.readers()).readers).toMatchObject([
    { name: '10K box', location: '10K', state: 'connected', message: null },
  ])
}, 15_000)

test('a taken port of one make is said in words and stops nobody else', async () => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise(resolve => other.close(resolve)))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  world = await createWorld({ timingPort: 0, config: { mylapsPort: port } })
  const { simple } = scoringHere(world)
  await simple.start()
  simple.push({ location: 'start', tag: '5', at: AT, readerId: '0F2A38', gator: 1 })
  await vi.waitFor(() => expect(reads()).toHaveLength(1), 5000)
  const { listener, listeners } = await world.call().timing.status()
  expect(listener.state).toBe('listening')
  expect(listeners[1]).toMatchObject({
    ...{ protocol: 'mylaps', state: 'failed', port: null },
    message: expect.stringContaining(`Port ${port} is taken`),
  })
})

test('no read of one race day comes into another’s session, whichever make sends it again', async () => {
  world = await createWorld({ timingPort: 0, config: { mylapsPort: 0 } })
  const saturday = await world.call().timing.addSession({ sessionName: 'Saturday', timezone: ZONE })
  const { simple, scoring } = scoringHere(world)
  await simple.start()
  await scoring.start()
  const decoder = createRaceResultDecoder({ zone: ZONE, boxId: 'D-1', clock: () => AT })
  await decoder.start()
  ends.push(decoder.stop)
  await world.call().timing.setReaders({
    readers: [{ protocol: 'race-result', name: 'Box', host: '127.0.0.1', port: decoder.port }],
  })
  const all = (chip: string) => {
    simple.push({ location: 'start', tag: chip, at: AT, readerId: '0F2A38', gator: 1 })
    scoring.push({ location: 'Finish', chip: chip.padStart(7, '0'), at: AT })
    decoder.pass(chip, AT)
  }
  all('601')
  await vi.waitFor(() => expect(reads()).toHaveLength(3), 8000)
  await world.call().timing.updateSession({ id: saturday.id, status: 'ended' })
  const sunday = await world.call().timing.addSession({ sessionName: 'Sunday', timezone: ZONE })
  simple.drop()
  scoring.drop()
  decoder.drop()
  all('602')
  await vi.waitFor(() => expect(reads()).toHaveLength(6), 8000)
  await new Promise(resolve => setTimeout(resolve, 300))
  const sessionOf = (chip: string) => reads(`chip = '${chip}'`).map(read => read.session)
  expect(sessionOf('601')).toEqual([saturday.id, saturday.id, saturday.id])
  expect(sessionOf('602')).toEqual([sunday.id, sunday.id, sunday.id])
}, 20_000)

test('the list of readers to call is refused with two of one name or place, and survives a restart', async () => {
  world = await createWorld()
  const one = { protocol: 'race-result', name: 'Box', host: '127.0.0.1', port: 1 } as const
  await expect(world.call().timing.setReaders({ readers: [one, { ...one, port: 2 }] })).rejects.toMatchObject(
    { code: 'input.invalid', message: 'Box is in the list twice.' },
  )
  await expect(
    world.call().timing.setReaders({ readers: [one, { ...one, name: 'Other' }] }),
  ).rejects.toMatchObject({ code: 'input.invalid' })
  await world.call().timing.setReaders({ readers: [one] })
  await vi.waitFor(async () =>
    expect((await world?.call().timing.readers())?.readers[0]?.message).toContain('nothing answers'),
  )
  await world.restart()
  expect((await world.call().timing.readers()).readers).toMatchObject([{ ...one, location: null }])
  await expect(world.callAs('display').timing.readers()).rejects.toMatchObject({ code: 'auth.forbidden' })
})

test('a CSV file is imported by the columns that the first answer offered', async () => {
  world = await createWorld()
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  const file = {
    sessionId: session.id,
    format: 'csv',
    text: 'Tag;When\n5;2026-05-09 08:00:00\n6;later\n',
  } as const
  await expect(world.call().timing.import(file)).rejects.toMatchObject({
    code: 'input.invalid',
    status: 400,
    data: {
      details: {
        delimiter: ';',
        header: ['Tag', 'When'],
        rows: [
          ['5', '2026-05-09 08:00:00'],
          ['6', 'later'],
        ],
      },
    },
  })
  expect(
    await world.call().timing.import({ ...file, csvColumns: { chip: 'Tag', time: 1 }, location: 'Finish' }),
  ).toMatchObject({
    lines: 2,
    new: 1,
    refused: [{ line: 3, reason: '"later" is not a time', text: '6;later' }],
  })
})
