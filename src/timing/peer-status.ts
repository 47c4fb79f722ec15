import type { ProtocolName, StreamPeer } from './protocols/protocol.ts'
import type { ReaderClock } from './reader-clocks.ts'

/** One connected client, as screens show it. */
export interface PeerStatus extends StreamPeer, PeerCounts {
  readonly id: number
  readonly protocol: ProtocolName
  /** `address:port` */
  readonly address: string
  readonly sessionId: string
  /** Moments are ms UTC. */
  readonly connectedAt: number
  /** Null while it is connected. */
  readonly disconnectedAt: number | null
  readonly state: 'greeting' | 'streaming' | 'silent' | 'gone'
  readonly lastHeardAt: number
  /** Of the devices that its reads name. */
  readonly clocks: readonly ReaderClock[]
}

export interface ListenerStatus {
  readonly protocol: ProtocolName
  readonly listening: boolean
  readonly host: string
  /** The port in use; of port 0 the one that was given. */
  readonly port: number
  readonly peers: readonly PeerStatus[]
  /** What keeps reads from being stored, in words. */
  readonly problem: string | null
}

/** How many reads were linked, and of how many of them nobody was known. */
export interface UnknownCount {
  readonly reads: number
  readonly unknown: number
}

interface PeerCounts {
  readonly lastReadAt: number | null
  /** Over the last ten seconds. */
  readonly readsPerSecond: number
  /** Reads that were new to the journal. */
  readonly reads: number
  readonly redelivered: number
  /** Reads nobody was known for when they came. */
  readonly unknown: number
  readonly refused: number
  /** From the socket to the link, ms, over the last minute; null: nothing was linked in it. */
  readonly latency: { readonly min: number; readonly average: number; readonly max: number } | null
  /** Of the last two minutes, and of all before them. */
  readonly lately: UnknownCount
  readonly before: UnknownCount
}

/** Counts of one peer. */
export interface PeerCounter {
  journalled(added: number, redelivered: number, at: number): void
  refused(count: number): void
  linked(isUnknown: boolean, latencyMs: number, at: number): void
  read(at: number): PeerCounts
}

const RATE_S = 10
const LATENCY_S = 60
const LATELY_S = 120

/** What happened within one second. */
interface Second {
  readonly second: number
  added: number
  linked: number
  unknown: number
  least: number
  most: number
  sum: number
}

export function createPeerCounter(): PeerCounter {
  let seconds: Second[] = []
  let lastReadAt: number | null = null
  let reads = 0
  let redelivered = 0
  let linked = 0
  let unknown = 0
  let refused = 0

  const secondOf = (at: number): Second => {
    const second = Math.floor(at / 1000)
    const last = seconds.at(-1)
    if (last?.second === second) return last
    const made = { second, added: 0, linked: 0, unknown: 0, least: Number.POSITIVE_INFINITY, most: 0, sum: 0 }
    // A clock that was set back leaves nothing that seems to lie ahead.
    seconds = [...seconds.filter(each => each.second < second && each.second > second - LATELY_S), made]
    return made
  }

  return {
    journalled(added, again, at) {
      reads += added
      redelivered += again
      if (added + again === 0) return
      lastReadAt = at
      secondOf(at).added += added
    },
    refused(count) {
      refused += count
    },
    linked(isUnknown, latencyMs, at) {
      const now = secondOf(at)
      linked += 1
      now.linked += 1
      if (isUnknown) {
        unknown += 1
        now.unknown += 1
      }
      now.sum += latencyMs
      if (latencyMs < now.least) now.least = latencyMs
      if (latencyMs > now.most) now.most = latencyMs
    },
    read(at) {
      const second = Math.floor(at / 1000)
      const lately = { reads: 0, unknown: 0 }
      const latency = { min: Number.POSITIVE_INFINITY, sum: 0, max: 0, of: 0 }
      let recent = 0
      for (const each of seconds) {
        const age = second - each.second
        if (age >= LATELY_S) continue
        lately.reads += each.linked
        lately.unknown += each.unknown
        if (age < RATE_S) recent += each.added
        if (age >= LATENCY_S) continue
        latency.min = Math.min(latency.min, each.least)
        latency.max = Math.max(latency.max, each.most)
        latency.sum += each.sum
        latency.of += each.linked
      }
      return {
        ...{ lastReadAt, readsPerSecond: recent / RATE_S, reads, redelivered, unknown, refused },
        latency:
          latency.of === 0 ? null : { min: latency.min, average: latency.sum / latency.of, max: latency.max },
        lately,
        before: { reads: linked - lately.reads, unknown: unknown - lately.unknown },
      }
    },
  }
}
