import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Ctp01Client, type Ctp01Parts, createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'

const all = [
  'stream-mode=push',
  'time-format=iso',
  'newlocations=true',
  'guntimes=true',
  'pushmode-ack=true',
  'connection-id=true',
]
const at = Date.UTC(2026, 4, 9, 12, 0, 1, 230)

let server: Server
let lines: string[]
let sockets: Socket[]
let options: readonly string[]
let client: Ctp01Client | undefined

beforeEach(async () => {
  lines = []
  sockets = []
  options = all
  server = createServer(socket => {
    sockets.push(socket)
    let buffer = ''
    socket.on('error', () => {})
    socket.on('data', chunk => {
      const parts = (buffer + chunk).split('\r\n')
      buffer = parts.pop() ?? ''
      lines.push(...parts)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await client?.stop()
  for (const socket of sockets) socket.destroy()
  await new Promise(resolve => server.close(resolve))
})

async function begin(more: Partial<Ctp01Parts> = {}) {
  client = createCtp01Client({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    clock: () => at,
    zone: 'America/New_York',
    eventName: 'EVENT61001',
    locations: ['start', 'finish'],
    connectionId: 'a'.repeat(40),
    reconnectMs: 20,
    ...more,
  })
  await client.start()
  await greeted(1)
  return client
}

const say = (...commands: string[]) => sockets.at(-1)?.write(commands.map(line => `${line}\r\n`).join(''))
const heard = (line: string) => vi.waitFor(() => expect(lines).toContain(line))
const tagLines = () => lines.filter(line => line.startsWith('CT01_33'))

/** It speaks first; then the settings. */
async function greeted(connections: number) {
  await vi.waitFor(() => {
    const greetings = lines.filter(line => line === 'SimpleClient~0.6.0~CTP01')
    expect([greetings.length, sockets.length]).toEqual([connections, connections])
  })
  say(`Test~1~${options.length}`, ...options)
}

const read = (tag: string, location = 'start') => ({ location, tag, at, readerId: '0F2A38', gator: 1 })

describe('a SimpleClient', () => {
  test('answers what it is asked', async () => {
    await begin({ eventId: '12', description: 'Harbor Run' })
    say(
      'geteventinfo',
      'getlocations',
      'getconnectionid',
      'ping',
      'nonsense',
      'start~nowhere',
      'stop~nowhere',
      'stop',
    )
    await heard('ack~stop')
    expect(lines.slice(1)).toEqual([
      'ack~geteventinfo~EVENT61001~12~Harbor Run',
      'ack~getlocations~start~finish',
      `ack~getconnectionid~${'a'.repeat(40)}`,
      'ack~ping',
      'err~~unknown command',
      'err~start~invalid location',
      'err~stop~invalid location',
      'ack~stop',
    ])
  })

  test('streams what is there and what comes, in the order format, seq, location, tag, time, lap, reader, gator', async () => {
    const it = await begin()
    it.push(read('9478'))
    say('start')
    await heard('CT01_33~1~start~9478~2026-05-09T08:00:01.23~0~0F2A38~1')
    it.push(read('009479', 'finish'))
    await heard('CT01_33~1~finish~009479~2026-05-09T08:00:01.23~0~0F2A38~1')
    it.gun('start', at)
    await heard('CT01_33~2~start~guntime~2026-05-09T08:00:01.23~0~DF239A~0')
    expect(lines.indexOf('ack~start')).toBeLessThan(lines.indexOf(tagLines()[0] ?? ''))
    expect([it.sentCount, it.pushedCount]).toEqual([3, 3])
  })

  test('sends nothing before it is asked, and nothing after stop', async () => {
    const it = await begin()
    it.push(read('1'))
    say('start~start')
    await heard('ack~start~start')
    say('stop~start')
    await heard('ack~stop~start')
    it.push(read('2'))
    it.push(read('3', 'finish'))
    say('ping')
    await heard('ack~ping')
    expect(tagLines()).toHaveLength(1)
  })

  test('resumes at the number asked for, that one included, under the same connection id', async () => {
    const it = await begin()
    for (const tag of ['1', '2', '3', '4']) it.push(read(tag))
    say('start')
    await vi.waitFor(() => expect(tagLines()).toHaveLength(4))
    it.drop()
    await greeted(2)
    say('getconnectionid', 'start~start~3')
    await vi.waitFor(() => expect(tagLines()).toHaveLength(6))
    expect(tagLines().slice(4)).toEqual(tagLines().slice(2, 4))
    expect(lines).toContain(`ack~getconnectionid~${'a'.repeat(40)}`)
  })

  test('a read that got lost comes to who asks for its number again, and once only is it lost', async () => {
    const made = await begin()
    say('start')
    made.push({ location: 'start', tag: '1', at, readerId: '0F2A38', gator: 1 })
    made.lose({ location: 'start', tag: '2', at, readerId: '0F2A38', gator: 1 })
    made.push({ location: 'start', tag: '3', at, readerId: '0F2A38', gator: 1 })
    const numbers = () =>
      lines.filter(line => line.startsWith('CT01_33')).map(line => Number(line.split('~')[1]))
    await vi.waitFor(() => expect(numbers()).toEqual([1, 3]))
    say('start~start~2')
    await vi.waitFor(() => expect(numbers()).toEqual([1, 3, 2, 3]))
  })

  test('starts over under a new connection id', async () => {
    const it = await begin()
    it.push(read('1'))
    it.restartAs('b'.repeat(40))
    await greeted(2)
    it.push(read('2'))
    say('getconnectionid', 'start')
    await heard('CT01_33~1~start~2~2026-05-09T08:00:01.23~0~0F2A38~1')
    expect(lines).toContain(`ack~getconnectionid~${'b'.repeat(40)}`)
    expect(tagLines()).toHaveLength(1)
  })

  test('tells of a new location once its connection id was asked for, and never starts it by itself', async () => {
    const it = await begin()
    say('start')
    await heard('ack~start')
    it.addLocation('30k')
    it.push(read('9', '30k'))
    say('ping')
    await heard('ack~ping')
    expect(tagLines()).toEqual([])
    say('getconnectionid')
    await heard('CT01_33~2~30k~newlocation~2026-05-09T08:00:01.23~0~DF239A~0')
    say('start~30k')
    await heard('CT01_33~1~30k~9~2026-05-09T08:00:01.23~0~0F2A38~1')
  })

  test('keeps to the protocol’s defaults when nothing is asked for: pull, no acks', async () => {
    options = []
    const it = await begin()
    it.push(read('1'))
    say('start', 'stop', 'ping')
    await heard('ack~ping')
    expect(lines.slice(1)).toEqual(['err~start~not in push mode', 'ack~ping'])
  })

  test('leaves out guns and dates when they are not asked for, and the numbers show the gap', async () => {
    options = ['stream-mode=push']
    const it = await begin()
    it.gun('start', at)
    it.push(read('1'))
    say('start', 'ping')
    await heard('ack~ping')
    expect(lines.slice(1, 2)).toEqual(['CT01_33~2~start~1~08:00:01.23~0~0F2A38~1'])
  })

  test('shows one location only when asked for a single one', async () => {
    options = [...all, 'location=single']
    await begin()
    say('getlocations')
    await heard('ack~getlocations~start')
  })

  test('pings when told to, and counts the answers', async () => {
    const it = await begin({ pingEveryMs: 10 })
    await heard('ping')
    say('ack~ping')
    await vi.waitFor(() => expect(it.pongs).toBe(1))
  })

  test('comes by itself once somebody listens', async () => {
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    client = createCtp01Client({
      host: '127.0.0.1',
      port,
      clock: () => at,
      zone: 'UTC',
      eventName: 'E',
      locations: [],
      connectionId: 'c',
      reconnectMs: 20,
    })
    await client.start()
    expect(client.connected).toBe(false)
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    await vi.waitFor(() => expect(client?.connected).toBe(true))
  })

  test('sends 20,000 lines fast, to a reader that pauses too', async () => {
    const it = await begin()
    for (let tag = 1; tag <= 20_000; tag += 1) it.push(read(String(tag)))
    sockets[0]?.pause()
    say('start')
    setTimeout(() => sockets[0]?.resume(), 100)
    const began = performance.now()
    await vi.waitFor(() => expect(tagLines()).toHaveLength(20_000), 5000)
    expect(performance.now() - began).toBeLessThan(3000)
    expect(tagLines().at(-1)).toContain('CT01_33~20000~start~20000~')
  })
})
