import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { ctp01 } from '../../src/timing/protocols/ctp01.ts'
import { FRAME_LIMIT } from '../../src/timing/protocols/frames.ts'
import { mylaps } from '../../src/timing/protocols/mylaps.ts'
import type { Received, StreamParts, StreamProtocol } from '../../src/timing/protocols/protocol.ts'
import { createRaceResult } from '../../src/timing/protocols/race-result.ts'
import { CHICAGO } from './race.ts'

const parts: StreamParts = {
  context: () => ({ timezone: CHICAGO, date: '2021-05-08' }),
  resumeFrom: () => null,
}

interface Make {
  readonly name: string
  readonly open: () => StreamProtocol
  /** What brings a new connection to where reads come. */
  readonly opening: string
  readonly line: (n: number) => string
}

const two = (n: number) => String(n % 60).padStart(2, '0')
const clock = (n: number) => `1${Math.floor(n / 100_000) % 10}:${two(Math.floor(n / 1000))}:${two(n)}.123`
const MAKES: readonly Make[] = [
  {
    name: 'ctp01',
    open: () => ctp01.open(parts),
    opening:
      'Simple~1~CTP01\r\nack~getconnectionid~abc\r\nack~geteventinfo~E~1~E\r\nack~getlocations~start\r\n',
    line: n => `CT01_33~${n}~start~${n}~2021-05-08T${clock(n).slice(0, 11)}~0~0F2A38~1\r\n`,
  },
  {
    name: 'mylaps',
    open: () => mylaps.open(parts),
    opening: 'Finish@Pong@$Toolkit@GetLocations@ln=Start@$',
    line: n =>
      n % 2
        ? `Finish@Passing@t=${clock(n)}|c=${String(n).padStart(7, '0')}|ct=UH|d=210508|l=1|dv=4|re=0|an=00001111@${n}@$`
        : `Finish@Store@${String(n).padStart(7, '0')}${clock(n)} 3 0F  1000021050870@${n}@$`,
  },
  {
    name: 'race-result',
    open: () => {
      const made = createRaceResult({ ...parts, name: 'Box', location: 'Finish' })
      made.begin()
      return made
    },
    opening:
      'GETPROTOCOL;1.0;1.0;2.3\r\nSETPROTOCOL;2.0\r\nGETSTATUS;2021-05-08;12:00:00.000;1;1;1;177;1\r\nPASSINGS;1000001\r\n',
    line: n =>
      `${n};${n};2021-05-08;${clock(n)};0;72;-61;;1;1;1;;1;2.9;21;;Box;177;2;D-1\r\n${n === 1 || n % 500 === 1 ? '\r\n' : ''}`,
  },
]

/** Of each of the three: a million together. */
const LINES = 334_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heldBytes = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const seen = ({ reads, refused, replies }: Received) => ({
  reads: reads.map(read => read.identity),
  refused: refused.map(each => each.reason),
  replies: [...replies],
})
const together = (all: readonly Received[]) => ({
  reads: all.flatMap(each => seen(each).reads),
  refused: all.flatMap(each => seen(each).refused),
  replies: all.flatMap(each => seen(each).replies),
})

describe.each(MAKES)('$name', ({ open, opening, line }) => {
  test('takes random bytes without harm, and says the reason of what it refuses', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 10 }), chunks => {
        const protocol = open()
        const all = [protocol.receive(Buffer.from(opening)), ...chunks.map(protocol.receive)]
        all.push(protocol.ping(), protocol.nudge(), protocol.end())
        for (const { refused } of all) for (const { reason } of refused) expect(reason).not.toBe('')
      }),
      { numRuns: 200 },
    )
  })

  test('does not care how its lines are cut and glued, with noise between them', () => {
    const piece = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map(line),
      fc.integer({ min: 1, max: 60 }).map(n => line(n).slice(5)),
      fc.integer({ min: 1, max: 60 }).map(n => line(n).slice(0, -6)),
      fc.constantFrom('\r\n', '$', '@', '~', ';', '\n', 'ping\r\n', 'é', 'T&S@Ping@$'),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat(2000), { maxLength: 12 }),
        (pieces, at) => {
          const bytes = Buffer.from(opening + pieces.join(''))
          const whole = open()
          const cut = open()
          const places = [0, ...at.filter(each => each < bytes.length).sort((a, b) => a - b), bytes.length]
          const inPieces = places.slice(1).map((to, index) => cut.receive(bytes.subarray(places[index], to)))
          expect(together([...inPieces, cut.end()])).toEqual(together([whole.receive(bytes), whole.end()]))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('holds no more memory after its share of a million lines than before', {
    timeout: 60_000,
  }, async () => {
    const protocol = open()
    protocol.receive(Buffer.from(opening))
    const before = heldBytes()
    let reads = 0
    for (let n = 1; n <= LINES; n += 1000) {
      let text = ''
      for (let each = n; each < n + 1000; each++) text += line(each)
      reads += protocol.receive(Buffer.from(text)).reads.length
    }
    expect(reads).toBe(LINES)
    await vi.waitFor(() => expect(heldBytes() - before).toBeLessThan(8 << 20), 3000)
  })

  test('holds no more than a frame of an endless one', async () => {
    const protocol = open()
    protocol.receive(Buffer.from(opening))
    const before = heldBytes()
    const megabyte = Buffer.alloc(1 << 20, 120)
    let refused = 0
    for (let sent = 0; sent < 30; sent++) refused += protocol.receive(megabyte).refused.length
    expect(refused).toBe(1)
    await vi.waitFor(() => expect(heldBytes() - before).toBeLessThan(2 * FRAME_LIMIT), 3000)
  })
})
