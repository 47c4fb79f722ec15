import { connect, type Socket } from 'node:net'
import { createWallClock } from './wall-clock.ts'

export interface MylapsRead {
  readonly location: string
  /** 7 characters. */
  readonly chip: string
  /** ms UTC; a record carries the wall clock of the client's zone, version 2 also UTC where it is asked for. */
  readonly at: number
  readonly device?: number
  readonly antenna?: string
  readonly lap?: number
  readonly bib?: string
}

export interface MylapsParts {
  readonly host: string
  readonly port: number
  /** IANA */
  readonly zone: string
  /** A program of version 1 does not know the 2.1 it is offered. */
  readonly version: 1 | 2
  readonly raceName: string
  readonly locations: readonly string[]
  /** After this long without an acknowledgement, or up to twice, a message is sent again; in the field about 20,000. */
  readonly resendMs?: number
  readonly reconnectMs?: number
  /** Reads of one location that go into one message at most; default 20. */
  readonly perMessage?: number
}

/** MYLAPS Timing & Scoring: calls the scoring software and sends every message until its number is acknowledged. */
export interface MylapsClient {
  /** Resolves when the first attempt has succeeded or failed; then it keeps trying by itself. */
  start(): Promise<void>
  stop(): Promise<void>
  push(read: MylapsRead): void
  gun(location: string, name: string, at: number): void
  /** Cuts the connection, as a pulled cable does. */
  drop(): void
  readonly connected: boolean
  /** Messages that nobody has acknowledged. */
  readonly waiting: number
  /** Reads, guns included, whose message was acknowledged. */
  readonly acknowledgedCount: number
  /** Messages handed to the network, those sent again included. */
  readonly sentCount: number
  /** What came from the server, in order, without the `$`. */
  readonly heard: readonly string[]
}

interface Message {
  readonly number: number
  readonly ack: string
  readonly reads: number
  readonly text: (fields: readonly string[] | null) => string
  sent: boolean
  /** It was unanswered already when messages were last sent again. */
  late: boolean
}

