import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import type { Clock, Log } from '../../core/runtime.ts'
import type { Store } from '../../store/store.ts'
import { type Counting, createCounting } from './counting.ts'

/** What the thread is given. */
export interface CountingWork {
  readonly file: string
  readonly nativeBinding: string | undefined
}

export interface Asked {
  readonly id: number
  readonly name: keyof Counting
  readonly of: readonly unknown[]
}

/** What is left of an error between two threads. */
export type Failed =
  | {
      readonly expected: true
      readonly code: ErrorCode
      readonly message: string
      readonly retriable: boolean
    }
  | {
      readonly expected: false
      readonly code: string | null
      readonly message: string
      readonly stack: string | undefined
    }

export type Answered =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: Failed }

/** Asks what takes a large store long; the answer holds all that was committed before. */
export type Count = <name extends keyof Counting>(
  name: name,
  ...of: Parameters<Counting[name]>
) => ReturnType<Counting[name]>

export interface CountAside {
  readonly count: Count
  /** When this has resolved, the thread has the database open no more. */
  stop(): Promise<void>
}

export interface CountAsideParts {
  readonly store: Pick<Store, 'file' | 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly nativeBinding: string | undefined
  /** Where counting-thread lies, if it is not beside this: bundling moves it. */
  readonly thread?: string | undefined
  /** Reads and people from which on a thread is worth its start. */
  readonly large?: number
}

interface Waiting {
  readonly asked: Asked
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/** What takes less to count than a thread to start, and none of its memory. */
const LARGE = 5000
const ROWS = `SELECT (SELECT COALESCE(MAX(id), 0) FROM timing_reads)
  + (SELECT COALESCE(MAX(rowid), 0) FROM effective_participants) AS rows`

const BESIDE = join(import.meta.dirname, 'counting-thread.ts')
/** What is kept of 60,000 people at seven places, each of them questionable, takes some 60 MB of it; 80 MB were enough. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 6 } as const
/** A thread that ended by itself is not started again for so long. */
const REST_MS = 60_000
/** A statement that is under way when it is told to stop is waited for. */
const PATIENCE_MS = 5000

const thrown = (failed: Failed): Error =>
  failed.expected
    ? new AppError(failed.code, failed.message, { retriable: failed.retriable })
    : Object.assign(new Error(failed.message), { code: failed.code, stack: failed.stack })

/**
 * Counts in a thread of its own, with a connection of its own that only reads, so that reads which come meanwhile are
 * linked and shown at once. The thread starts with the first question to a large store. While there is none, because the
 * store is small, or in memory and can be opened but once, or because the thread ended by itself, the same is counted
 * here, in pieces with reads between them.
 */
export function createCountAside(parts: CountAsideParts): CountAside {
  const { store, clock, log, nativeBinding, thread = BESIDE, large = LARGE } = parts
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let lastId = 0
  let notBefore = store.file === ':memory:' ? Number.POSITIVE_INFINITY : 0
  let stopped = false
  let here: Counting | null = null
  let isLarge = false

  /** What is large stays so: it is asked until then. */
  function seemsLarge(): boolean {
    isLarge ||= (store.read.get<{ rows: number }>(ROWS)?.rows ?? 0) >= large
    return isLarge
  }

  async function countHere({ name, of }: Asked): Promise<unknown> {
    here ??= createCounting(store.read, clock)
    const work = here[name] as (...of: readonly unknown[]) => Promise<unknown>
    return work(...of)
  }

  function take(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    // Only while somebody waits does the thread keep the process from ending.
    if (waiting.size === 0) worker?.unref()
    return found
  }

  function ended(why: unknown): void {
    worker = null
    notBefore = performance.now() + REST_MS
    const left = [...waiting.values()]
    waiting.clear()
    if (stopped) {
      for (const { reject } of left) reject(new AppError('cancelled', 'Trackside is closing.'))
      return
    }
    log.warn(
      { err: why },
      'The thread that counts for screens ended. For a minute it is counted between reads.',
    )
    for (const { asked, resolve, reject } of left) countHere(asked).then(resolve, reject)
  }

  function start(): Worker {
    const workerData: CountingWork = { file: store.file, nativeBinding }
    const started = new Worker(thread, { workerData, resourceLimits: LIMITS })
    let why: unknown = null
    started.on('message', (answered: Answered) => {
      const found = take(answered.id)
      if ('failed' in answered) found?.reject(thrown(answered.failed))
      else found?.resolve(answered.answer)
    })
    started.on('error', error => {
      why = error
    })
    started.on('exit', () => ended(why))
    return started
  }

  function ask(name: keyof Counting, of: readonly unknown[]): Promise<unknown> {
    if (stopped) return Promise.reject(new AppError('cancelled', 'Trackside is closing.'))
    lastId += 1
    const asked: Asked = { id: lastId, name, of }
    if (!seemsLarge() || (worker === null && performance.now() < notBefore)) return countHere(asked)
    worker ??= start()
    const asking = worker
    return new Promise((resolve, reject) => {
      waiting.set(asked.id, { asked, resolve, reject })
      asking.ref()
      asking.postMessage(asked)
    })
  }

  return {
    count: (name, ...of) => ask(name, of) as ReturnType<Counting[typeof name]>,
    async stop() {
      stopped = true
      const ending = worker
      if (ending === null) return
      ending.ref()
      const impatient = setTimeout(() => void ending.terminate(), PATIENCE_MS)
      await new Promise(resolve => {
        ending.once('exit', resolve)
        ending.postMessage('stop')
      })
      clearTimeout(impatient)
    },
  }
}
