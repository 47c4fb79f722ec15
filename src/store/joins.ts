import { AppError } from '../core/errors.ts'
import { foldName } from '../core/identity.ts'
import type { OverrideField } from '../core/model.ts'
import { overridesOf, refreshEffective } from './effective-rows.ts'
import { idOf } from './ids.ts'
import { BY_HAND } from './participant-columns.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { staleAlong } from './successors.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

type Participant = Row<'normalized_participants'>
type Decision = Pick<Row<'participant_overrides'>, 'field' | 'value' | 'reason' | 'decidedBy' | 'decidedAt'>

/** @throws AppError not-found */
function participantById(reader: Reader, id: string): Participant {
  const row = rowWhere(reader, 'normalized_participants', 'id = ?', id)
  if (row === null) throw new AppError('not-found', `There is no participant ${id}.`)
  return row
}

const eventDateOf = (reader: Reader, eventId: string): string | null =>
  rowWhere(reader, 'normalized_events', 'id = ?', eventId)?.eventDate ?? null

/** Events that share a race day with one, itself among them. */
export const eventsBeside = (reader: Reader, eventId: string): readonly string[] => [
  ...new Set([
    eventId,
    ...reader
      .all<{ id: string }>(
        `SELECT other.normalized_event_id AS id FROM race_day_events mine
         JOIN race_day_events other ON other.race_day_id = mine.race_day_id AND other.removed = 0
         WHERE mine.normalized_event_id = ? AND mine.removed = 0`,
        eventId,
      )
      .map(row => row.id),
  ]),
]

/** What the crew decided of somebody. Of a walk-up all is the crew's word: its bib and chips too. */
function decisionsOf(reader: Reader, from: Participant): readonly Decision[] {
  const overrides = overridesOf(reader, from.id)
  if (from.sourceProvider !== BY_HAND) return overrides
  const adder = reader.get<{ actor: string }>(
    `SELECT actor FROM audit_log WHERE table_name = 'normalized_participants' AND row_id = ?
     AND action = 'walk-up added'`,
    from.id,
  )
  const said = (field: OverrideField, value: Decision['value']): readonly Decision[] =>
    overrides.some(override => override.field === field)
      ? []
      : [{ field, value, reason: 'walk-up', decidedBy: adder?.actor ?? 'crew', decidedAt: from.createdAt }]
  return [
    ...overrides,
    ...(from.bibNumber === null ? [] : said('bib_number', from.bibNumber)),
    ...(from.chips.length === 0 ? [] : said('chips', from.chips)),
  ]
}

/**
 * Gives the decisions to somebody who has none of their own in that field. Returns the fields that followed.
 * @param again also where one of theirs was taken back
 */
function moveDecisions(
  writer: Writer,
  decisions: readonly Decision[],
  to: Participant,
  again: boolean,
): readonly OverrideField[] {
  const standing = again ? 'AND withdrawn = 0' : ''
  const theirs = rowsWhere(writer, 'participant_overrides', `participant_id = ? ${standing}`, to.id)
  const own = new Set(theirs.map(override => override.field))
  const moved: OverrideField[] = []
  const says = to as unknown as Readonly<Record<string, unknown>>
  for (const decision of decisions) {
    if (own.has(decision.field)) continue
    if (decision.field === 'bib_number' && says.bibNumber === decision.value) continue
    const id = idOf('participant_overrides', to.id, decision.field)
    const before = rowWhere(writer, 'participant_overrides', 'id = ?', id)
    const { field, value, reason, decidedBy, decidedAt } = decision
    writer.put('participant_overrides', {
      ...{ id, timingPartnerId: writer.partnerId, participantId: to.id, withdrawn: false },
      ...{ field, value, reason, decidedBy, decidedAt },
      ...{
        clock: writer.clock,
        seenClock: null,
        createdAt: before?.createdAt ?? writer.at,
        updatedAt: writer.at,
      },
    })
    moved.push(field)
  }
  return moved
}

