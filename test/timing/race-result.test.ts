import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRaceResultDecoder, type RaceResultDecoder } from '../../src/rehearsal/race-result-decoder.ts'
import { setDialedReaders } from '../../src/store/dialed-readers.ts'
import { createDialer, type Dialer } from '../../src/timing/dialer.ts'
import type { Received } from '../../src/timing/protocols/protocol.ts'
import { createRaceResult } from '../../src/timing/protocols/race-result.ts'
import { CHICAGO, NOON } from './race.ts'
import { createStage, type Stage } from './stage.ts'

const passing = (n: number, chip = '41', more: { date?: string; file?: number } = {}) =>
  `${n};${chip};${more.date ?? '2021-05-08'};12:00:0${n % 10}.477;0;72;-61;;1;1;1;;16731;2.9;21;;Box;${more.file ?? 177};2;D-50432`

/** A connection that is told what the decoder says. */
function talk(known: Readonly<Record<string, number>> = {}) {
  const protocol = createRaceResult({
    context: () => ({ timezone: CHICAGO, date: '2021-05-08' }),
    resumeFrom: stream => known[stream] ?? null,
    name: 'Finish box',
    location: 'Finish',
  })
  const said = ({ replies }: Received) => replies.map(reply => reply.replace(/\r\n$/, ''))
  const tell = (...lines: readonly string[]) =>
    protocol.receive(Buffer.from(lines.map(line => `${line}\r\n`).join('')))
  const first = said(protocol.begin())
  const poll = () => said(protocol.ping())
  return { protocol, tell, said, first, poll }
}
const STATUS = 'GETSTATUS;2021-05-08;12:00:00.000;1;11110000;1;177;1;0,0'
const ready = (known: Readonly<Record<string, number>> = {}) => {
  const line = talk(known)
  line.tell('GETPROTOCOL;1.0;1.0;2.3')
  line.tell('SETPROTOCOL;2.0')
  return line
}
const numbers = (received: Received) => received.reads.map(read => read.sequence)

