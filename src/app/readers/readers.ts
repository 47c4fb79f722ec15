import { isAppError } from '../../core/errors.ts'
import type { Service } from '../../core/runtime.ts'
import { listeningPort } from '../../store/listening-ports.ts'
import type { ConnectionParts } from '../../timing/connections.ts'
import { createDialer, type Dialer } from '../../timing/dialer.ts'
import { createFloodTurns } from '../../timing/flood-turns.ts'
import { createListener, type Listener } from '../../timing/listener.ts'
import type { PeerStatus } from '../../timing/peer-status.ts'
import { ctp01 } from '../../timing/protocols/ctp01.ts'
import { mylaps } from '../../timing/protocols/mylaps.ts'
import type { ListenedProtocol, ProtocolName } from '../../timing/protocols/protocol.ts'

/** A port that another program held is tried again, so that Trackside takes over when it is free. */
const LISTEN_AGAIN_MS = 2000

/** One port for readers that call us. */
export interface Door {
  readonly protocol: ProtocolName
  readonly state: 'listening' | 'stopped' | 'failed'
  /** The port in use; null while it does not listen. */
  readonly port: number | null
  /** What is wrong, in words. */
  readonly message: string | null
}

/** Everything that brings reads live. A port that is taken stops neither the other nor the app. */
export interface Readers extends Service {
  doors(): readonly Door[]
  peers(): readonly PeerStatus[]
  /** Lets a connection go, to have it anew; false if it is not there. */
  letGo(peer: Pick<PeerStatus, 'protocol' | 'id'>): boolean
  readonly dialer: Dialer
  /** Port that a protocol's readers connect to; null while there is none. */
  port(protocol: ProtocolName): number | null
  /** Resolves when every door stands at the port that the crew chose, or has said why not. */
  settled(): Promise<void>
}

export interface ReadersParts extends ConnectionParts {
  readonly host: string
  /** Null listens to nobody. */
  readonly timingPort: number | null
  readonly mylapsPort: number | null
  readonly changed: () => void
}

interface KeptDoor extends Service {
  readonly protocol: ProtocolName
  door(): Door
  peers(): readonly PeerStatus[]
  /** Moves to the port that the crew chose, if it is another one. */
  follow(): Promise<void>
  letGo(id: number): boolean
}

function keepListening(parts: ReadersParts, protocol: ListenedProtocol, configured: number | null): KeptDoor {
  let listener: Listener | null = null
  let trouble: string | null = null
  let again: NodeJS.Timeout | undefined
  let tried: number | null = null
  let running = false
  /** One after the other: a door that opens while it moves would stand twice. */
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work, work)
    return turn
  }
  const wanted = (): number | null =>
    configured === null ? null : (listeningPort(parts.store.read, protocol.name) ?? configured)

  async function listen(): Promise<void> {
    const port = wanted()
    tried = port
    if (port === null || !running || listener !== null) return
    const made = createListener({ ...parts, protocol, port })
    try {
      await made.start()
      listener = made
      trouble = null
      made.onStatus(parts.changed)
    } catch (error) {
      if (!isAppError(error)) throw error
      trouble = error.message
      again = setTimeout(() => void inTurn(listen), LISTEN_AGAIN_MS)
      again.unref()
    }
    parts.changed()
  }

  async function close(): Promise<void> {
    clearTimeout(again)
    trouble = null
    await listener?.stop()
    listener = null
  }

  return {
    protocol: protocol.name,
    start() {
      running = true
      return inTurn(listen)
    },
    stop() {
      running = false
      return inTurn(close)
    },
    follow: () =>
      inTurn(async () => {
        if (!running || wanted() === tried) return
        await close()
        await listen()
      }),
    door() {
      const status = listener?.status() ?? null
      const message = trouble ?? status?.problem ?? null
      return {
        protocol: protocol.name,
        state: message !== null ? 'failed' : status?.listening ? 'listening' : 'stopped',
        port: status?.listening ? status.port : null,
        message,
      }
    },
    peers: () => listener?.status().peers ?? [],
    letGo: id => listener?.letGo(id) ?? false,
  }
}

export function createReaders(given: ReadersParts): Readers {
  const parts = { ...given, floods: given.floods ?? createFloodTurns() }
  const kept = [keepListening(parts, ctp01, parts.timingPort), keepListening(parts, mylaps, parts.mylapsPort)]
  const dialer = createDialer(parts)
  const doors = (): readonly Door[] => kept.map(each => each.door())
  const settled = async (): Promise<void> => {
    for (const each of kept) await each.follow()
  }
  let hearing: (() => void) | null = null
  return {
    async start() {
      for (const each of kept) await each.start()
      await dialer.start()
      dialer.onStatus(parts.changed)
      hearing = parts.store.onChange(tables => {
        if (tables.has('settings')) void settled()
      })
    },
    async stop() {
      hearing?.()
      hearing = null
      await dialer.stop()
      for (const each of kept) await each.stop()
    },
    doors,
    peers: () => [...kept.flatMap(each => each.peers()), ...dialer.peers()],
    letGo({ protocol, id }) {
      const door = kept.find(each => each.protocol === protocol)
      return door === undefined ? dialer.letGo(id) : door.letGo(id)
    },
    dialer,
    port: protocol => doors().find(door => door.protocol === protocol)?.port ?? null,
    settled,
  }
}
