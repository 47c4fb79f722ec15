import { EVENTS_OF_DAY } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'

/** Who is registered on a race day. */
export interface EnteredPeople {
  readonly registered: number
  readonly checkedIn: number
  readonly withoutBib: number
  /** bibKeys that several of them wear, the small ones first. */
  readonly doubledBibs: readonly string[]
}

type Counted = Omit<EnteredPeople, 'doubledBibs'>

const peopleCounts = (reader: Reader, raceDayId: string): Counted =>
  reader.get<Counted>(
    `SELECT COUNT(*) AS registered, COUNT(checked_in_at) AS checkedIn, COALESCE(SUM(bib_key IS NULL), 0) AS withoutBib
     FROM effective_participants WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS_OF_DAY})`,
    raceDayId,
  ) ?? { registered: 0, checkedIn: 0, withoutBib: 0 }

/** By the index of bibs alone. */
const doubledBibs = (reader: Reader, raceDayId: string): readonly string[] =>
  reader
    .all<{ bib: string }>(
      `SELECT bib_key AS bib FROM effective_participants INDEXED BY effective_participants_bib
       WHERE bib_key IS NOT NULL AND registration_status = 'registered' AND +normalized_event_id IN (${EVENTS_OF_DAY})
       GROUP BY bib_key HAVING COUNT(*) > 1 ORDER BY length(bib_key), bib_key`,
      raceDayId,
    )
    .map(row => row.bib)

export const enteredPeople = (reader: Reader, raceDayId: string): EnteredPeople => ({
  ...peopleCounts(reader, raceDayId),
  doubledBibs: doubledBibs(reader, raceDayId),
})
