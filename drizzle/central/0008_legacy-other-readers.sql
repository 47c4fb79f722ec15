-- The other providers' tables, which came in three shapes each: what is one column here is another there.

CREATE FUNCTION trackside.legacy_read_other_events(provider text, key_prefix text) RETURNS SETOF trackside.legacy_event LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    old.key, CASE WHEN old.key IS NULL THEN 'It has no event_id.' END,
    array_remove(ARRAY[
      CASE WHEN trackside.legacy_wall(old.starts) IS NULL THEN trackside.legacy_note('start', old.starts, 'is no time') END,
      CASE WHEN zone.known IS NULL THEN trackside.legacy_note('timezone', old.zone, 'is no time zone') END
    ], NULL),
    provider, key_prefix || old.key, old.key, old.name, coalesce(old.name, 'Event ' || old.key), zone.known,
    -- A mere day is written as its midnight.
    CASE WHEN trackside.legacy_wall(old.starts) NOT LIKE '%T00:00:00' THEN trackside.legacy_moment(old.starts, zone.known) END,
    replace(old.starts, 'T', ' '), trackside.legacy_day(old.starts), trackside.legacy_pick(old.row, 'event_type', 'discipline'),
    coalesce(trackside.legacy_km(trackside.legacy_text(old.row ->> 'distance')), trackside.legacy_km(old.row ->> 'distance_km' || ' km'),
      trackside.legacy_km(old.name)),
    coalesce(trackside.legacy_text(old.row ->> 'city'), trackside.legacy_text(old.place ->> 'city')),
    coalesce(trackside.legacy_text(old.row ->> 'state'), trackside.legacy_pick(old.place, 'state', 'region')),
    coalesce(trackside.legacy_text(old.row ->> 'country'), trackside.legacy_pick(old.place, 'country', 'country_code')),
    trackside.legacy_integer(trackside.legacy_pick(old.row, 'max_participants', 'registration_limit')),
    trackside.legacy_day(trackside.legacy_text(old.row ->> 'registration_open_date')),
    trackside.legacy_day(trackside.legacy_text(old.row ->> 'registration_close_date')),
    old.row - '{timing_partner_id,credentials_used}'::text[],
    trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, trackside.legacy_text(b.row ->> 'event_id') AS key, trackside.legacy_pick(b.row, 'name', 'event_name') AS name,
      trackside.legacy_pick(b.row, 'start_date', 'event_date') AS starts, trackside.legacy_text(b.row ->> 'timezone') AS zone,
      coalesce(trackside.legacy_json(b.row -> 'address'), '{}') AS place
    FROM pg_temp.legacy_batch b
  ) AS old
  LEFT JOIN LATERAL (SELECT trackside.legacy_zone(old.zone)) AS zone (known) ON true;
END $$;