/** What a bib says goes with the bib to whoever takes the place; the rest only to the same person. */
const OF_THE_PLACE: readonly OverrideField[] = ['bib_number', 'chips', 'wave']

/** A provider transferred a registration: what the crew decided of it follows, and its reads are linked again. */
export function followTransfer(writer: Writer, from: Participant, to: Participant): void {
  const name = (row: Participant): string => foldName(`${row.firstName ?? ''} ${row.lastName ?? ''}`)
  const same = name(from) === name(to)
  const decisions = overridesOf(writer, from.id).filter(
    override => same || OF_THE_PLACE.includes(override.field),
  )
  writer.staleLink(`participant|${from.id}`)
  const moved = moveDecisions(writer, decisions, to, false)
  if (moved.length === 0) return
  refreshEffective(writer, to, eventDateOf(writer, to.normalizedEventId))
  writer.audit({
    action: 'decisions followed a transfer',
    table: 'normalized_participants',
    rowId: to.id,
    before: { from: from.id },
    after: { fields: moved },
  })
}

function putWalkUp(writer: Writer, row: Participant, action: string, before: Participant): void {
  writer.put('normalized_participants', row)
  refreshEffective(writer, row, eventDateOf(writer, row.normalizedEventId))
  writer.audit({
    action,
    table: 'normalized_participants',
    rowId: row.id,
    before: { successor_id: before.successorId },
    after: { successor_id: row.successorId },
  })
}

/**
 * A walk-up turns out to be a registration: reads, chips and decisions follow to it; the walk-up is no longer shown,
 * counted or pushed.
 * @throws AppError not-found, conflict
 */
export function joinWalkUp(writer: Writer, walkUpId: string, registrationId: string): void {
  const walkUp = participantById(writer, walkUpId)
  const registration = participantById(writer, registrationId)
  const refuse = (why: string): never => {
    throw new AppError('conflict', `Not joined: ${why}.`)
  }
  if (walkUp.sourceProvider !== BY_HAND) refuse('only a walk-up is joined to a registration')
  if (walkUp.successorId !== null || walkUp.registrationStatus === 'gone')
    refuse('the walk-up is no longer there')
  if (registration.sourceProvider === BY_HAND) refuse('the other one is a walk-up as well')
  if (registration.successorId !== null) refuse('the registration was transferred; join the one it became')
  if (!eventsBeside(writer, walkUp.normalizedEventId).includes(registration.normalizedEventId))
    refuse('they are of different race days')
  moveDecisions(writer, decisionsOf(writer, walkUp), registration, true)
  refreshEffective(writer, registration, eventDateOf(writer, registration.normalizedEventId))
  const joined = { successorId: registrationId, registrationStatus: 'transferred' as const }
  putWalkUp(writer, { ...walkUp, ...joined, updatedAt: writer.at }, 'walk-up joined', walkUp)
  writer.staleLink(`participant|${walkUpId}`)
}

/** What another laptop decided of a walk-up before it heard that it was joined follows to the registration as well. */
export function followJoin(writer: Writer, walkUp: Participant): void {
  const registration = rowWhere(writer, 'normalized_participants', 'id = ?', walkUp.successorId)
  if (registration === null) return
  if (moveDecisions(writer, decisionsOf(writer, walkUp), registration, false).length > 0)
    refreshEffective(writer, registration, eventDateOf(writer, registration.normalizedEventId))
}

/**
 * Takes a join back: the walk-up stands for itself again, and what came from it leaves the registration.
 * @throws AppError not-found, conflict
 */
