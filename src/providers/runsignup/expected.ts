import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import type { ExpectedPages } from '../expectations.ts'
import { said, watching } from '../expected.ts'
import { list, listOf, object, text } from '../loose.ts'
import { errorWire } from './wire.ts'

/** What RunSignUp's pages and recorded answers show, letter by letter. What we read of it is in `wire.ts`. */

const { maybe, oneOrMore } = said
const maybeText = maybe(z.string())
const flag = z.enum(['T', 'F'])
const money = maybe(z.string().regex(/^\$-?[\d,]+\.\d\d$/, 'an amount as $55.00'))
const slashed = z.string().regex(/^\d{1,2}\/\d{1,2}\/\d{4}( \d{1,2}:\d\d)?$/, 'a time as M/D/YYYY HH:mm')
const dashed = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'a time as YYYY-MM-DD HH:mm:ss')

const address = z.strictObject({
  street: maybeText,
  street2: maybeText,
  city: maybeText,
  state: maybeText,
  zipcode: maybeText,
  country_code: maybeText,
})

const event = z.strictObject({
  event_id: z.number(),
  race_event_days_id: z.number(),
  name: z.string(),
  details: maybeText,
  start_time: slashed,
  end_time: maybe(slashed),
  age_calc_base_date: maybeText,
  registration_opens: maybe(slashed),
  event_type: z.string(),
  distance: maybeText,
  volunteer: maybe(flag),
  require_dob: maybe(flag),
  require_phone: maybe(flag),
  registration_periods: maybe(
    z.array(
      z.strictObject({
        registration_opens: slashed,
        registration_closes: slashed,
        race_fee: money,
        processing_fee: money,
      }),
    ),
  ),
  sub_event_ids: maybe(z.array(z.unknown())),
  giveaway: maybeText,
})

const race = z.strictObject({
  race_id: z.number(),
  name: z.string(),
  last_date: maybeText,
  last_end_date: maybeText,
  next_date: maybeText,
  next_end_date: maybeText,
  is_draft_race: maybe(flag),
  is_private_race: maybe(flag),
  is_registration_open: maybe(flag),
  created: maybeText,
  last_modified: maybeText,
  description: maybeText,
  url: maybeText,
  external_race_url: maybeText,
  external_results_url: maybeText,
  fb_page_id: z.unknown().optional(),
  fb_event_id: z.unknown().optional(),
  address,
  timezone: z.string(),
  logo_url: maybeText,
  can_use_registration_api: maybe(flag),
  real_time_notifications_enabled: maybe(flag),
  events: z.array(event),
  questions: maybe(z.array(z.unknown())),
})

const user = z.strictObject({
  user_id: z.number(),
  first_name: z.string(),
  middle_name: maybeText,
  last_name: z.string(),
  email: maybeText,
  address,
  dob: maybe(said.day),
  gender: maybe(z.enum(['M', 'F', 'X'])),
  phone: maybeText,
  profile_image_url: maybeText,
})

/** Of those who are in and of those who left. */
const registration = {
  user,
  registration_id: z.number(),
  age: maybe(z.number()),
  imported: maybe(flag),
  race_fee: money,
  offline_payment_amount: money,
  processing_fee: money,
  processing_fee_paid_by_user: money,
  processing_fee_paid_by_race: money,
  partner_fee: money,
  affiliate_profit: money,
  extra_fees: money,
  amount_paid: money,
}

const participant = z.strictObject({
  ...registration,
  event_id: z.number(),
  rsu_transaction_id: maybe(z.number()),
  transaction_id: maybeText,
  bib_num: z.number().nullable(),
  chip_num: z.string().nullable(),
  registration_date: slashed,
  team_id: maybe(z.number()),
  team_name: maybeText,
  team_type_id: maybe(z.number()),
  team_type: maybeText,
  team_gender: maybeText,
  team_bib_num: maybe(z.number()),
  last_modified: z.number(),
  usatf_discount_amount_in_cents: z.unknown().optional(),
  usatf_discount_additional_field: z.unknown().optional(),
  giveaway: maybeText,
  giveaway_option_id: maybe(z.number()),
  question_responses: maybe(
    z.array(
      z.strictObject({
        question_id: z.union([z.string(), z.number()]),
        question_text: z.string(),
        response: maybeText,
      }),
    ),
  ),
  participant_addons: maybe(z.array(z.unknown())),
})

