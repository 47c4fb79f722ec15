/** How long a runner stands alone on the display while nobody presses: time to read a name aloud. */
export const READABLE_MS = 3500
/** However many press behind: less could not be read at all. */
export const SHORTEST_MS = 700
/** The newest is on the display within this, and one shortest time more. */
export const NEWEST_WITHIN_MS = 15_000
/** What can be shown in that time. */
const MOST_WAITING = Math.floor(NEWEST_WITHIN_MS / SHORTEST_MS)

/** Runners on their way over a display. Everybody taken is shown, waiting or counted in `passedOver`. */
export interface Pace<T> {
  readonly current: T | null
  /** Ms: since when it is shown. */
  readonly since: number
  /** Oldest first. */
  readonly waiting: readonly { readonly item: T; readonly at: number }[]
  /** How many crossed too fast to be shown since the queue was last empty. */
  readonly passedOver: number
}

export const emptyPace = <T>(): Pace<T> => ({ current: null, since: 0, waiting: [], passedOver: 0 })

/** How long the current one stays: readable while few wait, then so that the newest comes in time. */
export function holdMs<T>(pace: Pace<T>): number {
  const newest = pace.waiting.at(-1)
  if (newest === undefined) return READABLE_MS
  const left = newest.at + NEWEST_WITHIN_MS - pace.since
  return Math.min(READABLE_MS, Math.max(SHORTEST_MS, left / pace.waiting.length))
}

/** When the next is due; null while nobody waits. */
export const nextDueAt = <T>(pace: Pace<T>): number | null =>
  pace.waiting.length === 0 ? null : pace.current === null ? pace.since : pace.since + holdMs(pace)

/** Whoever arrives goes behind; when more wait than can be shown in time the oldest of them are passed over. */
export function arrive<T>(pace: Pace<T>, items: readonly T[], now: number): Pace<T> {
  const idle = pace.waiting.length === 0 && pace.current !== null && now - pace.since >= READABLE_MS
  const waiting = [...pace.waiting, ...items.map(item => ({ item, at: now }))]
  const over = Math.max(0, waiting.length - MOST_WAITING)
  return {
    ...pace,
    waiting: waiting.slice(over),
    passedOver: (idle && items.length > 0 ? 0 : pace.passedOver) + over,
  }
}

/** The display at a moment: the next one if it is due. */
export function turn<T>(pace: Pace<T>, now: number): Pace<T> {
  const due = nextDueAt(pace)
  const [next, ...waiting] = pace.waiting
  if (due === null || due > now || next === undefined) return pace
  return { current: next.item, since: now, waiting, passedOver: pace.passedOver }
}
