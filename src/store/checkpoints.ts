import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import type { OpenOptions } from './open.ts'

/** What the thread is given. */
export interface CheckpointWork {
  readonly file: string
  readonly nativeBinding: string | undefined
  /** One word, seen by both: IDLE, BUSY or CLOSED. */
  readonly state: Int32Array<SharedArrayBuffer>
}

export interface Checkpoints {
  /** Something was committed. */
  written(): void
  /** When this returns, nobody but its own connection has the database open. */
  stop(): void
}

const IDLE = 0
const BUSY = 1
const CLOSED = 2

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
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let worker: Worker | null = null
  let looking: NodeJS.Timeout | null = null

  const start = (): Worker => {
    const workerData: CheckpointWork = { file, nativeBinding, state }
    const started = new Worker(checkpointThread, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 16 },
    })
    started.unref()
    // Without the thread SQLite copies the log by itself, in the commit that makes it too long.
    started.on('error', () => {
      Atomics.store(state, 0, CLOSED)
      Atomics.notify(state, 0)
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
    stop() {
      if (looking) clearTimeout(looking)
      while (Atomics.compareExchange(state, 0, IDLE, CLOSED) === BUSY) {
        if (Atomics.wait(state, 0, BUSY, PATIENCE_MS) === 'timed-out') break
      }
      void worker?.terminate()
    },
  }
}