const removed = z.strictObject({
  ...registration,
  registration_date: dashed,
  last_modified: dashed,
  last_modified_ts: z.number(),
  removed_reason: z.enum(['cleared', 'removed', 'transferred', 'deferred']),
  new_registration_id: maybe(z.number()),
})

const ofEvent = { event_id: z.number(), name: maybeText }

const resultSets = z.strictObject({
  individual_results_sets: z.array(
    z.strictObject({
      individual_result_set_id: z.number(),
      individual_result_set_name: z.string(),
      public_results: maybe(flag),
      preliminary_results: maybe(flag),
      results_source_name: maybeText,
      results_source_url: maybeText,
      results_headers: z.unknown().optional(),
      results: maybe(z.array(z.looseObject({ result_id: z.number() }))),
    }),
  ),
})

const answered = z.union([
  z.strictObject({ registration_id: z.number() }),
  z.strictObject({ error: z.strictObject({ error_code: z.number(), error_msg: z.string() }) }),
])

const elements = listOf(
  object.pipe(
    z.looseObject({ event: object.pipe(z.looseObject({ participants: list })), participants: list }),
  ),
)
const keyed = z.looseObject({ registration_id: text, race_id: text, result_id: text })
const idIn = (row: Json, name: keyof z.infer<typeof keyed>): readonly string[] => {
  const id = keyed.safeParse(row).data?.[name]
  return typeof id === 'string' ? [id] : []
}

const sized = { size: 'results_per_page' } as const
const races: ExpectedPages = {
  ...sized,
  next: { by: 'page', word: 'page' },
  idsOf: body =>
    (
      z.looseObject({ races: listOf(z.looseObject({ race: z.unknown() })) }).safeParse(body).data?.races ?? []
    ).flatMap(one => idIn(one.race as Json, 'race_id')),
}
const participants: ExpectedPages = {
  ...sized,
  next: { by: 'after', word: 'after_registration_id' },
  ascending: true,
  idsOf: body =>
    (elements.safeParse(body).data ?? []).flatMap(one =>
      one.participants.flatMap(row => idIn(row, 'registration_id')),
    ),
}
const leavers: ExpectedPages = {
  ...sized,
  next: { by: 'page', word: 'page' },
  idsOf: body =>
    (elements.safeParse(body).data ?? []).flatMap(one =>
      one.event.participants.flatMap(row => idIn(row, 'registration_id')),
    ),
}
const results: ExpectedPages = {
  ...sized,
  next: { by: 'page', word: 'page' },
  idsOf: body =>
    (
      z.looseObject({ individual_results_sets: listOf(z.looseObject({ results: list })) }).safeParse(body)
        .data?.individual_results_sets ?? []
    ).flatMap(set => set.results.flatMap(row => idIn(row, 'result_id'))),
}

export const watch = watching({
  refusal: errorWire,
  answers: [
    {
      method: 'GET',
      path: '/races',
      body: z.strictObject({ races: z.array(z.strictObject({ race })) }),
      pages: races,
    },
    { method: 'GET', path: '/race/{}', body: z.strictObject({ race }) },
    {
      method: 'GET',
      path: '/race/{}/participants',
      body: oneOrMore(
        z.strictObject({
          event: z.strictObject({ ...ofEvent, participants: z.array(z.unknown()) }),
          participants: maybe(z.array(participant)),
        }),
      ),
      pages: participants,
    },
    {
      method: 'GET',
      path: '/race/{}/removed-participants',
      body: oneOrMore(
        z.strictObject({ event: z.strictObject({ ...ofEvent, participants: maybe(z.array(removed)) }) }),
      ),
      pages: leavers,
    },
    { method: 'GET', path: '/results/get-result-sets', body: resultSets },
    { method: 'GET', path: '/results/get-results', body: resultSets, pages: results },
    {
      method: 'POST',
      path: '/race/{}/results',
      body: z.strictObject({ individual_result_set_id: z.number() }),
    },
    {
      method: 'POST',
      path: '/results/full-results',
      body: z.strictObject({ results: z.array(z.looseObject({ result_id: z.number() })) }),
    },
    // INFERRED, as in numbers.ts.
    {
      method: 'POST',
      path: '/race/{}/participants',
      body: z.strictObject({ participants: z.array(answered) }),
    },
  ],
})
