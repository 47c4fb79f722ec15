import type { z } from 'zod'
import type { Found, match, participant } from '../../api/race-day.ts'
import { sourceDiffers } from '../../core/effective.ts'
import { AppError } from '../../core/errors.ts'
import { swappedWith } from '../../store/chip-swaps.ts'
import { asOverrides, overridesOf } from '../../store/effective-rows.ts'
import { createGuns, startWindow } from '../../store/guns.ts'
import { joinedTo, joinOffers } from '../../store/joins.ts'
import { nameOf, valuesOf } from '../../store/participant-columns.ts'
import type { Reader } from '../../store/reader.ts'
import { decode, rowsWhere } from '../../store/rows.ts'
import { type Row, TABLES } from '../../store/tables.ts'
import { wearersOf } from '../double-bibs.ts'
import { personReads } from '../person-reads.ts'
import type { RaceFacts } from '../race-facts.ts'

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

/** A participant's row without the bulk that the provider sent. */
type Source = Omit<Row<'normalized_participants'>, 'normalizedData'>

const SOURCE_COLUMNS = (TABLES.get('normalized_participants')?.columns ?? [])
  .map(({ name }) => name)
  .filter(name => name !== 'normalized_data')
  .join(', ')

function sourceOf(reader: Reader, participantId: string): Source | null {
  const raw = reader.get<Record<string, unknown>>(
    `SELECT ${SOURCE_COLUMNS} FROM normalized_participants WHERE id = ?`,
    participantId,
  )
  return raw === undefined ? null : decode('normalized_participants', raw)
}

/** Chips the supplier put on a bib, over the race days of its event. */
const chipsOnBib = (reader: Reader, row: Row<'effective_participants'>): string[] =>
  row.bibKey === null
    ? []
    : reader
        .all<{ chip: string }>(
          `SELECT b.chip FROM race_day_events d CROSS JOIN bib_chips b ON b.race_day_id = d.race_day_id
           WHERE d.normalized_event_id = ? AND d.removed = 0 AND b.bib_number = ? AND b.removed = 0`,
          row.normalizedEventId,
          row.bibKey,
        )
        .map(({ chip }) => chip)
        .sort()

