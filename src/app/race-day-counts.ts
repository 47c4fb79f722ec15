import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import type { RaceTally } from './race-tally.ts'

const MINUTE = 60_000

const EVENTS = 'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

interface PeopleCounts {
  readonly registered: number
  readonly checkedIn: number
  readonly withoutBib: number
  readonly duplicateBibs: number
}

/** Who is entered; counted again when somebody changed, not with every read. */
export function createPeopleCounts({ read, onChange }: Store): (raceDayId: string) => PeopleCounts {
  const known = new Map<string, PeopleCounts>()
  onChange(tables => {
    if (tables.has('effective_participants') || tables.has('race_day_events')) known.clear()
  })
  return raceDayId => {
    const found = known.get(raceDayId) ?? peopleCounts(read, raceDayId)
    known.set(raceDayId, found)
    return found
  }
}

function peopleCounts(read: Reader, raceDayId: string): PeopleCounts {
  const people = read.get<Record<'registered' | 'checkedIn' | 'withoutBib', number>>(
    `SELECT COUNT(*) AS registered, COUNT(checked_in_at) AS checkedIn, COALESCE(SUM(bib_key IS NULL), 0) AS withoutBib
     FROM effective_participants WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS})`,
    raceDayId,
  ) ?? { registered: 0, checkedIn: 0, withoutBib: 0 }
  const doubled = read.get<{ bibs: number }>(
    `SELECT COUNT(*) AS bibs FROM (SELECT bib_key FROM effective_participants
       WHERE registration_status = 'registered' AND bib_key IS NOT NULL AND normalized_event_id IN (${EVENTS})
       GROUP BY bib_key HAVING COUNT(*) > 1)`,
    raceDayId,
  )
  return { ...people, duplicateBibs: doubled?.bibs ?? 0 }
}

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
