import type { Race, RaceEvent, Registration } from './registrations.ts'

/** A category of a registration, beside the one it was made for. */
export interface HakuCategory {
  readonly eventId: number
  readonly tag: number | null
  readonly active: boolean
}

/** A race of the provider's database is an event here, its events are the categories. */
export interface HakuRegistration {
  readonly registration: Registration
  readonly category: RaceEvent
  readonly also: readonly (HakuCategory & { readonly category: RaceEvent })[]
  /** Unix seconds; null: not cancelled. */
  readonly cancelledAt: number | null
}

/** [G] How a time is written was not seen: a client tries both of these. */
export type HakuTimes = 'iso' | 'plain'

const written = (at: number, times: HakuTimes): string => {
  const text = new Date(at).toISOString()
  return times === 'iso' ? text : text.slice(0, 19).replace('T', ' ')
}

/** Unix seconds. */
export const updatedAt = ({ registration, cancelledAt }: HakuRegistration): number =>
  Math.max(registration.lastModified, cancelledAt ?? 0)

export function eventJson(race: Race, categories: readonly RaceEvent[], times: HakuTimes) {
  const [first = 0] = categories.map(({ startsAt }) => startsAt).sort((a, b) => a - b)
  return {
    id: race.raceId,
    name: race.name,
    description: null,
    event_date: written(first, times).slice(0, 10),
    event_end_date: null,
    location_name: `${race.city} Harbor`,
    location_city: race.city,
    location_state: race.state,
    event_type: 'Running',
    distance: null,
    registration_limit: null,
    registration_open_date: written(first - 180 * 86_400_000, times),
    registration_close_date: written(first - 3_600_000, times),
    base_price: '55.00',
    currency: 'USD',
    status: 'active',
  }
}

/** A row of the list: no bib, no birth date, no time of change. [G] `event_category_info` was seen, its form was not. */
export function rowJson({ registration, category, also, cancelledAt }: HakuRegistration, times: HakuTimes) {
  const { person } = registration
  return {
    registration_number: String(registration.registrationId),
    person_full_name: `${person.firstName} ${person.lastName}`,
    email: person.email,
    age: null,
    gender: person.gender,
    is_cancelled: cancelledAt !== null,
    registered_at: written(registration.registeredAt, times),
    event_category_info: [category.name, ...also.map(other => other.category.name)].join(', '),
    transaction_amount: '55.00',
    team: person.team === null ? null : { name: person.team },
  }
}

export function detailJson(row: HakuRegistration, times: HakuTimes) {
  const { registration, category, also, cancelledAt } = row
  const { person } = registration
  const created_at = written(registration.registeredAt, times)
  const updated_at = written(updatedAt(row) * 1000, times)
  const categories = [{ category, tag: registration.bib, active: true }, ...also]
  return {
    registration_number: String(registration.registrationId),
    participant: {
      account_number: `A${registration.userId}`,
      source_system_identifier: null,
      first_name: person.firstName,
      middle_initial: person.middleName?.slice(0, 1) ?? null,
      last_name: person.lastName,
      email: person.email,
      phone: person.phone,
      dob: person.dob,
      gender: person.gender,
      created_at,
      updated_at,
      address: {
        line1: person.street,
        line2: '',
        city: person.city,
        state: person.state,
        zip_code: person.zip,
        country: person.country,
      },
      additional_questions: [],
    },
    event_categories: categories.map(({ category: { eventId, name }, tag, active }, index) => ({
      id: String(eventId),
      name,
      master_name: name,
      is_active: active,
      participation_option: 'In person',
      corral_name: null,
      wave_name: null,
      wave_code: null,
      tag_number: tag,
      chip_number: index === 0 ? registration.chip : null,
      created_at,
      updated_at,
    })),
    emergency_contact_name: person.emergencyContact,
    emergency_contact_phone_number: person.emergencyPhone,
    emergency_contact_relationship: '',
    shirt_size_name: person.shirt,
    current_pace: '',
    team: person.team === null ? null : { name: person.team },
    entity: null,
    club: null,
    partner: null,
    products: [],
    additional_questions: [],
    transaction_amount: '55.00',
    is_cancelled: cancelledAt !== null,
    cancelled_at: cancelledAt === null ? null : written(cancelledAt * 1000, times),
    created_at,
    updated_at,
  }
}
