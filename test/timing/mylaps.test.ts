import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMylapsClient, type MylapsClient, type MylapsParts } from '../../src/rehearsal/mylaps-client.ts'
import type { Listener } from '../../src/timing/listener.ts'
import { mylaps } from '../../src/timing/protocols/mylaps.ts'
import { CHICAGO, NOON } from './race.ts'
import { createStage, type RawClient, rawClient, type Stage } from './stage.ts'

const PASSING =
  '10KM@Passing@t=13:11:30.904|c=0000041|ct=UH|d=120606|l=13|dv=4|re=0|an=00001111|g=0|b=41|n=41@1016@$'
const STORE = 'Finish@Store@KV8658316:13:57.417 3 0F  1000025030870@3@$'

let stage: Stage
let listener: Listener
let clients: RawClient[]
let programs: MylapsClient[]
beforeEach(async () => {
  clients = []
  programs = []
  stage = await createStage()
  listener = await stage.listen(mylaps)
})
afterEach(async () => {
  for (const client of clients) client.cut()
  for (const program of programs) await program.stop()
  await stage.close()
})
const call = async (of = listener): Promise<RawClient> => {
  const client = await rawClient(of.status().port, '$')
  clients.push(client)
  return client
}
const program = async (version: 1 | 2, more: Partial<MylapsParts> = {}): Promise<MylapsClient> => {
  const made = createMylapsClient({
    ...{ host: '127.0.0.1', port: listener.status().port, zone: CHICAGO, version, raceName: 'Harbor Run' },
    ...{ locations: ['Start', 'Finish'], resendMs: 60, reconnectMs: 10 },
    ...more,
  })
  programs.push(made)
  await made.start()
  return made
}
const iso = (at: number | null | undefined) => new Date(at ?? 0).toISOString()

describe('Timing & Scoring', () => {
  test('is answered with the version, and asked for its locations and its race, once', async () => {
    const client = await call()
    await client.send('Finish@Pong@$Finish@Pong@$T&S@Ping@$')
    await client.hears('Trackside@AckPing@')
    expect(client.heard).toEqual([
      'Trackside@AckPong@Version2.1@c|ct|d|t|l|dv|re|an|g|b|n|utc|ut|h|ts|dm|amd@',
      'Trackside@GetLocations@',
      'Trackside@GetInfo@',
      'Trackside@AckPong@Version2.1@c|ct|d|t|l|dv|re|an|g|b|n|utc|ut|h|ts|dm|amd@',
      'Trackside@AckPing@',
    ])
    await client.send('Toolkit@GetLocations@ln=Start@ln=5K@$T&S@AckGetInfo@sd=2012-06-21|rn=My Race@$')
    await vi.waitFor(() =>
      expect(listener.status().peers[0]).toMatchObject({
        ...{ protocol: 'mylaps', program: 'Finish', eventName: 'My Race', locations: ['Start', '5K'] },
        ...{ state: 'streaming', refused: 0 },
      }),
    )
  })

  test('of version 2 is read key by key', async () => {
    // Of no race day: the vendor's example is of another year.
    stage.nextSession()
    const client = await call()
    await client.send(PASSING)
    await client.hears('Trackside@AckPassing@1016@')
    expect(stage.reads()).toMatchObject([
      { kind: 'chip', source: 'mylaps', chip: '41', device: '10KM/4', location: '10KM', seq: null },
    ])
    expect(iso(stage.reads()[0]?.at)).toBe('2012-06-06T18:11:30.904Z')
    expect(stage.store.read.get('SELECT antenna, lap, raw_time AS time, rssi FROM timing_reads')).toEqual({
      antenna: '00001111',
      lap: 13,
      time: '120606 13:11:30.904',
      rssi: null,
    })
    await vi.waitFor(() =>
      expect(stage.store.read.all('SELECT participant_id AS id FROM read_links')).toEqual([{ id: 'ann' }]),
    )
  })

  test('of version 1 is read by its columns, with a time of 12 or 11', async () => {
    const client = await call()
    await client.send(`${STORE}Finish@Store@KV8658316:13:57.41 3 0F  1000025030870@4@$`)
    await client.hears('Trackside@AckStore@3@')
    await client.hears('Trackside@AckStore@4@')
    expect(stage.reads().map(read => [read.chip, read.location, iso(read.at)])).toEqual([
      ['KV86583', 'Finish', '2025-03-08T22:13:57.417Z'],
      ['KV86583', 'Finish', '2025-03-08T22:13:57.410Z'],
    ])
    expect(listener.status().peers[0]).toMatchObject({ version: '1', reads: 2 })
  })

  test('sends guns as markers; other markers are kept as what they are', async () => {
    const client = await call()
    await client.send(
      'Finish@Marker@t=11:03:40.347|mt=Gunshot|n=Gunshot 1@4@$Finish@Marker@t=11:03:40.347|mt=Gunshot|n=Gunshot 2@5@$Finish@Marker@t=11:04:00.000|mt=Note|n=x@6@$',
    )
    await client.hears('Trackside@AckMarker@6@')
    expect(stage.reads().map(read => [read.kind, read.chip, iso(read.at)])).toEqual([
      ['gun', 'guntime', '2021-05-08T16:03:40.347Z'],
      ['gun', 'guntime', '2021-05-08T16:03:40.347Z'],
      ['marker', 'Note', '2021-05-08T16:04:00.000Z'],
    ])
  })

  test('may say UTC, which stands above its wall clock; UT is taken where nothing else is said', async () => {
    const client = await call()
    await client.send(
      'A@Passing@c=1|t=01:00:00.000|d=210508|utc=1620493200123@c=2|ut=1620493200456@c=3|ut=18274599@c=4@1@$',
    )
    await client.hears('Trackside@AckPassing@1@')
    expect(stage.reads().map(read => read.at)).toEqual([1620493200123, 1620493200456, null, null])
  })

  test('has its bad records refused, each with its reason, and the good ones of the message kept', async () => {
    const client = await call()
    await client.send(
      Buffer.concat([
        Buffer.from('A@Passing@c=1|t=13:00:00.000@c=2|n='),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('@t=13:00:00.000@7@\r\n$\0\r\nA@Store@nonsense@8@$A@Passing@c=3|t=13:00:01.000@$'),
        Buffer.from('A@Fly@1@$hello$@@$'),
        Buffer.from([0xff, 0x24]),
      ]),
    )
    await client.hears('Trackside@AckStore@8@')
    await vi.waitFor(() => expect(stage.refused()).toHaveLength(8))
    expect(stage.refused()).toEqual([
      'not UTF-8 text',
      'no chip',
      'not a version 1 record: chip, time, …, YYMMDD, checksum',
      'a Passing without its message number',
      'the function "Fly" is not known',
      'not a message: Source@Function@…@$',
      'not a message: Source@Function@…@$',
      'not UTF-8 text',
    ])
    expect(client.heard).toEqual(['Trackside@AckPassing@7@', 'Trackside@AckStore@8@'])
    expect(stage.reads().map(read => read.chip)).toEqual(['1'])
    await client.send('Finish@Pong@$')
    await client.hears('Trackside@GetInfo@')
  })
})

