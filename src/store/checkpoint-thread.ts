import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { CheckpointSaid, CheckpointWork } from './checkpoints.ts'

// The thread of checkpoints.ts: one message, one checkpoint.

/** Fewer pages than this are left to the next time: a writer that never rests would keep this at it. */
const WORTH_IT = 1000
const ROUNDS = 4

/**
 * 32 MB. While reads pour in, the last page of the log is never reached, and only then may the log begin anew. Before it
 * is so long that a commit copies it, writers are asked to rest for the few pages that are left; one that does not is
 * kept waiting.
 */
const TOO_LONG = 8192
/** So long may writers be in the middle of something. */
const ANSWER_MS = 200

/** Words of `state`, told twice because a thread is a program of its own. */
const IDLE = 0
const BUSY = 1
const NOT_ASKED = 0
const ASKED = 1

interface Progress {
  /** Pages in the log, and how many of them are in the database. */
  readonly log: number
  readonly checkpointed: number
}

const say = (said: CheckpointSaid): void => parentPort?.postMessage(said)

/** Whoever is asked answers by a word of `state`; who is not there to be asked is not waited for. */
function atRest(state: CheckpointWork['state'], copy: () => void): void {
  Atomics.store(state, 1, ASKED)
  say('rest')
  Atomics.wait(state, 1, ASKED, ANSWER_MS)
  try {
    copy()
  } finally {
    Atomics.store(state, 1, NOT_ASKED)
    say('go on')
  }
}

function checkpoint({ file, nativeBinding, state }: CheckpointWork): void {
  const sqlite = new Database(file, { fileMustExist: true, ...(nativeBinding ? { nativeBinding } : {}) })
  const run = (mode: 'PASSIVE' | 'RESTART' | 'NOOP'): Progress => {
    const [now] = sqlite.pragma(`wal_checkpoint(${mode})`) as readonly Progress[]
    return now ?? { log: 0, checkpointed: 0 }
  }
  const left = (): number => {
    const now = run('NOOP')
    return now.log - now.checkpointed
  }
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      run('PASSIVE')
      if (left() < WORTH_IT) break
    }
    if (run('NOOP').log <= TOO_LONG || left() === 0) return
    atRest(state, () => {
      run('PASSIVE')
      if (left() > 0) run('RESTART')
    })
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
