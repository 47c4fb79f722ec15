import type { Volumes } from './volumes.ts'

// Chance from a row's number, so that the same tables come every time; the factor spreads neighbours.
const chance = (n: string, salt: number, below: number | string): string =>
  `(((${n})::bigint * 2654435761 + ${salt} * 40503) % 4294967291 % ${below})::int`

/** A literal: an ARRAY[…] would be built for every row. */
const words = (list: string): string => `('{${list.split(' ').join(',')}}'::text[])`

const FIRST = words(
  'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Donald Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy Stephanie Ronald Rebecca Edward Sharon Jason Laura Jeffrey Cynthia Ryan Kathleen Jacob Amy Gary Angela Nicholas Shirley Eric Anna Jonathan Brenda Stephen Pamela Larry Emma Justin Nicole Scott Helen Brandon Samantha Benjamin Katherine Samuel Christine Gregory Debra Alexander Rachel Patrick Carolyn Frank Janet Raymond Maria Jack Catherine Dennis Heather Zoë José Søren Łukasz',
)
const LAST = words(
  "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Müller O''Brien",
)
const CITY = words(
  'Austin Boston Denver Eugene Flagstaff Tampa Hanover Ithaca Juneau Knoxville Lansing Moab Nashville',
)
const STATE = words('TX MA CO OR AZ FL NH NY AK TN MI UT TN')

/** Three people a household: one name, one address, and mostly one e-mail address. */
const household = (person: string): string => `(${person} / 3)`
const firstOf = (person: string): string => `${FIRST}[1 + (${chance(person, 1, 34)} * 3 + ${person} % 3)]`
const lastOf = (person: string): string => `${LAST}[1 + ${chance(household(person), 2, 102)}]`
const bornOf = (person: string): string => `(date '1941-03-02' + ${chance(person, 3, 24_000)})`
const cityOf = (person: string): string => `1 + ${chance(household(person), 4, 13)}`
const phoneOf = (person: string): string => `'555-' || lpad((${person} % 10000000)::text, 7, '0')`
const mailOf = (person: string): string =>
  `CASE ${chance(person, 5, 4)} WHEN 0 THEN 'runner' || ${person} ELSE 'family' || ${household(person)} END || '@example.org'`
const sexOf = (person: string): string => `('{M,F}'::text[])[1 + ${person} % 2]`

/** A few events are large, most small. */
const eventOf = (n: string, events: number): string =>
  `least(${events - 1}, floor(${events} * power(${chance(n, 6, 1_000_000)} / 1000000.0, 1.6)))::int`

/** One partner has a quarter of everything. */
const partnerOf = (event: string, partners: number): string =>
  `CASE WHEN ${event} % 4 = 0 THEN 1 ELSE 1 + ${event} % ${partners} END`

/**
 * Statements that fill the platform's production tables, dirt included: bibs as numbers and as text, dates that are none,
 * addresses that are no JSON, registrations fetched twice, rows of events that nobody has.
 */
