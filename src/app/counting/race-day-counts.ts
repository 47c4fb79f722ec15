import type { Reader } from '../../store/reader.ts'
import type { Store } from '../../store/store.ts'
import { createKept } from '../kept.ts'
import type { Count } from './count-aside.ts'
import type { EnteredPeople } from './entered.ts'
import type { RaceTally } from './race-tally.ts'

const MINUTE = 60_000

/** Who is entered; counted again when somebody changed, not with every read. */
export interface Entered {
  /** Registered people of an event. */
  ofEvent(eventId: string): number
  ofDay(raceDayId: string): Promise<EnteredPeople>
}

export function createEntered(store: Store, count: Count): Entered {
  return {
    ofEvent: createKept(store, ['effective_participants'], eventId => peopleOf(store.read, eventId)),
    ofDay: createKept(store, ['effective_participants', 'race_day_events'], raceDayId =>
      count('entered', raceDayId),
    ),
  }
}

const peopleOf = (read: Reader, eventId: string): number =>
  read.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM effective_participants
     WHERE normalized_event_id = ? AND registration_status = 'registered'`,
    eventId,
  )?.people ?? 0

/** How a race day stands, of distinct people. */
export function raceFigures(tally: RaceTally) {
  const minutes = new Map<number, number>()
  for (const at of tally.finishes) {
    const minute = Math.floor(at / MINUTE) * MINUTE
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }
  return {
    started: tally.started,
    finished: tally.finished,
    stillOut: tally.out.length,
    locations: [...tally.locations],
    finishPerMinute: [...minutes].sort(([a], [b]) => a - b).map(([at, found]) => ({ at, people: found })),
  }
}

/** That, beside who is entered. */
export async function raceDayCounts(entered: Entered, count: Count, raceDayId: string) {
  const [{ doubledBibs, ...people }, figures] = await Promise.all([
    entered.ofDay(raceDayId),
    count('raceDay', raceDayId),
  ])
  return { ...people, duplicateBibs: doubledBibs.length, ...figures }
}

export type RaceDayCounts = Awaited<ReturnType<typeof raceDayCounts>>
