interface Seen {
  readonly participantId: string | null
  readonly location: string | null
  readonly at: number | null
}

/** Before this many came through nobody is called overdue: two hours count until then. */
const ENOUGH = 5
const UNKNOWN_MS = 2 * 3_600_000
/** Slower than nine in ten by half again: they dropped out, or were missed here. */
const OVERDUE = 1.5

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/**
 * Who was last seen at one of `from` and is still to come to `to`, first expected first. How long the way takes is
 * learned from those who have come; who should long be here is not waited for.
 * @param reads newest first
 */
export function onTheWay<T extends Seen>(
  reads: readonly T[],
  from: readonly string[],
  to: readonly string[],
  now: number,
): readonly T[] {
  const latest = new Map<string, T>()
  const took = new Map<string, number[]>()
  for (const read of reads) {
    if (read.participantId === null || read.at === null) continue
    const last = latest.get(read.participantId)
    if (last === undefined) latest.set(read.participantId, read)
    else if (to.includes(last.location ?? '') && from.includes(read.location ?? '') && last.at !== null) {
      const way = took.get(read.location ?? '')
      if (way === undefined) took.set(read.location ?? '', [last.at - read.at])
      else way.push(last.at - read.at)
    }
  }
  const ways = new Map(
    [...took].map(([location, times]) => [location, times.toSorted((a, b) => a - b)] as const),
  )
  const coming = [...latest.values()].flatMap(read => {
    if (read.at === null || !from.includes(read.location ?? '') || to.includes(read.location ?? '')) return []
    const way = ways.get(read.location ?? '') ?? []
    const known = way.length >= ENOUGH
    if (now - read.at > (known ? at(way, 0.9) * OVERDUE : UNKNOWN_MS)) return []
    return [{ read, expected: read.at + (known ? at(way, 0.5) : UNKNOWN_MS) }]
  })
  return coming.sort((a, b) => a.expected - b.expected).map(({ read }) => read)
}
