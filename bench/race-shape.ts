import { createRandom } from '../src/rehearsal/random.ts'

/** A mat and how a crowd crosses it. */
export interface Mat {
  readonly location: string
  /** After the gun, when the first of them comes; ms. */
  readonly opensAfter: number
  /** A chip's reads at one crossing, from and to. */
  readonly reads: readonly [number, number]
  /** One of so many stands on the mat instead, and is read 500 times; 0: nobody does. */
  readonly standsOneOf: number
  /** How many reads of its process are this mat's, beside the others'. */
  readonly weight: number
}

export interface Crossing {
  readonly location: string
  readonly bib: number
  /** ms UTC, whole hundredths. */
  readonly at: number
}

const TICK_MS = 100
const STANDS = 500
/** Everybody has crossed a mat within this time. */
const CROWD_MS = 25 * 60_000
const LAP_MS = 4 * 3_600_000
const STRIDE = 7919

/** Reads of one mat in their order: some dozens of people are on it at a time, each read once in a tick. Laps without end. */
function* crossingsOf(mat: Mat, people: number, gunAt: number): Generator<Crossing, never> {
  const random = createRandom(mat.location.length + mat.opensAfter)
  const perTick = Math.max(1, Math.round((people * TICK_MS) / CROWD_MS))
  const [fewest, most] = mat.reads
  for (let lap = 0; ; lap += 1) {
    let begun = 0
    let here: { readonly bib: number; left: number }[] = []
    for (let tick = 0; begun < people || here.length > 0; tick += 1) {
      for (let n = 0; n < perTick && begun < people; n += 1, begun += 1) {
        const bib = 1 + ((begun * STRIDE) % people)
        const stands = mat.standsOneOf > 0 && begun % mat.standsOneOf === 0
        here.push({ bib, left: stands ? STANDS : fewest + Math.floor(random() * (most - fewest + 1)) })
      }
      const at = gunAt + lap * LAP_MS + mat.opensAfter + tick * TICK_MS
      for (const [index, one] of here.entries()) {
        one.left -= 1
        yield { location: mat.location, bib: one.bib, at: at + (index % 10) * 10 }
      }
      here = here.filter(one => one.left > 0)
    }
  }
}

/** Reads of several mats as one reader's program sends them. */
export function* crossings(mats: readonly Mat[], people: number, gunAt: number): Generator<Crossing, never> {
  const each = mats.map(mat => ({ mat, next: crossingsOf(mat, people, gunAt) }))
  for (;;) {
    for (const { mat, next } of each) {
      for (let n = 0; n < mat.weight; n += 1) yield next.next().value
    }
  }
}

const MINUTE = 60_000
const split = (location: string, minutes: number): Mat => ({
  ...{ location, opensAfter: minutes * MINUTE, reads: [3, 5] as const, standsOneOf: 0, weight: 1 },
})

export interface ReaderProgram {
  readonly protocol: 'ctp01' | 'mylaps-1' | 'mylaps-2'
  readonly mats: readonly Mat[]
  /** Its part of all reads. */
  readonly share: number
}

/** 4 to 10 reads each at the start, 1 of 60 stands there with 500, five splits, a finish: 41.3 reads of each person. */
export const PROGRAMS: readonly ReaderProgram[] = [
  {
    protocol: 'ctp01',
    share: 0.516,
    mats: [
      { location: 'start', opensAfter: 0, reads: [4, 10], standsOneOf: 60, weight: 5 },
      { location: 'finish', opensAfter: 120 * MINUTE, reads: [4, 8], standsOneOf: 0, weight: 2 },
    ],
  },
  { protocol: 'mylaps-2', share: 0.29, mats: [split('5 km', 20), split('10 km', 40), split('half', 80)] },
  { protocol: 'mylaps-1', share: 0.194, mats: [split('15 km', 60), split('20 km', 76)] },
]
