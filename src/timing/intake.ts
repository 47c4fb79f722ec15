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
  /** Stores what waits. */
  flush(): void
  /** What keeps reads from being stored, in words. */
  problem(): string | null
}

export interface Told {
  /** The journal has it, and links may be made; with the power it may be lost still. */
  readonly kept: (stored: Stored) => void
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

  const isLost = (of: readonly Waiting<Peer>[], error: unknown): void => {
    problem = `Reads cannot be stored: ${error instanceof Error ? error.message : String(error)}`
    log.error(
      { peers: [...new Set(of.map(({ chunk }) => chunk.address))], error: String(error) },
      'reads could not be stored; the peer will resume',
    )
  }
  /** Null: why is said in `problem`. */
  const tried = (of: readonly Waiting<Peer>[]): readonly Stored[] | null => {
    try {
      return write(of.map(({ chunk }) => chunk))
    } catch (error) {
      isLost(of, error)
      return null
    }
  }
  const settle = (of: readonly Waiting<Peer>[], isStored: boolean): void => {
    for (const { told } of of) told.done(isStored)
  }
  const storeAll = (of: readonly Waiting<Peer>[], stored: readonly Stored[] | null): void => {
    if (stored === null) {
      settle(of, false)
      return
    }
    for (const [n, each] of stored.entries()) of[n]?.told.kept(each)
    store.forced().then(
      () => settle(of, true),
      error => {
        isLost(of, error)
        settle(of, false)
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
      flush()
    }, BETWEEN_MS)
  }

  return {
    take(peer, chunk, told) {
      waiting.push({ peer, chunk, told })
      reads += chunk.reads.length
      if (pause === null || reads >= ENOUGH) flush()
    },
    flush,
    problem: () => problem,
  }
}
