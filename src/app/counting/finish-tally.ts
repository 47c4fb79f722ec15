import type { FinishRules } from '../../store/finishes.ts'

/** Somebody in a race, as far as their finish goes. */
export interface Finisher {
  readonly eventId: string
  /** From when on their reads count, ms UTC; null while nobody knows a gun. */
  readonly begins: number | null
  /** When they finished, ms UTC; null where the time is not known, undefined while they have not. */
  finish: number | null | undefined
}

const earlier = (known: number | null | undefined, at: number | null): number | null =>
  known == null ? at : at === null ? known : Math.min(known, at)

/** Says who has finished, from all of their counted reads at finishes: each finish's by time. */
export function createFinishTally({ laps }: Pick<FinishRules, 'laps'>) {
  const passes = new Map<string, Map<Finisher, number>>()
  return (location: string, finisher: Finisher, at: number | null): void => {
    if (at !== null && finisher.begins !== null && at < finisher.begins) return
    const counts = passes.get(location) ?? new Map<Finisher, number>()
    passes.set(location, counts)
    const count = (counts.get(finisher) ?? 0) + 1
    counts.set(finisher, count)
    if (count === laps(finisher.eventId, location)) finisher.finish = earlier(finisher.finish, at)
  }
}
