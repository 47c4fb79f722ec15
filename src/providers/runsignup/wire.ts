import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import { isObject, list, listIn, listOf, number, numberOf, object, objectIn, text, textOf } from '../loose.ts'

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

// Of a row only what is named is read; its other keys are kept with the row itself. It is read without a schema: one run
// over thousands of rows makes V8 put what it makes of every row where only a full collection finds it.

/** What paging reads of a row. */
export const readRowKey = (row: { readonly registration_id?: unknown; readonly event_id?: unknown }) => ({
  registration_id: textOf(row.registration_id),
  event_id: textOf(row.event_id),
})

export type RowWire = NonNullable<ReturnType<typeof readRow>>

/** @returns null for what is no object */
export function readRow(item: Json) {
  if (!isObject(item)) return null
  const user = objectIn(item.user)
  const address = objectIn(user.address)
  return {
    user: {
      first_name: textOf(user.first_name),
      last_name: textOf(user.last_name),
      email: textOf(user.email),
      phone: textOf(user.phone),
      dob: textOf(user.dob),
      gender: textOf(user.gender),
      city: textOf(address.city),
      state: textOf(address.state),
      country_code: textOf(address.country_code),
    },
    registration_id: textOf(item.registration_id),
    /** Age and bib are the registration's, not the user's. */
    bib_num: textOf(item.bib_num),
    age: numberOf(item.age),
    chip_num: textOf(item.chip_num),
    registration_date: textOf(item.registration_date),
    team_name: textOf(item.team_name),
    /** Unix seconds; on a removed row the text of an Eastern time. */
    last_modified: textOf(item.last_modified),
    last_modified_ts: numberOf(item.last_modified_ts),
    removed_reason: textOf(item.removed_reason),
    new_registration_id: textOf(item.new_registration_id),
    question_responses: listIn(item.question_responses).map(readAnswer),
    corral_name: textOf(item.corral_name),
    wave_name: textOf(item.wave_name),
    /** Nobody showed what include_corrals adds: these are the likely names. */
    corrals: [...listIn(item.corral), ...listIn(item.corrals)].map(nameOfCorral),
  }
}

function readAnswer(item: unknown) {
  const { question_text, response } = objectIn(item)
  return { question_text: textOf(question_text), response: textOf(response) }
}

function nameOfCorral(item: unknown): string | null {
  const { corral_name, name } = objectIn(item)
  return textOf(corral_name) ?? textOf(name)
}