export function createMylapsClient(parts: MylapsParts): MylapsClient {
  const wall = createWallClock(parts.zone)
  const heard: string[] = []
  const open = new Map<number, Message>()
  const pending = new Map<string, MylapsRead[]>()
  let socket: Socket | null = null
  let attempt: Socket | null = null
  let greeted = false
  let fields: readonly string[] | null = null
  let running = false
  let retry: NodeJS.Timeout | undefined
  let resend: NodeJS.Timeout | undefined
  let lastNumber = 0
  let sentCount = 0
  let acknowledgedCount = 0

  const say = (text: string) => socket?.write(`${text}@$`)

  function call(): Promise<void> {
    return new Promise(resolve => {
      const opened = connect({ host: parts.host, port: parts.port })
      attempt = opened
      let buffer = ''
      opened.setEncoding('utf8')
      opened.on('connect', () => {
        socket = opened
        say(`${parts.locations[0] ?? 'Finish'}@Pong`)
        resolve()
      })
      opened.on('data', chunk => {
        const frames = (buffer + String(chunk)).split('$')
        buffer = frames.pop() ?? ''
        for (const frame of frames) if (socket === opened) listen(frame)
      })
      opened.on('error', () => {})
      opened.on('close', () => {
        if (socket === opened) socket = null
        greeted = false
        for (const message of open.values()) Object.assign(message, { sent: false, late: false })
        if (running) retry = setTimeout(call, parts.reconnectMs ?? 500)
        resolve()
      })
    })
  }

  function listen(frame: string): void {
    heard.push(frame)
    const [, word = '', ...data] = frame.split('@')
    switch (word) {
      case 'AckPong':
        greeted = true
        fields = data[1] ? data[1].split('|') : null
        sendAll()
        return
      case 'Ping':
        say('T&S@AckPing')
        return
      case 'GetLocations':
        say(['Toolkit@GetLocations', ...parts.locations.map(name => `ln=${name}`)].join('@'))
        return
      case 'GetInfo':
        say(`T&S@AckGetInfo@sd=2021-05-08|rn=${parts.raceName}`)
        return
      case 'AckPassing':
      case 'AckStore':
      case 'AckMarker': {
        const message = open.get(Number(data[0]))
        if (message?.ack !== word) return
        open.delete(message.number)
        acknowledgedCount += message.reads
        return
      }
    }
  }

  function queue(
    ack: string,
    reads: number,
    text: (number: number, asked: readonly string[] | null) => string,
  ): void {
    lastNumber += 1
    const number = lastNumber
    open.set(number, { number, ack, reads, text: asked => text(number, asked), sent: false, late: false })
  }

  function bundle(): void {
    for (const [location, reads] of pending) {
      const most = parts.perMessage ?? 20
      for (let from = 0; from < reads.length; from += most) {
        const some = reads.slice(from, from + most)
        if (parts.version === 1)
          queue('AckStore', some.length, number => [location, 'Store', ...some.map(stored), number].join('@'))
        else {
          queue('AckPassing', some.length, (number, asked) =>
            [location, 'Passing', ...some.map(read => passing(read, asked)), number].join('@'),
          )
        }
      }
    }
    pending.clear()
  }

  function sendAll(): void {
    bundle()
    if (!socket || !greeted) return
    for (const message of open.values()) {
      if (message.sent) continue
      say(message.text(fields))
      message.sent = true
      sentCount += 1
    }
  }

  /** What was only just sent is given its time: else whoever sends without a pause would send much of it twice. */
  function sendAgain(): void {
    for (const message of open.values()) {
      if (message.late) Object.assign(message, { sent: false, late: false })
      else message.late = message.sent
    }
    sendAll()
  }

  const date = (at: number) => wall.dashed(at).slice(2, 10).replaceAll('-', '')
  const time = (at: number) => new Date(wall.asUtc(at)).toISOString().slice(11, 23)

  /** chip, time, reader and hits as in the vendor's example, YYMMDD, a checksum. */
  const stored = (read: MylapsRead) => `${read.chip}${time(read.at)} 3 0F  10000${date(read.at)}70`

  function passing(read: MylapsRead, asked: readonly string[] | null): string {
    const all: readonly (readonly [string, string])[] = [
      ['t', time(read.at)],
      ['c', read.chip],
      ['ct', 'UH'],
      ['d', date(read.at)],
      ['l', String(read.lap ?? 0)],
      ['dv', String(read.device ?? 1)],
      ['re', '0'],
      ['an', read.antenna ?? '00001111'],
      ['g', '0'],
      ['b', read.bib ?? ''],
      ['utc', String(read.at)],
    ]
    return all
      .filter(([key]) => (asked ? asked.includes(key) : key !== 'utc'))
      .map(([key, value]) => `${key}=${value}`)
      .join('|')
  }

  return {
    start() {
      running = true
      resend = setInterval(sendAgain, parts.resendMs ?? 20_000)
      return call()
    },
    async stop() {
      running = false
      clearTimeout(retry)
      clearInterval(resend)
      attempt?.destroy()
    },
    push(read) {
      const waiting = pending.get(read.location)
      if (waiting) waiting.push(read)
      else pending.set(read.location, [read])
      if (pending.size === 1) setImmediate(sendAll)
    },
    gun(location, name, at) {
      queue('AckMarker', 1, number => `${location}@Marker@t=${time(at)}|mt=Gunshot|n=${name}@${number}`)
      sendAll()
    },
    drop: () => socket?.resetAndDestroy(),
    get connected() {
      return socket !== null
    },
    get waiting() {
      return open.size
    },
    get acknowledgedCount() {
      return acknowledgedCount
    },
    get sentCount() {
      return sentCount
    },
    heard,
  }
}
