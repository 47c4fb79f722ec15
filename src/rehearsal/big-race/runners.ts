import { makePeople, type Person } from '../people.ts'
import { pick, shuffle } from '../random.ts'
import type { Course, Wave } from './course.ts'

export interface Runner {
  readonly person: Omit<Person, 'bib'>
  readonly course: Course
  /** Null: entered without one, and starts with the first. */
  readonly wave: Wave | null
  /** What the provider says; null: a walk-up. */
  readonly registeredBib: number | null
  readonly wornBib: number
  /** What the mats read of them. */
  readonly chips: readonly string[]
  readonly fate: 'finishes' | 'drops out' | 'stays at home'
  /** A walk-up, who may register with the provider all the same, later. */
  readonly walkUp: 'no' | 'stays' | 'registers'
}

export interface Starters {
  readonly runners: readonly Runner[]
  /** What the supplier put on each bib, as the file says it. */
  readonly chipsOfBib: ReadonlyMap<number, readonly string[]>
  /** Bibs of walk-ups: the supplier's second file. */
  readonly lateBibs: readonly number[]
  /** Bibs nobody wears. */
  readonly leftOver: readonly number[]
  /** Pairs whose tags were exchanged on the way to them. */
  readonly exchanged: readonly (readonly [Runner, Runner])[]
}

const WALK_UPS = 30
const REGISTER_LATER = 12

/** People by twos and threes, so that bibs go round among them. */
function rings<T>(people: readonly T[]): readonly (readonly T[])[] {
  const all: T[][] = []
  for (let from = 0; from < people.length; ) {
    const size = people.length - from === 3 || all.length % 3 === 2 ? 3 : 2
    all.push(people.slice(from, from + size))
    from += size
  }
  return all.filter(ring => ring.length > 1)
}

/**
 * Who starts, and what went wrong at the tables: 2 % wear another bib than they registered with (half of them each
 * other's, half a spare one), 1 % have tags exchanged with somebody, nobody both.
 */
export function createStarters(
  random: () => number,
  parts: {
    readonly courses: readonly Course[]
    readonly count: number
    readonly seed: number
    readonly year: number
  },
): Starters {
  const { courses, count } = parts
  const shares = courses.flatMap(course => Array.from({ length: course.share }, () => course))
  const people = makePeople({ seed: parts.seed, year: parts.year, count: count + WALK_UPS })
  const [wrong, swapped] = [Math.round(count * 0.02), Math.round(count * 0.005) * 2]
  const order = shuffle(
    random,
    people.slice(0, count).map((_, index) => index),
  )
  const worn = people.map((_, index) => index + 1)
  for (const ring of rings(order.slice(0, wrong >> 1)))
    for (const [place, index] of ring.entries()) worn[index] = 1 + (ring[(place + 1) % ring.length] ?? index)
  const spares = order.slice(wrong >> 1, wrong)
  const firstSpare = count + WALK_UPS + 1
  for (const [place, index] of spares.entries()) worn[index] = firstSpare + place
  const leftOver = Array.from({ length: 6 }, (_, n) => firstSpare + spares.length + n)

  // Chip numbers that are other people's bibs: no chip may be taken for a bib by its number.
  const bibs = Array.from({ length: (leftOver.at(-1) ?? 0) + 1 }, (_, bib) => bib).slice(1)
  const numbers = shuffle(
    random,
    bibs.flatMap(bib => [bib * 2 - 1, bib * 2]),
  )
  const chipsOfBib = new Map(bibs.map(bib => [bib, numbers.slice(bib * 2 - 2, bib * 2).map(String)]))
  const chips = worn.map(bib => chipsOfBib.get(bib) ?? [])
  const pairs: [number, number][] = []
  for (let at = wrong; at < wrong + swapped; at += 2) {
    const [one = 0, other = 0] = order.slice(at, at + 2)
    pairs.push([one, other])
    ;[chips[one], chips[other]] = [chips[other] ?? [], chips[one] ?? []]
  }

  const runners = people.map((full, index): Runner => {
    const { bib: _, ...person } = full
    const walkUp = index < count ? 'no' : index < count + REGISTER_LATER ? 'registers' : 'stays'
    // Spread over the roster: the provider's pages hold all three distances.
    const course = shares[index % shares.length]
    if (!course) throw new Error('a race without courses')
    const draw = random()
    return {
      ...{ person, course, walkUp },
      wave: walkUp !== 'no' && index % 2 === 0 ? null : pick(random, course.waves),
      registeredBib: walkUp === 'no' ? index + 1 : null,
      wornBib: worn[index] ?? 0,
      chips: chips[index] ?? [],
      fate: draw < 0.05 && walkUp === 'no' ? 'stays at home' : draw < 0.07 ? 'drops out' : 'finishes',
    }
  })
  return {
    runners,
    chipsOfBib,
    lateBibs: people.slice(count).map((_, n) => count + n + 1),
    leftOver,
    exchanged: pairs.flatMap(([one, other]) => {
      const [a, b] = [runners[one], runners[other]]
      return a && b ? [[a, b] as const] : []
    }),
  }
}
