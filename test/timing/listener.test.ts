import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createSession, updateSession } from '../../src/store/links.ts'
import { readsPage, type SessionContext, sessionContext } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { createListener, type Listener, type ListenerParts } from '../../src/timing/listener.ts'
import { ctp01 } from '../../src/timing/protocols/ctp01.ts'
import { CHICAGO, NOON, putPerson, putRace, quiet, type TestStore, testStore } from './race.ts'
import { type TinyClient, tinyClient } from './tiny-client.ts'

let opened: TestStore
let store: Store
let linker: Linker
let listener: Listener
let session: string
let current: string
let now: number
let clients: TinyClient[]
let others: Listener[]

const sessionFor = (): SessionContext => {
  const context = sessionContext(store.read, current)
  if (!context) throw new Error('no session')
  return context
}

async function listen(more: Partial<ListenerParts> = {}): Promise<Listener> {
  const made = createListener({
    protocol: ctp01,
    ...{ store, linker, log: quiet, clock: () => now, host: '127.0.0.1', port: 0, sessionFor },
    ...more,
  })
  others.push(made)
  await made.start()
  return made
}

beforeEach(async () => {
  now = NOON
  clients = []
  others = []
  opened = testStore(() => now)
  store = opened.store
  session = putRace(store, [{ id: 'ann', bib: '9478' }])
  current = session
  linker = createLinker({ store, log: quiet })
  await linker.start()
  listener = await listen()
})
afterEach(async () => {
  for (const client of clients) client.cut()
  for (const other of others) await other.stop()
  await linker.stop()
  opened.close()
})

const call = async (of = listener): Promise<TinyClient> => {
  const client = await tinyClient(of.status().port)
  clients.push(client)
  return client
}
const ready = async (
  answers?: Parameters<TinyClient['handshake']>[0],
  of = listener,
): Promise<TinyClient> => {
  const client = await call(of)
  await client.handshake(answers)
  return client
}

interface Stored {
  readonly kind: string
  readonly chip: string
  readonly seq: number
  readonly location: string
  readonly at: number | null
}
const reads = (): readonly Stored[] =>
  store.read.all<Stored>(
    'SELECT kind, chip, sequence AS seq, stream_location AS location, read_at AS at FROM timing_reads ORDER BY id',
  )
const chips = (): readonly string[] => reads().map(read => read.chip)
const refused = (): readonly string[] =>
  store.read.all<{ reason: string }>('SELECT reason FROM refused_lines ORDER BY id').map(row => row.reason)
const tag = (seq: number, chip = '9478', location = 'start', time = '2021-05-08T12:00:01.23') =>
  `CT01_33~${seq}~${location}~${chip}~${time}~0~0F2A38~1`
const has = (count: number) => vi.waitFor(() => expect(reads()).toHaveLength(count), 3000)

