import type { Client } from 'pg'
import { describe, expect, test, vi } from 'vitest'
import {
  PRODUCTION_TABLES,
  SECOND_TABLES,
  THIRD_TABLES,
} from '../../../src/rehearsal/project88/later-tables.ts'
import { startPostgres } from '../../support/postgres.ts'
import { platformDatabase, runImport } from './old-platform.ts'

vi.setConfig({ testTimeout: 120_000 })
const postgres = startPostgres()

const PARTNER = `INSERT INTO timing_partners (timing_partner_id, company_name) VALUES (7, 'Harbor Timing')`

const people = async (client: Client): Promise<readonly unknown[]> =>
  (
    await client.query(
      `SELECT source_provider AS provider, source_participant_id AS key, bib_number AS bib, first_name AS first, date_of_birth::text AS born,
         city, emergency_contact AS contact, team_name AS team, registration_date::text AS registered, chips::text, registration_status AS status
       FROM normalized_participants ORDER BY source_provider, source_participant_id`,
    )
  ).rows

describe('every generation of the old tables is read', () => {
  test('the base tables: addresses as jsonb, dates as dates, bibs as text', async () => {
    const { url, client } = await platformDatabase(
      postgres,
      PARTNER,
      `INSERT INTO runsignup_races (race_id, name, next_date, address, timezone, timing_partner_id) VALUES
         (1, 'Harbor Run', '2026-05-09', '{"city": "Salem", "state": "MA", "country_code": "US"}', 'America/New_York', 7)`,
      `INSERT INTO runsignup_events (event_id, race_id, name, start_time, distance, timing_partner_id) VALUES (11, 1, 'Half Marathon', '2026-05-09 08:00', 13.1, 7)`,
      `INSERT INTO runsignup_participants (event_id, registration_id, first_name, last_name, bib_num, chip_num, dob, age, address, registration_date, team_info, timing_partner_id)
       VALUES (11, 501, ' Ana ', 'Ruiz', '007', 'KV8658', '1986-01-06', 40, '{"city": "Salem"}', '2026-01-02 03:04:05', '{"team_name": "Gulls"}', 7),
              (11, 502, 'Bo', 'Li', '', NULL, 'infinity', NULL, NULL, NULL, NULL, 7)`,
    )
    await runImport(postgres, url)
    expect(await people(client)).toMatchObject([
      {
        key: '501',
        bib: '007',
        first: 'Ana',
        born: '1986-01-06',
        city: 'Salem',
        team: 'Gulls',
        registered: '2026-01-02',
        chips: '["KV8658"]',
      },
      { key: '502', bib: null, first: 'Bo', born: null, chips: '[]' },
    ])
    const { rows: events } = await client.query(
      `SELECT event_name, race_name, timezone, start_at, event_date::text, race_distance, location_city FROM normalized_events`,
    )
    expect(events).toEqual([
      {
        event_name: 'Half Marathon',
        race_name: 'Harbor Run',
        timezone: 'America/New_York',
        start_at: new Date('2026-05-09T12:00:00Z'),
        event_date: '2026-05-09',
        race_distance: 21.0975,
        location_city: 'Salem',
      },
    ])
    const { rows: refusals } = await client.query(
      'SELECT row_key, reason, taken FROM trackside.legacy_refusals',
    )
    expect(refusals).toEqual([{ row_key: '2', reason: 'date_of_birth: "infinity" is no date', taken: true }])
  })

  test('production: 50 columns, bibs as numbers, addresses as text, registrations fetched twice', async () => {
    const { url, client } = await platformDatabase(
      postgres,
      PRODUCTION_TABLES,
      PARTNER,
      `INSERT INTO runsignup_races (race_id, timing_partner_id) VALUES (1, 7)`,
      `INSERT INTO runsignup_events (event_id, race_id, name, timing_partner_id) VALUES (11, 1, '5K', 7)`,
      `INSERT INTO runsignup_participants (event_id, registration_id, first_name, bib_num, dob, address, registration_date, last_modified, timing_partner_id) VALUES
         (11, 501, 'Old', 1, '31/02/1980', '{"city": "Salem"}', '9/7/2021 15:15', 1631042122, 7),
         (11, 501, 'New', 214, '1/6/1986', 'Elm Street', 'soon', 1631042999, 7),
         (NULL, 502, 'Eventless', 3, NULL, NULL, NULL, NULL, 7), (99, 503, 'Elsewhere', 4, NULL, NULL, NULL, NULL, 7),
         (11, NULL, 'Keyless', 5, NULL, NULL, NULL, NULL, 7), (11, 504, 'Nobodys', 6, NULL, NULL, NULL, NULL, NULL)`,
    )
    const report = await runImport(postgres, url)
    expect(await people(client)).toMatchObject([
      { key: '501', first: 'New', bib: '214', born: '1986-01-06', city: null, registered: null },
    ])
    const counts = report.kinds.find(({ kind }) => kind === 'runsignup_participants')
    expect(counts).toMatchObject({ rowsRead: 5, added: 1, folded: 1, refused: 3 })
    expect(report.nobodys).toEqual({ runsignup_participants: 1 })
    expect(report.refusals.map(({ reason, taken }) => `${taken ? 'without ' : ''}${reason}`).sort()).toEqual([
      'It has no registration_id.',
      'It names no event.',
      'Its event 99 is not among the events.',
      'without date_of_birth: "31/02/1980" is no date; registration_date: "soon" is no date; address: "Elm Street" is no JSON',
    ])
  })

  test('the second tables: keys of text, another name for a key', async () => {
    const { url, client } = await platformDatabase(
      postgres,
      SECOND_TABLES,
      PARTNER,
      `INSERT INTO raceroster_events (event_id, name, start_date, city, timing_partner_id) VALUES ('31', 'Fog 10K', '2026-06-01', 'Bend', 7)`,
      `INSERT INTO raceroster_participants (event_id, participant_id, bib_number, first_name, date_of_birth, address, emergency_contact, timing_partner_id)
       VALUES ('31', 'p-1', '12', 'Cy', '1990-02-03', '{"city": "Bend"}', '{"name": "Di", "phone": "555-0101"}', 7)`,
      `INSERT INTO haku_events (event_id, event_name, distance, timing_partner_id) VALUES ('h1', 'Surf', '5K', 7)`,
      `INSERT INTO haku_participants (event_id, participant_id, first_name, team_affiliation, timing_partner_id) VALUES ('h1', 'r-9', 'Ed', 'Reef', 7)`,
      `INSERT INTO copernico_events (event_id, event_name, distance_km, timing_partner_id) VALUES ('c1', 'Lago', 10, 7)`,
      `INSERT INTO copernico_participants (event_id, participant_id, bib_number, first_name, timing_partner_id) VALUES ('c1', 'k1', '5', 'Flo', 7)`,
      `INSERT INTO copernico_results (event_id, participant_id, bib_number, overall_place, total_time, split_times, timing_partner_id)
       VALUES ('c1', 'k1', '5', 2, '00:41:10.5', '[{"name": "5K", "time": "00:20:01"}]', 7)`,
    )
    await runImport(postgres, url)
    expect(await people(client)).toMatchObject([
      { provider: 'copernico', key: 'k1', first: 'Flo' },
      { provider: 'haku', key: 'r-9', team: 'Reef' },
      { provider: 'race-roster', key: 'p-1', city: 'Bend', contact: 'Di, 555-0101', born: '1990-02-03' },
    ])
    const { rows } = await client.query(
      `SELECT r.overall_place::int, r.chip_time_ms::int, r.split_times, p.first_name, e.race_distance, e.source_event_id
       FROM normalized_results r JOIN normalized_participants p ON p.id = r.normalized_participant_id JOIN normalized_events e ON e.id = r.normalized_event_id`,
    )
    expect(rows).toEqual([
      {
        overall_place: 2,
        chip_time_ms: 2_470_500,
        split_times: [{ name: '5K', gunMs: null, chipMs: 1_201_000 }],
        first_name: 'Flo',
        race_distance: 10,
        source_event_id: 'c1',
      },
    ])
  })

  test('the third tables: everything is text, also what is no date', async () => {
    const { url, client } = await platformDatabase(
      postgres,
      THIRD_TABLES,
      PARTNER,
      `INSERT INTO raceroster_events (event_id, name, start_date, timezone, city, timing_partner_id)
       VALUES (31, 'Fog 10K', '2026-06-01 09:30:00', 'America/Los_Angeles', 'Bend', 7)`,
      `INSERT INTO raceroster_participants (event_id, registration_id, bib_number, first_name, date_of_birth, city, emergency_contact_name,
         emergency_contact_phone, registration_status, registration_date, timing_partner_id)
       VALUES (31, 8, 'A-17', 'Gil', 'unknown', 'Bend', 'Hal', '555-0102', 'Cancelled', '2026-03-04T05:06:07+00:00', 7)`,
      `INSERT INTO copernico_events (event_id, event_name, event_date, timing_partner_id) VALUES ('c1', 'Lago', 'mañana', 7)`,
      `INSERT INTO copernico_results (event_id, bib_number, total_time, status, timing_partner_id) VALUES ('c1', '5', 'DNF', NULL, 7), ('c1', '6', 'fast', NULL, 7)`,
    )
    await runImport(postgres, url)
    expect(await people(client)).toMatchObject([
      {
        key: '8',
        bib: 'A-17',
        born: null,
        city: 'Bend',
        contact: 'Hal, 555-0102',
        status: 'withdrawn',
        registered: '2026-03-04',
      },
    ])
    const { rows: events } = await client.query(
      'SELECT start_at FROM normalized_events WHERE event_date IS NOT NULL',
    )
    expect(events).toEqual([{ start_at: new Date('2026-06-01T16:30:00Z') }])
    const { rows: results } = await client.query(
      'SELECT bib_number AS bib, result_status AS status FROM normalized_results ORDER BY 1',
    )
    expect(results).toEqual([
      { bib: '5', status: 'dnf' },
      { bib: '6', status: 'unknown' },
    ])
    const { rows: refusals } = await client.query(
      'SELECT reason FROM trackside.legacy_refusals ORDER BY reason',
    )
    expect(refusals.map(({ reason }) => reason)).toEqual([
      'date_of_birth: "unknown" is no date',
      'start: "mañana" is no time',
      'total_time: "fast" is no time',
    ])
  })

  test("ChronoTrack's tables: places of all brackets in one result, people without a race, other providers' rows", async () => {
    const { url, client } = await platformDatabase(
      postgres,
      PRODUCTION_TABLES,
      PARTNER,
      `INSERT INTO ct_events (event_id, event_name, event_start_time, data_source, provider_event_id, timing_partner_id) VALUES
         ('30', 'Bay Day', '2026-05-09 07:00', DEFAULT, NULL, 7), ('31', 'Fog', '2026-06-01 09:00', 'race_roster', '88', 7)`,
      `INSERT INTO ct_races (race_id, event_id, race_name, race_course_distance, race_pref_distance_unit, timing_partner_id) VALUES ('70', '30', '10K', 10, 'km', 7)`,
      `INSERT INTO ct_participants (entry_id, event_id, race_id, entry_bib, athlete_first_name, provider_participant_id, entry_name, timing_partner_id) VALUES
         ('500', '30', '70', '1', 'Ida', NULL, NULL, 7), ('501', '30', NULL, '2', NULL, NULL, 'Team Jo', 7), ('502', '31', NULL, '3', 'Kim', 'rr-3', NULL, 7)`,
      `INSERT INTO ct_results (event_id, race_id, entry_id, results_bib, results_time, results_gun_time, results_rank, results_bracket_name, results_primary_bracket_name, timing_partner_id) VALUES
         ('30', '70', '500', '1', '00:40:00.5', '00:40:09', 99, 'Overall', 'Overall', 7), ('30', '70', '500', '1', '00:40:00.5', '00:40:09', 4, 'Overall', 'Overall', 7),
         ('30', '70', '500', '1', '00:40:00.5', '00:40:09', 2, 'Female', 'Overall', 7), ('30', '70', '500', '1', '00:40:00.5', '00:40:09', 1, 'F 30-34', 'Overall', 7),
         ('30', '70', NULL, '9', '00:41:00', NULL, 7, 'Overall', 'Overall', 7)`,
    )
    const report = await runImport(postgres, url)
    const { rows: who } = await client.query(
      `SELECT p.source_provider AS provider, p.source_participant_id AS key, e.source_event_id AS event, p.first_name AS first, p.last_name AS last
       FROM normalized_participants p JOIN normalized_events e ON e.id = p.normalized_event_id ORDER BY 2`,
    )
    expect(who).toEqual([
      { provider: 'ctlive', key: '500', event: '70', first: 'Ida', last: null },
      { provider: 'ctlive', key: '501', event: 'event-30', first: null, last: 'Team Jo' },
      { provider: 'race-roster', key: 'rr-3', event: 'event-88', first: 'Kim', last: null },
    ])
    const { rows: results } = await client.query(
      'SELECT source_result_id AS key, overall_place::int AS overall, gender_place::int AS gender, division_place::int AS division, chip_time_ms::int AS chip FROM normalized_results',
    )
    expect(results).toEqual([{ key: '500', overall: 4, gender: 2, division: 1, chip: 2_400_500 }])
    expect(report.kinds.find(({ kind }) => kind === 'ct_results')).toMatchObject({
      rowsRead: 5,
      added: 1,
      folded: 3,
      refused: 1,
    })
  })
})
