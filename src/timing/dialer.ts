import { connect, type Socket } from 'node:net'
import type { Service } from '../core/runtime.ts'
import { type DialedReader, dialedReaders } from '../store/dialed-readers.ts'
import { type ConnectionParts, type Connections, createConnections } from './connections.ts'
import type { PeerStatus } from './peer-status.ts'
import type { StreamParts, StreamProtocol } from './protocols/protocol.ts'
import { createRaceResult } from './protocols/race-result.ts'

/** One reader of the list, connected or not. */
export interface DialStatus extends DialedReader {
  readonly state: 'connected' | 'calling'
  /** What is in the way, in words. */
  readonly message: string | null
  /** Since when it is connected, or not; ms UTC. */
  readonly since: number
}

export interface Dialer extends Service {
  status(): readonly DialStatus[]
  peers(): readonly PeerStatus[]
  /** Lets a connection go, to call anew; false if there is none of that id. */
  letGo(id: number): boolean
  /** What keeps reads from being stored, in words. */
  problem(): string | null
  /** Called when a line, or a peer, is another; not for counts. At most five times a second. */
  onStatus(listener: () => void): () => void
}

/** How often a decoder is asked for what is new. */
const POLL_MS = 1000
/** A decoder that left so many polls unanswered is called anew. */
const SILENCE_MS = 5000
/** Together below five seconds: so soon a reader that is back is connected. */
const ANSWER_MS = 2500
const PAUSES_MS = [250, 500, 1000, 2000] as const

const OPENS: Readonly<
  Record<DialedReader['protocol'], (reader: DialedReader, parts: StreamParts) => StreamProtocol>
> = {
  'race-result': ({ name, location }, parts) => createRaceResult({ ...parts, name, location }),
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at that port: is it switched on, and the port right?',
  EHOSTUNREACH: 'no way leads there: look at the cable, the Wi-Fi and its address.',
  ENETUNREACH: 'no way leads there: look at the cable, the Wi-Fi and its address.',
  ENOTFOUND: 'nobody knows that name; use its address in numbers.',
  EAI_AGAIN: 'nobody knows that name; use its address in numbers.',
}

interface Line {
  readonly reader: DialedReader
  readonly key: string
  socket: Socket | null
  connected: boolean
  failures: number
  message: string | null
  since: number
  again: NodeJS.Timeout | undefined
  ended: boolean
}

const keyOf = ({ protocol, name, host, port, location }: DialedReader): string =>
  JSON.stringify([protocol, name, host, port, location])

/** Calls the readers of the list, and again whenever one is gone; the list may change at any time. */
export function createDialer(parts: ConnectionParts): Dialer {
  const { store, log, clock } = parts
  const connections: Connections = createConnections('race-result', {
    ...parts,
    pingMs: parts.pingMs ?? POLL_MS,
    silenceMs: parts.silenceMs ?? SILENCE_MS,
  })
  let lines: readonly Line[] = []
  let hearing: (() => void) | null = null

  function call(line: Line): void {
    const { reader } = line
    const { host, port } = reader
    const socket = connect({ host, port })
    line.socket = socket
    const slow = setTimeout(
      () => socket.destroy(new Error('it does not answer: look at the cable, the Wi-Fi and its address.')),
      ANSWER_MS,
    )
    socket.once('connect', () => {
      clearTimeout(slow)
      line.connected = true
      line.since = clock()
      line.failures = 0
      line.message = null
      connections.add(socket, stream => OPENS[reader.protocol](reader, stream))
    })
    socket.on('error', error => {
      const code = 'code' in error ? String(error.code) : ''
      line.message = `${reader.name} (${host}:${port}): ${WORDS[code] ?? error.message}`
    })
    socket.once('close', () => {
      clearTimeout(slow)
      if (line.connected) {
        line.message ??= `${reader.name} (${host}:${port}): the connection was lost.`
        line.since = clock()
      }
      line.connected = false
      line.socket = null
      connections.changed()
      if (line.ended) return
      const pause = PAUSES_MS[Math.min(line.failures, PAUSES_MS.length - 1)] ?? POLL_MS
      line.failures += 1
      line.again = setTimeout(() => call(line), pause)
    })
  }

  const hangUp = (line: Line): Promise<void> => {
    line.ended = true
    clearTimeout(line.again)
    const { socket } = line
    if (socket === null) return Promise.resolve()
    return new Promise(resolve => {
      socket.once('close', () => resolve())
      socket.destroy()
    })
  }

  /** The list has changed: what is new is called, what is gone let go, the others are left alone. */
  function follow(): void {
    const wanted = dialedReaders(store.read)
    const keys = new Set(wanted.map(keyOf))
    for (const line of lines) if (!keys.has(line.key)) void hangUp(line)
    lines = wanted.map(reader => {
      const key = keyOf(reader)
      const known = lines.find(line => line.key === key)
      if (known) return known
      const line: Line = {
        ...{ reader, key, socket: null, connected: false, failures: 0, message: null },
        ...{ since: clock(), again: undefined, ended: false },
      }
      log.info({ reader: reader.name, host: reader.host, port: reader.port }, 'calling a reader')
      call(line)
      return line
    })
    connections.changed()
  }

  return {
    async start() {
      if (hearing) return
      connections.start()
      hearing = store.onChange(tables => {
        if (tables.has('settings')) follow()
      })
      follow()
    },
    async stop() {
      hearing?.()
      hearing = null
      await Promise.all(lines.map(hangUp))
      lines = []
      await connections.stop()
    },
    status() {
      const peers = connections.peers()
      return lines.map(({ reader, connected, message, since }) => {
        const peer = peers.findLast(each => each.program === reader.name)
        const trouble = connections.problem() ?? peer?.lastError ?? null
        return {
          ...reader,
          state: connected ? 'connected' : 'calling',
          message: message ?? (connected ? trouble : null),
          since,
        }
      })
    },
    peers: connections.peers,
    letGo: connections.letGo,
    problem: connections.problem,
    onStatus: connections.onChange,
  }
}
