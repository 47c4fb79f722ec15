import type { Socket } from 'node:net'
import type { UnlinkedReason } from '../core/model.ts'
import type { Clock, Log } from '../core/runtime.ts'
import type { SessionContext } from '../store/reads.ts'
import type { Store } from '../store/store.ts'
import { resumePoint } from '../store/stream-numbers.ts'
import { createFloodTurns, type FloodTurns } from './flood-turns.ts'
import { type Chunk, createIntake, type Stored, type Told } from './intake.ts'
import type { Linker } from './linker.ts'
import { createPeerCounter, type PeerCounter, type PeerStatus } from './peer-status.ts'
import type { ProtocolName, Received, StreamParts, StreamProtocol } from './protocols/protocol.ts'
import { createReaderClocks } from './reader-clocks.ts'
import { createTelling } from './telling.ts'

export interface ConnectionParts {
  readonly store: Store
  readonly linker: Linker
  readonly log: Log
  readonly clock: Clock
  /** The session that reads go to; asked for every connection, and again when sessions or settings change. */
  readonly sessionFor: () => SessionContext
  /** Shared by all who bring reads live. */
  readonly floods?: FloodTurns
  /** Ms between pings; ms of silence after which a peer is taken for gone. */
  readonly pingMs?: number
  readonly silenceMs?: number
}

/** The sockets of one protocol, whoever called whom: each chunk is in the journal, and on the disk, before any reply to it. */
export interface Connections {
  start(): void
  stop(): Promise<void>
  /** A socket that is connected. */
  add(socket: Socket, open: (parts: StreamParts) => StreamProtocol): void
  peers(): readonly PeerStatus[]
  /** Lets a peer's connection go; it calls again, or is called. False if there is none of that id. */
  letGo(id: number): boolean
  /** What keeps reads from being stored, in words. */
  problem(): string | null
  /** What belongs to the peers and is not in them is another: who listens is told. */
  changed(): void
  /** Called when a peer or what keeps reads from being stored is another; not for counts. At most five times a second. */
  onChange(listener: () => void): () => void
}

interface Peer {
  readonly id: number
  readonly address: string
  readonly socket: Socket
  readonly protocol: StreamProtocol
  readonly counter: PeerCounter
  readonly connectedAt: number
  lastHeardAt: number
  /** How often it was heard. */
  heard: number
  /** Devices that its reads name. */
  readonly devices: Set<string>
  session: SessionContext
  /** Refused lines that were kept; noise must not fill the disk. */
  refusedKept: number
  /** Chunks that wait for the journal or the disk, and their replies with them. */
  untold: number
  /** Reads of these that wait for the journal, and for the disk. */
  unkept: number
  unforced: number
  disconnectedAt: number | null
}

/** Reads of one transaction that wait for their links. */
interface Awaited {
  readonly peer: Peer
  readonly lastId: number
  readonly receivedAt: number
}

/** A peer that does not know a question is not waited for longer than twice this. */
const NUDGE_MS = 2000
/** After a jump of the clock, as of a laptop that slept, a peer has so long to answer. */
const WAKE_MS = 3000
/** Reasons why a read was nobody's that mean an unknown chip or bib; a test chip is known. */
const UNKNOWN: ReadonlySet<string> = new Set(['unknown-chip', 'unknown-bib'] satisfies UnlinkedReason[])
/** Peers that are still shown after they left. */
const GONE_SHOWN = 10
const REFUSED_KEPT = 1000
/** Replies a peer may leave unread, in bytes. */
const UNREAD_REPLIES = 1 << 20

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'))

/** One that fills this has more to say at once. */
const LARGE_CHUNK = 16_384

/** Reads of a peer that may wait for the journal, and for the disk; one that sends more is not heard meanwhile. */
const UNKEPT = 1000
const UNFORCED = 8000
const isHeld = (peer: Peer): boolean => peer.unkept >= UNKEPT || peer.unforced >= UNFORCED

/** Else all that a flood has ready, 32 chunks of each reader, would be kept before anybody else got a turn. */
function giveWay(peer: Peer, floods: FloodTurns): void {
  peer.socket.pause()
  floods.wait(() => {
    if (!isHeld(peer)) peer.socket.resume()
  })
}

/** Whether a peer that left is the one that is connected now. */
function isBack(left: Peer, now: Peer): boolean {
  const [before, after] = [left.protocol.peer, now.protocol.peer]
  if (before.streamId !== null && after.streamId !== null) return before.streamId === after.streamId
  return hostOf(left.address) === hostOf(now.address) && before.program === after.program
}

