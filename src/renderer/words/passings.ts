import type { Match } from '../../api/race-day.ts'

type PersonRead = Match['reads'][number]

/** A read of somebody as it is listed, with those it stands for. */
export interface Passing {
  /** The newest: at a start it is the one that counts. */
  readonly read: PersonRead
  /** Ms UTC of the first of several; null for one. */
  readonly since: number | null
  /** Counted reads. */
  readonly times: number
  /** With those read again. */
  readonly reads: number
}

/** Whoever waits on the start's mat is counted again and again; who was away for longer came back. */
const WAITING_MS = 5 * 60_000

const waits = (before: PersonRead, after: PersonRead): boolean =>
  before.locationKind === 'start' &&
  before.location === after.location &&
  before.kind === after.kind &&
  before.at !== null &&
  after.at !== null &&
  after.at - before.at <= WAITING_MS

/** Somebody's reads, newest first, with those of waiting at a start as one. Elsewhere each is a pass of its own. */
export function passingsOf(reads: readonly PersonRead[]): readonly Passing[] {
  const passings: Passing[] = []
  let next: PersonRead | null = null
  for (const read of reads) {
    const last = passings.at(-1)
    if (last !== undefined && next !== null && waits(read, next)) {
      const [times, all] = [last.times + 1, last.reads + read.duplicates + 1]
      passings[passings.length - 1] = { ...last, since: read.at, times, reads: all }
    } else passings.push({ read, since: null, times: 1, reads: read.duplicates + 1 })
    next = read
  }
  return passings
}