export function splitWalkUp(writer: Writer, walkUpId: string): void {
  const walkUp = participantById(writer, walkUpId)
  const registrationId = walkUp.successorId
  if (walkUp.sourceProvider !== BY_HAND || registrationId === null)
    throw new AppError('conflict', 'Not split: this walk-up is joined to nobody.')
  const registration = participantById(writer, registrationId)
  const came = decisionsOf(writer, walkUp)
  for (const override of overridesOf(writer, registrationId)) {
    const same = came.some(
      one =>
        one.field === override.field &&
        one.decidedAt === override.decidedAt &&
        JSON.stringify(one.value) === JSON.stringify(override.value),
    )
    if (!same) continue
    const taken = { withdrawn: true, clock: writer.clock, updatedAt: writer.at }
    writer.put('participant_overrides', { ...override, ...taken })
  }
  // Reads that are linked to the registration now may be the walk-up's.
  staleAlong(writer, registrationId)
  refreshEffective(writer, registration, eventDateOf(writer, registration.normalizedEventId))
  const alone = { successorId: null, registrationStatus: 'registered' as const }
  putWalkUp(writer, { ...walkUp, ...alone, updatedAt: writer.at }, 'walk-up split', walkUp)
  writer.staleLink(`participant|${walkUpId}`)
}

export interface JoinOffer {
  /** The other one. */
  readonly id: string
  readonly walkUpId: string
  readonly registrationId: string
  readonly because: 'bib' | 'name'
}

interface LooksAlike {
  readonly id: string
  readonly eventId: string
  readonly sourceProvider: string
}

const LOOKS_ALIKE = `SELECT e.participant_id AS id, e.normalized_event_id AS eventId, p.source_provider AS sourceProvider
  FROM effective_participants e CROSS JOIN normalized_participants p ON p.id = e.participant_id
  WHERE e.registration_status = 'registered' AND p.successor_id IS NULL`

const MOST_OFFERS = 5

/**
 * Walk-ups that look like this registration, or registrations that look like this walk-up.
 * @param beside events of the same race days
 */
export function joinOffers(
  reader: Reader,
  source: Pick<Participant, 'id' | 'sourceProvider' | 'successorId'>,
  person: Row<'effective_participants'>,
  beside: readonly string[],
): readonly JoinOffer[] {
  if (source.successorId !== null || person.registrationStatus !== 'registered') return []
  const walkUp = source.sourceProvider === BY_HAND
  const { bibKey, nameFolded, dateOfBirth } = person
  const sameBib = bibKey === null ? [] : reader.all<LooksAlike>(`${LOOKS_ALIKE} AND e.bib_key = ?`, bibKey)
  const sameName =
    dateOfBirth === null
      ? []
      : beside.flatMap(eventId =>
          reader.all<LooksAlike>(
            `${LOOKS_ALIKE} AND e.normalized_event_id = ? AND e.name_folded = ? AND e.date_of_birth = ?`,
            eventId,
            nameFolded,
            dateOfBirth,
          ),
        )
  const offers = new Map<string, JoinOffer>()
  const offer = (alike: readonly LooksAlike[], because: JoinOffer['because']): void => {
    for (const { id, eventId, sourceProvider } of alike) {
      if (id === source.id || (sourceProvider === BY_HAND) === walkUp || !beside.includes(eventId)) continue
      const [walkUpId, registrationId] = walkUp ? [source.id, id] : [id, source.id]
      offers.set(id, { id, walkUpId, registrationId, because })
    }
  }
  offer(sameBib, 'bib')
  offer(sameName, 'name')
  return [...offers.values()].slice(0, MOST_OFFERS)
}

/** Ids of walk-ups that were joined to a registration. */
export const joinedTo = (
  reader: Reader,
  source: Pick<Participant, 'id' | 'sourceProvider'>,
  beside: readonly string[],
): readonly string[] =>
  source.sourceProvider === BY_HAND
    ? []
    : beside.flatMap(eventId =>
        reader
          .all<{ id: string }>(
            // A joined one is transferred: those who left are few, and have an index.
            `SELECT id FROM normalized_participants WHERE normalized_event_id = ? AND source_provider = '${BY_HAND}'
             AND registration_status <> 'registered' AND successor_id = ?`,
            eventId,
            source.id,
          )
          .map(({ id }) => id),
      )
