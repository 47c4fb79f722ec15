import type { z } from 'zod'
import type { match, participant } from '../../api/race-day.ts'
import { type Course, lapsOf, NO_LAP } from '../../core/course.ts'
import { sourceDiffers } from '../../core/effective.ts'
import { AppError } from '../../core/errors.ts'
import type { LinkRoute, LocationKind, ReadKind } from '../../core/model.ts'
import { type ChipPass, questionsOf } from '../../core/plausible.ts'
import { swappedWith } from '../../store/chip-swaps.ts'
import { createCourses } from '../../store/courses.ts'
import { asOverrides, overridesOf } from '../../store/effective-rows.ts'
import { gunOf, ownStart, startWindow } from '../../store/guns.ts'
import { eventsBeside, joinOffers } from '../../store/joins.ts'
import { BY_HAND, nameOf, valuesOf } from '../../store/participant-columns.ts'
import type { Reader } from '../../store/reader.ts'
import { decode, rowsWhere, rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { wearersOf } from '../double-bibs.ts'
import { questionShown } from '../questionable.ts'

type Match = z.infer<typeof match>
type Participant = z.infer<typeof participant>

/** Columns of a participant as every list shows it; goes with `participantOf`. */
export const PARTICIPANT = `SELECT e.*, p.source_provider, p.source_participant_id, p.updated_at AS p_updated_at,
  v.event_name AS v_event_name FROM effective_participants e
  JOIN normalized_participants p ON p.id = e.participant_id
  JOIN normalized_events v ON v.id = e.normalized_event_id`

export function participantOf(raw: Readonly<Record<string, unknown>>): Participant {
  const row = decode('effective_participants', raw)
  return {
    id: row.participantId,
    eventId: row.normalizedEventId,
    eventName: String(raw.v_event_name),
    sourceProvider: String(raw.source_provider),
    sourceParticipantId: String(raw.source_participant_id),
    bibNumber: row.bibNumber,
    firstName: row.firstName,
    lastName: row.lastName,
    email: row.email,
    phone: row.phone,
    dateOfBirth: row.dateOfBirth,
    gender: row.gender,
    age: row.age,
    city: row.city,
    state: row.state,
    country: row.country,
    emergencyContact: row.emergencyContact,
    raceDistance: row.raceDistance,
    division: row.division,
    teamName: row.teamName,
    wave: row.wave,
    registrationDate: row.registrationDate,
    chips: [...row.chips],
    registrationStatus: row.registrationStatus,
    checkedInAt: row.checkedInAt,
    raceStatus: row.raceStatus,
    note: row.note,
    participantStatus: row.participantStatus,
    updatedAt: Number(raw.p_updated_at),
  }
}

interface PersonRead {
  readonly id: number
  readonly location: string | null
  readonly locationKind: LocationKind | null
  readonly at: number | null
  readonly rawTime: string | null
  readonly chip: string | null
  readonly kind: ReadKind
  readonly state: 'linked' | 'duplicate'
  readonly route: LinkRoute | null
  readonly device: string
  readonly duplicateOf: number | null
}

/** Duplicates are counted, not listed: one chip is read hundreds of times while its runner stands on the mat. */
const readsOf = (reader: Reader, participantId: string): PersonRead[] =>
  reader.all<PersonRead>(
    `SELECT l.read_id AS id, t.location_name AS location, t.kind AS locationKind, l.at, r.raw_time AS rawTime, r.chip,
       r.kind, l.state, l.route, r.device, l.duplicate_of AS duplicateOf
     FROM read_links l JOIN timing_reads r ON r.id = l.read_id LEFT JOIN timing_locations t ON t.id = l.location_id
     WHERE l.participant_id = ? AND l.state IN ('linked', 'duplicate') ORDER BY l.at DESC, l.read_id DESC LIMIT 5000`,
    participantId,
  )

/** Chips the supplier put on a bib, over the race days of its event. */
const chipsOnBib = (reader: Reader, row: Row<'effective_participants'>): string[] =>
  row.bibKey === null
    ? []
    : reader
        .all<{ chip: string }>(
          `SELECT b.chip FROM bib_chips b JOIN race_day_events d ON d.race_day_id = b.race_day_id AND d.removed = 0
           WHERE d.normalized_event_id = ? AND b.bib_number = ? AND b.removed = 0 ORDER BY b.chip`,
          row.normalizedEventId,
          row.bibKey,
        )
        .map(({ chip }) => chip)

/** Others of the same race days with the same bib, and whom its reads link to: warned of, never blocked. */
function sameBib(reader: Reader, row: Row<'effective_participants'>): Pick<Match, 'sameBib' | 'bibLinksTo'> {
  if (row.bibKey === null) return { sameBib: [], bibLinksTo: null }
  const [bib] = wearersOf(reader, [row.bibKey], eventsBeside(reader, row.normalizedEventId))
  const others = bib?.wearers.filter(wearer => wearer.id !== row.participantId) ?? []
  return { sameBib: others, bibLinksTo: bib?.linksTo ?? null }
}

interface Other {
  readonly id: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly bibNumber: string | null
  readonly eventName: string
}

const OTHER = `SELECT e.participant_id AS id, e.first_name AS firstName, e.last_name AS lastName,
  e.bib_number AS bibNumber, v.event_name AS eventName FROM effective_participants e
  JOIN normalized_events v ON v.id = e.normalized_event_id`

const otherOf = (row: Other): Match['joined'][number] => ({
  id: row.id,
  name: nameOf(row),
  bibNumber: row.bibNumber,
  eventName: row.eventName,
})

/** Whom somebody may be, has become, and whom else they were entered as. */
function othersOf(
  reader: Reader,
  source: Row<'normalized_participants'>,
): Pick<Match, 'joinOffers' | 'joined' | 'successor' | 'chipsSwappedWith'> {
  const other = (id: string | null): Match['successor'] => {
    const row = id === null ? undefined : reader.get<Other>(`${OTHER} WHERE e.participant_id = ?`, id)
    return row === undefined ? null : otherOf(row)
  }
  const joinedHere = reader.all<Other>(
    `${OTHER} JOIN normalized_participants p ON p.id = e.participant_id
     WHERE p.source_provider = '${BY_HAND}' AND p.successor_id = ?
       AND p.normalized_event_id IN (SELECT value FROM json_each(?))`,
    source.id,
    JSON.stringify(eventsBeside(reader, source.normalizedEventId)),
  )
  return {
    joinOffers: joinOffers(reader, source.id).flatMap(({ id, ...offer }) => {
      const row = other(id)
      return row === null ? [] : [{ ...row, ...offer }]
    }),
    joined: joinedHere.map(otherOf),
    successor: other(source.successorId),
    chipsSwappedWith: other(swappedWith(reader, source.id)),
  }
}

/** Whether scoring has not heard of the last change of somebody it was told of, or is to be told of. */
function waitsForPush(
  reader: Reader,
  row: Row<'effective_participants'>,
  source: Row<'normalized_participants'>,
): boolean {
  const connected = reader.get(
    'SELECT 1 FROM connection_events WHERE normalized_event_id = ? LIMIT 1',
    row.normalizedEventId,
  )
  if (connected === undefined || row.registrationStatus !== 'registered') return false
  const decided = overridesOf(reader, row.participantId).map(override => override.decidedAt)
  const receipt = rowWhere(
    reader,
    'push_receipts',
    `participant_id = ? AND accepted_hash <> '' ORDER BY accepted_at DESC LIMIT 1`,
    row.participantId,
  )
  return receipt === null || Math.max(source.updatedAt, ...decided) > receipt.acceptedAt
}

/** Somebody whole, as the help desk needs them. @throws AppError not-found */
export function matchOf(
  reader: Reader,
  participantId: string,
  courses: (eventId: string) => Course = createCourses(reader),
): Match {
  const raw = reader.get<Record<string, unknown>>(`${PARTICIPANT} WHERE e.participant_id = ?`, participantId)
  const source = rowWhere(reader, 'normalized_participants', 'id = ?', participantId)
  if (raw === undefined || source === null)
    throw new AppError('not-found', `There is no participant ${participantId}.`)
  const row = decode('effective_participants', raw)
  const overrides = overridesOf(reader, participantId)
  const reads = readsOf(reader, participantId)
  const gun = gunOf(reader, row.normalizedEventId, row.wave)
  const startsFrom = gun === null ? null : gun - startWindow(reader)
  const duplicates = new Map<number, number>()
  for (const read of reads) {
    if (read.duplicateOf !== null)
      duplicates.set(read.duplicateOf, (duplicates.get(read.duplicateOf) ?? 0) + 1)
  }
  const bibChips = chipsOnBib(reader, row)
  const counted = reads.filter(read => read.state === 'linked')
  const course = courses(row.normalizedEventId)
  const passes = counted.flatMap(({ id, location, locationKind: kind, at, chip }): readonly ChipPass[] =>
    location === null || kind === null || at === null ? [] : [{ id, location, kind, at, chip }],
  )
  const laps = lapsOf(passes, course, startsFrom)
  const starts = reads.map(({ at, locationKind: kind }) => ({ at, kind }))
  return {
    ...participantOf(raw),
    chip: row.chips[0] ?? bibChips[0] ?? counted.find(read => read.chip !== null)?.chip ?? null,
    bibChips,
    overrides: overrides.map(({ field, value, reason, decidedBy, decidedAt }) => ({
      field,
      value,
      reason,
      decidedBy,
      decidedAt,
    })),
    sourceDiffers: [...sourceDiffers(valuesOf(source), asOverrides(overrides))],
    ...sameBib(reader, row),
    ...othersOf(reader, source),
    waitsForPush: waitsForPush(reader, row, source),
    startAt: gun,
    reads: counted.map(({ duplicateOf: _, ...read }) => {
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

/** Rows of people by their ids, in that order. */
export function matchesOf(reader: Reader, ids: readonly string[]): Match[] {
  const courses = createCourses(reader)
  return ids.map(id => matchOf(reader, id, courses))
}

/** The event somebody is added to. @throws AppError not-found */
export function eventById(reader: Reader, id: string): Row<'normalized_events'> {
  const event = rowsWhere(reader, 'normalized_events', 'id = ?', id)[0]
  if (!event) throw new AppError('not-found', `There is no event ${id}.`)
  return event
}
