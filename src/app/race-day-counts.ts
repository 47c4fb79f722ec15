import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import { doubledBibs } from './double-bibs.ts'
import { createKept } from './kept.ts'
import { EVENTS_OF_DAY } from './race-days.ts'
import type { RaceTally } from './race-tally.ts'

const MINUTE = 60_000

interface PeopleCounts {
  readonly registered: number
  readonly checkedIn: number
  readonly withoutBib: number
  readonly duplicateBibs: number
}

/** Who is entered; counted again when somebody changed, not with every read. */
export interface Entered {
  /** Registered people of an event. */
  ofEvent(eventId: string): number
  counts(raceDayId: string): PeopleCounts
  doubledBibs(raceDayId: string): readonly string[]
}

export function createEntered(store: Store): Entered {
  const { read } = store
  const doubled = createKept(store, ['effective_participants', 'race_day_events'], raceDayId =>
    doubledBibs(read, raceDayId),
  )
  return {
    ofEvent: createKept(store, ['effective_participants'], eventId => peopleOf(read, eventId)),
    counts: createKept(store, ['effective_participants', 'race_day_events'], raceDayId => ({
      ...peopleCounts(read, raceDayId),
      duplicateBibs: doubled(raceDayId).length,
    })),
    doubledBibs: doubled,
  }
}

const peopleOf = (read: Reader, eventId: string): number =>
  read.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM effective_participants
     WHERE normalized_event_id = ? AND registration_status = 'registered'`,
    eventId,
  )?.people ?? 0

const peopleCounts = (read: Reader, raceDayId: string): Omit<PeopleCounts, 'duplicateBibs'> =>
  read.get<Omit<PeopleCounts, 'duplicateBibs'>>(
    `SELECT COUNT(*) AS registered, COUNT(checked_in_at) AS checkedIn, COALESCE(SUM(bib_key IS NULL), 0) AS withoutBib
     FROM effective_participants WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS_OF_DAY})`,
    raceDayId,
  ) ?? { registered: 0, checkedIn: 0, withoutBib: 0 }

/** How a race day stands, of distinct people. */
export function raceDayCounts(people: PeopleCounts, tally: RaceTally) {
  const minutes = new Map<number, number>()
  for (const at of tally.finishes) {
    const minute = Math.floor(at / MINUTE) * MINUTE
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }
  return {
    ...people,
    started: tally.started,
    finished: tally.finished,
    stillOut: tally.out.length,
    locations: [...tally.locations],
    finishPerMinute: [...minutes].sort(([a], [b]) => a - b).map(([at, found]) => ({ at, people: found })),
  }
}

export type RaceDayCounts = ReturnType<typeof raceDayCounts>
