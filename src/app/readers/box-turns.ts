import type { BoxWord, DeviceTally } from '../../timing/read-tally.ts'

/** When a box may have been moved. */
export interface Turn {
  readonly at: number
  readonly words: string
}

/** A box that reads nothing for this long may be on its way. */
const PAUSE_MS = 20 * 60_000
const MOST = 20

/** Its own words, those of a controller of the same place, and the reads after long pauses; oldest first. */
export function turnsOf(tally: DeviceTally, words: readonly BoxWord[], binMs: number): readonly Turn[] {
  const own = words
    .filter(word => word.device === tally.device || (word.named !== null && tally.named.includes(word.named)))
    .map(({ at, word }) => ({ at, words: WORDS[word] ?? word }))
  const pauses = tally.bins.flatMap((bin, index) => {
    const before = tally.bins[index - 1]
    if (before === undefined) return []
    const pause = bin.at - (before.at + binMs)
    return pause >= PAUSE_MS
      ? [{ at: bin.at, words: `Reads again after ${Math.round(pause / 60_000)} min` }]
      : []
  })
  return [...own, ...pauses].sort((a, b) => a.at - b.at).slice(0, MOST)
}

const WORDS: Readonly<Record<string, string>> = {
  Powerup: 'Switched on',
  Event: 'Event loaded',
}
