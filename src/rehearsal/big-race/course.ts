const MINUTE = 60_000

/** A start of its own. Times are ms UTC, whole hundredths of a second as boxes write them. */
export interface Wave {
  readonly name: string
  readonly plannedAt: number
  /** When it really went. */
  readonly gunAt: number
  /** False: no reader noted it. */
  readonly heard: boolean
}

export interface Course {
  readonly name: string
  readonly distance: string
  /** Of eighteen registrations. */
  readonly share: number
  readonly waves: readonly [Wave, ...Wave[]]
  /** Minutes from start to finish. */
  readonly fastest: number
  readonly slowest: number
  /** `part`: how much of the way lies before it, 0 to 1. */
  readonly splits: readonly { readonly place: string; readonly part: number }[]
}

export const START_A = 'Start A'
export const START_B = 'Start B'
/** The box that goes to the finish later. */
export const START_C = 'Start C'
export const FIVE_K = '5K'
export const THIRTY_K = '30K'
export const FINISH = 'Finish'
export const FINISH_BACKUP = 'Finish backup'

/** Minutes of the day: the box at Start C is taken down, and stands behind the finish mat. */
export const BOX_LEAVES = 8 * 60 + 45
export const BOX_STANDS = 8 * 60 + 52

export const hundredths = (ms: number): number => Math.round(ms / 10) * 10

/** Three distances over one start line. `midnight`: of the race day at the site, ms UTC. */
export function createCourses(random: () => number, midnight: number): readonly Course[] {
  const wave = (name: string, minute: number, heard = true): Wave => {
    const plannedAt = midnight + minute * MINUTE
    return { name, plannedAt, gunAt: plannedAt + hundredths(2000 + random() * 6000), heard }
  }
  return [
    {
      ...{ name: 'Marathon', distance: '26.2 Miles', share: 3, fastest: 140, slowest: 360 },
      waves: [wave('M1', 7 * 60), wave('M2', 7 * 60 + 5)],
      splits: [{ place: THIRTY_K, part: 30 / 42.195 }],
    },
    {
      ...{ name: 'Half', distance: '13.1 Miles', share: 6, fastest: 65, slowest: 190 },
      waves: [wave('H1', 7 * 60 + 30), wave('H2', 7 * 60 + 35, false), wave('H3', 7 * 60 + 40)],
      splits: [{ place: FIVE_K, part: 5 / 21.0975 }],
    },
    {
      ...{ name: '10K', distance: '10K', share: 9, fastest: 30, slowest: 95 },
      waves: [
        wave('T1', 8 * 60 + 15),
        wave('T2', 8 * 60 + 20),
        wave('T3', 8 * 60 + 25),
        wave('T4', 8 * 60 + 30),
      ],
      splits: [{ place: FIVE_K, part: 0.5 }],
    },
  ]
}
