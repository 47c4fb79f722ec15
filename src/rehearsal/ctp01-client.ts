import { connect, type Socket } from 'node:net'
import { type Ctp01Settings, readSettings, type StreamRow, tagLine } from './ctp01-lines.ts'
import { createWallClock } from './wall-clock.ts'

export interface RehearsalRead {
  readonly location: string
  /** The chip as the box writes it. */
  readonly tag: string
  /** ms UTC; the line carries the wall clock of the client's zone. */
  readonly at: number
  readonly readerId: string
  readonly gator: number
  readonly lap?: number
}

export interface Ctp01Parts {
  readonly host: string
  readonly port: number
  readonly clock: () => number
  /** The zone the controllers' wall clocks show (IANA). */
  readonly zone: string
  readonly eventName: string
  readonly eventId?: string
  readonly description?: string
  readonly locations: readonly string[]
  /** 40 hex digits; stays the same over reconnections. */
  readonly connectionId: string
  readonly controllerId?: string
  /** How long after a lost connection the next is tried; default 500. */
  readonly reconnectMs?: number
  /** Its own pings to the server; default none. */
  readonly pingEveryMs?: number
}

/** ChronoTrack's SimpleClient: calls the scoring software, speaks first, streams what it is asked for. */
export interface Ctp01Client {
  /** Resolves when the first attempt has succeeded or failed; then it keeps trying by itself. */
  start(): Promise<void>
  stop(): Promise<void>
  push(read: RehearsalRead): void
  /** A read that gets lost on its way: it has its number and comes only to who asks for it again. */
  lose(read: RehearsalRead): void
  gun(location: string, at: number): void
  addLocation(name: string): void
  /** Cuts the connection, as a pulled cable does. */
  drop(): void
  /** The program starts over: the streams are empty and numbered from 1 under a new connection id. */
  restartAs(connectionId: string): void
  readonly connected: boolean
  /** Tag lines handed to the network, those sent again included. */
  readonly sentCount: number
  /** Lines in the streams, guns included, sent or not. */
  readonly pushedCount: number
  readonly pongs: number
  /** Commands and greetings that came from the server, in order. */
  readonly heard: readonly string[]
}

interface Stream {
  readonly name: string
  readonly rows: StreamRow[]
  /** Index of the row to send next; null while stopped. */
  next: number | null
}

interface Link {
  readonly socket: Socket
  buffer: string
  settingsLeft: number | null
  readonly settingLines: string[]
  settings: Ctp01Settings | null
  idAsked: boolean
  blocked: boolean
}

const batch = 200

