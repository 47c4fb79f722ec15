import type { Questionable, QuestionShown } from '../../api/course.ts'
import { AppError } from '../../core/errors.ts'
import type { QuestionKind } from '../../core/model.ts'
import { type ChipPass, type Question, questionsOf } from '../../core/plausible.ts'
import { createCourses } from '../../store/courses.ts'
import { createGuns, startWindow } from '../../store/guns.ts'
import { nameOf } from '../../store/participant-columns.ts'
import type { Reader } from '../../store/reader.ts'
import type { Doubtful, ListPlace } from './doubtful.ts'
import { giveWay } from './give-way.ts'

/** People of one turn of the event loop. */
const AT_ONCE = 100

export const questionShown = ({ readIds, ...question }: Question): QuestionShown => ({
  ...question,
  readIds: [...readIds],
})

interface PersonRow {
  readonly participantId: string
  readonly eventId: string
  readonly eventName: string
  readonly bibNumber: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly wave: string | null
}

type ReadRow = ChipPass & { readonly participantId: string; readonly device: string }

const markText = ({ eventId, nameFolded, participantId }: ListPlace): string =>
  [eventId, participantId, nameFolded].join(' ')

function markOf(text: string): ListPlace {
  const [eventId, participantId, ...name] = text.split(' ')
  if (!eventId || !participantId)
    throw new AppError('input.invalid', 'after: not what the page before gave as next.')
  return { eventId, participantId, nameFolded: name.join(' ') }
}

const peopleOf = (reader: Reader, ids: string): Map<string, PersonRow> =>
  new Map(
    reader
      .all<PersonRow>(
        `SELECT e.participant_id AS participantId, v.id AS eventId, v.event_name AS eventName,
         e.bib_number AS bibNumber, e.first_name AS firstName, e.last_name AS lastName, e.wave
         FROM json_each(?) j CROSS JOIN effective_participants e ON e.participant_id = j.value
         JOIN normalized_events v ON v.id = e.normalized_event_id`,
        ids,
      )
      .map(row => [row.participantId, row]),
  )

/** Counted reads on a race day of some people, by person. */
const readsOf = (reader: Reader, raceDayId: string, ids: string): Map<string, ReadRow[]> =>
  Map.groupBy(
    reader.all<ReadRow>(
      `SELECT l.participant_id AS participantId, l.read_id AS id, t.location_name AS location, t.kind, l.at,
       r.chip, r.device FROM json_each(?) j CROSS JOIN read_links l ON l.participant_id = j.value
       JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       JOIN timing_locations t ON t.id = l.location_id JOIN timing_reads r ON r.id = l.read_id
       WHERE l.state = 'linked' AND l.duplicate_of IS NULL AND l.at IS NOT NULL`,
      ids,
      raceDayId,
    ),
    row => row.participantId,
  )

function byList(one: ListPlace, other: ListPlace): number {
  if (one.eventId !== other.eventId) return one.eventId < other.eventId ? -1 : 1
  if (one.nameFolded !== other.nameFolded) return one.nameFolded < other.nameFolded ? -1 : 1
  return one.participantId < other.participantId ? -1 : Number(one.participantId > other.participantId)
}

/** The next of them in the list's order. To sort all holds the event loop, where everybody is doubtful. */
function nextAfter(doubtful: readonly Doubtful[], mark: ListPlace | null): readonly Doubtful[] {
  const found: Doubtful[] = []
  for (const one of doubtful) {
    if (mark !== null && byList(one, mark) <= 0) continue
    const last = found.length < AT_ONCE ? undefined : found.pop()
    if (last !== undefined && byList(one, last) > 0) {
      found.push(last)
      continue
    }
    const at = found.findIndex(other => byList(one, other) < 0)
    found.splice(at < 0 ? found.length : at, 0, one)
  }
  return found
}

export interface QuestionsAsked {
  readonly raceDayId: string
  readonly eventId: string | undefined
  readonly kind: QuestionKind | undefined
  readonly after: string | undefined
  readonly limit: number
}

/**
 * A page of people of a race day whose reads cannot be right, by event and name.
 * @param doubtful tells who they are @throws AppError input.invalid
 */
export async function questionablePeople(
  reader: Reader,
  doubtful: (raceDayId: string) => Promise<readonly Doubtful[]>,
  { raceDayId, eventId, kind, after, limit }: QuestionsAsked,
): Promise<{ people: Questionable[]; next: string | null }> {
  let mark: ListPlace | null = after === undefined ? null : markOf(after)
  const asked = (await doubtful(raceDayId)).filter(
    one =>
      (eventId === undefined || one.eventId === eventId) && (kind === undefined || one.kinds.includes(kind)),
  )
  const courses = createCourses(reader)
  const gunOf = createGuns(reader)
  const window = startWindow(reader)
  const found: Questionable[] = []
  for (let piece = nextAfter(asked, mark); piece.length > 0; piece = nextAfter(asked, mark)) {
    const ids = JSON.stringify(piece.map(({ participantId }) => participantId))
    const people = peopleOf(reader, ids)
    const reads = readsOf(reader, raceDayId, ids)
    for (const place of piece) {
      mark = place
      const person = people.get(place.participantId)
      if (person === undefined) continue
      const { participantId, bibNumber, eventName, wave } = person
      const own = reads.get(participantId) ?? []
      const gun = gunOf(person.eventId, wave)
      const questions = questionsOf(
        own,
        courses(person.eventId),
        gun,
        gun === null ? null : gun - window,
      ).filter(question => kind === undefined || question.kind === kind)
      // Somebody who was not looked at again yet, and is all right by now.
      if (questions.length === 0) continue
      const readIds = new Set(questions.flatMap(question => question.readIds))
      found.push({
        ...{ participantId, bibNumber, name: nameOf(person), eventId: person.eventId, eventName, wave },
        questions: questions.map(questionShown),
        reads: own
          .filter(({ id }) => readIds.has(id))
          .map(({ id, location, at, chip, device }) => ({ id, location, at, chip, device })),
      })
      if (found.length === limit) return { people: found, next: markText(place) }
    }
    await giveWay()
  }
  return { people: found, next: null }
}
