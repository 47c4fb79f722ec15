import { AppError } from '../../core/errors.ts'
import {
  NO_VALUES,
  type RegistrationStatus,
  type SourceEvent,
  type SourceParticipant,
} from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { distanceKm } from '../distance.ts'
import { dayText } from '../loose.ts'
import {
  type CategoryWire,
  categoryOf,
  changedAt,
  type EventWire,
  type RegistrationWire,
  registrationWire,
} from './wire.ts'

/** What pulling adds to a registration: the category it is brought for, null where it has none of those we know. */
export const CATEGORY = 'event_category'

/** Stands for a registration that is listed and has no details. */
export const missing = (registrationNumber: string): Json => ({
  registration_number: registrationNumber,
  has_no_details: true,
})

export function normalizeParticipant(item: Json): SourceParticipant {
  const read = registrationWire.safeParse(item)
  if (!read.success)
    throw new AppError('participant.unreadable', 'A Haku registration without registration_number')
  const row = read.data
  const name = [row.participant.first_name, row.participant.last_name].filter(part => part !== null).join(' ')
  const who = `Haku registration ${row.registration_number}${name === '' ? '' : ` (${name})`}`
  if (row.has_no_details === true)
    throw new AppError('participant.unreadable', `${who} is in the list, and Haku says that there is none`)
  if (row[CATEGORY] === null)
    throw new AppError(
      'participant.unreadable',
      `${who} is in ${named(row)}, which the connection's "Event categories" do not name`,
    )
  const category = categoryOf.parse(row[CATEGORY])
  const { participant } = row
  return {
    sourceParticipantId: row.registration_number,
    sourceVersion: changedAt(row),
    successorId: null,
    values: {
      ...NO_VALUES,
      bib_number: category.tag_number,
      first_name: participant.first_name,
      last_name: participant.last_name,
      email: participant.email,
      phone: participant.phone,
      date_of_birth: dayText(participant.dob),
      gender: genderOf(participant.gender),
      city: participant.address.city,
      state: participant.address.state,
      country: participant.address.country,
      emergency_contact:
        [row.emergency_contact_name, row.emergency_contact_phone_number]
          .filter(part => part !== null)
          .join(', ') || null,
      race_distance: distanceKm(category.name) ?? distanceKm(category.master_name),
      division: category.name,
      team_name: row.team,
      wave: category.wave_name ?? category.corral_name,
      registration_date: dayText(row.created_at),
      chips: category.chip_number === null ? [] : [category.chip_number],
      registration_status: statusOf(row, category),
    },
  }
}

function genderOf(written: string | null): string | null {
  if (written === null) return null
  if (/^(m|male|man)$/i.test(written)) return 'M'
  if (/^(f|female|w|woman)$/i.test(written)) return 'F'
  return /^(x|nb|non[- ]?binary)$/i.test(written) ? 'X' : null
}

const saysNo = (flag: string | null): boolean => flag !== null && /^(false|0)$/i.test(flag)
const saysYes = (flag: string | null): boolean => flag !== null && /^(true|1)$/i.test(flag)

/**
 * The categories somebody runs. INFERRED: one that is not active is one they left; but where none is active the word must
 * mean something else, such as a category that takes no more people, and all count.
 */
function running(row: RegistrationWire): readonly CategoryWire[] {
  const active = row.event_categories.filter(category => !saysNo(category.is_active))
  return active.length > 0 ? active : row.event_categories
}

function statusOf(row: RegistrationWire, category: CategoryWire): RegistrationStatus {
  const left = saysNo(category.is_active) && running(row).every(({ is_active }) => !saysNo(is_active))
  return saysYes(row.is_cancelled) || left ? 'withdrawn' : 'registered'
}

const named = (row: RegistrationWire): string =>
  row.event_categories.map(({ name }) => name ?? 'a category without name').join(', ') || 'no category'

/** Names as the crew types them and as Haku writes them. */
export const sameName = (one: string | null, other: string): boolean =>
  one !== null && one.trim().toLowerCase() === other.trim().toLowerCase()

const isNamed = (category: CategoryWire, name: string): boolean =>
  sameName(category.name, name) || sameName(category.master_name, name)

/**
 * What is brought of a registration. For an event as a whole: everybody once, with the category that has their bib.
 * For one of its categories: whoever is in it or left it, and whoever is in none that is known, to be told.
 * @param wanted the category's name; null: the event as a whole
 */
export function placed(item: Json, wanted: string | null, known: readonly string[]): readonly Json[] {
  const read = registrationWire.safeParse(item)
  if (!read.success || typeof item !== 'object' || item === null || Array.isArray(item)) return [item]
  const categories = read.data.event_categories
  const runs = running(read.data)
  const as = (category: CategoryWire | null): Json => ({ ...item, [CATEGORY]: category as Json })
  if (wanted === null) {
    const [first] = runs
    const withBib = runs.find(category => category.tag_number !== null) ?? first
    return [withBib === undefined ? item : as(withBib)]
  }
  const mine = [...runs, ...categories].find(category => isNamed(category, wanted))
  if (mine !== undefined) return [as(mine)]
  const isKnown = categories.some(category => known.some(name => isNamed(category, name)))
  return isKnown || saysYes(read.data.is_cancelled) ? [] : [as(null)]
}

/** An event, or each of its categories that the crew named. Haku lists no categories, and tells no zone of the site. */
export function normalizeEvents(
  event: EventWire,
  raw: Json,
  categories: readonly string[],
): readonly SourceEvent[] {
  const whole: SourceEvent = {
    sourceEventId: event.id,
    sourceRaceId: event.id,
    raceName: event.name,
    eventName: event.name ?? `Event ${event.id}`,
    timezone: null,
    startAt: momentOf(event.event_date),
    startText: event.event_date,
    eventDate: dayText(event.event_date),
    eventType: event.event_type,
    distanceKm: distanceKm(event.distance),
    city: event.location_city,
    state: event.location_state,
    country: null,
    maxParticipants: event.registration_limit,
    registrationOpenDate: dayText(event.registration_open_date),
    registrationCloseDate: dayText(event.registration_close_date),
    raw,
  }
  if (categories.length === 0) return [whole]
  return categories.map(name => ({
    ...whole,
    sourceEventId: `${event.id}/${name.toLowerCase()}`,
    eventName: name,
    distanceKm: distanceKm(name),
    maxParticipants: null,
  }))
}

/** A start only where a time of day is said with its offset: midnight is how a mere day is written. */
function momentOf(written: string | null): number | null {
  if (written === null || !/[T ]\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/i.test(written)) return null
  if (/[T ]00:00(:00(\.0+)?)?\s*(Z|[+-])/i.test(written)) return null
  const at = Date.parse(written)
  return Number.isNaN(at) ? null : at
}
