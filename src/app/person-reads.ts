import type { Match } from '../api/race-day.ts'
import { type Course, lapsOf, NO_LAP } from '../core/course.ts'
import type { LinkRoute, LocationKind, ReadKind } from '../core/model.ts'
import { type ChipPass, questionsOf } from '../core/plausible.ts'
import { ownStart } from '../store/guns.ts'
import type { Reader } from '../store/reader.ts'
import { questionShown } from './counting/questionable.ts'

interface CountedRead {
  readonly id: number
  readonly location: string | null
  readonly locationKind: LocationKind | null
  readonly at: number | null
  readonly rawTime: string | null
  readonly chip: string | null
  readonly kind: ReadKind
  readonly state: 'linked'
  readonly route: LinkRoute | null
  readonly device: string
}

interface Again {
  readonly duplicateOf: number
  readonly kind: LocationKind | null
  /** When, ms UTC; null where no time is known. */
  readonly times: readonly (number | null)[]
}

const MOST = 5000

const countedReads = (reader: Reader, participantId: string): CountedRead[] =>
  reader.all<CountedRead>(
    `SELECT l.read_id AS id, t.location_name AS location, t.kind AS locationKind, l.at, r.raw_time AS rawTime, r.chip,
       r.kind, l.state, l.route, r.device
     FROM read_links l CROSS JOIN timing_reads r ON r.id = l.read_id
     LEFT JOIN timing_locations t ON t.id = l.location_id
     WHERE l.participant_id = ? AND l.state = 'linked' AND l.duplicate_of IS NULL ORDER BY l.at DESC, l.read_id DESC LIMIT ${MOST}`,
    participantId,
  )

/** One chip is read hundreds of times while its runner stands on the mat: a row for each would take longer than all else. */
const readAgain = (reader: Reader, participantId: string): readonly Again[] =>
  reader
    .all<Omit<Again, 'times'> & { times: string }>(
      `SELECT found.duplicateOf, t.kind, json_group_array(found.at) AS times FROM (
         SELECT again.duplicate_of AS duplicateOf, again.at, one.location_id
         FROM read_links one CROSS JOIN read_links again ON again.duplicate_of = one.read_id
         WHERE one.participant_id = ? AND one.duplicate_of IS NULL LIMIT ${MOST}) found
       LEFT JOIN timing_locations t ON t.id = found.location_id GROUP BY found.duplicateOf`,
      participantId,
    )
    .map(({ times, ...again }) => ({ ...again, times: JSON.parse(times) as (number | null)[] }))

/** What somebody's reads say, the newest first: times from the own gun and the own start, laps, and what cannot be. */
export function personReads(
  reader: Reader,
  participantId: string,
  race: { readonly course: Course; readonly gun: number | null; readonly startsFrom: number | null },
): Pick<Match, 'reads' | 'questions'> {
  const { course, gun, startsFrom } = race
  const counted = countedReads(reader, participantId)
  const again = readAgain(reader, participantId)
  const duplicates = new Map(again.map(({ duplicateOf, times }) => [duplicateOf, times.length]))
  const passes = counted.flatMap(({ id, location, locationKind: kind, at, chip }): readonly ChipPass[] =>
    location === null || kind === null || at === null ? [] : [{ id, location, kind, at, chip }],
  )
  const laps = lapsOf(passes, course, startsFrom)
  const starts = [
    ...counted.map(({ at, locationKind: kind }) => ({ at, kind })),
    ...again.flatMap(({ times, kind }) => times.map(at => ({ at, kind }))),
  ].filter(({ kind }) => kind === 'start')
  return {
    reads: counted.map(read => {
      const start =
        read.locationKind === 'start' || read.at === null ? null : ownStart(starts, read.at, startsFrom)
      return {
        ...read,
        raceTimeMs: gun === null || read.at === null ? null : read.at - gun,
        chipTimeMs: start === null || read.at === null ? null : read.at - start,
        duplicates: duplicates.get(read.id) ?? 0,
        ...(laps.get(read.id) ?? NO_LAP),
      }
    }),
    questions: questionsOf(passes, course, gun, startsFrom).map(questionShown),
  }
}
