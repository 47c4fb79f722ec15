import { pick } from '../random.ts'
import {
  BOX_LEAVES,
  BOX_STANDS,
  FINISH,
  FINISH_BACKUP,
  hundredths,
  START_A,
  START_B,
  START_C,
} from './course.ts'
import type { Runner } from './runners.ts'

const MINUTE = 60_000

/** Somebody on a mat. */
export interface Crossing {
  readonly place: string
  /** Ms UTC: stepping on it, or off it. */
  readonly at: number
  readonly moment: 'on' | 'off'
  readonly reads: number
  /** Reads come by seconds, not by hundredths. */
  readonly standing: boolean
}

/** What really happened to somebody, known before any mat has read anything. */
export interface Run {
  readonly runner: Runner
  /** Off the start mat: from here chip time counts. Null: never started. */
  readonly startAt: number | null
  /** On the first finish mat that notices them. Null: never finished. */
  readonly finishAt: number | null
  readonly crossings: readonly Crossing[]
}

export function runOf(random: () => number, runner: Runner, midnight: number): Run {
  const { course, fate } = runner
  if (fate === 'stays at home') return { runner, startAt: null, finishAt: null, crossings: [] }
  const chance = (part: number): boolean => random() < part
  const between = (from: number, to: number): number => hundredths(from + random() * (to - from))
  const few = (): number => 4 + Math.floor(random() * 7)
  const passing = (place: string, at: number, moment: Crossing['moment'] = 'on'): Crossing => {
    return { place, at, moment, reads: few(), standing: false }
  }
  const boxLeaves = midnight + BOX_LEAVES * MINUTE
  const startMat = (at: number): string =>
    at < boxLeaves - 5000 ? pick(random, [START_A, START_B, START_C]) : pick(random, [START_A, START_B])

  const { gunAt } = runner.wave ?? course.waves[0]
  const startAt = gunAt + (chance(0.005) ? between(5 * MINUTE, 20 * MINUTE) : between(1000, 4 * MINUTE))
  const mat = startMat(startAt)
  const crossings: Crossing[] = [
    chance(0.03)
      ? { place: mat, at: startAt, moment: 'off', reads: 20 + Math.floor(random() * 60), standing: true }
      : passing(mat, startAt, 'off'),
  ]
  const warmUps = chance(0.25) ? 1 + Math.floor(random() * 3) : 0
  for (let n = 0; n < warmUps; n++) {
    const at = gunAt - between(MINUTE / 2, 40 * MINUTE)
    crossings.push(passing(startMat(at), at))
  }

  // Three draws: most are somewhere in the middle.
  const part = (random() + random() + random()) / 3
  const wayMs = hundredths((course.fastest + part * (course.slowest - course.fastest)) * MINUTE)
  for (const split of course.splits)
    if (chance(fate === 'finishes' ? 0.97 : 0.5))
      crossings.push({
        ...passing(split.place, startAt + hundredths(split.part * wayMs)),
        reads: 1 + Math.floor(random() * 2),
      })
  if (fate === 'drops out') return { runner, startAt, finishAt: null, crossings }

  const mainAt = startAt + wayMs
  const backupAt = mainAt + between(1200, 3000)
  const backupStands = mainAt > midnight + BOX_STANDS * MINUTE
  const missedBy = backupStands && chance(0.03) ? pick(random, [FINISH, FINISH_BACKUP]) : null
  if (missedBy !== FINISH) {
    crossings.push(passing(FINISH, mainAt))
    // A photograph behind the line, with a foot on the mat.
    if (chance(0.03))
      crossings.push({ ...passing(FINISH, mainAt + between(5000, 90_000)), reads: 25, standing: true })
  }
  if (backupStands && missedBy !== FINISH_BACKUP) crossings.push(passing(FINISH_BACKUP, backupAt))
  // Back to the bags, over the start line.
  if (chance(0.03))
    crossings.push(passing(pick(random, [START_A, START_B]), backupAt + between(2 * MINUTE, 25 * MINUTE)))
  return { runner, startAt, finishAt: missedBy === FINISH ? backupAt : mainAt, crossings }
}
