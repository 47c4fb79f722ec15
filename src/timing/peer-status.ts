import type { ProtocolName, StreamPeer } from './protocols/protocol.ts'

/** One connected client, as screens show it. */
export interface PeerStatus extends StreamPeer {
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
  readonly lastReadAt: number | null
  /** Over the last ten seconds. */
  readonly readsPerSecond: number
  /** Reads that were new to the journal. */
  readonly reads: number
  readonly redelivered: number
  /** Reads nobody was known for when they came. */
  readonly unknown: number
  readonly refused: number
  /** From the socket to the link, ms, of the last batch. */
  readonly latencyMs: number | null
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

/** Counts of one peer. */
export interface PeerCounter {
  journalled(added: number, redelivered: number, at: number): void
  refused(count: number): void
  linked(unknown: number, latencyMs: number): void
  read(
    at: number,
  ): Pick<
    PeerStatus,
    'lastReadAt' | 'readsPerSecond' | 'reads' | 'redelivered' | 'unknown' | 'refused' | 'latencyMs'
  >
}

const SECONDS = 10

export function createPeerCounter(): PeerCounter {
  const perSecond = new Map<number, number>()
  let lastReadAt: number | null = null
  let reads = 0
  let redelivered = 0
  let unknown = 0
  let refused = 0
  let latencyMs: number | null = null
  return {
    journalled(added, again, at) {
      reads += added
      redelivered += again
      if (added + again === 0) return
      lastReadAt = at
      const second = Math.floor(at / 1000)
      perSecond.set(second, (perSecond.get(second) ?? 0) + added)
      for (const old of perSecond.keys()) if (old <= second - SECONDS) perSecond.delete(old)
    },
    refused(count) {
      refused += count
    },
    linked(count, latency) {
      unknown += count
      latencyMs = latency
    },
    read(at) {
      const second = Math.floor(at / 1000)
      let recent = 0
      for (const [when, count] of perSecond) if (when > second - SECONDS) recent += count
      return { lastReadAt, readsPerSecond: recent / SECONDS, reads, redelivered, unknown, refused, latencyMs }
    },
  }
}
