import { useEffect } from 'react'
import type { Topic } from '../api/system.ts'
import { client } from './client.ts'
import { isAnswer, queries, readAgain } from './query.ts'
import { useEngine } from './state/engine.ts'

/** The screens read again at most this often, however fast the reads come in. */
const TOGETHER_MS = 250
const LONGEST_WAIT_MS = 5000

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Gathers topics and reads them again together. */
function createGatherer(): { add(topics: readonly Topic[]): void; stop(): void } {
  let due = new Set<Topic>()
  let timer: ReturnType<typeof setTimeout> | null = null
  return {
    add(topics) {
      for (const topic of topics) due.add(topic)
      timer ??= setTimeout(() => {
        const now = due
        due = new Set()
        timer = null
        readAgain(now)
      }, TOGETHER_MS)
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
    },
  }
}

async function follow(signal: AbortSignal): Promise<void> {
  const gatherer = createGatherer()
  signal.addEventListener('abort', gatherer.stop)
  let wait = 250
  while (!signal.aborted) {
    try {
      const changes = await client.system.stream({}, { signal })
      useEngine.getState().answered()
      // What changed while nobody listened is not known.
      void queries.invalidateQueries({}, { cancelRefetch: false })
      for await (const change of changes) {
        wait = 250
        gatherer.add(change.topics)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!isAnswer(error)) useEngine.getState().silent()
    }
    await sleep(wait, signal)
    wait = Math.min(wait * 2, LONGEST_WAIT_MS)
  }
}

/** Keeps everything on the screen as the engine has it, as long as the window lives. */
export function useLive(): void {
  useEffect(() => {
    const stop = new AbortController()
    void follow(stop.signal)
    return () => stop.abort()
  }, [])
}
