import type { Course } from '../../core/course.ts'
import type { QuestionKind } from '../../core/model.ts'
import { type ChipPass, type Question, questionsOf } from '../../core/plausible.ts'
import { crossingsAt, crossingsOf, type Place, placesOf, sessionsOf } from '../../store/counted-reads.ts'
import { createCourses } from '../../store/courses.ts'
import { finishRules } from '../../store/finishes.ts'
import { createGuns, startWindow } from '../../store/guns.ts'
import { EVENTS_OF_DAY, eventsOfDay } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'
import { createFollowed } from './followed.ts'
import { giveWay } from './give-way.ts'

/** People of one turn of the event loop. */
const AT_ONCE = 100

/** Where somebody is in the list of a race day: by event, then by name. */
export interface ListPlace {
  readonly eventId: string
  readonly nameFolded: string
  readonly participantId: string
}

/** Somebody whose reads cannot be right as they are, and why. */
export interface Doubtful extends ListPlace {
  readonly kinds: readonly QuestionKind[]
}

interface PersonRow extends ListPlace {
  readonly wave: string | null
}

interface DayFacts {
  readonly raceDayId: string
  readonly events: readonly string[]
  readonly sessions: ReadonlySet<string>
  readonly places: ReadonlyMap<string, Place>
  /** What cannot be right of one person's counted reads. */
  readonly questions: (person: PersonRow, reads: readonly ChipPass[]) => readonly Question[]
  readonly basis: string
}

const peopleOf = (reader: Reader, raceDayId: string, ids: readonly string[]): readonly PersonRow[] =>
  reader.all<PersonRow>(
    `SELECT participant_id AS participantId, normalized_event_id AS eventId, name_folded AS nameFolded, wave
     FROM effective_participants WHERE participant_id IN (SELECT value FROM json_each(?))
     AND +normalized_event_id IN (${EVENTS_OF_DAY})`,
    JSON.stringify(ids),
    raceDayId,
  )

const chipsOf = (reader: Reader, readIds: readonly number[]): ReadonlyMap<number, string | null> =>
  new Map(
    reader
      .all<{ id: number; chip: string | null }>(
        'SELECT id, chip FROM timing_reads WHERE id IN (SELECT value FROM json_each(?))',
        JSON.stringify(readIds),
      )
      .map(({ id, chip }) => [id, chip]),
  )

const written = ({ places, lapKm, fastestKmh }: Course) => [[...places.values()], lapKm, fastestKmh]

function factsOf(reader: Reader, raceDayId: string): DayFacts {
  const courses = createCourses(reader)
  const gunOf = createGuns(reader)
  const window = startWindow(reader)
  const events = eventsOfDay(reader, raceDayId)
  const places = placesOf(reader, raceDayId)
  const sessions = sessionsOf(reader, raceDayId)
  const { basis } = finishRules(reader, raceDayId)
  return {
    ...{ raceDayId, events, sessions: new Set(sessions) },
    places: new Map(places.map(place => [place.id, place])),
    questions({ eventId, wave }, reads) {
      const gun = gunOf(eventId, wave)
      return questionsOf(reads, courses(eventId), gun, gun === null ? null : gun - window)
    },
    basis: JSON.stringify([events, places, sessions, basis, window, events.map(id => written(courses(id)))]),
  }
}

/** Somebody's counted reads, as if all were of one chip. */
type ReadsByPerson = ReadonlyMap<string, readonly ChipPass[]>

const passOf = (place: Place, id: number, at: number): ChipPass => ({
  ...{ id, at, chip: '' },
  ...{ location: place.name, kind: place.kind },
})

const readsOf = (reader: Reader, { sessions, places }: DayFacts, ids: readonly string[]): ReadsByPerson => {
  const found = new Map<string, ChipPass[]>()
  for (const { participantId, readId, at, sessionId, locationId } of crossingsOf(reader, ids)) {
    const place = locationId === null ? undefined : places.get(locationId)
    if (at === null || place === undefined || !sessions.has(sessionId)) continue
    const own = found.get(participantId) ?? []
    found.set(participantId, own)
    own.push(passOf(place, readId, at))
  }
  return found
}

