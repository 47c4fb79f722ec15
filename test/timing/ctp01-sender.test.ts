import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timeInCtp01 } from '../../src/timing/protocols/ctp01-said.ts'
import { createCtp01Sender, type NumberedRead } from '../../src/timing/protocols/ctp01-sender.ts'
import { CHICAGO } from './race.ts'

const HELD = 50
const LOCATIONS = ['start', 'finish']

const readAt = (location: string, sequence: number): NumberedRead => ({
  ...{ location, sequence },
  read: {
    ...{ gun: sequence === 3, tag: sequence === 3 ? 'guntime' : String(sequence), lap: '0' },
    ...{ readerId: '0F2A38', gator: '1', at: 1_620_478_800_000, rawTime: null },
  },
})

/** A sender with two locations of fifty reads each, and what hands them over as the relay does. */
function open(...options: readonly string[]) {
  const sender = createCtp01Sender({
    connectionId: 'a'.repeat(40),
    event: { name: 'Har~bor\r\n', id: '7', description: 'Harbor Run' },
    context: { timezone: CHICAGO, date: '2021-05-08' },
    locations: () => LOCATIONS,
  })
  const say = (...lines: readonly string[]): readonly string[] =>
    sender
      .receive(Buffer.from(lines.map(line => `${line}\r\n`).join('')))
      .split('\r\n')
      .slice(0, -1)
  /** All that is wanted now, a slice of so many reads at a time. */
  const drain = (slice = 7): readonly string[] => {
    let text = ''
    for (let turns = 0; turns < 200; turns++) {
      const wanted = sender.wanted()
      if (wanted === null) break
      const due = LOCATIONS.flatMap(location => {
        const first = wanted.from.get(location)
        return first === undefined
          ? []
          : Array.from({ length: Math.max(0, HELD - first + 1) }, (_, index) =>
              readAt(location, first + index),
            )
      })
      const reads = due.slice(0, Math.min(slice, wanted.limit))
      const reached = new Map<string, number>()
      for (const { location, sequence } of reads) reached.set(location, sequence)
      const ended = reads.length === due.length
      text += sender.give(reads, reached, ended)
      if (ended && sender.peer.settings?.push) break
    }
    return text.split('\r\n').slice(0, -1)
  }
  if (options.length > 0) say(`Scoring~1~${options.length}`, ...options)
  return { sender, say, drain }
}
const PUSH = ['stream-mode=push', 'pushmode-ack=true', 'time-format=iso', 'guntimes=true']
const numbers = (lines: readonly string[]) => lines.map(line => line.split('~').slice(1, 3).join(' '))