CREATE FUNCTION trackside.legacy_read_other_participants(provider text, key_prefix text) RETURNS SETOF trackside.legacy_person LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'id', concat_ws('/', old.event_key, old.key)), CASE WHEN old.key IS NULL THEN 'It has no key of its own.' END,
    array_remove(ARRAY[
      CASE WHEN old.born IS NULL THEN trackside.legacy_note('date_of_birth', old.dob, 'is no date') END,
      CASE WHEN trackside.legacy_integer(old.row ->> 'age') IS NULL THEN trackside.legacy_note('age', old.row ->> 'age', 'is no whole number') END,
      CASE WHEN trackside.legacy_day(old.registered) IS NULL THEN trackside.legacy_note('registration_date', old.registered, 'is no date') END
    ], NULL),
    provider, key_prefix || old.event_key, NULL::text, old.key, trackside.legacy_text(old.row ->> 'bib_number'),
    trackside.legacy_text(old.row ->> 'first_name'), trackside.legacy_text(old.row ->> 'last_name'), trackside.legacy_text(old.row ->> 'email'),
    trackside.legacy_text(old.row ->> 'phone'), old.born, trackside.legacy_text(old.row ->> 'gender'), trackside.legacy_integer(old.row ->> 'age'),
    coalesce(trackside.legacy_text(old.row ->> 'city'), trackside.legacy_text(old.place ->> 'city')),
    coalesce(trackside.legacy_text(old.row ->> 'state'), trackside.legacy_pick(old.place, 'state', 'region')),
    coalesce(trackside.legacy_text(old.row ->> 'country'), trackside.legacy_pick(old.place, 'country', 'country_code')),
    coalesce(trackside.legacy_contact(old.row -> 'emergency_contact'),
      nullif(concat_ws(', ', trackside.legacy_text(old.row ->> 'emergency_contact_name'), trackside.legacy_text(old.row ->> 'emergency_contact_phone')), '')),
    trackside.legacy_pick(old.row, 'division', 'category'), trackside.legacy_pick(old.row, 'team_name', 'club_team', 'team_affiliation'),
    NULL::text, trackside.legacy_day(old.registered), '[]'::json, trackside.legacy_status(trackside.legacy_text(old.row ->> 'registration_status')),
    old.row - '{timing_partner_id,credentials_used}'::text[], NULL::bigint,
    trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'updated_at', old.row ->> 'created_at')
  FROM (
    SELECT b.row, trackside.legacy_pick(b.row, 'participant_id', 'registration_id') AS key, trackside.legacy_text(b.row ->> 'event_id') AS event_key,
      coalesce(trackside.legacy_json(b.row -> 'address'), '{}') AS place, trackside.legacy_text(b.row ->> 'date_of_birth') AS dob,
      trackside.legacy_day(trackside.legacy_text(b.row ->> 'date_of_birth')) AS born,
      trackside.legacy_text(b.row ->> 'registration_date') AS registered
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

CREATE FUNCTION trackside.legacy_read_raceroster_events() RETURNS SETOF trackside.legacy_event LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_events('race-roster', 'event-') $$;
CREATE FUNCTION trackside.legacy_read_raceroster_participants() RETURNS SETOF trackside.legacy_person LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_participants('race-roster', 'event-') $$;
CREATE FUNCTION trackside.legacy_read_haku_events() RETURNS SETOF trackside.legacy_event LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_events('haku', '') $$;
CREATE FUNCTION trackside.legacy_read_haku_participants() RETURNS SETOF trackside.legacy_person LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_participants('haku', '') $$;
CREATE FUNCTION trackside.legacy_read_copernico_events() RETURNS SETOF trackside.legacy_event LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_events('copernico', '') $$;
CREATE FUNCTION trackside.legacy_read_copernico_participants() RETURNS SETOF trackside.legacy_person LANGUAGE sql STABLE AS
  $$ SELECT * FROM trackside.legacy_read_other_participants('copernico', '') $$;

CREATE FUNCTION trackside.legacy_read_copernico_results() RETURNS SETOF trackside.legacy_result LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'id', old.key), CASE WHEN old.key IS NULL THEN 'It names neither a participant nor a bib.' END,
    array_remove(ARRAY[
      CASE WHEN old.ms IS NULL AND old.took !~* '^(dns|dnf|dq|dsq)$' THEN trackside.legacy_note('total_time', old.took, 'is no time') END
    ], NULL),
    1::bigint, 'copernico', trackside.legacy_text(old.row ->> 'event_id'), NULL::text, old.key, trackside.legacy_text(old.row ->> 'participant_id'),
    trackside.legacy_text(old.row ->> 'participant_id'), trackside.legacy_text(old.row ->> 'bib_number'),
    trackside.legacy_integer(trackside.legacy_pick(old.row, 'overall_place', 'overall_position')),
    trackside.legacy_integer(trackside.legacy_text(old.row ->> 'gender_place')),
    trackside.legacy_integer(trackside.legacy_pick(old.row, 'division_place', 'category_position')),
    NULL::timestamptz, NULL::timestamptz, NULL::bigint, old.ms, trackside.legacy_splits(old.row -> 'split_times'),
    trackside.legacy_finish(coalesce(nullif(trackside.legacy_pick(old.row, 'status', 'result_status'), 'finished'), old.took), old.ms),
    old.row - '{timing_partner_id,credentials_used}'::text[],
    trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'updated_at', old.row ->> 'created_at')
  FROM (
    SELECT b.row, coalesce(trackside.legacy_text(b.row ->> 'participant_id'), 'bib ' || trackside.legacy_text(b.row ->> 'bib_number')) AS key,
      trackside.legacy_text(b.row ->> 'total_time') AS took, trackside.legacy_race_ms(trackside.legacy_text(b.row ->> 'total_time')) AS ms
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;
