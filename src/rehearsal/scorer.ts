import { type ControllerDay, chipNumber } from './controller-files.ts'
import { courses, startGuns, startLine } from './race-day-roster.ts'
import type { Scoring } from './scoring.ts'

const finishLine = 'FINISH3'
/** Nobody is as fast: a chip read at the finish so early stands beside the mat. */
const leastMs = 20 * 60_000
/** Who stands on the start mat so shortly before the gun starts with it. */
const earlyMs = 60_000
/** Entries come while the race is on; they are looked for at most so often. */
const lookEveryMs = 5_000

interface Crossing {
  readonly location: string
  readonly tag: string
  /** ms UTC */
  readonly at: number
}

/** The scoring provider's own timing: results from what the boxes read. */
export interface Scorer {
  read(crossing: Crossing): void
  /** How many have crossed the finish, whether or not scoring has an entry of them. */
  readonly finished: number
}

interface Interval {
  readonly id: string
  readonly location: string
}

/** Whole course and splits of each race, in the order of `courses`. Bibs are the chips' numbers. */
export function createScorer(parts: {
  readonly scoring: Scoring
  readonly day: ControllerDay
  /** What to add to a box time to have ms UTC. */
  readonly shift: number
  readonly raceIds: readonly string[]
  readonly clock: () => number
}): Scorer {
  const { scoring, clock } = parts
  const guns = startGuns(parts.day).map(at => at + parts.shift)
  const intervalOf = (raceId: string, location: string, name: string, isFull: '0' | '1'): Interval => {
    const made = scoring.results.addInterval(raceId, { interval_name: name, interval_is_full: isFull })
    return { id: made.interval_id ?? '', location }
  }
  const intervals = new Map(
    parts.raceIds.map((raceId, index) => {
      const split = courses[index]?.split ?? null
      const full = intervalOf(raceId, finishLine, 'Full course', '1')
      return [raceId, split === null ? [full] : [full, intervalOf(raceId, split, split, '0')]] as const
    }),
  )
  const started = new Map<string, number>()
  /** First passings, by location and bib; those of people without an entry wait for it. */
  const passed = new Set<string>()
  let waiting: {
    readonly bib: string
    readonly location: string
    readonly at: number
    readonly start: number
  }[] = []
  let entries = new Map<string, { readonly id: string; readonly raceId: string }>()
  let lookedAt = Number.NEGATIVE_INFINITY
  let finished = 0

  function lookForEntries(): void {
    if (Math.abs(clock() - lookedAt) < lookEveryMs) return
    lookedAt = clock()
    entries = new Map(
      parts.raceIds.flatMap(raceId =>
        scoring
          .entriesOf({ raceId })
          .map(entry => [entry.entry_bib ?? '', { id: entry.entry_id ?? '', raceId }] as const),
      ),
    )
  }

  function score(): void {
    waiting = waiting.filter(({ bib, location, at, start }) => {
      const entry = entries.get(bib)
      if (entry === undefined) return true
      const gun = guns.findLast(one => one <= start + earlyMs) ?? start
      for (const interval of intervals.get(entry.raceId) ?? [])
        if (interval.location === location)
          scoring.results.set(interval.id, entry.id, {
            gunSeconds: (at - gun) / 1000,
            chipSeconds: (at - Math.max(start, gun)) / 1000,
            changedAt: clock(),
          })
      return false
    })
  }

  return {
    read({ location, tag, at }) {
      const bib = chipNumber(tag)
      if (location === startLine) {
        if (!passed.has(`${finishLine} ${bib}`)) started.set(bib, at)
        return
      }
      const start = started.get(bib)
      if (start === undefined || at - start < leastMs || passed.has(`${location} ${bib}`)) return
      passed.add(`${location} ${bib}`)
      if (location === finishLine) finished += 1
      waiting.push({ bib, location, at, start })
      if (!entries.has(bib)) lookForEntries()
      score()
    },
    get finished() {
      return finished
    },
  }
}
