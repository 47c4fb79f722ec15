import { pick } from '../random.ts'
import type { Crossing } from './run.ts'

/** One chip over one antenna of a mat. */
export interface MatRead {
  readonly place: string
  readonly chip: string
  /** Ms UTC, whole hundredths of a second. */
  readonly at: number
  /** 1, 2, 4 or 8. */
  readonly antenna: number
}

const ANTENNAS = [1, 2, 4, 8] as const

/** What a mat notices of a crossing: its first read is the step on the mat, or its last the step off. */
export function readsOfCrossing(
  random: () => number,
  { place, at, moment, reads, standing }: Crossing,
  chips: readonly string[],
): readonly MatRead[] {
  const direction = moment === 'on' ? 1 : -1
  const found: MatRead[] = []
  let time = at
  for (let n = 0; n < reads; n++) {
    const chip = chips[Math.floor(random() * chips.length)]
    if (chip !== undefined) found.push({ place, chip, at: time, antenna: pick(random, ANTENNAS) })
    const gap = standing ? 50 + Math.floor(random() * 500) : 2 + Math.floor(random() * 40)
    time += direction * gap * 10
  }
  return found
}

/** A chip that lies beside a mat, every so often. */
export function readsOfLying(
  random: () => number,
  lying: {
    readonly place: string
    readonly chip: string
    readonly from: number
    readonly to: number
    readonly everyMs: number
  },
): readonly MatRead[] {
  const { place, chip } = lying
  const found: MatRead[] = []
  for (let at = lying.from; at < lying.to; at += 10 * Math.round((lying.everyMs * (0.5 + random())) / 10))
    found.push({ place, chip, at, antenna: pick(random, ANTENNAS) })
  return found
}

/** By time; a box notes one chip on one place once in a hundredth of a second. */
export function inOrder(reads: readonly MatRead[]): readonly MatRead[] {
  const seen = new Set<string>()
  return [...reads]
    .sort((a, b) => a.at - b.at)
    .filter(({ place, chip, at }) => {
      const key = `${place}|${chip}|${at}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}
