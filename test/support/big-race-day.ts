import { setTimeout as wait } from 'node:timers/promises'
import { createBigRace } from '../../src/rehearsal/big-race/big-race.ts'
import { deskWork } from './desk-work.ts'
import { fromTheTruth, readsKept } from './from-the-truth.ts'
import { openRaceOffice, type RaceOffice } from './race-office.ts'

export interface BigRaceDay {
  /** Where the app's finish list and lists of unknown reads say something else than what happened. */
  readonly differences: readonly string[]
  readonly finishers: number
  readonly reads: number
  readonly steps: number
  /** Seconds of each part. */
  readonly took: Readonly<Record<'prepare' | 'race' | 'settle' | 'compare', number>>
}

const SLICE_MS = 5 * 60_000
const PATIENCE_MS = 600_000

/** A whole race through a real app, its boxes and its desk; then its results beside what really happened. */
export async function runBigRace(options: {
  readonly count: number
  readonly seed: number
}): Promise<BigRaceDay> {
  const watch = stopwatch()
  const race = createBigRace({ ...options, date: '2026-05-09' })
  const office = await openRaceOffice(race)
  try {
    const prepare = watch()
    const { during, after } = deskWork(office, options.seed)
    const last = race.reads.at(-1)?.at ?? 0
    const slices = Math.ceil((last - office.clock()) / SLICE_MS)
    const todo = [...during]
    for (let slice = slices; slice > 0; slice--) {
      office.clock.advance(SLICE_MS)
      office.boxes.sendUntil(office.clock())
      for (const step of todo.splice(0, Math.ceil(todo.length / slice))) {
        office.clock.advance(1)
        await step()
      }
      await wait(5)
    }
    for (const step of after) {
      office.clock.advance(1000)
      await step()
    }
    const raced = watch()
    await settled(office)
    const settle = watch()
    const differences = await fromTheTruth(office)
    return {
      ...{ differences, finishers: race.truth.length, reads: race.reads.length },
      steps: during.length + after.length,
      took: { prepare, race: raced, settle, compare: watch() },
    }
  } finally {
    await office.close()
  }
}

function stopwatch(): () => number {
  let since = performance.now()
  return () => {
    const seconds = (performance.now() - since) / 1000
    since = performance.now()
    return seconds
  }
}

const count = ({ app }: RaceOffice, sql: string): number =>
  app.store.read.get<{ n: number | null }>(`SELECT ${sql} AS n`)?.n ?? 0

/** Until every read is in the journal and linked, and what changed is linked again. */
async function settled(office: RaceOffice): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  const settledNow = (): boolean =>
    readsKept(office) >= office.race.reads.length &&
    count(office, '(SELECT COUNT(*) FROM stale_links)') === 0 &&
    count(office, '(SELECT COUNT(*) FROM read_links)') >= office.race.reads.length
  while (!settledNow()) {
    if (performance.now() > until)
      throw new Error(`${readsKept(office)} of ${office.race.reads.length} reads came`)
    await wait(50)
  }
}
