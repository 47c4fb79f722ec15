import type { Log } from '../core/runtime.ts'
import { journal, keepRefused, notElsewhere } from '../store/reads.ts'
import type { Store } from '../store/store.ts'
import type { Received } from './protocols/protocol.ts'

/** What one chunk of a peer said. */
export interface Chunk {
  readonly sessionId: string
  /** Of the peer. */
  readonly address: string
  readonly reads: Received['reads']
  readonly refused: Received['refused']
  readonly receivedAt: number
}

export interface Stored {
  readonly added: readonly number[]
  readonly redelivered: number
}

/**
 * Brings chunks to the journal in their order. A write holds the event loop, whatever is in it: while readers send
 * steadily, what comes within some ms goes in one. To be forced to the disk takes a millisecond or ten, or half a second
 * on a busy one; another thread waits for that, and `done` with it, while further chunks are written.
 */
export interface Intake<Peer> {
  take(peer: Peer, chunk: Chunk, told: Told): void
  /** Stores what waits, at once. */
  flush(): void
  /** What keeps reads from being stored, in words. */
  problem(): string | null
}

export interface Told {
  /** The journal has it, and links may be made; with the power it may be lost still. */
  readonly kept: (stored: Stored, chunk: Chunk) => void
  /**
   * It is on the disk, which is said in the order of what was taken. False: it could not be stored, and nothing of this
   * peer after it was.
   */
  readonly done: (isStored: boolean) => void
}

/** From the end of one write to the next; what comes after a longer pause is written at once. */
const BETWEEN_MS = 4
/** Reads that are written without waiting for more: a transaction holds the event loop. */
const ENOUGH = 200

interface Waiting<Peer> {
  readonly peer: Peer
  readonly chunk: Chunk
  readonly told: Told
}

export function createIntake<Peer>({
  store,
  log,
}: {
  readonly store: Store
  readonly log: Log
}): Intake<Peer> {
  let waiting: Waiting<Peer>[] = []
  let reads = 0
  /** Since the last write. */
  let pause: NodeJS.Timeout | null = null
  let problem: string | null = null
  let resting = false

  const write = (chunks: readonly Chunk[]): readonly Stored[] =>
    store.write(
      writer =>
        chunks.map(({ sessionId, address, reads: heard, refused, receivedAt }) => {
          if (refused.length > 0) keepRefused(writer, sessionId, address, refused, receivedAt)
          const fresh = notElsewhere(writer, sessionId, heard)
          const { added } = journal(writer, sessionId, fresh, receivedAt)
          return { added, redelivered: heard.length - added.length }
        }),
      'listener',
      'later',
    )

  const isLost = (peers: readonly string[], error: unknown): void => {
    problem = `Reads cannot be stored: ${error instanceof Error ? error.message : String(error)}`
    log.error({ peers, error: String(error) }, 'reads could not be stored; the peer will resume')
  }
  const addressesOf = (of: readonly Waiting<Peer>[]): readonly string[] => [
    ...new Set(of.map(({ chunk }) => chunk.address)),
  ]
  /** Null: why is said in `problem`. */
  const tried = (of: readonly Waiting<Peer>[]): readonly Stored[] | null => {
    try {
      return write(of.map(({ chunk }) => chunk))
    } catch (error) {
      isLost(addressesOf(of), error)
      return null
    }
  }
  const storeAll = (of: readonly Waiting<Peer>[], stored: readonly Stored[] | null): void => {
    const all = of.map(({ told }) => told)
    const settle = (isStored: boolean): void => {
      for (const told of all) told.done(isStored)
    }
    if (stored === null) {
      settle(false)
      return
    }
    for (const [n, each] of stored.entries()) {
      const one = of[n]
      if (one) one.told.kept(each, one.chunk)
    }
    const addresses = addressesOf(of)
    store.forced().then(
      () => settle(true),
      error => {
        isLost(addresses, error)
        settle(false)
      },
    )
  }

  const flush = (): void => {
    const all = waiting
    waiting = []
    reads = 0
    if (all.length === 0) return
    problem = null
    const stored = tried(all)
    const peers = [...Map.groupBy(all, ({ peer }) => peer).values()]
    if (stored !== null || peers.length === 1) storeAll(all, stored)
    else {
      // What one peer sent must not keep the others from being stored.
      problem = null
      for (const of of peers) storeAll(of, tried(of))
    }
    if (pause) clearTimeout(pause)
    pause = setTimeout(() => {
      pause = null
      flushRested()
    }, BETWEEN_MS)
  }
  /** While the store rests more is gathered. */
  function flushRested(): void {
    if (resting) return
    const rest = store.rest()
    if (rest === null) {
      flush()
      return
    }
    resting = true
    void rest.then(() => {
      resting = false
      flushRested()
    })
  }

  return {
    take(peer, chunk, told) {
      waiting.push({ peer, chunk, told })
      reads += chunk.reads.length
      if (pause === null || reads >= ENOUGH) flushRested()
    },
    flush,
    problem: () => problem,
  }
}
