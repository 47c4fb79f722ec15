import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import { id, list, text } from '../loose.ts'

/** What CTLive really answers: every value a string, blank ones left out, one object where a list has one element. */

export const eventWire = z.looseObject({
  event_id: id,
  event_name: text,
  event_start_time: text,
  location_city: text,
  location_region: text,
  location_country: text,
})
export type EventWire = z.infer<typeof eventWire>

export const raceWire = z.looseObject({
  race_id: id,
  race_tag: text,
  race_name: text,
  race_type: text,
  race_course_distance: text,
  race_pref_distance_unit: text,
  race_planned_start_time: text,
})
export type RaceWire = z.infer<typeof raceWire>

export const entryWire = z.looseObject({
  entry_id: id,
  entry_external_id: text,
  entry_bib: text,
  entry_name: text,
  athlete_first_name: text,
  athlete_last_name: text,
  athlete_sex: text,
  athlete_birthdate: text,
  entry_race_age: text,
  athlete_email: text,
  athlete_mobile_phone: text,
  athlete_home_phone: text,
  location_city: text,
  location_region: text,
  location_country: text,
  team_name: text,
  wave_name: text,
  bracket_name: text,
  reg_choice_name: text,
  entry_status: text,
})
export type EntryWire = z.infer<typeof entryWire>

/** A stretch of the course: the whole of it, or up to a split. Nobody showed its name; this is the likely one. */
export const intervalWire = z.looseObject({ interval_id: id, interval_is_full: text, interval_name: text })
export type IntervalWire = z.infer<typeof intervalWire>

/** One row a bracket; which interval it is of is known from where it was asked. */
export const resultWire = z.looseObject({
  results_entry_id: text,
  results_bib: text,
  results_time: text,
  results_gun_time: text,
  results_rank: text,
  results_bracket_name: text,
  results_primary_bracket_name: text,
  results_start_time: text,
  results_end_chip_time: text,
})
export type ResultWire = z.infer<typeof resultWire>

/** One entry's rows over the intervals of its race, as `pull` gathers them. */
export const gatheredWire = z.looseObject({
  full: z.array(resultWire),
  splits: z.array(z.object({ name: z.string(), row: resultWire })),
})

/** What a written entry must tell: nobody saw such an answer. */
export const writtenWire = z.looseObject({ entry_id: text })

/**
 * The rows under a key that is parent_child (`race_entry`), or its last word, or the whole answer where it is an array.
 * Null: none of these, which is not the same as no rows.
 */
export function rowsUnder(key: string, answer: Json): readonly Json[] | null {
  if (Array.isArray(answer)) return answer as readonly Json[]
  if (answer === null || typeof answer !== 'object') return null
  const named = answer as { readonly [name: string]: Json }
  const child = key.slice(key.lastIndexOf('_') + 1)
  const found = [key, child].find(name => Object.hasOwn(named, name))
  return found === undefined ? null : list.parse(named[found])
}
