import { useEffect, useReducer } from 'react'
import { nextDueAt } from '../../core/pacing.ts'
import { type DisplayCalls, isRefused } from './display-client.ts'
import { afterHappening, type DisplayState, EMPTY, type Happening } from './display-state.ts'

/** The server beats every ten seconds. */
const SILENT_MS = 25_000
const LONGEST_WAIT_MS = 5000
/** Counts and the announcer's list are read again at most so often. */
const TOGETHER_MS = 1500

type Which = { readonly id?: string }
type Say = (happening: Happening) => void

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** One connection, until it ends or falls silent. */
async function connection(calls: DisplayCalls, which: Which, outer: AbortSignal, say: Say): Promise<void> {
  const silence = new AbortController()
  const signal = AbortSignal.any([outer, silence.signal])
  let watchdog = setTimeout(() => silence.abort(), SILENT_MS)
  let again: ReturnType<typeof setTimeout> | null = null
  try {
    let shown = await calls.show(which, { signal })
    say({ kind: 'shown', shown })
    const readAgain = async (): Promise<void> => {
      if (shown.mode === 'announcer')
        say({ kind: 'announced', announced: await calls.announcer(which, { signal }) })
      if (shown.mode === 'counts') say({ kind: 'counted', counted: await calls.counts(which, { signal }) })
    }
    const feed = await calls.feed(which, { signal })
    await readAgain()
    for await (const told of feed) {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => silence.abort(), SILENT_MS)
      say({ kind: 'heard' })
      if (told.kind === 'crossings') say({ ...told, at: Date.now() })
      if (told.kind === 'display') {
        shown = await calls.show(which, { signal })
        say({ kind: 'shown', shown })
      }
      if (told.kind === 'counts' || told.kind === 'display') {
        again ??= setTimeout(() => {
          again = null
          readAgain().catch(() => silence.abort())
        }, TOGETHER_MS)
      }
    }
  } finally {
    clearTimeout(watchdog)
    if (again !== null) clearTimeout(again)
  }
}

async function follow(calls: DisplayCalls, which: Which, signal: AbortSignal, say: Say): Promise<void> {
  let wait = 500
  while (!signal.aborted) {
    const began = Date.now()
    try {
      await connection(calls, which, signal, say)
    } catch (error) {
      if (!signal.aborted && isRefused(error)) say({ kind: 'refused' })
    }
    if (signal.aborted) return
    say({ kind: 'silent', at: Date.now() })
    wait = Date.now() - began > SILENT_MS ? 500 : Math.min(wait * 2, LONGEST_WAIT_MS)
    await sleep(wait, signal)
  }
}

/** A display as it is now, for as long as it is looked at; it connects again by itself. */
export function useDisplay(calls: DisplayCalls, id: string | null): DisplayState {
  const [state, say] = useReducer(afterHappening, EMPTY)
  useEffect(() => {
    const stop = new AbortController()
    void follow(calls, id === null ? {} : { id }, stop.signal, say)
    return () => stop.abort()
  }, [calls, id])
  const due = nextDueAt(state.pace)
  useEffect(() => {
    if (due === null) return
    const timer = setTimeout(() => say({ kind: 'turn', at: Date.now() }), Math.max(0, due - Date.now()))
    return () => clearTimeout(timer)
  }, [due])
  return state
}
