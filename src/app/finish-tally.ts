import { type Crossed, entrantsOf } from '../store/counted-reads.ts'
import { finishRules } from '../store/finishes.ts'
import type { Reader } from '../store/reader.ts'

/** Who has finished, from the counted reads at finishes, each finish's by time. */
export interface FinishTally {
  add(location: string, crossed: readonly Crossed[]): void
  /** Person → when, ms UTC; null where the time is not known. */
  readonly finishes: ReadonlyMap<string, number | null>
}

export function createFinishTally(reader: Reader, raceDayId: string): FinishTally {
  const rules = finishRules(reader, raceDayId)
  const entrants = new Map<string, { readonly eventId: string; readonly begins: number | null }>()
  const passes = new Map<string, Map<string, number>>()
  const finishes = new Map<string, number | null>()

  const meet = (crossed: readonly Crossed[]): void => {
    const ids = crossed.map(({ participantId }) => participantId).filter(id => !entrants.has(id))
    if (ids.length === 0) return
    for (const { id, eventId, wave } of entrantsOf(reader, ids))
      entrants.set(id, { eventId, begins: rules.begins(eventId, wave) })
  }

  const finish = (id: string, at: number | null): void => {
    const known = finishes.get(id)
    finishes.set(id, known == null ? at : at === null ? known : Math.min(known, at))
  }

  return {
    add(location, crossed) {
      meet(crossed)
      const counts = passes.get(location) ?? new Map<string, number>()
      passes.set(location, counts)
      for (const { participantId: id, at } of crossed) {
        const entrant = entrants.get(id)
        if (entrant === undefined) continue
        if (at !== null && entrant.begins !== null && at < entrant.begins) continue
        const count = (counts.get(id) ?? 0) + 1
        counts.set(id, count)
        if (count === rules.laps(entrant.eventId, location)) finish(id, at)
      }
    },
    finishes,
  }
}