describe('a message', () => {
  test('is acknowledged only when the journal has it; not stored, it comes again, and is kept once', async () => {
    stage.refuse(true)
    const made = await program(1)
    made.push({ location: 'Finish', chip: 'KV86583', at: NOON })
    await vi.waitFor(() => expect(listener.status().problem).toContain('disk is full'))
    await vi.waitFor(() => expect(made.sentCount).toBeGreaterThan(1))
    expect(made.waiting).toBe(1)
    expect(made.heard.some(said => said.includes('AckStore'))).toBe(false)
    expect(stage.reads()).toEqual([])
    stage.refuse(false)
    await vi.waitFor(() => expect(made.waiting).toBe(0), 3000)
    expect(stage.reads()).toHaveLength(1)
    expect(listener.status().problem).toBeNull()
  })

  test('delivered again, under its number or another, adds nothing', async () => {
    const client = await call()
    await client.send(STORE + STORE + STORE.replace('@3@', '@977@') + PASSING)
    await client.hears('Trackside@AckPassing@1016@')
    client.cut()
    const again = await call()
    await again.send(PASSING.replace('@1016@', '@1@') + STORE)
    await again.hears('Trackside@AckStore@3@')
    expect(stage.reads()).toHaveLength(2)
    expect(listener.status().peers.at(-1)).toMatchObject({ reads: 0, redelivered: 2 })
  })

  test('with the number of an earlier one brings what is new in it', async () => {
    const client = await call()
    await client.send(STORE)
    await client.send(STORE.replace('16:13:57.417', '16:13:58.417'))
    await stage.has(2)
  })

  test('sent again under the next race day’s session stays where it was', async () => {
    const client = await call()
    await client.send(STORE)
    await client.hears('Trackside@AckStore@3@')
    const next = stage.nextSession()
    await client.send(`${STORE}Finish@Store@KV8658317:00:00.000 3 0F  1000025030870@4@$`)
    await client.hears('Trackside@AckStore@4@')
    expect(stage.reads().map(read => read.session)).toEqual([stage.session, next])
  })
})

test.each([1, 2] as const)(
  'the rehearsal’s program of version %i, cut again and again: each read once',
  async version => {
    const made = await program(version)
    made.gun('Start', 'Gunshot 1', NOON)
    for (let index = 0; index < 2000; index++) {
      const location = index % 2 ? 'Start' : 'Finish'
      made.push({ location, chip: `K${String(index).padStart(6, '0')}`, at: NOON + index * 10 })
      if (index % 400 === 399) {
        await vi.waitFor(() => expect(stage.reads().length).toBeGreaterThan(index / 2), 5000)
        made.drop()
      }
    }
    await stage.has(2001)
    await vi.waitFor(() => expect(made.waiting).toBe(0), 5000)
    expect(new Set(stage.reads().map(read => read.chip)).size).toBe(2001)
    // A message that a cut leaves half is refused, and comes again whole.
    const cutShort = 'the connection ended within this message'
    expect(stage.refused().filter(reason => reason !== cutShort)).toEqual([])
    const [last] = stage.reads().filter(read => read.chip === 'K001999')
    expect(last?.at).toBe(NOON + 19_990)
  },
)
