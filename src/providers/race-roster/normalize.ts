import { AppError } from '../../core/errors.ts'
import {
  NO_VALUES,
  type RegistrationStatus,
  type SourceEvent,
  type SourceParticipant,
} from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { dateAt, isTimeZone, readWall } from '../../core/time.ts'
import { distanceKm } from '../distance.ts'
import { dayText, wallText } from '../loose.ts'
import {
  type EventWire,
  type ParticipantWire,
  participantWire,
  type SubEventWire,
  subEventLinkWire,
} from './wire.ts'

/** Before the id of an event that has no sub-events and is then one itself; sub-events have numbers of their own. */
export const WHOLE_EVENT = 'event-'

/** One participant of one sub-event. Only the fields that were seen in use are read; the others wait for the mapping. */
export function normalizeParticipant(item: Json): SourceParticipant {
  const read = participantWire.safeParse(item)
  if (!read.success)
    throw new AppError('participant.unreadable', 'A Race Roster participant that is no object')
  const row = read.data
  const name = [row.firstName, row.lastName].filter(part => part !== null).join(' ')
  const who = `A Race Roster participant${name === '' ? '' : ` (${name})`}`
  if (row.participantId === null) throw new AppError('participant.unreadable', `${who} without participantId`)
  if (row.subEventId === null) throw new AppError('participant.unreadable', `${who} names no sub-event`)
  return {
    sourceParticipantId: row.participantId,
    sourceVersion: null,
    successorId: null,
    values: {
      ...NO_VALUES,
      bib_number: row.bibNumber,
      first_name: row.firstName,
      last_name: row.lastName,
      email: row.profile.email,
      gender: genderOf(row.gender),
      registration_date: dayText(row.registrationDate),
      registration_status: statusOf(row),
    },
  }
}

/** 0 undisclosed, 1 male, 2 female, 8 co-ed, 9 non-binary. Co-ed is said of teams, and is nobody's own. */
function genderOf(code: string | null): string | null {
  switch (code) {
    case '1':
      return 'M'
    case '2':
      return 'F'
    case '9':
      return 'X'
    default:
      return null
  }
}

/** INFERRED: what makes a participant not active is said nowhere; a refund is the likely cause. */
const statusOf = (row: ParticipantWire): RegistrationStatus =>
  row.isActive !== null && /^(false|0)$/i.test(row.isActive) ? 'withdrawn' : 'registered'

/**
 * Ids of the sub-events a participant is in, from a field the crew named or else from the likely ones.
 * INFERRED: nobody showed how a participant names them.
 */
export function subEventsNamed(row: Json, field: Json | null): readonly string[] {
  if (field !== null) return idsIn(field)
  const read = subEventLinkWire.safeParse(row)
  if (!read.success) return []
  const { subEventId, subEvent, subEvents } = read.data
  return [...new Set([...idsIn(subEventId), ...idsIn(subEvent), ...idsIn(subEvents)])]
}

function idsIn(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value).trim()].filter(Boolean)
  if (Array.isArray(value)) return value.flatMap(idsIn)
  if (typeof value !== 'object' || value === null) return []
  if ('data' in value) return idsIn(value.data)
  if ('subEventId' in value) return idsIn(value.subEventId)
  return 'id' in value ? idsIn(value.id) : []
}

/** The sub-events of an event as our events; an event without any is one itself. */
export function normalizeEvents(event: EventWire, raw: Json): readonly SourceEvent[] {
  const whole = { id: `${WHOLE_EVENT}${event.eventId}`, sub: null }
  const subs = event.subEvents.flatMap(sub => (sub.subEventId === null ? [] : [{ id: sub.subEventId, sub }]))
  return (subs.length === 0 ? [whole] : subs).map(({ id, sub }) => normalizeEvent(event, id, sub, raw))
}

function normalizeEvent(event: EventWire, id: string, sub: SubEventWire | null, raw: Json): SourceEvent {
  const timezone = event.timeZone !== null && isTimeZone(event.timeZone) ? event.timeZone : null
  const startText = sub?.customSubEventDate ?? event.startDate
  const startAt = momentOf(startText, timezone)
  return {
    sourceEventId: id,
    sourceRaceId: event.eventId,
    raceName: event.name,
    eventName: sub?.name ?? event.name ?? `Event ${id}`,
    timezone,
    startAt,
    startText,
    eventDate: startAt !== null && timezone !== null ? dateAt(startAt, timezone) : dayText(startText),
    eventType: event.type,
    distanceKm: sub === null ? null : distanceOf(sub),
    city: event.city,
    state: event.region.code ?? event.region.name,
    country: event.country.code ?? event.country.name,
    maxParticipants: sub?.maxParticipants ?? null,
    registrationOpenDate: dayText(event.registrationOpenDate),
    registrationCloseDate: dayText(event.registrationCloseDate),
    raw: { event: raw, subEventId: id },
  }
}

/** ISO 8601 with its offset is a moment; without one it is the clock on the wall of the site. */
function momentOf(written: string | null, timezone: string | null): number | null {
  if (written === null) return null
  if (/T.*(Z|[+-]\d\d:?\d\d)$/i.test(written)) {
    const at = Date.parse(written)
    return Number.isNaN(at) ? null : at
  }
  const wall = wallText(written)
  return wall === null || timezone === null ? null : readWall(wall, timezone).at
}

function distanceOf(sub: SubEventWire): number | null {
  const { inMeters, value, unit, label } = sub.subEventDistance
  if (inMeters !== null && inMeters > 0) return Math.round(inMeters * 10) / 10_000
  const texts = [`${value ?? ''} ${unit ?? ''}`, label, `${sub.distance ?? ''} ${sub.distanceType ?? ''}`]
  return texts.map(distanceKm).find(km => km !== null) ?? null
}