describe('the readers’ side of CTP01', () => {
  test('speaks first, and answers what the vendor’s page asks', () => {
    const { sender, say } = open()
    expect(sender.begin()).toMatch(/^[^~]+~[^~]+~CTP01\r\n$/)
    expect(say('RunScore~Version 6.5~0')).toEqual([])
    expect(say('getconnectionid', 'geteventinfo', 'getlocations', 'ping', 'dance')).toEqual([
      `ack~getconnectionid~${'a'.repeat(40)}`,
      'ack~geteventinfo~Har bor~7~Harbor Run',
      'ack~getlocations~start~finish',
      'ack~ping',
      'err~~unknown command',
    ])
    expect(sender.peer).toMatchObject({ program: 'RunScore', version: 'Version 6.5' })
    expect(sender.peer.settings).toMatchObject({ push: false, timeFormat: 'normal', acks: false })
  })

  test('pushes from the number that was asked for, that one too, and stops', () => {
    const { say, drain } = open(...PUSH)
    expect(drain()).toEqual([])
    expect(say('start~finish~48')).toEqual(['ack~start~finish'])
    expect(numbers(drain())).toEqual(['48 finish', '49 finish', '50 finish'])
    expect(drain()).toEqual([])
    expect(say('start')).toEqual(['ack~start'])
    expect(drain()).toHaveLength(2 * HELD)
    expect(say('start', 'stop')).toEqual(['ack~start', 'ack~stop'])
    expect(drain()).toEqual([])
    expect(say('start~10k', 'stop~10k', 'start~start~x', 'getdata~5')).toEqual([
      'err~start~invalid location',
      'err~stop~invalid location',
      'err~start~invalid sequence',
      'err~getdata~not in pull mode',
    ])
  })

  test('keeps guns to itself unless they are asked for, and is quiet without pushmode-ack', () => {
    const { say, drain } = open('stream-mode=push')
    expect(say('start~start', 'stop~nowhere')).toEqual([])
    expect(drain()).toHaveLength(HELD - 1)
  })

  test('answers each call of pull mode with its count and so many lines, going on where it ended', () => {
    const { say, drain } = open('time-format=unix')
    expect(say('getdata~3~start', 'getdata~3~start', 'getdata~10~finish~47', 'getdata~9~start~51')).toEqual(
      [],
    )
    const lines = drain(2)
    expect(lines.filter(line => line.startsWith('ack'))).toEqual([
      'ack~getdata~3',
      'ack~getdata~3',
      'ack~getdata~4',
      'ack~getdata~0',
    ])
    expect(numbers(lines.filter(line => line.startsWith('CT01')))).toEqual([
      ...['1 start', '2 start', '3 start', '4 start', '5 start', '6 start'],
      ...['47 finish', '48 finish', '49 finish', '50 finish'],
    ])
    expect(lines[1]).toBe('CT01_33~1~start~1~1620460800.00~0~0F2A38~1')
    expect(say('start', 'getdata~0', 'getdata~5~10k', 'getdata~5~start~-1')).toEqual([
      'err~start~not in push mode',
      'err~getdata~invalid maximum',
      'err~getdata~invalid location',
      'err~getdata~invalid sequence',
    ])
    expect(say(...Array.from({ length: 101 }, () => 'getdata~1')).at(-1)).toBe(
      'err~getdata~too many requests',
    )
  })

  test('holds new locations until the connection’s id was asked for, where it is told to', () => {
    const { sender, say } = open(...PUSH, 'newlocations=true', 'connection-id=true')
    const location = { location: 'finish', at: 1_620_478_800_000, readerId: '0F2A38', number: 12 }
    expect(sender.announce(location)).toBe('')
    expect(say('getconnectionid')[1]).toBe('CT01_33~12~finish~newlocation~2021-05-08T08:00:00.00~0~0F2A38~0')
  })

  test('says what it cannot do', () => {
    const strange = open()
    strange.say('HTTP/1.1 400 Bad Request')
    expect(strange.sender.peer.trouble).toContain('HTTP/1.1 400')
    expect(strange.say('ping')).toEqual([])
    expect(open('tagevent-format=CT01_0C').sender.peer.trouble).toContain('CT01_0C')
    expect(open().say('A~1~1', 'authentication=plaintext')).toEqual([
      'err~authorize~authentication is not supported',
    ])
  })

  test('hours of normal times pass midnight of the session’s day; those before it are times of day', () => {
    const at = (text: string) =>
      timeInCtp01(Date.parse(text), null, 'normal', { timezone: CHICAGO, date: '2021-05-08' })
    expect(at('2021-05-08T13:00:00.129Z')).toBe('08:00:00.12')
    expect(at('2021-05-09T06:30:00Z')).toBe('25:30:00.00')
    expect(at('2021-05-12T11:12:32.37Z')).toBe('102:12:32.37')
    expect(at('2021-05-07T23:00:00Z')).toBe('18:00:00.00')
  })

  const commands = fc.constantFrom(
    ...['start', 'start~start', 'start~finish~20', 'stop', 'stop~start', 'getdata~5', 'getdata~9~finish~40'],
    ...[
      'getconnectionid',
      'getlocations',
      'geteventinfo',
      'ping',
      'err~x',
      'start~',
      'getdata~~',
      'ack~ping',
    ],
    ...['Scoring~1~2', 'stream-mode=push', '~~~', '', 'é'],
  )

  test('takes random bytes and commands in any order without harm, and wants only what there is', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(
          fc.oneof(
            commands.map(text => Buffer.from(`${text}\r\n`)),
            fc.uint8Array({ maxLength: 300 }),
          ),
          {
            maxLength: 40,
          },
        ),
        (greeted, chunks) => {
          const { sender, drain } = greeted ? open(...PUSH) : open()
          for (const chunk of chunks) {
            const text = sender.receive(chunk)
            expect(text === '' || text.endsWith('\r\n')).toBe(true)
            for (const location of sender.wanted()?.from.keys() ?? []) expect(LOCATIONS).toContain(location)
            for (const line of drain())
              expect(line).toMatch(
                /^(ack~getdata~\d+|CT01_33~[1-9]\d*~(start|finish)~(\d+|guntime)~[^~]+~0~0F2A38~1)$/,
              )
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('does not care how what it hears is cut and glued', () => {
    fc.assert(
      fc.property(
        fc.array(commands, { maxLength: 30 }),
        fc.array(fc.nat(600), { maxLength: 12 }),
        (lines, at) => {
          const bytes = Buffer.from(['Scoring~1~1', 'stream-mode=push', ...lines, ''].join('\r\n'))
          const [whole, cut] = [open(), open()]
          const places = [0, ...at.filter(each => each < bytes.length).sort((a, b) => a - b), bytes.length]
          const replies = places
            .slice(1)
            .map((to, index) => cut.sender.receive(bytes.subarray(places[index], to)))
            .join('')
          expect(replies).toBe(whole.sender.receive(bytes))
          expect(cut.drain()).toEqual(whole.drain())
        },
      ),
      { numRuns: 200 },
    )
  })

  test('holds no more than a line of an endless one, and no more calls than it allows', () => {
    const { sender, say } = open('stream-mode=pull')
    const megabyte = Buffer.alloc(1 << 20, 120)
    for (let sent = 0; sent < 30; sent++) expect(sender.receive(megabyte).length).toBeLessThan(50)
    expect(say('', 'ping')).toContain('ack~ping')
  })
})
