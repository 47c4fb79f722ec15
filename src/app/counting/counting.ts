import type { Clock } from '../../core/runtime.ts'
import { createReadCounts } from '../../store/read-counts.ts'
import type { Reader } from '../../store/reader.ts'
import { unlinkedOf, unlinkedReads } from '../../store/unlinked.ts'
import { createReadTally } from '../../timing/read-tally.ts'
import { preflightCounts } from '../preflight/preflight-counts.ts'
import { stillOut } from '../still-out.ts'
import { createDoubtful } from './doubtful.ts'
import { enteredPeople } from './entered.ts'
import { createPaced } from './paced.ts'
import { type QuestionsAsked, questionablePeople } from './questionable.ts'
import { raceFigures } from './race-day-counts.ts'
import { createRaceTally } from './race-tally.ts'

/**
 * What screens ask again and again and what takes a large store more than some ms. It is asked by a name and answered
 * from another thread (count-aside.ts): plain values go in and out, and no more of them than a screen shows.
 *
 * The thread starts in a tenth of a second because nothing here imports the schema, and with it drizzle.
 */
export function createCounting(reader: Reader, clock: Clock) {
  const tally = createPaced(createRaceTally(reader))
  const unlinked = createPaced(sessionId => unlinkedOf(reader, sessionId))
  // Asked by a press, page by page.
  const doubtful = createPaced(createDoubtful(reader), 1)
  const reads = createReadCounts(reader, clock)
  const places = createReadTally(reader)
  return {
    entered: createPaced(raceDayId => enteredPeople(reader, raceDayId)),
    raceDay: async (raceDayId: string) => raceFigures(await tally(raceDayId)),
    stillOut: async (raceDayId: string, eventId: string | null) =>
      stillOut(reader, raceDayId, eventId, await tally(raceDayId)),
    preflight: createPaced(raceDayId => preflightCounts(reader, raceDayId)),
    /** All of a session's reads. */
    reads: async (sessionId: string) => reads.reads(sessionId),
    /** The same, with what became of them. */
    links: async (sessionId: string) => reads.of(sessionId),
    unlinkedReads: async (sessionId: string) => unlinkedReads(reader, sessionId),
    /** @param limit of the groups; what is counted is counted of all */
    unlinked: async (sessionId: string, limit: number) => {
      const { groups, ...found } = await unlinked(sessionId)
      return { groups: groups.slice(0, limit), ...found }
    },
    places: (sessionId: string) => places.of(sessionId),
    /** @throws AppError input.invalid */
    questionable: (asked: QuestionsAsked) => questionablePeople(reader, doubtful, asked),
  }
}

export type Counting = ReturnType<typeof createCounting>