describe('a CTP01 client', () => {
  test('speaks first, hears the settings, is asked in order and started', async () => {
    const client = await call()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(client.heard).toEqual([])
    await client.handshake({ locations: ['start', '10k'] })
    expect(client.heard).toEqual([
      'Trackside~0.1.0~8',
      'location=multi',
      'guntimes=true',
      'newlocations=true',
      'stream-mode=push',
      'tagevent-format=CT01_33',
      'time-format=iso',
      'pushmode-ack=true',
      'connection-id=true',
      'getconnectionid',
      'geteventinfo',
      'getlocations',
      'start~start',
      'start~10k',
    ])
    client.say('ping')
    await client.hears('ack~ping')
  })

  test('is read field by field in the vendor’s order', async () => {
    const client = await ready()
    client.say('CT01_33~1~start~9478~2021-05-08T12:00:01.23~3~0f2a38~12')
    await has(1)
    const row = store.read.get<{ at: number; receivedAt: number }>(
      `SELECT kind, source, device, stream_id, stream_location, sequence, chip, antenna, lap, read_at AS at, raw,
       received_at AS receivedAt FROM timing_reads`,
    )
    expect(row).toMatchObject({
      ...{
        kind: 'chip',
        source: 'ctp01',
        device: '0F2A38',
        stream_location: 'start',
        sequence: 1,
        chip: '9478',
      },
      ...{ antenna: '12', lap: 3, at: Date.UTC(2021, 4, 8, 17, 0, 1, 230), stream_id: 'f'.repeat(40) },
    })
    await vi.waitFor(() => {
      const [read] = readsPage(store.read, { sessionId: session, state: 'linked', after: null, limit: 5 })
      expect(read).toMatchObject({ participantId: 'ann', locationName: 'start', route: 'bib' })
    })
  })

  test('is resumed after a cut where the journal ends: each read once', async () => {
    const first = await ready()
    first.say(tag(1), tag(2), tag(3))
    await has(3)
    first.cut()
    const second = await ready()
    await second.hears('start~start~3')
    second.say(tag(3), tag(4))
    await has(4)
    second.cut()
    const other = await ready({ id: 'e'.repeat(40) })
    await other.hears('start~start')
    other.say(tag(1))
    await has(5)
    expect(listener.status().peers.at(-1)).toMatchObject({ reads: 1, redelivered: 0, streaming: true })
  })

  test('without a connection id is started from the first, and known by content', async () => {
    const first = await ready({ id: null })
    first.say(tag(1), tag(2, '9479'))
    await has(2)
    first.cut()
    const second = await ready({ id: null })
    await second.hears('start~start')
    expect(second.heard).not.toContain('start~start~2')
    // The same two, numbered anew, and one more.
    second.say(tag(5), tag(6, '9479'), tag(7, '9480'))
    await has(3)
    expect(chips()).toEqual(['9478', '9479', '9480'])
  })

  test('may announce a location late: it is kept and started, once', async () => {
    const client = await ready()
    const line = 'CT01_33~2038~30k~newlocation~2021-05-08T14:02:15.31~0~ED932A~0'
    client.say(line)
    await client.hears('start~30k')
    client.say(tag(1, '9478', '30k'), line, tag(2, '9478', '30k'))
    await has(3)
    expect(client.heard.filter(said => said === 'start~30k')).toHaveLength(1)
    expect(reads()[0]).toMatchObject({ kind: 'new-location', location: '30k' })
    client.cut()
    // Its number 2038 is the link's, and no place to resume 30k from.
    const again = await ready({ locations: ['start', '30k'] })
    await again.hears('start~30k~2')
  })

  test('brings gun times, and reads whose time cannot be read', async () => {
    const client = await ready()
    client.say('CT01_33~4~start~guntime~2021-05-08T08:00:00.00~0~DF239A~0', tag(5, '1', 'start', '43455310'))
    await has(2)
    expect(reads()[0]).toMatchObject({ kind: 'gun', at: Date.UTC(2021, 4, 8, 13) })
    expect(reads()[1]).toMatchObject({ kind: 'chip', at: null })
    await vi.waitFor(() =>
      expect(store.read.all('SELECT reason FROM read_links')).toEqual([{ reason: 'no-time' }]),
    )
  })

  test('may write CT01_13, normal times beyond midnight, unix times and blank lines', async () => {
    const client = await ready()
    await client.send(
      `CT01_13,1,start,12,06:08:32.02,1,0FA22E,4\n\n\r\n\r${tag(2, '13', 'start', '25:00:00.50')}\r\n${tag(3, '14', 'start', '1620475200.25')}\n`,
    )
    await has(3)
    expect(reads().map(read => new Date(read.at ?? 0).toISOString())).toEqual([
      '2021-05-08T11:08:32.020Z',
      '2021-05-09T06:00:00.500Z',
      '2021-05-08T17:00:00.250Z',
    ])
    expect(refused()).toEqual([])
  })

  test('is served after refusing one thing or another', async () => {
    const client = await call()
    client.say('GET / HTTP/1.1', 'SimpleClient~0.6.0~CTP02')
    client.say('SimpleClient~0.3.0~CTP01')
    await client.hears('getconnectionid')
    client.say('err~getconnectionid~unknown command')
    await client.hears('geteventinfo')
    client.say('err~~unknown command')
    await client.hears('getlocations')
    client.say('err~getlocations~invalid')
    await client.hears('start')
    client.say('err~start~invalid location', 'what', tag(1))
    await has(1)
    await vi.waitFor(() => expect(listener.status().peers[0]?.lastError).toBe('err~start~invalid location'))
    expect(refused()).toEqual([
      'not the greeting of CTP01, name~version~CTP01',
      'not the greeting of CTP01, name~version~CTP01',
      'not a line of CTP01',
    ])
  })

  test('may push before it is asked: reads wait for the stream’s id', async () => {
    const client = await call()
    client.say('SimpleClient~0.6.0~CTP01', tag(1), tag(2))
    await client.hears('getconnectionid')
    client.say('ack~getconnectionid~abc')
    await has(2)
    expect(store.read.get('SELECT COUNT(*) AS n FROM reader_streams WHERE last_sequence = 2')).toEqual({
      n: 1,
    })
  })

  test('cut within a line loses nothing and brings nothing false', async () => {
    const first = await ready()
    await first.send(`${tag(1)}\r\n${tag(2, '9479').slice(0, -1)}`)
    await has(1)
    first.cut()
    await vi.waitFor(() => expect(refused()).toEqual(['the connection ended within this line']))
    const second = await ready()
    second.say(tag(1), tag(2, '9479'))
    await has(2)
  })
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heldBytes = (): number => {
  collect()
  return process.memoryUsage().arrayBuffers
}

describe('a client that keeps silent where it should answer', () => {
  test('is started all the same, within seconds', { timeout: 15_000 }, async () => {
    const quick = await listen({ pingMs: 200, silenceMs: 10_000 })
    const client = await call(quick)
    client.say('Old~0.1~CTP01')
    await client.hears('getconnectionid')
    await client.hears('geteventinfo')
    await client.hears('getlocations')
    await client.hears('start')
    client.say(tag(1), tag(2, '9479'))
    await has(2)
  })

  test('and names no location is asked for all it has', async () => {
    const client = await call()
    client.say('Old~0.1~CTP01')
    await client.hears('getconnectionid')
    client.say('err~~unknown command', 'ack~geteventinfo~LA08~12~x', 'ack~getlocations')
    await client.hears('start')
  })

  test('and never greets has its reads kept, by their content', async () => {
    const quick = await listen({ pingMs: 200, silenceMs: 10_000 })
    const client = await call(quick)
    client.say(tag(1), tag(2, '9479'), tag(1))
    await has(2)
  })
})

describe('noise', () => {
  test('a line of 10 MB is refused once and not kept in memory', async () => {
    const client = await ready()
    client.say(tag(1))
    await has(1)
    const before = heldBytes()
    const megabyte = Buffer.alloc(1 << 20, 120)
    for (let sent = 0; sent < 10; sent++) await client.send(megabyte)
    client.say('', tag(2))
    await has(2)
    expect(refused()).toEqual(['longer than 4096 bytes'])
    expect(store.read.get('SELECT LENGTH(text) AS n FROM refused_lines')).toEqual({ n: 1000 })
    // Freed buffers are swept beside the program: what is held is what stays.
    await vi.waitFor(() => expect(heldBytes() - before).toBeLessThan(2 << 20), 3000)
  })

  test('broken UTF-8 is refused, the next line read', async () => {
    const client = await ready()
    await client.send(
      Buffer.concat([
        Buffer.from('CT01_33~1~st'),
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from(`${tag(2)}\n`),
      ]),
    )
    await has(1)
    expect(refused()).toEqual(['not UTF-8 text'])
  })

  test('random bytes do no harm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async bytes => {
        const client = await call()
        await client.send(bytes)
        client.cut()
      }),
      { numRuns: 40 },
    )
    const client = await ready()
    client.say(tag(1))
    await vi.waitFor(() => expect(chips()).toContain('9478'))
  })
})