export function createCtp01Client(parts: Ctp01Parts): Ctp01Client {
  const wall = createWallClock(parts.zone)
  const controllerId = parts.controllerId ?? 'DF239A'
  const heard: string[] = []
  let connectionId = parts.connectionId
  let streams: Stream[] = parts.locations.map(newStream)
  let unannounced: Stream[] = []
  let link: Link | null = null
  let socketOpen: Socket | null = null
  const lost = new Set<StreamRow>()
  let running = false
  let retry: NodeJS.Timeout | undefined
  let pinger: NodeJS.Timeout | undefined
  let sentCount = 0
  let pongs = 0

  const say = (line: string) => link?.socket.write(`${line}\r\n`)
  const available = () => (link?.settings?.single ? streams.slice(0, 1) : streams)

  /** One attempt; settles when it is decided. */
  function open(): Promise<void> {
    return new Promise(resolve => {
      const socket = connect({ host: parts.host, port: parts.port })
      socketOpen = socket
      const opened: Link = {
        socket,
        buffer: '',
        settingsLeft: null,
        settingLines: [],
        settings: null,
        idAsked: false,
        blocked: false,
      }
      socket.setNoDelay(true)
      socket.setEncoding('utf8')
      socket.on('connect', () => {
        link = opened
        // A server that wants these knows them from getlocations.
        unannounced = []
        say('SimpleClient~0.6.0~CTP01')
        resolve()
      })
      socket.on('data', chunk => hear(opened, String(chunk)))
      socket.on('drain', () => {
        opened.blocked = false
        pump()
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        if (link === opened) link = null
        for (const stream of streams) stream.next = null
        if (running) retry = setTimeout(open, parts.reconnectMs ?? 500)
        resolve()
      })
    })
  }

  function hear(from: Link, chunk: string): void {
    const lines = (from.buffer + chunk).split('\n')
    from.buffer = lines.pop() ?? ''
    for (const line of lines) if (link === from) listen(from, line.replace(/\r$/, ''))
  }

  function listen(from: Link, line: string): void {
    heard.push(line)
    if (from.settings) {
      obey(from, line)
      return
    }
    if (from.settingsLeft === null) from.settingsLeft = Number(line.split('~')[2] ?? 0) || 0
    else {
      from.settingLines.push(line)
      from.settingsLeft -= 1
    }
    if (from.settingsLeft === 0) from.settings = readSettings(from.settingLines)
  }

  function obey(from: Link, line: string): void {
    const [command = '', location, seq] = line.split('~')
    switch (command) {
      case 'geteventinfo':
        say(
          `ack~geteventinfo~${parts.eventName}~${parts.eventId ?? '1'}~${parts.description ?? parts.eventName}`,
        )
        return
      case 'getlocations':
        say(['ack~getlocations', ...available().map(stream => stream.name)].join('~'))
        return
      case 'getconnectionid':
        say(`ack~getconnectionid~${connectionId}`)
        from.idAsked = true
        announce()
        return
      case 'ping':
        say('ack~ping')
        return
      case 'ack':
        if (location === 'ping') pongs += 1
        return
      case 'err':
        return
      case 'start':
        if (from.settings?.push) setNext(command, location, Math.max(Number(seq ?? 1) || 1, 1) - 1)
        else say('err~start~not in push mode')
        return
      case 'stop':
        setNext(command, location, null)
        return
      default:
        say('err~~unknown command')
    }
  }

  function setNext(command: 'start' | 'stop', location: string | undefined, next: number | null): void {
    const chosen = available().filter(stream => !location || stream.name === location)
    const acks = link?.settings?.acks
    if (location && chosen.length === 0) {
      if (acks) say(`err~${command}~invalid location`)
      return
    }
    if (acks) say(location ? `ack~${command}~${location}` : `ack~${command}`)
    for (const stream of chosen) stream.next = next
    pump()
  }

  /** Sends what is due until the network says wait; `drain` calls again. */
  function pump(): void {
    for (const stream of streams) {
      while (link && !link.blocked && stream.next !== null && stream.next < stream.rows.length) {
        const text = nextLines(stream, stream.next, link.settings)
        stream.next = Math.min(stream.next + batch, stream.rows.length)
        if (text) link.blocked = !link.socket.write(text)
      }
    }
  }

  function nextLines(stream: Stream, from: number, settings: Ctp01Settings | null): string {
    let text = ''
    for (const [index, row] of stream.rows.slice(from, from + batch).entries()) {
      if (row.tag === 'guntime' && !settings?.guntimes) continue
      if (lost.delete(row)) continue
      text += tagLine(from + index + 1, stream.name, row, settings?.timeFormat ?? 'normal', wall)
      sentCount += 1
    }
    return text
  }

  /** As in the vendor's example its number is the link's, not the location's: it is no place to resume from. */
  function announce(): void {
    const settings = link?.settings
    if (!settings?.newlocations || (settings.holdUntilAsked && !link?.idAsked)) return
    for (const stream of unannounced) {
      const row = { tag: 'newlocation', at: parts.clock(), lap: 0, readerId: controllerId, gator: 0 }
      link?.socket.write(tagLine(pushed() + 1, stream.name, row, settings.timeFormat, wall))
    }
    unannounced = []
  }

  function append(location: string, row: StreamRow): void {
    const stream = streams.find(({ name }) => name === location)
    if (!stream) throw new Error(`no location ${location}`)
    stream.rows.push(row)
    pump()
  }

  const pushed = () => streams.reduce((sum, { rows }) => sum + rows.length, 0)

  return {
    start() {
      running = true
      if (parts.pingEveryMs) pinger = setInterval(() => link?.settings && say('ping'), parts.pingEveryMs)
      return open()
    },
    async stop() {
      running = false
      clearTimeout(retry)
      clearInterval(pinger)
      socketOpen?.destroy()
    },
    push({ location, lap = 0, ...read }) {
      append(location, { ...read, lap })
    },
    lose({ location, lap = 0, ...read }) {
      const row = { ...read, lap }
      lost.add(row)
      append(location, row)
    },
    gun(location, at) {
      append(location, { tag: 'guntime', at, lap: 0, readerId: controllerId, gator: 0 })
    },
    addLocation(name) {
      const stream = newStream(name)
      streams.push(stream)
      if (!link) return
      unannounced.push(stream)
      announce()
    },
    drop: () => link?.socket.resetAndDestroy(),
    restartAs(id) {
      connectionId = id
      streams = streams.map(({ name }) => newStream(name))
      link?.socket.resetAndDestroy()
    },
    get connected() {
      return link !== null
    },
    get sentCount() {
      return sentCount
    },
    get pushedCount() {
      return pushed()
    },
    get pongs() {
      return pongs
    },
    heard,
  }
}

function newStream(name: string): Stream {
  if (name.length > 16 || /[,;~|\t\0]/.test(name)) throw new Error(`${name} is no CTP01 location`)
  return { name, rows: [], next: null }
}
