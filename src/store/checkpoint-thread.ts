import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { CheckpointWork } from './checkpoints.ts'

// The thread of checkpoints.ts: one message, one checkpoint.

/** Fewer pages than this are left to the next time: a writer that never rests would keep this at it. */
const WORTH_IT = 1000

/**
 * 32 MB. While reads pour in, the last page of the log is never reached, and only then may the log begin anew. Before it
 * is so long that a commit copies it, writers are kept waiting for the few pages that are left.
 */
const TOO_LONG = 8192

/** Words of `state`, told twice because a thread is a program of its own. */
const IDLE = 0
const BUSY = 1

interface Progress {
  /** Pages in the log, and how many of them are in the database. */
  readonly log: number
  readonly checkpointed: number
}

function checkpoint({ file, nativeBinding }: CheckpointWork): void {
  const sqlite = new Database(file, { fileMustExist: true, ...(nativeBinding ? { nativeBinding } : {}) })
  try {
    for (let round = 1, done = 0; ; round += 1) {
      const [now] = sqlite.pragma('wal_checkpoint(PASSIVE)') as readonly Progress[]
      if (!now) return
      // The round before has left little.
      if (round > 1 && now.log > TOO_LONG) {
        sqlite.pragma('wal_checkpoint(RESTART)')
        return
      }
      if (now.checkpointed - done < WORTH_IT) return
      done = now.checkpointed
    }
  } finally {
    sqlite.close()
  }
}

const work = workerData as CheckpointWork
parentPort?.on('message', () => {
  if (Atomics.compareExchange(work.state, 0, IDLE, BUSY) !== IDLE) return
  try {
    checkpoint(work)
  } catch {
    // What keeps it from copying, a full disk for one, the store's own writes say in words.
  } finally {
    Atomics.store(work.state, 0, IDLE)
    Atomics.notify(work.state, 0)
  }
})
