import { z } from 'zod'
import type { ExpectedAnswer } from '../expectations.ts'
import { said, watching } from '../expected.ts'
import { rowsUnder } from './wire.ts'

/**
 * What CTLive's clients met: `{"parent_child": […]}`, every value a text, blank ones left out, a list of one written as
 * the one.
 */

const { digits, oneOrMore } = said
const sometimes = z.string().optional()
const texts = <const names extends readonly string[]>(...names: names) =>
  Object.fromEntries(names.map(name => [name, sometimes])) as {
    readonly [name in names[number]]: typeof sometimes
  }

const place = texts(
  'location_city',
  'location_region',
  'location_country',
  'location_street',
  'location_postal',
)

const event = z.strictObject({
  event_id: digits,
  event_name: z.string(),
  ...place,
  ...texts('event_tag', 'event_description', 'event_start_time', 'event_end_time', 'event_site_uri'),
  ...texts('event_is_published', 'event_device_protocol', 'event_external_id'),
  ...texts('organization_id', 'organization_name', 'location_id', 'location_name'),
})

const race = z.strictObject({
  race_id: digits,
  race_name: sometimes,
  ...texts('event_id', 'race_tag', 'race_type', 'race_subtype', 'race_course_distance'),
  ...texts('race_pref_distance_unit', 'race_planned_start_time', 'race_planned_end_time'),
  ...texts('race_actual_start_time', 'race_actual_end_time', 'race_age_ref_time'),
})

const entry = z.strictObject({
  entry_id: digits,
  ...place,
  ...texts('entry_bib', 'entry_name', 'entry_external_id', 'entry_type', 'entry_status', 'entry_race_age'),
  ...texts('athlete_id', 'athlete_first_name', 'athlete_last_name', 'athlete_sex', 'athlete_birthdate'),
  ...texts('athlete_email', 'athlete_home_phone', 'athlete_mobile_phone', 'team_id', 'team_name'),
  ...texts('race_id', 'race_name', 'reg_choice_name', 'wave_name', 'bracket_name'),
})

const interval = z.strictObject({
  interval_id: digits,
  interval_is_full: z.enum(['0', '1']).optional(),
  ...texts('interval_name', 'race_id', 'race_name'),
})

const result = z.strictObject({
  results_entry_id: digits,
  ...texts('results_bib', 'results_first_name', 'results_last_name', 'results_sex', 'results_age'),
  ...texts('results_hometown', 'results_state_code', 'results_postal_code', 'results_country_code'),
  ...texts('results_time', 'results_gun_time', 'results_pace', 'results_gun_pace', 'results_pace_unit'),
  ...texts('results_rank', 'results_bracket_name', 'results_primary_bracket_name', 'results_penalty_time'),
  ...texts('results_time_with_penalty', 'results_gun_time_with_penalty', 'results_start_time'),
  ...texts('results_end_chip_time', 'results_event_name', 'results_race_name'),
})

/** A list under its key; nothing stands there for none, a blank too. */
const listed = (path: string, key: string, row: z.ZodObject, idOf: string): ExpectedAnswer => ({
  method: 'GET',
  path,
  body: z.strictObject({
    [key]: z.preprocess(value => (value === '' || value === null ? [] : value), oneOrMore(row)),
  }),
  pages: {
    size: 'size',
    next: { by: 'page', word: 'page' },
    idsOf: body =>
      (rowsUnder(key, body) ?? []).flatMap(one => {
        const id = typeof one === 'object' && one !== null && idOf in one ? Reflect.get(one, idOf) : null
        return typeof id === 'string' || typeof id === 'number' ? [String(id)] : []
      }),
  },
})

/** A row a bracket: one entry has several. */
const results: ExpectedAnswer = {
  method: 'GET',
  path: '/interval/{}/results',
  body: z.strictObject({
    interval_results: z.preprocess(value => (value === '' || value === null ? [] : value), oneOrMore(result)),
  }),
}

/** INFERRED, as in push.ts: the entry is the answer. */
const written = z.strictObject({ entry })

export const watch = watching({
  answers: [
    listed('/event', 'event', event, 'event_id'),
    { method: 'GET', path: '/event/{}', body: z.strictObject({ event: oneOrMore(event) }) },
    listed('/event/{}/race', 'event_race', race, 'race_id'),
    listed('/race/{}/entry', 'race_entry', entry, 'entry_id'),
    listed('/race/{}/interval', 'race_interval', interval, 'interval_id'),
    results,
    { method: 'POST', path: '/race/{}/entry', status: [200, 201], body: written },
    { method: 'PUT', path: '/entry/{}', body: written },
  ],
})