describe('a decoder', () => {
  test('is asked one thing at a time: protocol, status, number of passings, the first of them, the rest', () => {
    const { first, tell, said, poll, protocol } = talk()
    expect(first).toEqual(['GETPROTOCOL'])
    expect(said(tell('GETPROTOCOL;1.0;1.0;2.3'))).toEqual(['SETPROTOCOL;2.0'])
    expect(poll()).toEqual([])
    expect(said(tell('SETPROTOCOL;2.0'))).toEqual(['GETSTATUS'])
    expect(said(tell(STATUS))).toEqual(['PASSINGS'])
    expect(said(tell('PASSINGS;3'))).toEqual(['1:1'])
    expect(said(tell(passing(1), ''))).toEqual(['2:2'])
    const rest = tell(passing(2), passing(3), '')
    expect([numbers(rest), said(rest)]).toEqual([[2, 3], []])
    expect(poll()).toEqual(['GETSTATUS'])
    tell(STATUS)
    expect(said(tell('PASSINGS;3'))).toEqual([])
    expect(protocol.peer).toMatchObject({ program: 'Finish box', version: '2.0', streamId: 'D-50432/177' })
  })

  test('is read in the vendor’s field order', () => {
    const { tell } = ready()
    tell(STATUS)
    tell('PASSINGS;1')
    expect(tell(passing(1, '000041')).reads).toMatchObject([
      {
        ...{ kind: 'chip', source: 'race-result', device: 'D-50432', streamId: 'D-50432/177', sequence: 1 },
        ...{ chip: '41', rssi: -61, antenna: '2', streamLocation: 'Finish' },
        readAt: Date.UTC(2021, 4, 8, 17, 0, 1, 477),
      },
    ])
  })

  test('is gone on with where the journal ends, in the file that its first passing names', () => {
    const { tell, said } = ready({ 'D-50432/177': 700 })
    tell(STATUS)
    expect(said(tell('PASSINGS;1300'))).toEqual(['1:1'])
    const probe = tell(passing(1), '')
    expect([numbers(probe), said(probe)]).toEqual([[1], ['701:500']])
  })

  test('whose file was emptied or changed begins at its first passing again', () => {
    const { tell, said, poll } = ready({ 'D-50432/177': 700 })
    tell(STATUS)
    expect(said(tell('PASSINGS;5'))).toEqual(['1:1'])
    expect(numbers(tell(passing(1), ''))).toEqual([1])
    tell(passing(2), passing(3), passing(4), passing(5), '')
    poll()
    tell(STATUS.replace(';177;', ';178;'))
    expect(said(tell('PASSINGS;5'))).toEqual(['1:1'])
    const next = tell(passing(1, '9', { file: 178 }), '')
    expect([next.reads[0]?.streamId, said(next)]).toEqual(['D-50432/178', ['2:4']])
  })

  test('that changes its file between two answers has none of its passings skipped', () => {
    const { tell, said } = ready()
    tell(STATUS)
    tell('PASSINGS;3')
    expect(said(tell(passing(1), ''))).toEqual(['2:2'])
    const other = tell(passing(2, '9', { file: 178 }), passing(3, '9', { file: 178 }), '')
    expect([other.reads, said(other)]).toEqual([[], ['PASSINGS']])
    expect(said(tell('PASSINGS;3'))).toEqual(['1:1'])
    expect(said(tell(passing(1, '9', { file: 178 }), ''))).toEqual(['2:2'])
  })

  test('without GPS counts days: the file’s first is the session’s', () => {
    const { tell } = ready()
    tell(STATUS)
    tell('PASSINGS;2')
    const one = tell(passing(1, '1', { date: '0000-00-04' }), '')
    const two = tell(passing(2, '1', { date: '0000-00-05' }), '')
    expect([one, two].map(({ reads }) => new Date(reads[0]?.readAt ?? 0).toISOString())).toEqual([
      '2021-05-08T17:00:01.477Z',
      '2021-05-09T17:00:02.477Z',
    ])
  })

  test('has bad lines refused and goes on; a passing that it never gives is not waited for', () => {
    const { tell, said, poll } = ready()
    tell(STATUS)
    tell('PASSINGS;4')
    tell(passing(1), '')
    const some = tell('2;;;', passing(3), passing(9), passing(4), '')
    expect(some.refused.map(each => each.reason)).toEqual([
      '4 fields where a passing has 20',
      'passing 9 where 2:3 was asked for',
    ])
    expect([numbers(some), said(some)]).toEqual([[3, 4], []])
    let asked = 0
    for (let turn = 0; turn < 5; turn++) {
      poll()
      tell(STATUS)
      if (said(tell('PASSINGS;5')).includes('5:1')) asked += 1
      tell('')
    }
    expect(asked).toBe(3)
  })

  test('in test mode, or with an old protocol, says so', () => {
    const line = talk()
    expect(line.said(line.tell('GETPROTOCOL;1.0;1.0;1.2'))).toEqual(['SETPROTOCOL;2.0'])
    expect(line.protocol.peer.lastError).toContain('1.6 is the least')
    line.tell('SETPROTOCOL;1.2')
    line.tell(STATUS.replace(';11110000;1;', ';11110000;0;'))
    expect(line.protocol.peer.lastError).toContain('test mode')
  })
})

