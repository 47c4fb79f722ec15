import type { LocationKind } from './model.ts'

/** A location of the race day, as its crew described it. */
export interface CourseLocation {
  readonly name: string
  readonly kind: LocationKind
  /** Km from the start at the first pass. */
  readonly distanceKm: number | null
  readonly order: number | null
}

/** What one event does at a location where it is not the usual. */
export interface CoursePoint {
  readonly name: string
  readonly laps: number
  readonly distanceKm: number | null
}

export interface Place extends CourseLocation {
  /** How often the event passes; 0: it does not come there. */
  readonly laps: number
  /** Whether somebody who finished must have passed, by what the crew described. */
  readonly expected: boolean
}

/** The course of one event, its places by name. */
export interface Course {
  readonly places: ReadonlyMap<string, Place>
  /** Km of one lap; null where there are none, or nobody said. */
  readonly lapKm: number | null
  /** Faster between two places is questionable. */
  readonly fastestKmh: number
}

/**
 * A little faster than the world record of the shortest road race: the mile in 3:54.56, 24.7 km/h (Emmanuel Wanyonyi,
 * Herzogenaurach 2024). All longer ones are slower.
 */
export const FASTEST_KMH = 25

/**
 * One event's course of what is known of the race day's locations. A finish goes by the event's own distance, as
 * events of several distances share it; one without laps of its own has those of the event's other finishes, as a
 * second mat stands behind the first.
 */
export function courseOf(
  locations: readonly CourseLocation[],
  points: readonly CoursePoint[],
  raceKm: number | null,
  fastestKmh: number | null,
): Course {
  const pointAt = new Map(points.map(point => [point.name, point]))
  const finishLaps = Math.max(
    0,
    ...locations.flatMap(({ name, kind }) => (kind === 'finish' ? (pointAt.get(name)?.laps ?? []) : [])),
  )
  const places = locations.map((location): Place => {
    const { name, kind } = location
    const point = pointAt.get(name)
    const laps = point?.laps ?? (kind === 'finish' ? Math.max(1, finishLaps) : 1)
    const ofRace = kind === 'finish' && raceKm !== null && laps > 0 ? raceKm / laps : null
    const distanceKm = point?.distanceKm ?? ofRace ?? location.distanceKm
    const within = distanceKm === null ? location.order !== null : raceKm === null || distanceKm < raceKm
    const expected = kind === 'split' && laps > 0 && (point !== undefined || within)
    return { ...location, laps, distanceKm, expected }
  })
  const lapKm = places.find(({ kind, laps }) => kind === 'finish' && laps > 1)?.distanceKm ?? null
  return {
    places: new Map(places.map(place => [place.name, place])),
    lapKm,
    fastestKmh: fastestKmh ?? FASTEST_KMH,
  }
}

/** A counted read of one person. */
export interface Pass {
  readonly id: number
  readonly location: string
  readonly kind: LocationKind
  readonly at: number
}

export interface Lapped {
  /** Which pass it is there, from 1; null where none is counted: at a start, beside the course, before the start. */
  readonly lap: number | null
  readonly laps: number | null
  /** The first read that completes the laps at a finish. Later ones are kept, and are no finish. */
  readonly isFinish: boolean
}

export const NO_LAP: Lapped = { lap: null, laps: null, isFinish: false }

export const byTime = <T extends Pass>(passes: readonly T[]): readonly T[] =>
  passes.toSorted((one, other) => one.at - other.at || one.id - other.id)

/**
 * Which lap each counted read of one person completes, whatever order they came in, by id. Reads before `from`, the own
 * gun less the start window, are of somebody warming up.
 */
export function lapsOf(
  passes: readonly Pass[],
  course: Course,
  from: number | null,
): ReadonlyMap<number, Lapped> {
  const counts = new Map<string, number>()
  let finished = false
  const lapped = (pass: Pass): Lapped => {
    if (pass.kind === 'start' || pass.kind === 'other' || (from !== null && pass.at < from)) return NO_LAP
    const lap = (counts.get(pass.location) ?? 0) + 1
    counts.set(pass.location, lap)
    const laps = course.places.get(pass.location)?.laps ?? 1
    const isFinish = !finished && pass.kind === 'finish' && lap === laps
    finished ||= isFinish
    return { lap, laps, isFinish }
  }
  return new Map(byTime(passes).map(pass => [pass.id, lapped(pass)]))
}
