import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import type { OpenOptions } from './open.ts'

/** What the thread is given. */
export interface CheckpointWork {
  readonly file: string
  readonly nativeBinding: string | undefined
  /** Two words, seen by both: IDLE, BUSY or CLOSED; and whether writers rest: NOT_ASKED, ASKED or RESTING. */
  readonly state: Int32Array<SharedArrayBuffer>
}

/** What the thread says: writers may rest now, and that they may go on. */
export type CheckpointSaid = 'rest' | 'go on'

export interface Checkpoints {
  /** Something was committed. */
  written(): void
  /** While the log is made to begin anew: resolves when that is done. */
  rest(): Promise<void> | null
  /** When this returns, nobody but its own connection has the database open. */
  stop(): void
}

const IDLE = 0
const BUSY = 1
const CLOSED = 2
const ASKED = 1
const RESTING = 2

const LOOK_MS = 100
/** 16 MB. */
const PAGES_BEHIND = 4096
const PATIENCE_MS = 60_000

const BESIDE = join(import.meta.dirname, 'checkpoint-thread.ts')

/**
 * Copies what is in the write-ahead log into the database, from another thread: a start line fills 16 MB in a second,
 * and bringing them to the disk would hold the event loop, and with it the bib box, for as long as the disk takes.
 */
export function createCheckpoints(
  sqlite: Database.Database,
  { file, nativeBinding, checkpointThread = BESIDE }: OpenOptions,
): Checkpoints {
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  let worker: Worker | null = null
  let looking: NodeJS.Timeout | null = null
  let resting: PromiseWithResolvers<void> | null = null

  const goOn = (): void => {
    resting?.resolve()
    resting = null
  }
  const hear = (said: CheckpointSaid): void => {
    if (said === 'go on') goOn()
    else if (Atomics.compareExchange(state, 1, ASKED, RESTING) === ASKED) {
      resting ??= Promise.withResolvers()
      Atomics.notify(state, 1)
    }
  }

  const start = (): Worker => {
    const workerData: CheckpointWork = { file, nativeBinding, state }
    const started = new Worker(checkpointThread, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 16 },
    })
    started.on('message', hear)
    started.on('exit', goOn)
    started.unref()
    // Without the thread SQLite copies the log by itself, in the commit that makes it too long.
    started.on('error', () => {
      Atomics.store(state, 0, CLOSED)
      Atomics.notify(state, 0)
      goOn()
    })
    return started
  }

  const look = (): void => {
    looking = null
    if (!sqlite.open || Atomics.load(state, 0) !== IDLE) return
    const [now] = sqlite.pragma('wal_checkpoint(NOOP)') as readonly { log: number; checkpointed: number }[]
    if (!now || now.log - now.checkpointed < PAGES_BEHIND) return
    worker ??= start()
    worker.postMessage('checkpoint')
  }

  return {
    written() {
      looking ??= setTimeout(look, LOOK_MS).unref()
    },
    rest: () => resting?.promise ?? null,
    stop() {
      if (looking) clearTimeout(looking)
      goOn()
      while (Atomics.compareExchange(state, 0, IDLE, CLOSED) === BUSY) {
        if (Atomics.wait(state, 0, BUSY, PATIENCE_MS) === 'timed-out') break
      }
      void worker?.terminate()
    },
  }
}
