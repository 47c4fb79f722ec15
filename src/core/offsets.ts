/** Ms that are added to what a device's clock said from one of its times to before another; null is open. */
export interface Offset {
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly offsetMs: number
}

interface Range {
  readonly fromAt: number | null
  readonly toAt: number | null
}

export const holdsAt = ({ fromAt, toAt }: Range, at: number): boolean =>
  (fromAt === null || fromAt <= at) && (toAt === null || at < toAt)

/** @param offsets the one that began last first, as it holds where several overlap */
export const offsetAt = (offsets: readonly Offset[], at: number): number =>
  offsets.find(offset => holdsAt(offset, at))?.offsetMs ?? 0

/** Before every time and after it, ms UTC. */
const EVER = 8.64e15

/** From and to of the times to which two lists add otherwise. */
export function differences(
  before: readonly Offset[],
  after: readonly Offset[],
): readonly (readonly [number, number])[] {
  const cuts = new Set([-EVER, EVER])
  for (const { fromAt, toAt } of [...before, ...after]) {
    if (fromAt !== null) cuts.add(fromAt)
    if (toAt !== null) cuts.add(toAt)
  }
  const ordered = [...cuts].sort((one, other) => one - other)
  return ordered.flatMap((from, index) => {
    const to = ordered[index + 1]
    return to === undefined || offsetAt(before, from) === offsetAt(after, from) ? [] : [[from, to] as const]
  })
}

/** In the order in which the first that fits a time is its own. */
export const inForce = <T extends Offset & { readonly id: string }>(offsets: readonly T[]): readonly T[] =>
  offsets.toSorted(
    (one, other) =>
      (other.fromAt ?? -EVER) - (one.fromAt ?? -EVER) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
  )
