import { createRandom } from '../random.ts'
import type { RaceEvent, Registration, Registrations } from '../registrations.ts'
import { createWallClock } from '../wall-clock.ts'
import { type Course, createCourses, START_A, START_B } from './course.ts'
import { inOrder, type MatRead, readsOfCrossing, readsOfLying } from './mat-reads.ts'
import { type Run, runOf } from './run.ts'
import { createStarters, type Runner, type Starters } from './runners.ts'

/** Somebody's true result. */
export interface Finish {
  readonly run: Run
  readonly course: string
  readonly bib: number
  /** From the own wave's gun to the finish. */
  readonly raceMs: number
  /** From the start mat to the finish. */
  readonly chipMs: number
}

export interface BigRace {
  readonly zone: string
  /** Of the race day at the site, ms UTC. */
  readonly midnight: number
  readonly courses: readonly Course[]
  readonly starters: Starters
  /** Everybody who finished, and nobody else. */
  readonly truth: readonly Finish[]
  /** Of all mats, by time. */
  readonly reads: readonly MatRead[]
  /** The crew's own. */
  readonly testChips: readonly string[]
  /** Chips of other races. */
  readonly foreignChips: readonly string[]
  /** The supplier's file: bib and two chips a row. The second holds the walk-ups' bibs. */
  readonly chipFiles: readonly [string, string]
}

export interface BigRaceParts {
  readonly seed: number
  /** Registrations; walk-ups come on top. */
  readonly count: number
  /** YYYY-MM-DD at the site. */
  readonly date: string
}

const zone = 'America/New_York'
const MINUTE = 60_000

/** A morning of three distances over one start line, with everything that goes wrong on such a morning. */
export function createBigRace({ seed, count, date }: BigRaceParts): BigRace {
  const random = createRandom(seed)
  const utcMidnight = Date.parse(`${date}T00:00:00Z`)
  const noon = utcMidnight + 12 * 60 * MINUTE
  const midnight = utcMidnight - (createWallClock(zone).asUtc(noon) - noon)
  const courses = createCourses(random, midnight)
  const year = Number(date.slice(0, 4))
  const starters = createStarters(random, { courses, count, seed, year })
  const runs = starters.runners.map(runner => runOf(random, runner, midnight))
  const truth = runs.flatMap(finishOf)

  const testChips = ['99995', '99997']
  const foreignChips = ['800214', '800215', '800216', '800217', '800218']
  const from = midnight + 6 * 60 * MINUTE
  const lie = (place: string, chips: readonly string[], minutes: number, everyMs: number) =>
    chips.flatMap(chip => readsOfLying(random, { place, chip, from, to: from + minutes * MINUTE, everyMs }))
  const chipsOf = (bib: number): readonly string[] => starters.chipsOfBib.get(bib) ?? []
  const atHome = runs.filter(run => run.startAt === null).slice(0, 8)
  const reads = inOrder([
    ...runs.flatMap(({ runner, crossings }) =>
      crossings.flatMap(crossing => readsOfCrossing(random, crossing, runner.chips)),
    ),
    // Bibs that nobody came for, in a box beside the mat.
    ...atHome.flatMap(({ runner }) => lie(START_B, runner.chips, 150, 20_000)),
    ...starters.leftOver.flatMap(bib => lie(START_A, chipsOf(bib), 60, 60_000)),
    ...lie(START_B, foreignChips, 90, 15 * MINUTE),
    ...lie(START_A, testChips, 30, 2 * MINUTE),
  ])

  const late = new Set(starters.lateBibs)
  const chipFile = (bibs: readonly number[]): string =>
    ['Bib,Chip 1,Chip 2', ...bibs.map(bib => [bib, ...chipsOf(bib)].join(','))].join('\n')
  const bibs = [...starters.chipsOfBib.keys()]
  return {
    ...{ zone, midnight, courses, starters, truth, reads, testChips, foreignChips },
    chipFiles: [chipFile(bibs.filter(bib => !late.has(bib))), chipFile(bibs.filter(bib => late.has(bib)))],
  }
}

function finishOf(run: Run): readonly Finish[] {
  const { runner, startAt, finishAt } = run
  if (startAt === null || finishAt === null) return []
  const { gunAt } = runner.wave ?? runner.course.waves[0]
  return [
    {
      ...{ run, course: runner.course.name, bib: runner.wornBib },
      raceMs: finishAt - gunAt,
      chipMs: finishAt - startAt,
    },
  ]
}

/** The race at the registration provider. */
export interface Enrolled {
  readonly registrationOf: ReadonlyMap<Runner, Registration>
  readonly events: ReadonlyMap<Course, RaceEvent>
  /** The walk-ups who register all the same, without a bib. */
  addLate(): void
}

export function enrolBigRace(race: BigRace, registrations: Registrations): Enrolled {
  const { raceId } = registrations.addRace({ name: 'Three Bridges', timezone: race.zone })
  const events = new Map(
    race.courses.map(course => {
      const { name, distance } = course
      return [course, registrations.addEvent(raceId, { name, distance, startsAt: course.waves[0].plannedAt })]
    }),
  )
  const registrationOf = new Map<Runner, Registration>()
  const add = (runner: Runner): void => {
    const event = events.get(runner.course)
    if (!event) throw new Error(`no event for ${runner.course.name}`)
    const { registeredBib: bib, wave } = runner
    registrationOf.set(
      runner,
      registrations.add(event.eventId, {
        person: { ...runner.person, bib: null },
        bib,
        corral: wave?.name ?? null,
      }),
    )
  }
  for (const runner of race.starters.runners) if (runner.walkUp === 'no') add(runner)
  return {
    registrationOf,
    events,
    addLate() {
      for (const runner of race.starters.runners) if (runner.walkUp === 'registers') add(runner)
    },
  }
}
