import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createRaceResultDecoder } from '../../src/rehearsal/race-result-decoder.ts'
import { setDialedReaders } from '../../src/store/dialed-readers.ts'
import { createDialer } from '../../src/timing/dialer.ts'
import { ctp01 } from '../../src/timing/protocols/ctp01.ts'
import { CHICAGO, NOON } from './race.ts'
import { createStage, type Stage } from './stage.ts'
import { tinyClient } from './tiny-client.ts'

const HOUR = 3_600_000

let stage: Stage
let ends: (() => unknown)[]
beforeEach(async () => {
  ends = []
  stage = await createStage()
})
afterEach(async () => {
  for (const end of ends.reverse()) await end()
  await stage.close()
})

async function simpleClient(port: number) {
  const client = createCtp01Client({
    ...{ host: '127.0.0.1', port, clock: () => NOON, zone: CHICAGO, eventName: 'ROTM' },
    ...{ locations: ['start'], connectionId: 'c'.repeat(40), reconnectMs: 100 },
  })
  ends.push(client.stop)
  await client.start()
  let pushed = 0
  const push = () => {
    pushed += 1
    client.push({ location: 'start', tag: String(pushed), at: NOON + pushed, readerId: '0F2A38', gator: 1 })
  }
  return { client, push }
}

test('a reader is back within five seconds of the listener’s restart, and each read is there once', async () => {
  const first = await stage.listen(ctp01)
  const { port } = first.status()
  const { push } = await simpleClient(port)
  push()
  await stage.has(1)
  await first.stop()
  push()
  const since = performance.now()
  await stage.listen(ctp01, { port })
  push()
  await stage.has(3)
  expect(performance.now() - since).toBeLessThan(5000)
  expect(stage.reads().map(read => read.seq)).toEqual([1, 2, 3])
})

test('a peer that says nothing more, with its connection open, is given up by the real clock', async () => {
  const quick = await stage.listen(ctp01, { pingMs: 50, silenceMs: 300, clock: Date.now })
  const client = await tinyClient(quick.status().port)
  ends.push(client.cut)
  await client.handshake()
  await vi.waitFor(() => expect(client.closed()).toBe(true), 5000)
  expect(client.heard.filter(line => line === 'ping').length).toBeGreaterThan(2)
})

describe.each([
  ['slept for an hour', HOUR],
  ['was set back by an hour', -HOUR],
])('a laptop whose clock %s', (_, jump) => {
  test('keeps the readers that live, and soon gives up those that do not', async () => {
    let now = NOON
    const listener = await stage.listen(ctp01, { pingMs: 200, clock: () => now })
    const { port } = listener.status()
    const { client, push } = await simpleClient(port)
    const dead = await tinyClient(port)
    ends.push(dead.cut)
    await dead.handshake({ id: 'd'.repeat(40) })
    push()
    await stage.has(1)
    now += jump
    const since = performance.now()
    await vi.waitFor(() => expect(dead.closed()).toBe(true), 8000)
    expect(performance.now() - since).toBeLessThan(5000)
    push()
    await stage.has(2)
    const [living] = listener.status().peers.filter(peer => peer.state !== 'gone')
    expect(living).toMatchObject({ state: 'streaming', reads: 2, redelivered: 0, connectedAt: NOON })
    expect(client.heard.filter(line => line === 'getconnectionid')).toHaveLength(1)
  })

  test('keeps a decoder that lives, and soon calls anew one that does not answer', async () => {
    let now = NOON
    const decoders = [0, 1].map(() =>
      createRaceResultDecoder({ zone: CHICAGO, boxId: 'D-1', clock: () => NOON }),
    )
    for (const decoder of decoders) {
      await decoder.start()
      ends.push(decoder.stop)
    }
    const [living, dead] = decoders
    const dialer = createDialer({ ...stage.parts, clock: () => now, pingMs: 50 })
    ends.push(dialer.stop)
    await dialer.start()
    stage.store.write(writer =>
      setDialedReaders(
        writer,
        decoders.map(({ port }, index) => ({
          ...{ protocol: 'race-result', name: `Box ${index}`, host: '127.0.0.1', port, location: null },
        })),
      ),
    )
    await vi.waitFor(() => expect(dialer.peers().map(peer => peer.state)).toEqual(['streaming', 'streaming']))
    dead?.freeze(true)
    const polled = dead?.heard.length ?? 0
    await vi.waitFor(() => expect(dead?.heard.length).toBeGreaterThan(polled))
    now += jump
    await vi.waitFor(
      () => expect(dialer.peers().find(peer => peer.program === 'Box 1')?.state).not.toBe('streaming'),
      5000,
    )
    await vi.waitFor(
      () => expect(dead?.heard.filter(line => line === 'GETPROTOCOL').length).toBeGreaterThan(1),
      5000,
    )
    expect(living?.heard.filter(line => line === 'GETPROTOCOL')).toHaveLength(1)
  })
})
