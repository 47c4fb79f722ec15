import type { Fields } from './scoring.ts'

interface Passing {
  readonly chipSeconds: number
  readonly gunSeconds: number
  /** ms UTC of the last change. */
  readonly changedAt: number
}

/** Intervals of races, and who passed them when. */
export interface ScoredResults {
  addInterval(raceId: string, fields: Fields): Fields
  intervalsOf(raceId: string): readonly Fields[]
  interval(id: string): Fields | undefined
  /** Times are seconds. Again: corrected. */
  set(intervalId: string, entryId: string, passing: Passing): void
  takeOut(intervalId: string, entryId: string): void
  /** A row for each bracket somebody is in, bracket by bracket, by rank. @param modifiedAfter unix seconds */
  rowsOf(intervalId: string, modifiedAfter: number | null): readonly Fields[]
}

export function createScoredResults(entryOf: (id: string) => Fields | undefined): ScoredResults {
  const intervals = new Map<string, Fields>()
  const passings = new Map<string, Map<string, Passing>>()
  let nextInterval = 220_001

  function rowsOf(intervalId: string, modifiedAfter: number | null): readonly Fields[] {
    const ranked = [...(passings.get(intervalId) ?? [])]
      .flatMap(([entryId, passing]) => {
        const entry = entryOf(entryId)
        return entry === undefined ? [] : [{ entry, passing }]
      })
      .sort((a, b) => a.passing.gunSeconds - b.passing.gunSeconds)
    const rows: (readonly [bracket: string, row: Fields])[] = []
    const ranks = new Map<string, number>()
    for (const { entry, passing } of ranked) {
      for (const bracket of bracketsOf(entry)) {
        const rank = (ranks.get(bracket) ?? 0) + 1
        ranks.set(bracket, rank)
        if (modifiedAfter !== null && passing.changedAt < modifiedAfter * 1000) continue
        rows.push([bracket, rowOf(entry, passing, bracket, rank)])
      }
    }
    return [...Map.groupBy(rows, ([bracket]) => bracket).values()].flat().map(([, row]) => row)
  }

  return {
    addInterval(raceId, fields) {
      const added = { ...fields, interval_id: String(nextInterval++), race_id: raceId }
      intervals.set(added.interval_id, added)
      passings.set(added.interval_id, new Map())
      return added
    },
    intervalsOf: raceId => [...intervals.values()].filter(interval => interval.race_id === raceId),
    interval: id => intervals.get(id),
    set(intervalId, entryId, passing) {
      passings.get(intervalId)?.set(entryId, passing)
    },
    takeOut(intervalId, entryId) {
      passings.get(intervalId)?.delete(entryId)
    },
    rowsOf,
  }
}

const sexes: Readonly<Record<string, string>> = { M: 'Male', F: 'Female' }

/** [G] What brackets are called: everybody, one's sex, and the division, which is the primary one. */
const bracketsOf = (entry: Fields): readonly string[] => [
  'Overall',
  ...(sexes[entry.athlete_sex ?? ''] === undefined ? [] : [sexes[entry.athlete_sex ?? ''] ?? '']),
  primaryOf(entry),
]

const primaryOf = (entry: Fields): string => entry.bracket_name ?? 'Open'

/** [G] Times as h:mm:ss.hh: nobody showed how they are written. */
function clockText(seconds: number): string {
  const hundredths = Math.round(seconds * 100)
  const part = (value: number): string => String(value).padStart(2, '0')
  const whole = Math.floor(hundredths / 100)
  const minutes = Math.floor(whole / 60)
  return `${Math.floor(minutes / 60)}:${part(minutes % 60)}:${part(whole % 60)}.${part(hundredths % 100)}`
}

const rowOf = (entry: Fields, passing: Passing, bracket: string, rank: number): Fields => ({
  results_bib: entry.entry_bib ?? '',
  results_entry_id: entry.entry_id ?? '',
  results_first_name: entry.athlete_first_name ?? '',
  results_last_name: entry.athlete_last_name ?? '',
  results_sex: entry.athlete_sex ?? '',
  results_time: clockText(passing.chipSeconds),
  results_gun_time: clockText(passing.gunSeconds),
  results_rank: String(rank),
  results_bracket_name: bracket,
  results_primary_bracket_name: primaryOf(entry),
  results_race_name: entry.race_name ?? '',
})
