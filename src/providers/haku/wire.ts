import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import { id, list, listOf, number, object, text, wallText } from '../loose.ts'

/** What Haku was seen to answer; keys it adds pass. */

export const tokenWire = z.looseObject({
  access_token: id,
  /** Seconds. */
  expires_in: number,
})

export const eventWire = z.looseObject({
  id,
  name: text,
  event_date: text,
  location_city: text,
  location_state: text,
  event_type: text,
  distance: text,
  registration_limit: number,
  registration_open_date: text,
  registration_close_date: text,
})
export type EventWire = z.infer<typeof eventWire>

/** A row of the list of registrations. It has neither bib nor birth date, nor says when it was changed. */
export const rowWire = z.looseObject({
  registration_number: id,
  event_category_info: z.unknown().optional(),
})
export type RowWire = z.infer<typeof rowWire>

const categoryWire = z.looseObject({
  name: text,
  master_name: text,
  is_active: text,
  corral_name: text,
  wave_name: text,
  tag_number: text,
  chip_number: text,
  updated_at: text,
})
export type CategoryWire = z.infer<typeof categoryWire>
export const categoryOf = object.pipe(categoryWire)

export const registrationWire = z.looseObject({
  registration_number: id,
  participant: object.pipe(
    z.looseObject({
      first_name: text,
      last_name: text,
      email: text,
      phone: text,
      dob: text,
      gender: text,
      updated_at: text,
      address: object.pipe(z.looseObject({ city: text, state: text, country: text })),
    }),
  ),
  event_categories: listOf(categoryOf),
  emergency_contact_name: text,
  emergency_contact_phone_number: text,
  /** In the list it is an object with a name; here it was only seen empty. */
  team: z
    .unknown()
    .optional()
    .transform((team): unknown =>
      typeof team === 'object' && team !== null && 'name' in team ? team.name : team,
    )
    .pipe(text),
  is_cancelled: text,
  created_at: text,
  updated_at: text,
})
export type RegistrationWire = z.infer<typeof registrationWire>

/** The rows of an answer, bare or under their name; null if it is no such answer. */
export function rowsOf(body: Json, name: string, key: string): readonly Json[] | null {
  if (typeof body !== 'object' || body === null) return null
  if (Array.isArray(body)) return body as readonly Json[]
  if (name in body) return list.parse(Object.entries(body).find(([field]) => field === name)?.[1])
  return key in body ? [body] : null
}

/**
 * When a registration last changed, ms UTC. Person and categories have times of their own: which of them the list is
 * sorted by was not seen, and the newest is at or after it.
 */
export function changedAt(registration: RegistrationWire): number | null {
  const times = [
    registration.updated_at,
    registration.participant.updated_at,
    ...registration.event_categories.map(category => category.updated_at),
  ].flatMap(written => momentOf(written) ?? [])
  return times.length === 0 ? null : Math.max(...times)
}

/** A time without its zone is taken as UTC: such times are only compared with each other. */
function momentOf(written: string | null): number | null {
  if (written === null) return null
  if (/\d(Z|[+-]\d\d:?\d\d)$/i.test(written) && written.length > 10) {
    const at = Date.parse(written)
    if (!Number.isNaN(at)) return at
  }
  const wall = wallText(written)
  return wall === null ? null : Date.parse(`${wall}Z`)
}