export function fillings(volumes: Volumes): readonly string[] {
  const { partners, runsignupEvents, races, entries } = volumes
  const pool = Math.max(30, Math.round((volumes.runsignupPeople + entries) / 2.6))
  const partner = (event: string): string => partnerOf(event, partners)
  /** The same people run the events of a partner again and again. */
  const person = (n: string): string => chance(n, 8, pool)
  return [
    `INSERT INTO timing_partners (timing_partner_id, company_name)
     SELECT n, 'Timing company ' || n FROM generate_series(1, ${partners}) n ON CONFLICT DO NOTHING`,
    `INSERT INTO runsignup_races (race_id, name, next_date, address, timezone, timing_partner_id)
     SELECT 20000 + n, 'Race ' || n, date '2022-01-08' + n % 2200,
       jsonb_build_object('street', n || ' Main St', 'city', ${CITY}[1 + n % 13], 'state', ${STATE}[1 + n % 13], 'zipcode', '0' || n, 'country_code', 'US'),
       (ARRAY['America/New_York','America/Chicago','America/Denver','Somewhere'])[1 + n % 4], ${partner('n * 2')}
     FROM generate_series(0, ${Math.ceil(runsignupEvents / 2)}) n`,
    `INSERT INTO runsignup_events (event_id, race_id, name, start_time, registration_opens, event_type, distance, timing_partner_id)
     SELECT 100000 + n, 20000 + n / 2, (ARRAY['5K','10K','Half Marathon','Marathon','1 Mile Fun Run'])[1 + n % 5],
       timestamp '2022-01-08 08:00' + n / 2 % 2200 * interval '1 day', timestamp '2021-10-01', 'running_race', 3.1, ${partner('(n / 2 * 2)')}
     FROM generate_series(0, ${runsignupEvents - 1}) n`,
    `INSERT INTO runsignup_participants (race_id, event_id, registration_id, user_id, first_name, last_name, email, address, dob,
       gender, phone, bib_num, chip_num, age, registration_date, team_name, race_fee, processing_fee, amount_paid,
       rsu_transaction_id, transaction_id, giveaway, imported, last_modified, fetched_date, credentials_used, timing_partner_id)
     SELECT 20000 + event / 2, CASE WHEN n % 20011 = 7 THEN 99 ELSE 100000 + event END, CASE WHEN n % 10007 = 5 THEN NULL ELSE 40000000 + n - (n % 997 = 3)::int END,
       person, ${firstOf('person')}, CASE WHEN chance = 1 THEN 'Newname' ELSE ${lastOf('person')} END,
       CASE WHEN chance < 4 THEN NULL WHEN chance < 7 THEN 'other' || person || '@example.net' WHEN chance < 9 THEN upper(mail) ELSE mail END,
       CASE WHEN chance = 10 THEN 'none' WHEN chance = 11 THEN NULL ELSE
         '{"street":"' || person || ' Elm St","city":"' || ${CITY}[${cityOf('person')}] || '","state":"' || ${STATE}[${cityOf('person')}] || '","zipcode":"01234","country_code":"US"}' END,
       CASE WHEN chance IN (12, 13) THEN NULL WHEN chance = 14 THEN '0000-00-00' WHEN chance = 15 THEN to_char(${bornOf('person')}, 'MM/DD/YYYY') ELSE ${bornOf('person')}::text END,
       ${sexOf('person')}, ${phoneOf('person')}, CASE WHEN chance < 20 THEN NULL ELSE 1 + n % 9000 END,
       CASE WHEN chance = 30 THEN 'KV' || n END, 2026 - extract(year FROM ${bornOf('person')})::int,
       CASE WHEN chance = 40 THEN 'soon' ELSE (9 - n % 9) || '/7/2023 15:15' END, CASE WHEN chance > 90 THEN 'Team ' || n % 500 END,
       '$55.00', '$2.75', '$57.75', n, 'T' || n, 'M', 'F', 1650000000 + n, timestamp '2026-01-01' + n % 90 * interval '1 hour',
       'key', ${partner('(event / 2 * 2)')}
     FROM (SELECT n, ${eventOf('n', runsignupEvents)} AS event, ${person('n')} AS person, ${chance('n', 9, 100)} AS chance,
       ${mailOf(person('n'))} AS mail FROM generate_series(1, ${volumes.runsignupPeople}) n OFFSET 0) made`,
    `INSERT INTO runsignup_results (event_id, bib_number, result_set_id, clock_time, chip_time, overall_place, gender_place,
       division_place, race_name, first_name, last_name, timing_partner_id)
     SELECT event_id, bib_num, event_id * 3, '0:' || 20 + n % 39 || ':10.31', CASE WHEN n % 61 = 0 THEN 'DNF' ELSE '0:' || 20 + n % 39 || ':05' END,
       n, n / 2, n / 9, 'Race', first_name, last_name, timing_partner_id
     FROM (SELECT *, row_number() OVER (PARTITION BY event_id) AS n FROM runsignup_participants WHERE bib_num IS NOT NULL LIMIT ${volumes.runsignupResults}) made
     ON CONFLICT DO NOTHING`,
    `INSERT INTO ct_events (event_id, event_name, event_start_time, location, timing_partner_id)
     SELECT (30000 + n)::text, 'Timed race ' || n, timestamp '2019-03-01 07:30' + n % 2500 * interval '1 day',
       jsonb_build_object('city', ${CITY}[1 + n % 13], 'region', ${STATE}[1 + n % 13], 'country', 'US'), ${partner('n')}
     FROM generate_series(0, ${Math.ceil(races / 2)}) n`,
    `INSERT INTO ct_races (race_id, event_id, race_name, race_type, race_course_distance, race_pref_distance_unit, race_planned_start_time, timing_partner_id)
     SELECT (700000 + n)::text, (30000 + n / 2)::text, (ARRAY['5K','Half Marathon'])[1 + n % 2], 'running', CASE n % 2 WHEN 0 THEN 5 ELSE 13.1 END,
       (ARRAY['km','miles'])[1 + n % 2], timestamp '2019-03-01 07:30' + n / 2 % 2500 * interval '1 day', ${partner('(n / 2)')}
     FROM generate_series(0, ${races - 1}) n`,
    `INSERT INTO ct_participants (entry_id, event_id, race_id, entry_external_id, entry_name, entry_status, entry_bib, entry_race_age,
       athlete_first_name, athlete_last_name, athlete_sex, athlete_birthdate, athlete_email, athlete_home_phone, location, team_name, timing_partner_id)
     SELECT (50000000 + n)::text, (30000 + race / 2)::text, CASE WHEN n % 5003 = 9 THEN NULL ELSE (700000 + race)::text END, NULL,
       ${firstOf('person')} || ' ' || ${lastOf('person')}, 'CONF',
       CASE WHEN chance = 1 THEN 'A-' || n % 900 WHEN chance = 2 THEN '00' || n % 900 WHEN chance < 8 THEN NULL ELSE (1 + n % 20000)::text END,
       2022 - extract(year FROM ${bornOf('person')})::int, ${firstOf('person')}, ${lastOf('person')}, ${sexOf('person')},
       CASE WHEN chance < 55 THEN ${bornOf('person')} WHEN chance = 55 THEN date '1900-01-01' END, CASE WHEN chance > 40 THEN ${mailOf('person')} END,
       CASE WHEN chance > 80 THEN ${phoneOf('person')} END,
       jsonb_build_object('city', ${CITY}[${cityOf('person')}], 'region', ${STATE}[${cityOf('person')}], 'country', 'US'),
       CASE WHEN chance > 90 THEN 'Team ' || n % 500 END, ${partner('(race / 2)')}
     FROM (SELECT n, ${eventOf('n + 77', races)} AS race, ${person('n + 500')} AS person, ${chance('n', 10, 100)} AS chance
       FROM generate_series(1, ${entries}) n OFFSET 0) made`,
    `INSERT INTO ct_results (event_id, race_id, entry_id, results_bib, results_first_name, results_last_name, results_sex, results_age,
       results_time, results_gun_time, results_rank, results_bracket_name, results_primary_bracket_name, result_status, timing_partner_id)
     SELECT event_id, race_id, CASE WHEN n % 200003 = 11 THEN NULL ELSE entry_id END, entry_bib, athlete_first_name, athlete_last_name, athlete_sex, entry_race_age,
       make_interval(secs => 1100 + n % 9000 + 0.31), make_interval(secs => 1105 + n % 9000 + 0.4), 1 + n % 2000 / bracket,
       CASE bracket WHEN 1 THEN 'OVERALL' WHEN 2 THEN CASE athlete_sex WHEN 'M' THEN 'MALE' ELSE 'FEMALE' END WHEN 3 THEN 'Age ' || entry_race_age / 5 * 5 ELSE 'Masters' END,
       'OVERALL', 'finished', timing_partner_id
     FROM (SELECT *, substr(entry_id, 3)::bigint AS n FROM ct_participants ORDER BY event_id LIMIT ${Math.ceil((volumes.bracketResults / 4) * 1.01)}) people,
       generate_series(1, 4) bracket LIMIT ${volumes.bracketResults}`,
  ]
}