describe('the port', () => {
  test('is shared by several clients', async () => {
    const [one, two] = [await ready({ id: 'a' }), await ready({ id: 'b' })]
    one.say(tag(1))
    two.say(tag(1, '9479'))
    await has(2)
    await vi.waitFor(() => expect(listener.status().peers.map(peer => peer.reads)).toEqual([1, 1]))
    one.cut()
    await vi.waitFor(() =>
      expect(
        listener
          .status()
          .peers.map(peer => peer.state)
          .sort(),
      ).toEqual(['gone', 'streaming']),
    )
  })

  test('taken by another program is said in words', async () => {
    const { port } = listener.status()
    const other = createListener({
      protocol: ctp01,
      ...{ store, linker, log: quiet, clock: () => now, host: '127.0.0.1', port, sessionFor },
    })
    await expect(other.start()).rejects.toMatchObject({
      code: 'port.taken',
      message: expect.stringContaining(`Port ${port} is taken`),
    })
    await listener.stop()
    await other.start()
    await other.stop()
  })

  test('pings; a half-open peer is given up', async () => {
    const quick = await listen({ pingMs: 20, silenceMs: 30_000 })
    const client = await ready({}, quick)
    await client.hears('ping')
    const pinged = async (): Promise<void> => {
      const pings = client.heard.length
      await vi.waitFor(() => expect(client.heard.length).toBeGreaterThan(pings))
    }
    now += 14_000
    client.say('ack~ping')
    await vi.waitFor(() => expect(quick.status().peers[0]?.lastHeardAt).toBe(now))
    for (const passed of [10_000, 10_000, 9999]) {
      now += passed
      await pinged()
    }
    expect(client.closed()).toBe(false)
    now += 1
    await vi.waitFor(() => expect(client.closed()).toBe(true))
    expect(quick.status().peers).toMatchObject([{ state: 'gone', disconnectedAt: now }])
  })

  test('goes on when an answer never comes', async () => {
    const quick = await listen({ pingMs: 20 })
    const client = await call(quick)
    client.say('Old~1~CTP01')
    await client.hears('start')
    client.say(tag(1))
    await has(1)
  })

  test('gives reads to another session when it changes', async () => {
    const client = await ready()
    client.say(tag(1))
    await has(1)
    const next = store.write(writer =>
      createSession(writer, { name: 'Next', timezone: CHICAGO, raceDayId: 'day' }),
    )
    current = next
    store.write(writer => updateSession(writer, { id: next, name: 'The next' }))
    client.say(tag(2))
    await has(2)
    expect(store.read.all('SELECT session_id AS id FROM timing_reads ORDER BY id')).toEqual([
      { id: session },
      { id: next },
    ])
  })

  test('lets a peer go when its reads cannot be stored, and has them all when they can', async () => {
    let full = false
    const faulty: Store = {
      ...store,
      write(work, actor) {
        if (full) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
        return store.write(work, actor)
      },
    }
    const other = await listen({ store: faulty })
    const client = await ready({}, other)
    client.say(tag(1))
    await has(1)
    full = true
    client.say(tag(2))
    await vi.waitFor(() => expect(client.closed()).toBe(true))
    expect(other.status().problem).toContain('disk is full')
    full = false
    const again = await ready({}, other)
    await again.hears('start~start~1')
    again.say(tag(2))
    await has(2)
    expect(other.status().problem).toBeNull()
  })

  test('shows what goes on', async () => {
    const client = await ready()
    client.say(tag(1), tag(2, 'nobody'))
    await vi.waitFor(() =>
      expect(listener.status().peers[0]).toMatchObject({
        ...{
          program: 'SimpleClient',
          version: '0.6.0',
          eventName: 'LA08',
          eventId: '12',
          locations: ['start'],
        },
        ...{
          state: 'streaming',
          reads: 2,
          unknown: 1,
          refused: 0,
          readsPerSecond: 0.2,
          lastReadAt: NOON,
          latency: { min: 0, average: 0, max: 0 },
        },
      }),
    )
  })

  test('tells of who comes and goes and of what is in the way, and of no read', async () => {
    let told = 0
    let full = false
    const faulty: Store = {
      ...store,
      write(work, actor, force) {
        if (full) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
        return store.write(work, actor, force)
      },
    }
    const other = await listen({ store: faulty })
    const stop = other.onStatus(() => {
      told += 1
    })
    const toldOf = (peer: object): Promise<void> => {
      const before = told
      return vi.waitFor(() => {
        expect(told).toBeGreaterThan(before)
        expect(other.status().peers).toMatchObject([peer])
      }, 3000)
    }
    const greeted = toldOf({ state: 'streaming' })
    const client = await ready({}, other)
    await greeted
    // Of its greeting all has been told by now.
    await new Promise(resolve => setTimeout(resolve, 500))
    const before = told
    for (let n = 1; n <= 40; n += 1) {
      client.say(tag(n))
      await new Promise(resolve => setTimeout(resolve, 25))
    }
    await has(40)
    expect(other.status().peers[0]).toMatchObject({ reads: 40 })
    expect(told).toBe(before)
    full = true
    const refused = toldOf({ state: 'gone' })
    client.say(tag(41))
    await refused
    expect(other.status().problem).toContain('disk is full')
    stop()
  })
})

