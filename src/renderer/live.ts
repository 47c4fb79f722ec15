import { useEffect } from 'react'
import type { Topic } from '../api/system.ts'
import { client } from './client.ts'
import { isAnswer, queries, readAgain } from './query.ts'
import { useEngine } from './state/engine.ts'

/** The screens read again at most this often, however fast the reads come in. */
const TOGETHER_MS = 250
const LONGEST_WAIT_MS = 5000
/** Somebody is typing who pressed a key within this time. */
const TYPING_MS = 300
/** Reads wait for whoever is typing, and no longer than this. */
const READS_WAIT_MS = 1000

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Gathers topics and reads them again together; reads, which never end, leave the keys their time. */
function createGatherer(signal: AbortSignal): { add(topics: readonly Topic[]): void } {
  let due = new Set<Topic>()
  let timer: ReturnType<typeof setTimeout> | null = null
  let lastKeyAt = Number.NEGATIVE_INFINITY
  let readsDueAt: number | null = null
  window.addEventListener('keydown', () => (lastKeyAt = performance.now()), { capture: true, signal })
  signal.addEventListener('abort', () => timer !== null && clearTimeout(timer))
  const readDue = (): void => {
    const now = performance.now()
    const wait = now - lastKeyAt < TYPING_MS && readsDueAt !== null && now - readsDueAt < READS_WAIT_MS
    const these = due
    const later = new Set<Topic>(wait && these.delete('reads') ? ['reads'] : [])
    due = later
    if (!wait) readsDueAt = null
    timer = later.size === 0 ? null : setTimeout(readDue, TOGETHER_MS)
    if (these.size > 0) readAgain(these)
  }
  return {
    add(topics) {
      for (const topic of topics) due.add(topic)
      if (due.has('reads')) readsDueAt ??= performance.now()
      timer ??= setTimeout(readDue, TOGETHER_MS)
    },
  }
}

async function follow(signal: AbortSignal): Promise<void> {
  const gatherer = createGatherer(signal)
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
