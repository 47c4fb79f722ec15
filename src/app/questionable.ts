import type { Questionable, QuestionShown } from '../api/course.ts'
import { AppError } from '../core/errors.ts'
import type { QuestionKind } from '../core/model.ts'
import { type ChipPass, type Question, questionsOf } from '../core/plausible.ts'
import { createCourses } from '../store/courses.ts'
import { createGuns, startWindow } from '../store/guns.ts'
import { nameOf } from '../store/participant-columns.ts'
import type { Reader } from '../store/reader.ts'
import { giveWay } from './give-way.ts'

/** People of one turn of the event loop. */
const AT_ONCE = 100

export const questionShown = ({ readIds, ...question }: Question): QuestionShown => ({
  ...question,
  readIds: [...readIds],
})

interface PersonRow {
  readonly participantId: string
  readonly nameFolded: string
  readonly bibNumber: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly wave: string | null
}

type ReadRow = ChipPass & { readonly participantId: string; readonly device: string }

/** The last person that was looked at: they are walked by event, then by name. */
interface Mark {
  readonly eventId: string
  readonly nameFolded: string
  readonly participantId: string
}

const markText = ({ eventId, nameFolded, participantId }: Mark): string =>
  [eventId, participantId, nameFolded].join(' ')

function markOf(text: string): Mark {
  const [eventId, participantId, ...name] = text.split(' ')
  if (!eventId || !participantId)
    throw new AppError('input.invalid', 'after: not what the page before gave as next.')
  return { eventId, participantId, nameFolded: name.join(' ') }
}

const peopleAfter = (reader: Reader, { eventId, nameFolded, participantId }: Mark): readonly PersonRow[] =>
  reader.all<PersonRow>(
    `SELECT participant_id AS participantId, name_folded AS nameFolded, bib_number AS bibNumber,
     first_name AS firstName, last_name AS lastName, wave FROM effective_participants
     WHERE normalized_event_id = ? AND name_folded >= ? AND (name_folded > ? OR participant_id > ?)
     ORDER BY name_folded, participant_id LIMIT ?`,
    eventId,
    nameFolded,
    nameFolded,
    participantId,
    AT_ONCE,
  )

/** Counted reads on a race day of some people, by person. */
const readsOf = (reader: Reader, raceDayId: string, people: readonly PersonRow[]): Map<string, ReadRow[]> =>
  Map.groupBy(
    reader.all<ReadRow>(
      `SELECT l.participant_id AS participantId, l.read_id AS id, t.location_name AS location, t.kind, l.at,
       r.chip, r.device FROM json_each(?) j CROSS JOIN read_links l ON l.participant_id = j.value
       JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       JOIN timing_locations t ON t.id = l.location_id JOIN timing_reads r ON r.id = l.read_id
       WHERE l.state = 'linked' AND l.duplicate_of IS NULL AND l.at IS NOT NULL`,
      JSON.stringify(people.map(({ participantId }) => participantId)),
      raceDayId,
    ),
    row => row.participantId,
  )

export interface QuestionsAsked {
  readonly raceDayId: string
  readonly eventId: string | undefined
  readonly kind: QuestionKind | undefined
  readonly after: string | undefined
  readonly limit: number
}

/** People of a race day whose reads cannot be right, by event and name, in turns that let others go between. */
export async function questionablePeople(
  reader: Reader,
  asked: QuestionsAsked,
): Promise<{ people: Questionable[]; next: string | null }> {
  const courses = createCourses(reader)
  const gunOf = createGuns(reader)
  const window = startWindow(reader)
  const events = reader.all<{ id: string; eventName: string }>(
    `SELECT v.id, v.event_name AS eventName FROM race_day_events d JOIN normalized_events v
       ON v.id = d.normalized_event_id
     WHERE d.race_day_id = ? AND d.removed = 0 AND (? IS NULL OR v.id = ?) ORDER BY v.id`,
    asked.raceDayId,
    asked.eventId ?? null,
    asked.eventId ?? null,
  )
  const begin = asked.after === undefined ? null : markOf(asked.after)
  const found: Questionable[] = []
  for (const { id: eventId, eventName } of events) {
    if (begin && eventId < begin.eventId) continue
    let mark = begin?.eventId === eventId ? begin : { eventId, nameFolded: '', participantId: '' }
    while (true) {
      const people = peopleAfter(reader, mark)
      const reads = readsOf(reader, asked.raceDayId, people)
      for (const person of people) {
        const { participantId, nameFolded, bibNumber, wave } = person
        mark = { eventId, nameFolded, participantId }
        const own = reads.get(participantId) ?? []
        const gun = gunOf(eventId, wave)
        const questions = questionsOf(own, courses(eventId), gun, gun === null ? null : gun - window).filter(
          ({ kind }) => asked.kind === undefined || kind === asked.kind,
        )
        if (questions.length === 0) continue
        const ids = new Set(questions.flatMap(({ readIds }) => readIds))
        found.push({
          ...{ participantId, bibNumber, name: nameOf(person), eventId, eventName, wave },
          questions: questions.map(questionShown),
          reads: own
            .filter(({ id }) => ids.has(id))
            .map(({ id, location, at, chip, device }) => ({ id, location, at, chip, device })),
        })
        if (found.length === asked.limit) return { people: found, next: markText(mark) }
      }
      if (people.length < AT_ONCE) break
      await giveWay()
    }
  }
  return { people: found, next: null }
}