test('somebody who registers at the desk after crossing the line is linked by itself', async () => {
  const client = await ready()
  client.say(tag(1, '777'))
  await vi.waitFor(() =>
    expect(store.read.all('SELECT state FROM read_links')).toEqual([{ state: 'unlinked' }]),
  )
  store.write(writer => putPerson(writer, { id: 'late', bib: '777' }))
  await vi.waitFor(() =>
    expect(store.read.all('SELECT participant_id AS id FROM read_links')).toEqual([{ id: 'late' }]),
  )
})

test('the rehearsal’s SimpleClient, cut again and again: each read once', async () => {
  const client = createCtp01Client({
    ...{
      host: '127.0.0.1',
      port: listener.status().port,
      clock: () => now,
      zone: CHICAGO,
      eventName: 'ROTM',
    },
    ...{ locations: ['start', 'finish'], connectionId: 'c'.repeat(40), reconnectMs: 5 },
  })
  await client.start()
  try {
    client.gun('start', NOON)
    for (let index = 0; index < 2000; index++) {
      const location = index % 2 ? 'start' : 'finish'
      client.push({ location, tag: String(index), at: NOON + index * 10, readerId: '0F2A38', gator: 1 })
      if (index % 400 === 399) {
        await vi.waitFor(() => expect(reads().length).toBeGreaterThan(index / 2), 5000)
        client.drop()
      }
    }
    client.addLocation('30k')
    client.push({ location: '30k', tag: '9478', at: NOON, readerId: '0F2A38', gator: 1 })
    await vi.waitFor(() => {
      const kept = reads().filter(read => read.kind !== 'new-location')
      expect(kept).toHaveLength(2002)
    }, 10_000)
    expect(
      new Set(
        reads()
          .filter(read => read.kind === 'chip')
          .map(read => `${read.location}${read.seq}`),
      ).size,
    ).toBe(2001)
    // A line that a cut leaves half is refused, and comes again whole.
    const cutShort = 'the connection ended within this line'
    expect(refused().filter(reason => reason !== cutShort)).toEqual([])
  } finally {
    await client.stop()
  }
})
