import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../core/runtime.ts'

const TIMES_ITS_COST = 5
const LONGEST_WAIT_MS = 3000

/**
 * Work that is dear and asked for often: asked again too soon it waits for five times what it last took, and all who
 * ask while it waits get the one answer. Nobody gets an answer that is older than the question.
 */
export function createPaced<T>(clock: Clock, work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const waiting = new Map<string, Promise<T>>()
  const doing = new Map<string, Promise<unknown>>()
  const freeAt = new Map<string, number>()

  async function inTurn(key: string): Promise<T> {
    await doing.get(key)
    const wait = Math.min((freeAt.get(key) ?? 0) - clock(), LONGEST_WAIT_MS)
    if (wait > 0) await sleep(wait)
    waiting.delete(key)
    const began = clock()
    const done = work(key)
    doing.set(
      key,
      done.catch(() => null),
    )
    try {
      return await done
    } finally {
      freeAt.set(key, clock() + TIMES_ITS_COST * (clock() - began))
    }
  }

  return key => {
    const same = waiting.get(key)
    if (same !== undefined) return same
    const mine = inTurn(key)
    waiting.set(key, mine)
    return mine
  }
}