export function createConnections(protocolName: ProtocolName, parts: ConnectionParts): Connections {
  const { store, linker, log, clock, sessionFor } = parts
  const pingMs = parts.pingMs ?? 10_000
  const silenceMs = parts.silenceMs ?? 30_000
  const peers = new Map<number, Peer>()
  const clocks = createReaderClocks()
  const floods = parts.floods ?? createFloodTurns()
  const intake = createIntake<Peer>({ store, log })
  let gone: readonly Peer[] = []
  let awaited: Awaited[] = []
  let timers: readonly NodeJS.Timeout[] = []
  let hearing: readonly (() => void)[] = []
  let lastPeer = 0
  let lastPing = 0
  let waking: NodeJS.Timeout | undefined

  const statusOf = (peer: Peer, now: number): PeerStatus => {
    const { id, address, session, connectedAt, disconnectedAt, lastHeardAt, protocol, counter } = peer
    const heard = protocol.peer
    const silent = now - lastHeardAt > pingMs * 1.5
    const state =
      disconnectedAt !== null ? 'gone' : silent ? 'silent' : heard.streaming ? 'streaming' : 'greeting'
    const own = {
      id,
      protocol: protocolName,
      address,
      sessionId: session.id,
      connectedAt,
      disconnectedAt,
      state,
      lastHeardAt,
    } as const
    const known = [...peer.devices].flatMap(device => clocks.read(device) ?? [])
    return { ...own, ...heard, ...counter.read(now), clocks: known }
  }

  const telling = createTelling(() => [
    [...gone, ...peers.values()].map(peer => [
      peer.id,
      peer.session.id,
      peer.disconnectedAt,
      peer.protocol.peer,
    ]),
    intake.problem(),
  ])

  const send = (peer: Peer, replies: readonly string[]): void => {
    if (replies.length === 0 || peer.socket.destroyed) return
    peer.socket.write(replies.join(''))
    if (peer.socket.writableLength > UNREAD_REPLIES) peer.socket.destroy()
  }

  const journalled = (peer: Peer, { reads, receivedAt }: Chunk, stored: Stored): void => {
    const lastId = stored.added.at(-1)
    if (lastId !== undefined) awaited.push({ peer, lastId, receivedAt })
    peer.counter.journalled(stored.added.length, stored.redelivered, receivedAt)
    for (const { device, readAt, kind } of reads) {
      if (readAt !== null && kind === 'chip' && clocks.heard(device, readAt, receivedAt))
        peer.devices.add(device)
    }
  }

  const release = (peer: Peer, waits: Partial<Pick<Peer, 'unkept' | 'unforced'>>): void => {
    const wasHeld = isHeld(peer)
    Object.assign(peer, waits)
    if (wasHeld && !isHeld(peer)) peer.socket.resume()
  }
  /** Apart from the reads: while the disk is waited for they are not kept in memory. */
  const told = (peer: Peer, count: number, refused: number, replies: readonly string[]): Told => ({
    kept(stored, chunk) {
      journalled(peer, chunk, stored)
      peer.counter.refused(refused)
      release(peer, { unkept: peer.unkept - count, unforced: peer.unforced + count })
    },
    done(isStored) {
      peer.untold -= 1
      if (isStored) {
        send(peer, replies)
        release(peer, { unforced: peer.unforced - count })
      } else peer.socket.destroy()
      telling.look()
    },
  })

  /** Journal first. What cannot be stored is not answered: the peer is let go and sends again what is not stored. */
  const handle = (peer: Peer, received: Received): void => {
    const { reads, refused, replies } = received
    // Replies go in the order of what they answer.
    if (reads.length + refused.length + peer.untold === 0) {
      send(peer, replies)
      telling.look()
      return
    }
    const refusedNow = refused.slice(0, REFUSED_KEPT - peer.refusedKept)
    peer.refusedKept += refusedNow.length
    const { address, session } = peer
    const chunk = { sessionId: session.id, address, reads, refused: refusedNow, receivedAt: clock() }
    peer.untold += 1
    peer.unkept += reads.length
    intake.take(peer, chunk, told(peer, reads.length, refused.length, replies))
    if (isHeld(peer)) peer.socket.pause()
  }

  const add: Connections['add'] = (socket, open) => {
    lastPeer += 1
    const protocol = open({
      context: () => peer.session,
      resumeFrom: (streamId, location) => resumePoint(store.read, streamId, location),
    })
    const peer: Peer = {
      id: lastPeer,
      address: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`,
      socket,
      protocol,
      counter: createPeerCounter(),
      connectedAt: clock(),
      lastHeardAt: clock(),
      heard: 0,
      devices: new Set(),
      session: sessionFor(),
      refusedKept: 0,
      untold: 0,
      unkept: 0,
      unforced: 0,
      disconnectedAt: null,
    }
    peers.set(peer.id, peer)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, pingMs)
    socket.on('data', chunk => {
      peer.lastHeardAt = clock()
      peer.heard += 1
      handle(peer, protocol.receive(chunk))
      if (chunk.length >= LARGE_CHUNK) giveWay(peer, floods)
      if (protocol.peer.program !== null) gone = gone.filter(other => !isBack(other, peer))
    })
    socket.on('error', error =>
      log.info({ peer: peer.address, error: String(error) }, 'reader connection broke'),
    )
    socket.on('close', () => {
      peer.disconnectedAt = clock()
      peers.delete(peer.id)
      handle(peer, protocol.end())
      intake.flush()
      // One that never said who it is was no reader.
      if (protocol.peer.program !== null) gone = [...gone, peer].slice(-GONE_SHOWN)
      log.info({ peer: peer.address }, 'reader disconnected')
      telling.look()
    })
    log.info({ peer: peer.address }, 'reader connected')
    handle(peer, protocol.begin())
  }

  const giveUp = (peer: Peer, now: number): void => {
    log.warn({ peer: peer.address, silentMs: now - peer.lastHeardAt }, 'reader silent; connection given up')
    peer.socket.destroy()
  }

  /**
   * The time between two pings that took much longer, or less than none, says nothing of the peers: the laptop slept or
   * its clock was set. Who answers now lives; who does not is found at once, not after another silence.
   */
  const woke = (now: number): void => {
    log.info({ jumpMs: now - lastPing }, 'the clock has jumped; readers are asked anew')
    for (const peer of peers.values()) peer.lastHeardAt = Math.min(peer.lastHeardAt, now)
    const asked = [...peers.values()].map(peer => ({ peer, heard: peer.heard }))
    clearTimeout(waking)
    waking = setTimeout(
      () => {
        for (const { peer, heard } of asked)
          if (peer.heard === heard && peer.protocol.peer.streaming) giveUp(peer, clock())
      },
      Math.min(WAKE_MS, silenceMs),
    )
  }

  const ping = (): void => {
    const now = clock()
    const jumped = now < lastPing || now - lastPing > Math.max(2 * pingMs, silenceMs / 2)
    if (jumped) woke(now)
    lastPing = now
    for (const peer of peers.values()) {
      if (!jumped && now - peer.lastHeardAt >= silenceMs) giveUp(peer, now)
      else handle(peer, peer.protocol.ping())
    }
  }

  const nudge = (): void => {
    for (const peer of peers.values()) {
      if (!peer.protocol.peer.streaming) handle(peer, peer.protocol.nudge())
    }
  }

  const sessionsChanged = (): void => {
    try {
      for (const peer of peers.values()) peer.session = sessionFor()
    } catch (error) {
      log.error({ error: String(error) }, 'no timing session; reads go on to the one they went to')
    }
  }

  /** Counts who was unknown and how long it took; links come in the order of the journal. */
  const linked = (links: readonly { readonly id: number; readonly reason: string | null }[]): void => {
    const now = clock()
    let at = 0
    for (const link of links) {
      while (at < awaited.length && (awaited[at]?.lastId ?? 0) < link.id) at += 1
      const batch = awaited[at]
      if (!batch) break
      const isUnknown = link.reason !== null && UNKNOWN.has(link.reason)
      batch.peer.counter.linked(isUnknown, now - batch.receivedAt, now)
    }
    const through = links.at(-1)?.id ?? 0
    awaited = awaited.filter(batch => batch.lastId > through)
    telling.look()
  }

  return {
    start() {
      lastPing = clock()
      timers = [setInterval(ping, pingMs), setInterval(nudge, Math.min(NUDGE_MS, pingMs))]
      hearing = [
        linker.onLinked(linked),
        store.onChange(tables => {
          if (tables.has('timing_sessions') || tables.has('race_days') || tables.has('settings'))
            sessionsChanged()
        }),
      ]
      telling.look()
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      for (const stop of hearing) stop()
      clearTimeout(waking)
      timers = []
      hearing = []
      await Promise.all(
        [...peers.values()].map(({ socket }) => {
          const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
          socket.destroy()
          return closed
        }),
      )
      awaited = []
      telling.stop()
    },
    add,
    peers() {
      const now = clock()
      return [...gone, ...peers.values()].map(peer => statusOf(peer, now))
    },
    letGo(id) {
      const peer = peers.get(id)
      peer?.socket.destroy()
      return peer !== undefined
    },
    problem: intake.problem,
    changed: telling.changed,
    onChange: telling.onChange,
  }
}
