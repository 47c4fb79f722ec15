import { setTimeout as wait } from 'node:timers/promises'
import type { Reader } from '../../src/store/reader.ts'

/** Something that pours reads into an app that is killed again and again. Another protocol is another one of these. */
export interface Source {
  readonly name: string
  start(): void
  /** No more after this; resolves when the app, which stays up now, has all of it. */
  finish(database: Reader): Promise<void>
  /** One text for every read that was sent, and for every one that is stored: the same text for the same read. */
  sent(database: Reader): Promise<readonly string[]>
  kept(database: Reader): readonly string[]
  /** Reads the app has said it has; null where the protocol has no word for it. */
  acknowledged(): number | null
  /** Whether the app owes an answer now. */
  waiting(): boolean
  /** What is not as it must be, besides what was sent and kept, in words. */
  troubles(): readonly string[]
  note(): string
}

/** Without any progress. */
const PATIENCE_MS = 120_000

/**
 * Resolves when all of `wanted` has come, or nothing more does: how long an app that was killed all the time takes to
 * catch up is the machine's.
 */
export async function untilCaughtUp(come: () => number, wanted: number): Promise<void> {
  let last = come()
  for (let until = Date.now() + PATIENCE_MS; last < wanted && Date.now() < until; ) {
    await wait(50)
    const now = come()
    if (now > last) until = Date.now() + PATIENCE_MS
    last = now
  }
}