/** Everybody's, of some people at a time: read place by place on the index alone, and kept as bare numbers. */
async function* everybodysReads(reader: Reader, { places }: DayFacts): AsyncGenerator<ReadsByPerson, void> {
  const inOrder = [...places.values()]
  const numbers = new Map<string, number[]>()
  for (const [index, place] of inOrder.entries())
    for (const piece of crossingsAt(reader, place.sessionId, place.id)) {
      for (const { participantId, readId, at } of piece) {
        if (at === null) continue
        const own = numbers.get(participantId)
        if (own === undefined) numbers.set(participantId, [index, readId, at])
        else own.push(index, readId, at)
      }
      await giveWay()
    }
  let some = new Map<string, readonly ChipPass[]>()
  for (const [participantId, own] of numbers) {
    const reads: ChipPass[] = []
    for (let from = 0; from < own.length; from += 3) {
      const [index = 0, readId = 0, at = 0] = own.slice(from, from + 3)
      const place = inOrder[index]
      if (place !== undefined) reads.push(passOf(place, readId, at))
    }
    some.set(participantId, reads)
    if (some.size < AT_ONCE) continue
    yield some
    some = new Map()
  }
  yield some
}

/** Those people of whom there is a question. */
function doubtsAbout(reader: Reader, facts: DayFacts, readsByPerson: ReadsByPerson): readonly Doubtful[] {
  const about = ({ wave, ...place }: PersonRow, reads: readonly ChipPass[]): Doubtful => {
    const kinds = facts.questions({ wave, ...place }, reads).map(({ kind }) => kind)
    return { ...place, kinds: [...new Set(kinds)] }
  }
  const sure: Doubtful[] = []
  const suspects: { readonly person: PersonRow; readonly reads: readonly ChipPass[] }[] = []
  for (const person of peopleOf(reader, facts.raceDayId, [...readsByPerson.keys()])) {
    const reads = readsByPerson.get(person.participantId) ?? []
    const doubts = about(person, reads)
    // Chips decide but one question: few rows of the journal are to be read.
    if (doubts.kinds.includes('two-places')) suspects.push({ person, reads })
    else sure.push(doubts)
  }
  if (suspects.length > 0) {
    const ids = suspects.flatMap(({ reads }) => reads.map(({ id }) => id))
    const chips = chipsOf(reader, ids)
    const withChip = (read: ChipPass): ChipPass => ({ ...read, chip: chips.get(read.id) ?? null })
    for (const { person, reads } of suspects) sure.push(about(person, reads.map(withChip)))
  }
  return sure.filter(({ kinds }) => kinds.length > 0)
}

/** Who of a race day is questionable, in no order; not to be asked twice at a time for one race day. */
export function createDoubtful(reader: Reader): (raceDayId: string) => Promise<readonly Doubtful[]> {
  type Doubts = Map<string, Doubtful>
  const put = (doubts: Doubts, facts: DayFacts, reads: ReadsByPerson): void => {
    for (const one of doubtsAbout(reader, facts, reads)) doubts.set(one.participantId, one)
  }
  const follow = createFollowed<DayFacts, Doubts>(reader, {
    facts: raceDayId => factsOf(reader, raceDayId),
    async everybody(facts) {
      const doubts: Doubts = new Map()
      for await (const reads of everybodysReads(reader, facts)) {
        put(doubts, facts, reads)
        await giveWay()
      }
      return doubts
    },
    async again(facts, doubts, ids) {
      for (const id of ids) doubts.delete(id)
      put(doubts, facts, readsOf(reader, facts, ids))
      await giveWay()
    },
  })
  return async raceDayId => [...(await follow(raceDayId)).state.values()]
}