describe('the dialer', () => {
  let stage: Stage
  let dialer: Dialer
  let decoder: RaceResultDecoder
  const make = (port = 0) =>
    createRaceResultDecoder({ zone: CHICAGO, boxId: 'D-50432', clock: () => NOON, port })
  const list = (...ports: readonly number[]) =>
    stage.store.write(writer =>
      setDialedReaders(
        writer,
        ports.map(port => ({
          ...{ protocol: 'race-result', name: `Box ${port}`, host: '127.0.0.1', port, location: 'Finish' },
        })),
      ),
    )
  beforeEach(async () => {
    stage = await createStage()
    decoder = make()
    await decoder.start()
    dialer = createDialer({ ...stage.parts, pingMs: 20 })
    await dialer.start()
  })
  afterEach(async () => {
    await dialer.stop()
    await decoder.stop()
    await stage.close()
  })

  test('calls those of the list, brings what they have, and lets go what is taken off it', async () => {
    for (let n = 0; n < 1300; n++) decoder.pass(n === 0 ? '41' : `A${n}`, NOON + n)
    list(decoder.port)
    await stage.has(1300)
    expect(new Set(stage.reads().map(read => read.seq)).size).toBe(1300)
    expect(dialer.status()).toMatchObject([{ state: 'connected', message: null }])
    expect(dialer.peers()).toMatchObject([{ protocol: 'race-result', state: 'streaming', reads: 1300 }])
    await vi.waitFor(() =>
      expect(
        stage.store.read.get("SELECT participant_id AS id FROM read_links WHERE state = 'linked'"),
      ).toEqual({
        id: 'ann',
      }),
    )
    list()
    await vi.waitFor(() => expect(decoder.connections).toBe(0))
    expect(dialer.status()).toEqual([])
  })

  test('cut again and again brings each passing once', async () => {
    list(decoder.port)
    for (let n = 0; n < 2000; n++) {
      decoder.pass(`A${n}`, NOON + n)
      if (n % 500 === 499) {
        await vi.waitFor(() => expect(stage.reads().length).toBeGreaterThan(n / 2), 5000)
        decoder.drop()
      }
    }
    await stage.has(2000)
    expect(new Set(stage.reads().map(read => read.seq)).size).toBe(2000)
    // A line that a cut leaves half is refused, and comes again whole.
    const cutShort = 'the connection ended within this line'
    expect(stage.refused().filter(reason => reason !== cutShort)).toEqual([])
  })

  test('reaches a decoder within five seconds of its return, and says what was in the way', async () => {
    const { port } = decoder
    list(port)
    decoder.pass('A1', NOON)
    await stage.has(1)
    await decoder.stop()
    await vi.waitFor(() => expect(dialer.status()[0]?.message).toContain('nothing answers at that port'))
    expect(dialer.status()[0]?.state).toBe('calling')
    await new Promise(resolve => setTimeout(resolve, 1500))
    decoder = make(port)
    for (const chip of ['A1', 'A2']) decoder.pass(chip, NOON)
    await decoder.start()
    const since = performance.now()
    await stage.has(2)
    expect(performance.now() - since).toBeLessThan(5000)
    expect(dialer.status()).toMatchObject([{ state: 'connected', message: null }])
  }, 15_000)

  test('calls anew a decoder that has fallen silent with its connection open', async () => {
    await dialer.stop()
    let now = NOON
    dialer = createDialer({ ...stage.parts, clock: () => now, pingMs: 20 })
    await dialer.start()
    list(decoder.port)
    decoder.pass('A1', NOON)
    await stage.has(1)
    decoder.freeze(true)
    await vi.waitFor(() => {
      now += 500
      expect(dialer.peers()).toMatchObject([{ state: 'gone' }])
    })
    expect(now - NOON).toBeGreaterThanOrEqual(5000)
    decoder.freeze(false)
    decoder.pass('A2', NOON)
    await stage.has(2)
  })

  test('has every passing of a file that was emptied and filled beyond what was known of it', async () => {
    const { port } = decoder
    for (let n = 1; n <= 5; n++) decoder.pass(`A${n}`, NOON + n)
    list(port)
    await stage.has(5)
    await decoder.stop()
    decoder = make(port)
    for (let n = 1; n <= 8; n++) decoder.pass(`B${n}`, NOON + n)
    await decoder.start()
    // The first passing and what lies beyond the fifth; then the connection ends, and the gap between is asked for.
    await stage.has(9)
    decoder.drop()
    await stage.has(13)
    expect(new Set(stage.reads().map(read => read.chip)).size).toBe(13)
    expect(
      stage.store.read.all('SELECT kind, from_sequence AS "from", to_sequence AS "to" FROM stream_notices'),
    ).toEqual([{ kind: 'restart', from: 5, to: 1 }])
  }, 15_000)

  test('keeps nothing of a store that refuses, and all of it once it does not', async () => {
    list(decoder.port)
    await vi.waitFor(() => expect(dialer.peers()).toHaveLength(1))
    stage.refuse(true)
    decoder.pass('A1', NOON)
    await vi.waitFor(() => expect(dialer.problem()).toContain('disk is full'))
    expect(stage.reads()).toEqual([])
    stage.refuse(false)
    await stage.has(1)
    expect(dialer.problem()).toBeNull()
  })

  test('brings the next race day’s session what is new, and nothing of the last one', async () => {
    list(decoder.port)
    decoder.pass('A1', NOON)
    decoder.pass('A2', NOON)
    await stage.has(2)
    const next = stage.nextSession()
    decoder.drop()
    decoder.pass('A3', NOON)
    await stage.has(3)
    decoder.nextFile()
    decoder.pass('A1', NOON)
    await stage.has(4)
    expect(stage.reads().map(read => read.session)).toEqual([stage.session, stage.session, next, next])
  })
})
