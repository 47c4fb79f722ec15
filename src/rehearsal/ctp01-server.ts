import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { readStrictly, type TagFields } from './ctp01-strict.ts'

export interface ScoringParts {
  /** 0 takes a free one, and keeps it over restarts. */
  readonly port?: number
  /** As `option=value` goes over the line; what is left out has the vendor's default (pull, normal times). */
  readonly options?: Readonly<Record<string, string>>
  /** Reads asked for at once in pull mode. */
  readonly pullMax?: number
  /** Pause before it asks again when there was nothing; ms. */
  readonly pollMs?: number
}

/** A scoring program that listens for ChronoTrack: keeps what it gets, and refuses what the vendor's page does not allow. */
export interface ScoringProgram {
  start(): Promise<void>
  /** Gone as a closed program is: no port, no connection. */
  stop(): Promise<void>
  /** Forgets how far it came, not what it got: it starts every location from its first read again. */
  forget(): void
  /** Cuts the connection within what comes after so many more reads. */
  cutAfter(reads: number): void
  /** Reads no more from its socket until it is told to go on. */
  pause(): void
  resume(): void
  /** Says a line of its own to whoever is connected. */
  say(line: string): void
  readonly port: number
  readonly connected: boolean
  /** Every read once: by connection id, location and sequence. */
  readonly book: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, TagFields>>>
  /** Reads that came again just as they were. */
  readonly doubles: number
  /** Why it refused; it ends the connection for each. */
  readonly refusals: readonly string[]
  /** Numbers missing below the highest of each location. */
  gaps(): number
  readonly heard: readonly string[]
}

/** What was asked and is not answered yet. */
type Asked = 'getconnectionid' | 'geteventinfo' | 'getlocations' | 'ping'

interface Call {
  readonly socket: Socket
  buffer: string
  greeted: boolean
  streamId: string | null
  asked: Asked[]
  readonly started: Set<string>
  /** The last number of each location on this connection. */
  readonly last: Map<string, number>
  readonly locations: string[]
  /** Tag lines still to come of an answer in pull mode. */
  due: number
  got: number
  turn: number
  poll: NodeJS.Timeout | undefined
}

