import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import type { Answered, ExpectedPages } from '../expectations.ts'
import { said, watching } from '../expected.ts'
import type { Deviation } from '../provider.ts'
import { changedAt, registrationWire, rowsOf, rowWire } from './wire.ts'

/** What the one known client of Haku met in production. */

const { maybe } = said
const maybeText = maybe(z.string())
const id = z.union([z.number(), z.string()])
const moment = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/,
    'a time as YYYY-MM-DD HH:MM:SS or ISO',
  )

const event = z.strictObject({
  id,
  name: z.string(),
  description: maybeText,
  event_date: maybe(moment),
  event_end_date: maybe(moment),
  location_name: maybeText,
  location_city: maybeText,
  location_state: maybeText,
  event_type: maybeText,
  distance: z.unknown().optional(),
  registration_limit: z.unknown().optional(),
  registration_open_date: maybe(moment),
  registration_close_date: maybe(moment),
  base_price: z.unknown().optional(),
  currency: maybeText,
  status: maybeText,
})

const row = z.strictObject({
  registration_number: z.string(),
  person_full_name: maybeText,
  email: maybeText,
  age: z.unknown().optional(),
  gender: maybeText,
  is_cancelled: z.boolean(),
  registered_at: maybe(moment),
  event_category_info: z.unknown().optional(),
  transaction_amount: z.unknown().optional(),
  team: z.unknown().optional(),
})

const category = z.strictObject({
  id: id.optional(),
  name: z.string(),
  master_name: maybeText,
  is_active: z.boolean(),
  participation_option: maybeText,
  corral_name: maybeText,
  wave_name: maybeText,
  wave_code: maybeText,
  tag_number: maybe(id),
  chip_number: maybe(id),
  created_at: maybe(moment),
  updated_at: maybe(moment),
})

const participant = z.strictObject({
  account_number: maybe(id),
  source_system_identifier: z.unknown().optional(),
  first_name: z.string(),
  middle_initial: maybeText,
  last_name: z.string(),
  email: maybeText,
  phone: maybeText,
  dob: maybe(said.day),
  gender: maybeText,
  created_at: maybe(moment),
  updated_at: maybe(moment),
  address: maybe(
    z.strictObject({
      line1: maybeText,
      line2: maybeText,
      city: maybeText,
      state: maybeText,
      zip_code: maybeText,
      country: maybeText,
    }),
  ),
  additional_questions: z.array(z.unknown()),
})

const SEEN = [
  'team entity club partner products additional_questions transaction_amount cancelled_at created_at',
  'emergency_contact_name emergency_contact_phone_number emergency_contact_relationship shirt_size_name',
  'shirt_size_code current_pace formatted_submitted_result_time strava_athlete_identification',
  'fundraising_option fundraised_amount fundraiser_goal wants_sms_communications subscription_number',
  'device browser browser_version os os_version',
].flatMap(names => names.split(' '))

const registration = z.strictObject({
  ...Object.fromEntries(SEEN.map(name => [name, z.unknown().optional()])),
  registration_number: z.string(),
  participant,
  event_categories: z.array(category),
  is_cancelled: z.boolean(),
  updated_at: moment,
})

const pagedBy = (name: string, key: string): ExpectedPages => ({
  size: 'per_page',
  next: { by: 'page', word: 'page' },
  idsOf: body =>
    (rowsOf(body, name, key) ?? []).flatMap(one => {
      const found =
        typeof one === 'object' && one !== null ? (one as { readonly [key: string]: Json })[key] : null
      return typeof found === 'string' || typeof found === 'number' ? [String(found)] : []
    }),
})

/** INFERRED, and all that tells who changed: the list stands in the order of its people's changes, the last one first. */
function inOrderOfChange(answers: readonly Answered[]): readonly Deviation[] {
  const changes = new Map(
    answers.flatMap(({ body }) => {
      const read = registrationWire.safeParse(body)
      return read.success ? [[read.data.registration_number, changedAt(read.data)] as const] : []
    }),
  )
  return answers.flatMap(({ url, method, expected, body }) => {
    if (expected?.path !== '/events/{}/participants' || body === undefined) return []
    const times = (rowsOf(body, 'participants', 'registration_number') ?? []).flatMap(one => {
      const read = rowWire.safeParse(one)
      return (read.success ? changes.get(read.data.registration_number) : null) ?? []
    })
    const wrong = times.filter((at, index) => at > (times[index - 1] ?? at)).length
    if (wrong === 0) return []
    const call = `${method} ${url.pathname}`
    return [{ call, what: 'order', expected: 'last changed first', came: 'another order', times: wrong }]
  })
}

export const watch = watching({
  together: inOrderOfChange,
  answers: [
    {
      method: 'POST',
      path: '/oauth2/token',
      body: z.looseObject({ access_token: z.string(), expires_in: maybe(z.number()) }),
    },
    { method: 'GET', path: '/events', body: z.array(event), pages: pagedBy('events', 'id') },
    {
      method: 'GET',
      path: '/events/{}/participants',
      body: z.array(row),
      pages: pagedBy('participants', 'registration_number'),
    },
    { method: 'GET', path: '/events/{}/registrations/{}', status: [200, 404], body: registration },
  ],
})
