import { byTime, type Course, type Lapped, lapsOf, type Pass, type Place } from './course.ts'
import type { QuestionKind } from './model.ts'

export interface ChipPass extends Pass {
  readonly chip: string | null
}

export interface Question {
  readonly kind: QuestionKind
  /** By time; none for a place that was missed. */
  readonly readIds: readonly number[]
  readonly location: string
  /** Null where speed is not the question. */
  readonly kmh: number | null
}

/** Forward faster than this many times the fastest runner: a chip, or a reader's place, is there twice. */
const NOBODY_RUNS = 4
/** Two places of which nobody said how far apart they are, within so many ms. */
const AT_ONCE_MS = 1000
const HOUR = 3_600_000

interface OnCourse extends ChipPass {
  readonly place: Place | null
  readonly lap: number
}

/** Km/h to a tenth; a jump within no time is given a figure that can be shown. */
const speed = (km: number, ms: number): number =>
  Math.min(9999, Math.round((km / (Math.max(1, ms) / HOUR)) * 10) / 10)

/** Passed once by this event, and this is that pass: where it lies on the course is known without counting laps. */
const isSingle = (pass: OnCourse): boolean => pass.place?.laps === 1 && pass.lap === 1

/** How far after another place one is on the course, by order, else by distance; null where nobody said. */
function ahead(one: Place | null, other: Place | null): number | null {
  if (one?.order != null && other?.order != null) return one.order - other.order
  return one?.distanceKm != null && other?.distanceKm != null ? one.distanceKm - other.distanceKm : null
}

const kmBetween = (one: OnCourse, other: OnCourse): number | null =>
  isSingle(one) && isSingle(other) && one.place?.distanceKm != null && other.place?.distanceKm != null
    ? other.place.distanceKm - one.place.distanceKm
    : null

/**
 * What of one person's counted reads cannot be right, or is missing. Nothing is decided by it: reads stay as they are
 * linked. Where laps might have been missed, only what holds however many were missed is compared.
 * @param gun the own gun; reads before `from`, that less the start window, are of somebody warming up
 */
export function questionsOf(
  reads: readonly ChipPass[],
  course: Course,
  gun: number | null,
  from: number | null,
): readonly Question[] {
  const ordered = byTime(reads)
  const laps = lapsOf(ordered, course, from)
  const onCourse = ordered.flatMap((read): readonly OnCourse[] => {
    const lap = laps.get(read.id)?.lap
    return lap == null ? [] : [{ ...read, lap, place: course.places.get(read.location) ?? null }]
  })
  const twice = twoPlaces(onCourse, course.fastestKmh)
  const doubtful = new Set(twice.map(({ readIds }) => readIds.join()))
  const others = [
    ...tooFast(onCourse, course, startOf(ordered, onCourse, from) ?? gun),
    ...outOfOrder(onCourse),
  ]
  return [
    ...beforeGun(ordered, onCourse, gun, from),
    ...twice,
    ...others.filter(({ readIds }) => !doubtful.has(readIds.join())),
    ...missed(onCourse, course, laps),
  ]
}

/** The last read at a start before the course begins. */
const startOf = (ordered: readonly ChipPass[], onCourse: readonly OnCourse[], from: number | null) =>
  ordered.findLast(
    ({ kind, at }) =>
      kind === 'start' && (from === null || at >= from) && (onCourse[0] === undefined || at < onCourse[0].at),
  )?.at ?? null

function tooFast(passes: readonly OnCourse[], course: Course, start: number | null): readonly Question[] {
  const found: Question[] = []
  passes.forEach((pass, index) => {
    const before = passes.slice(0, index)
    const same = before.findLast(({ location }) => location === pass.location)
    const single = isSingle(pass) ? before.findLast(isSingle) : undefined
    const asked = (km: number | null | undefined, ms: number, ids: readonly number[]): void => {
      // What lies before the start is asked of otherwise.
      if (km == null || km <= 0 || ms < 0 || speed(km, ms) <= course.fastestKmh) return
      found.push({ kind: 'too-fast', readIds: ids, location: pass.location, kmh: speed(km, ms) })
    }
    const laps = pass.place?.laps ?? 1
    if (same && laps > 1 && pass.lap <= laps) asked(course.lapKm, pass.at - same.at, [same.id, pass.id])
    else if (single) asked(kmBetween(single, pass), pass.at - single.at, [single.id, pass.id])
    else if (pass.lap === 1 && start !== null) asked(pass.place?.distanceKm, pass.at - start, [pass.id])
  })
  return found
}

function outOfOrder(passes: readonly OnCourse[]): readonly Question[] {
  const single = passes.filter(isSingle)
  return single.flatMap((pass, index): readonly Question[] => {
    const later = single.slice(0, index).findLast(other => (ahead(other.place, pass.place) ?? 0) > 0)
    return later
      ? [{ kind: 'out-of-order', readIds: [later.id, pass.id], location: pass.location, kmh: null }]
      : []
  })
}

function twoPlaces(passes: readonly OnCourse[], fastestKmh: number): readonly Question[] {
  return passes.flatMap((pass, index): readonly Question[] => {
    const before = passes[index - 1]
    if (!before || before.chip === null || before.chip !== pass.chip || before.location === pass.location)
      return []
    const ms = pass.at - before.at
    const km = kmBetween(before, pass)
    const asked = (kmh: number | null): readonly Question[] => [
      { kind: 'two-places', readIds: [before.id, pass.id], location: pass.location, kmh },
    ]
    if (km === null) return ms <= AT_ONCE_MS && before.kind !== pass.kind ? asked(null) : []
    const kmh = speed(Math.abs(km), ms)
    return kmh > (km < 0 ? fastestKmh : fastestKmh * NOBODY_RUNS) ? asked(kmh) : []
  })
}

function beforeGun(
  ordered: readonly ChipPass[],
  onCourse: readonly OnCourse[],
  gun: number | null,
  from: number | null,
): readonly Question[] {
  if (gun === null || from === null) return []
  const early = ordered.filter(({ kind, at }) => (kind === 'split' || kind === 'finish') && at < gun)
  const asked = [...Map.groupBy(early, read => read.location)].map(
    ([location, reads]): Question => ({
      ...{ kind: 'before-gun', location, kmh: null },
      readIds: reads.map(({ id }) => id),
    }),
  )
  // On the course, and over no start but long before the own gun: left with an earlier wave.
  const starts = ordered.filter(({ kind }) => kind === 'start')
  const last = starts.at(-1)
  if (last && last.at < from && onCourse.length > 0)
    asked.push({ kind: 'before-gun', readIds: [last.id], location: last.location, kmh: null })
  return asked
}

function missed(
  passes: readonly OnCourse[],
  course: Course,
  laps: ReadonlyMap<number, Lapped>,
): readonly Question[] {
  if (!passes.some(({ id }) => laps.get(id)?.isFinish)) return []
  const seen = new Set(passes.map(({ location }) => location))
  return [...course.places.values()]
    .filter(({ name, expected }) => expected && !seen.has(name))
    .map(({ name }) => ({ kind: 'missed', readIds: [], location: name, kmh: null }))
}