export function createScoringProgram(parts: ScoringParts = {}): ScoringProgram {
  const options = parts.options ?? {}
  const push = options['stream-mode'] === 'push'
  const timeFormat = options['time-format'] ?? 'normal'
  const pullMax = parts.pullMax ?? 100
  const book = new Map<string, Map<string, Map<number, TagFields>>>()
  const refusals: string[] = []
  const heard: string[] = []
  /** The last number stored, by connection id and location. */
  let memory = new Map<string, number>()
  let server: Server | null = null
  let port = parts.port ?? 0
  let open: Call | null = null
  let doubles = 0
  let cutIn: number | null = null
  let paused = false

  const tell = (call: Call, ...lines: readonly string[]): void => {
    if (!call.socket.destroyed) call.socket.write(lines.map(line => `${line}\r\n`).join(''))
  }
  const refuse = (call: Call, why: string): void => {
    refusals.push(why)
    call.socket.destroy()
  }
  const ask = (call: Call, question: Asked): void => {
    call.asked.push(question)
    tell(call, question)
  }

  const begin = (call: Call, location: string): void => {
    if (!call.locations.includes(location)) call.locations.push(location)
    if (!push || call.started.has(location)) return
    call.started.add(location)
    const last = memory.get(`${call.streamId}~${location}`)
    tell(call, last === undefined ? `start~${location}` : `start~${location}~${last}`)
  }

  /** One location after the other. */
  function pull(call: Call): void {
    if (call.socket.destroyed) return
    const location = call.locations[call.turn % Math.max(call.locations.length, 1)]
    if (location === undefined) {
      call.poll = setTimeout(() => ask(call, 'getlocations'), parts.pollMs ?? 50)
      return
    }
    call.turn += 1
    const last = memory.get(`${call.streamId}~${location}`)
    call.due = -1
    tell(call, `getdata~${pullMax}~${location}~${(last ?? 0) + 1}`)
  }

  function keep(call: Call, line: string): void {
    const read = readStrictly(line, timeFormat)
    if (typeof read === 'string') {
      refuse(call, read)
      return
    }
    const { location, sequence, tag } = read
    if (tag === 'newlocation') {
      if (options.newlocations !== 'true') refuse(call, 'a new location that was not asked for')
      else begin(call, location)
      return
    }
    if (push && tag === 'guntime' && options.guntimes !== 'true') {
      refuse(call, 'a gun that was not asked for')
      return
    }
    if (push ? !call.started.has(location) : call.due <= 0) {
      refuse(call, `a read of ${location} that was not asked for`)
      return
    }
    if (sequence <= (call.last.get(location) ?? 0)) {
      refuse(call, `${location} ${sequence} after ${call.last.get(location)}`)
      return
    }
    call.last.set(location, sequence)
    const stream = book.get(call.streamId ?? '') ?? new Map<string, Map<number, TagFields>>()
    book.set(call.streamId ?? '', stream)
    const kept = stream.get(location) ?? new Map<number, TagFields>()
    stream.set(location, kept)
    const known = kept.get(sequence)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(read))
      refuse(call, `${location} ${sequence} is another read than before`)
    else if (known !== undefined) doubles += 1
    kept.set(sequence, read)
    memory.set(`${call.streamId}~${location}`, sequence)
    if (cutIn !== null) {
      cutIn -= 1
      if (cutIn <= 0) {
        cutIn = null
        call.socket.resetAndDestroy()
      }
    }
    if (push) return
    call.due -= 1
    call.got += 1
    if (call.due === 0) pull(call)
  }

  function greet(call: Call, line: string): void {
    if (!/^[^~]+~[^~]+~CTP01$/.test(line)) {
      refuse(call, `greeting ${line}`)
      return
    }
    call.greeted = true
    const lines = Object.entries(options).map(([option, value]) => `${option}=${value}`)
    tell(call, `Rehearsal Scoring~1.0~${lines.length}`, ...lines)
    ask(call, 'getconnectionid')
    ask(call, 'geteventinfo')
    ask(call, 'getlocations')
  }

  function acked(call: Call, subject: string, values: readonly string[]): void {
    if (subject === 'start' || subject === 'stop') {
      if (options['pushmode-ack'] !== 'true') refuse(call, `ack~${subject} without pushmode-ack`)
      return
    }
    if (subject === 'getdata') {
      const [count = ''] = values
      if (push || call.due !== -1 || !/^\d+$/.test(count) || Number(count) > pullMax) {
        refuse(call, `ack~getdata~${count}`)
        return
      }
      call.due = Number(count)
      if (call.due === 0) {
        const all = call.turn % Math.max(call.locations.length, 1) === 0
        if (all && call.got === 0) call.poll = setTimeout(() => ask(call, 'getlocations'), parts.pollMs ?? 50)
        else pull(call)
        if (all) call.got = 0
      }
      return
    }
    const asked = call.asked.shift()
    if (asked !== subject) {
      refuse(call, `ack~${subject} where ${asked ?? 'nothing'} was asked`)
      return
    }
    if (asked === 'getconnectionid') {
      call.streamId = values[0] ?? ''
      if (!/^[0-9a-f]{40}$/.test(call.streamId)) refuse(call, `connection id ${values.join('~')}`)
    } else if (asked === 'geteventinfo') {
      if (values.length !== 3) refuse(call, `event ${values.join('~')}`)
    } else if (asked === 'getlocations') {
      for (const location of values) begin(call, location)
      if (!push) pull(call)
    }
  }

  function hear(call: Call, line: string): void {
    heard.push(line)
    if (!call.greeted) greet(call, line)
    else if (line.startsWith('CT01_')) keep(call, line)
    else {
      const [word = '', subject = '', ...values] = line.split('~')
      if (word === 'ack') acked(call, subject, values)
      else if (word === 'err' && subject === 'authorize' && options.authentication !== undefined) return
      else refuse(call, line)
    }
  }

  function take(socket: Socket): void {
    const call: Call = {
      ...{ socket, buffer: '', greeted: false, streamId: null, asked: [], due: 0, got: 0, turn: 0 },
      ...{ started: new Set(), last: new Map(), locations: [], poll: undefined },
    }
    open?.socket.destroy()
    open = call
    if (paused) socket.pause()
    socket.setEncoding('utf8')
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(call.poll)
      if (open === call) open = null
    })
    socket.on('data', chunk => {
      const lines = (call.buffer + String(chunk)).split('\n')
      call.buffer = lines.pop() ?? ''
      for (const line of lines) {
        if (socket.destroyed) return
        if (line.endsWith('\r')) hear(call, line.slice(0, -1))
        else refuse(call, 'a line that does not end in CR LF')
      }
    })
  }

  return {
    start() {
      const made = createServer(take)
      server = made
      return new Promise((resolve, reject) => {
        made.once('error', reject)
        made.listen(port, '127.0.0.1', () => {
          port = (made.address() as AddressInfo).port
          resolve()
        })
      })
    },
    stop() {
      const made = server
      server = null
      open?.socket.destroy()
      return made ? new Promise(resolve => made.close(() => resolve())) : Promise.resolve()
    },
    forget() {
      memory = new Map()
    },
    cutAfter(reads) {
      cutIn = reads
    },
    pause() {
      paused = true
      open?.socket.pause()
    },
    resume() {
      paused = false
      open?.socket.resume()
    },
    say(line) {
      if (!open) return
      if (line === 'ping') open.asked.push('ping')
      tell(open, line)
    },
    get port() {
      return port
    },
    get connected() {
      return open?.greeted ?? false
    },
    book,
    get doubles() {
      return doubles
    },
    refusals,
    gaps() {
      let missing = 0
      for (const stream of book.values())
        for (const kept of stream.values()) missing += Math.max(0, ...kept.keys()) - kept.size
      return missing
    },
    heard,
  }
}