/** Others of the same race days with the same bib, and whom its reads link to: warned of, never blocked. */
function sameBib(
  reader: Reader,
  row: Row<'effective_participants'>,
  beside: readonly string[],
): Pick<Match, 'sameBib' | 'bibLinksTo'> {
  if (row.bibKey === null) return { sameBib: [], bibLinksTo: null }
  const wearing = reader
    .all<{ id: string; eventId: string }>(
      `SELECT participant_id AS id, normalized_event_id AS eventId FROM effective_participants
       WHERE bib_key = ? AND registration_status = 'registered'`,
      row.bibKey,
    )
    .filter(({ eventId }) => beside.includes(eventId))
  if (wearing.every(({ id }) => id === row.participantId))
    return { sameBib: [], bibLinksTo: wearing[0]?.id ?? null }
  const [bib] = wearersOf(reader, [row.bibKey], beside)
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
  JOIN normalized_events v ON v.id = e.normalized_event_id WHERE e.participant_id = ?`

/** Whom somebody may be, has become, and whom else they were entered as. */
function othersOf(
  reader: Reader,
  source: Source,
  row: Row<'effective_participants'>,
  facts: RaceFacts,
): Pick<Match, 'joinOffers' | 'joined' | 'successor' | 'chipsSwappedWith'> {
  const other = (id: string | null): Match['successor'] => {
    const found = id === null ? undefined : reader.get<Other>(OTHER, id)
    if (found === undefined) return null
    return { id: found.id, name: nameOf(found), bibNumber: found.bibNumber, eventName: found.eventName }
  }
  const beside = facts.beside(source.normalizedEventId)
  return {
    joinOffers: joinOffers(reader, source, row, beside).flatMap(({ id, ...offer }) => {
      const found = other(id)
      return found === null ? [] : [{ ...found, ...offer }]
    }),
    joined: joinedTo(reader, source, beside).flatMap(id => other(id) ?? []),
    successor: other(source.successorId),
    chipsSwappedWith: other(swappedWith(reader, row, facts.raceDayId(row.normalizedEventId))),
  }
}

/** Whether scoring has not heard of the last change of somebody it was told of, or is to be told of. */
function waitsForPush(
  reader: Reader,
  row: Row<'effective_participants'>,
  source: Source,
  decidedAt: readonly number[],
  facts: RaceFacts,
): boolean {
  if (row.registrationStatus !== 'registered' || !facts.isConnected(row.normalizedEventId)) return false
  const accepted = reader.get<{ at: number | null }>(
    `SELECT MAX(accepted_at) AS at FROM push_receipts WHERE participant_id = ? AND accepted_hash <> ''`,
    row.participantId,
  )
  return accepted?.at == null || Math.max(source.updatedAt, ...decidedAt) > accepted.at
}

/** Somebody whole, as the help desk needs them. @throws AppError not-found */
export function matchOf(
  reader: Reader,
  participantId: string,
  facts: RaceFacts,
  guns: (eventId: string, wave: string | null) => number | null = createGuns(reader),
): Match {
  const raw = reader.get<Record<string, unknown>>(`${PARTICIPANT} WHERE e.participant_id = ?`, participantId)
  const source = sourceOf(reader, participantId)
  if (raw === undefined || source === null)
    throw new AppError('not-found', `There is no participant ${participantId}.`)
  const row = decode('effective_participants', raw)
  const overrides = overridesOf(reader, participantId)
  const gun = guns(row.normalizedEventId, row.wave)
  const bibChips = chipsOnBib(reader, row)
  const shown = personReads(reader, participantId, {
    course: facts.course(row.normalizedEventId),
    gun,
    startsFrom: gun === null ? null : gun - startWindow(reader),
  })
  const decidedAt = overrides.map(override => override.decidedAt)
  return {
    ...participantOf(raw),
    chip: row.chips[0] ?? bibChips[0] ?? shown.reads.find(read => read.chip !== null)?.chip ?? null,
    bibChips,
    overrides: overrides.map(({ field, value, reason, decidedBy, decidedAt: at }) => ({
      ...{ field, value, reason, decidedBy },
      decidedAt: at,
    })),
    sourceDiffers: [...sourceDiffers(valuesOf(source), asOverrides(overrides))],
    ...sameBib(reader, row, facts.beside(row.normalizedEventId)),
    ...othersOf(reader, source, row, facts),
    waitsForPush: waitsForPush(reader, row, source, decidedAt, facts),
    startAt: gun,
    ...shown,
  }
}

/** People by their ids, in that order. */
export function matchesOf(reader: Reader, ids: readonly string[], facts: RaceFacts): Match[] {
  const guns = createGuns(reader)
  return ids.map(id => matchOf(reader, id, facts, guns))
}

/** The same as a list shows them: enough to tell who is who. */
export function foundOf(reader: Reader, ids: readonly string[]): Found[] {
  const rows = reader.all<Found>(
    `SELECT e.participant_id AS id, v.event_name AS eventName, e.bib_number AS bibNumber, e.first_name AS firstName,
       e.last_name AS lastName, e.gender, e.age, e.division, e.city, e.state
     FROM json_each(?) asked CROSS JOIN effective_participants e ON e.participant_id = asked.value
     CROSS JOIN normalized_events v ON v.id = e.normalized_event_id`,
    JSON.stringify(ids),
  )
  const byId = new Map(rows.map(row => [row.id, row]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

/** The event somebody is added to. @throws AppError not-found */
export function eventById(reader: Reader, id: string): Row<'normalized_events'> {
  const event = rowsWhere(reader, 'normalized_events', 'id = ?', id)[0]
  if (!event) throw new AppError('not-found', `There is no event ${id}.`)
  return event
}
