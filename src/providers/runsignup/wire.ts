import { z } from 'zod'
import { list, listOf, number, object, text } from '../loose.ts'

/** What RunSignUp really answers; keys it adds pass. */

/** `{"error":{"error_code":7,"error_msg":"…"}}` with HTTP 200; the v2 endpoints write `{"error":"…"}`. */
export const errorWire = z.looseObject({
  error: z.union([z.looseObject({ error_code: number, error_msg: text }), z.string()]),
})

const address = object.pipe(
  z.looseObject({ street: text, city: text, state: text, zipcode: text, country_code: text }),
)

export const eventWire = z.looseObject({
  event_id: text,
  name: text,
  start_time: text,
  event_type: text,
  distance: text,
  registration_opens: text,
  registration_periods: listOf(
    object.pipe(z.looseObject({ registration_opens: text, registration_closes: text })),
  ),
})
export type EventWire = z.infer<typeof eventWire>

export const raceWire = z.looseObject({
  race_id: text,
  name: text,
  next_date: text,
  last_date: text,
  timezone: text,
  address,
  events: listOf(eventWire),
})
export type RaceWire = z.infer<typeof raceWire>

/** Each race of the list is wrapped once more. */
export const racesWire = z.looseObject({ races: listOf(z.looseObject({ race: raceWire })) })
export const oneRaceWire = z.looseObject({ race: raceWire })

/**
 * One element an event. Participants stand beside the event while `event.participants` is always empty (an old bug kept);
 * removed participants stand in `event.participants`. An element without rows may lack them altogether.
 */
export const elementWire = z.looseObject({
  event: object.pipe(z.looseObject({ event_id: text, participants: list })),
  participants: list,
})
export const elementKeys = ['event', 'participants'] as const

/** Sets of results; the key is misspelt so by RunSignUp. */
export const resultSetsWire = z.looseObject({
  individual_results_sets: listOf(
    object.pipe(
      z.looseObject({
        individual_result_set_id: text,
        individual_result_set_name: text,
        results_source_name: text,
        results_headers: object.pipe(z.record(z.string(), text)),
        results: listOf(
          object.pipe(
            z.looseObject({
              result_id: text,
              registration_id: text,
              /** The list says bib, what is posted says bib_num: which of them comes back nobody showed. */
              bib: text,
              bib_num: text,
              first_name: text,
              last_name: text,
              place: text,
              clock_time: text,
              chip_time: text,
            }),
          ),
        ),
      }),
    ),
  ),
})

export const newSetWire = z.looseObject({ individual_result_set_id: text })

/** In the order they were sent. That a refused row says so in its place is inferred from how participants do. */
export const postedWire = z.looseObject({
  results: listOf(
    object.pipe(
      z.looseObject({
        result_id: text,
        error: z.looseObject({ error_code: number, error_msg: text }).optional(),
      }),
    ),
  ),
})

/** Registrations that were edited, in the order they were sent. */
export const writtenWire = z.looseObject({
  participants: listOf(
    object.pipe(
      z.looseObject({
        registration_id: text,
        error: z.looseObject({ error_code: number, error_msg: text }).optional(),
      }),
    ),
  ),
})

// Of a row only what is named is read, by the thousand: its other keys are kept with the row itself.

/** What paging reads of a row. */
export const rowKeyWire = z.object({ registration_id: text, event_id: text })

export const rowWire = z.object({
  /** Age and bib are the registration's, not the user's. */
  user: object.pipe(
    z.looseObject({
      first_name: text,
      last_name: text,
      email: text,
      phone: text,
      dob: text,
      gender: text,
      address,
    }),
  ),
  registration_id: text,
  bib_num: text,
  chip_num: text,
  age: number,
  registration_date: text,
  team_name: text,
  /** Unix seconds; on a removed row the text of an Eastern time. */
  last_modified: text,
  last_modified_ts: number,
  removed_reason: text,
  new_registration_id: text,
  question_responses: listOf(object.pipe(z.looseObject({ question_text: text, response: text }))),
  /** Nobody showed what include_corrals adds: these are the likely names. */
  corral_name: text,
  wave_name: text,
  corral: listOf(object.pipe(z.looseObject({ corral_name: text, name: text }))),
  corrals: listOf(object.pipe(z.looseObject({ corral_name: text, name: text }))),
})
export type RowWire = z.infer<typeof rowWire>
