-- One reader a table of the existing platform: its rows, waiting in pg_temp.legacy_batch as JSON, as ours. The wire form is
-- kept as normalized_data where the provider's own normalize reads it (src/providers/*/normalize.ts), so that a laptop
-- reads the same from it again. Rows that cannot be taken say why; values that cannot be read are null and say so.

CREATE TYPE trackside.legacy_event AS (
  row_key text, refused text, notes text[], source_provider text, source_event_id text, source_race_id text, race_name text,
  event_name text, timezone text, start_at timestamptz, start_text text, event_date date, event_type text,
  race_distance double precision, location_city text, location_state text, location_country text, max_participants bigint,
  registration_open_date date, registration_close_date date, normalized_data jsonb, heard_at timestamptz
);

CREATE TYPE trackside.legacy_person AS (
  row_key text, refused text, notes text[], source_provider text, source_event_id text,
  -- The event of whoever is in none of its races.
  whole_event_id text,
  source_participant_id text, bib_number text, first_name text, last_name text, email text, phone text, date_of_birth date,
  gender text, age bigint, city text, state text, country text, emergency_contact text, division text, team_name text,
  wave text, registration_date date, chips json, registration_status text, normalized_data jsonb, source_version bigint,
  heard_at timestamptz
);

CREATE TYPE trackside.legacy_result AS (
  row_key text, refused text, notes text[], rows bigint, source_provider text, source_event_id text, whole_event_id text,
  source_result_id text, source_participant_id text, entry_id text, bib_number text, overall_place bigint,
  gender_place bigint, division_place bigint, start_at timestamptz, finish_at timestamptz, gun_time_ms bigint,
  chip_time_ms bigint, split_times jsonb, result_status text, normalized_data jsonb, heard_at timestamptz
);

CREATE FUNCTION trackside.legacy_chips(chip text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN chip IS NULL THEN '[]'::json ELSE json_build_array(chip) END;

-- Whether a status of any provider's says that somebody left.
CREATE FUNCTION trackside.legacy_status(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE
    WHEN written ~* 'transfer' THEN 'transferred'
    WHEN written ~* 'defer' THEN 'deferred'
    WHEN written ~* 'withdr|wdrn|cancel|refund|delet|remov|^inactive$' THEN 'withdrawn'
    ELSE 'registered'
  END;

-- Somebody to call, from a text, an object with a name and a phone, or a text that holds such an object.
CREATE FUNCTION trackside.legacy_contact(written jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN written IS NULL OR jsonb_typeof(written) = 'null' THEN NULL
    WHEN trackside.legacy_json(written) IS NULL THEN trackside.legacy_text(written #>> '{}')
    ELSE nullif(concat_ws(', ', trackside.legacy_pick(trackside.legacy_json(written), 'name', 'contact_name', 'first_name'),
      trackside.legacy_pick(trackside.legacy_json(written), 'phone', 'phone_number', 'contact_phone')), '')
  END
$$;

-- Splits as ours, from a list of objects or from an object of times by name.
CREATE FUNCTION trackside.legacy_splits(written jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'gunMs', gun, 'chipMs', chip) ORDER BY place), '[]')
  FROM (
    SELECT trackside.legacy_pick(value, 'name', 'split_name', 'location', 'split') AS name,
      trackside.legacy_race_ms(trackside.legacy_pick(value, 'gun_time', 'gun')) AS gun,
      trackside.legacy_race_ms(trackside.legacy_pick(value, 'chip_time', 'time', 'chip', 'split_time')) AS chip, place
    FROM jsonb_array_elements(CASE jsonb_typeof(trackside.legacy_json(written)) WHEN 'array' THEN trackside.legacy_json(written) ELSE '[]' END)
      WITH ORDINALITY AS one (value, place)
    WHERE jsonb_typeof(value) = 'object'
    UNION ALL
    SELECT key, NULL, trackside.legacy_race_ms(value), place
    FROM jsonb_each_text(CASE jsonb_typeof(trackside.legacy_json(written)) WHEN 'object' THEN trackside.legacy_json(written) ELSE '{}' END)
      WITH ORDINALITY AS one (key, value, place)
  ) AS said
  WHERE name IS NOT NULL AND coalesce(gun, chip) IS NOT NULL
$$;

CREATE FUNCTION trackside.legacy_finish(word text, ms bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE
    WHEN word ~* '^(dns|dnf|dq)$' THEN lower(word)
    WHEN word ~* '^(dsq|disq)' THEN 'dq'
    WHEN ms IS NOT NULL THEN 'finished'
    ELSE 'unknown'
  END;

CREATE FUNCTION trackside.legacy_read_runsignup_events() RETURNS SETOF trackside.legacy_event LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    old.key, CASE WHEN old.key IS NULL THEN 'It has no event_id.' END,
    array_remove(ARRAY[
      CASE WHEN zone.known IS NULL THEN trackside.legacy_note('timezone', old.zone, 'is no time zone') END,
      CASE WHEN trackside.legacy_wall(old.starts) IS NULL THEN trackside.legacy_note('start_time', old.starts, 'is no time') END
    ], NULL),
    'runsignup', old.key, old.race_key, trackside.legacy_text(old.race ->> 'name'),
    coalesce(trackside.legacy_text(old.row ->> 'name'), 'Event ' || old.key), zone.known,
    trackside.legacy_moment(old.starts, zone.known), replace(old.starts, 'T', ' '),
    coalesce(trackside.legacy_day(old.starts), trackside.legacy_day(trackside.legacy_text(old.race ->> 'next_date')),
      trackside.legacy_day(trackside.legacy_text(old.race ->> 'last_date'))),
    trackside.legacy_text(old.row ->> 'event_type'),
    -- A number alone has no unit: then the name may say it.
    coalesce(trackside.legacy_km(trackside.legacy_text(old.row ->> 'distance')), trackside.legacy_km(trackside.legacy_text(old.row ->> 'name'))),
    trackside.legacy_text(old.address ->> 'city'), trackside.legacy_text(old.address ->> 'state'),
    trackside.legacy_pick(old.address, 'country_code', 'country'), NULL::bigint,
    trackside.legacy_day(trackside.legacy_text(old.row ->> 'registration_opens')), NULL::date,
    jsonb_build_object(
      'race', (old.race - '{timing_partner_id,credentials_used,fetched_date,created_at}'::text[]) || jsonb_build_object('address', old.address),
      'event', old.row - '{race,race_id,timing_partner_id,credentials_used,fetched_date,created_at}'::text[]),
    trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, CASE jsonb_typeof(b.row -> 'race') WHEN 'object' THEN b.row -> 'race' ELSE '{}' END AS race,
      trackside.legacy_text(b.row ->> 'event_id') AS key, trackside.legacy_text(b.row ->> 'race_id') AS race_key,
      trackside.legacy_text(b.row ->> 'start_time') AS starts, trackside.legacy_text(b.row -> 'race' ->> 'timezone') AS zone,
      coalesce(trackside.legacy_json(b.row -> 'race' -> 'address'), '{}') AS address
    FROM pg_temp.legacy_batch b
  ) AS old
  LEFT JOIN LATERAL (SELECT trackside.legacy_zone(old.zone)) AS zone (known) ON true;
END $$;

CREATE FUNCTION trackside.legacy_read_runsignup_participants() RETURNS SETOF trackside.legacy_person LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'id', concat_ws('/', old.event_key, old.key)),
    CASE WHEN old.key IS NULL THEN 'It has no registration_id.' END,
    array_remove(ARRAY[
      CASE WHEN old.born IS NULL THEN trackside.legacy_note('date_of_birth', old.dob, 'is no date') END,
      CASE WHEN old.age IS NULL THEN trackside.legacy_note('age', old.row ->> 'age', 'is no whole number') END,
      CASE WHEN trackside.legacy_day(old.registered) IS NULL THEN trackside.legacy_note('registration_date', old.registered, 'is no date') END,
      CASE WHEN old.address IS NULL THEN trackside.legacy_note('address', trackside.legacy_text(old.row ->> 'address'), 'is no JSON') END
    ], NULL),
    'runsignup', old.event_key, NULL::text, old.key, trackside.legacy_text(old.row ->> 'bib_num'),
    trackside.legacy_text(old.row ->> 'first_name'), trackside.legacy_text(old.row ->> 'last_name'), trackside.legacy_text(old.row ->> 'email'),
    trackside.legacy_text(old.row ->> 'phone'), old.born, trackside.legacy_text(old.row ->> 'gender'), old.age,
    trackside.legacy_text(old.address ->> 'city'), trackside.legacy_text(old.address ->> 'state'),
    trackside.legacy_text(old.address ->> 'country_code'), NULL::text, NULL::text, old.team, NULL::text,
    trackside.legacy_day(old.registered), trackside.legacy_chips(trackside.legacy_text(old.row ->> 'chip_num')), 'registered',
    (old.row - '{first_name,middle_name,last_name,email,address,dob,gender,phone,profile_image_url,user_id,id,race_id,created_at,credentials_used,fetched_date,timing_partner_id,team_info,payment_info,additional_data}'::text[])
      || jsonb_build_object(
        'team_name', old.team,
        'user', jsonb_build_object('user_id', old.row -> 'user_id', 'first_name', old.row -> 'first_name',
          'middle_name', old.row -> 'middle_name', 'last_name', old.row -> 'last_name', 'email', old.row -> 'email',
          'address', old.address, 'dob', coalesce(to_char(old.born, 'YYYY-MM-DD'), old.dob), 'gender', old.row -> 'gender',
          'phone', old.row -> 'phone', 'profile_image_url', old.row -> 'profile_image_url')),
    CASE WHEN old.modified ~ '^\d{1,13}$' THEN old.modified::bigint * 1000
      ELSE floor(extract(epoch FROM trackside.legacy_moment(old.modified, 'America/New_York')) * 1000)::bigint END,
    trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, trackside.legacy_text(b.row ->> 'registration_id') AS key, trackside.legacy_text(b.row ->> 'event_id') AS event_key,
      trackside.legacy_json(b.row -> 'address') AS address, trackside.legacy_text(b.row ->> 'dob') AS dob,
      trackside.legacy_day(trackside.legacy_text(b.row ->> 'dob')) AS born, trackside.legacy_integer(b.row ->> 'age') AS age,
      trackside.legacy_text(b.row ->> 'registration_date') AS registered, trackside.legacy_text(b.row ->> 'last_modified') AS modified,
      coalesce(trackside.legacy_text(b.row ->> 'team_name'), trackside.legacy_pick(b.row -> 'team_info', 'team_name', 'name')) AS team
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

CREATE FUNCTION trackside.legacy_read_runsignup_results() RETURNS SETOF trackside.legacy_result LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    concat_ws('/', old.event_key, old.result_set, old.bib),
    CASE WHEN old.bib IS NULL THEN 'It has no bib_number.' WHEN old.result_set IS NULL THEN 'It has no result_set_id.' END,
    array_remove(ARRAY[
      CASE WHEN old.chip_ms IS NULL AND old.chip !~* '^(dns|dnf|dq|dsq)$' THEN trackside.legacy_note('chip_time', old.chip, 'is no time') END,
      CASE WHEN old.gun_ms IS NULL AND old.gun !~* '^(dns|dnf|dq|dsq)$' THEN trackside.legacy_note('clock_time', old.gun, 'is no time') END
    ], NULL),
    1::bigint, 'runsignup', old.event_key, NULL::text, old.result_set || '/' || old.bib, NULL::text, NULL::text, old.bib,
    trackside.legacy_integer(old.row ->> 'overall_place'), trackside.legacy_integer(old.row ->> 'gender_place'),
    trackside.legacy_integer(old.row ->> 'division_place'), NULL::timestamptz, NULL::timestamptz, old.gun_ms, old.chip_ms,
    '[]'::jsonb, trackside.legacy_finish(coalesce(old.chip, old.gun), coalesce(old.chip_ms, old.gun_ms)),
    old.row - '{timing_partner_id}'::text[], trackside.legacy_heard(old.row ->> 'fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, trackside.legacy_text(b.row ->> 'event_id') AS event_key, trackside.legacy_text(b.row ->> 'bib_number') AS bib,
      trackside.legacy_text(b.row ->> 'result_set_id') AS result_set, trackside.legacy_text(b.row ->> 'chip_time') AS chip,
      trackside.legacy_text(b.row ->> 'clock_time') AS gun,
      trackside.legacy_race_ms(trackside.legacy_text(b.row ->> 'chip_time')) AS chip_ms,
      trackside.legacy_race_ms(trackside.legacy_text(b.row ->> 'clock_time')) AS gun_ms
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

-- ChronoTrack's tables also came to hold what other providers sent (data_source): then the keys are that provider's.
CREATE FUNCTION trackside.legacy_ct_provider(event jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE
    WHEN event ->> 'provider_event_id' IS NULL THEN 'ctlive'
    WHEN event ->> 'data_source' ~* 'race.?roster' THEN 'race-roster'
    WHEN event ->> 'data_source' ~* 'haku' THEN 'haku'
    WHEN event ->> 'data_source' ~* 'copernico' THEN 'copernico'
    WHEN event ->> 'data_source' ~* 'runsignup' THEN 'runsignup'
    ELSE 'ctlive'
  END;

-- The key of a whole event of ChronoTrack's: its races are our events, and some people are in none.
CREATE FUNCTION trackside.legacy_ct_whole(event jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE trackside.legacy_ct_provider(event)
    WHEN 'ctlive' THEN 'event-' || (event ->> 'event_id')
    WHEN 'race-roster' THEN 'event-' || (event ->> 'provider_event_id')
    ELSE event ->> 'provider_event_id'
  END;

CREATE FUNCTION trackside.legacy_read_ct_races() RETURNS SETOF trackside.legacy_event LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    concat_ws('/', old.event ->> 'event_id', old.race_key), NULL::text,
    array_remove(ARRAY[
      CASE WHEN trackside.legacy_wall(old.starts) IS NULL THEN trackside.legacy_note('start', old.starts, 'is no time') END
    ], NULL),
    trackside.legacy_ct_provider(old.event), old.key, old.event ->> 'event_id', trackside.legacy_text(old.event ->> 'event_name'),
    coalesce(trackside.legacy_pick(old.row, 'race_name', 'race_tag'), trackside.legacy_pick(old.event, 'event_name', 'event_tag'), 'Race ' || old.key),
    NULL::text, NULL::timestamptz, replace(old.starts, 'T', ' '), trackside.legacy_day(old.starts),
    trackside.legacy_text(old.row ->> 'race_type'),
    trackside.legacy_km(concat_ws(' ', trackside.legacy_text(old.row ->> 'race_course_distance'), trackside.legacy_text(old.row ->> 'race_pref_distance_unit'))),
    trackside.legacy_pick(old.place, 'city', 'location_city'), trackside.legacy_pick(old.place, 'region', 'state', 'location_region'),
    trackside.legacy_pick(old.place, 'country', 'country_code', 'location_country'), NULL::bigint, NULL::date, NULL::date,
    jsonb_build_object('event', old.event - '{timing_partner_id,api_credentials_used,created_at}'::text[],
      'race', old.row - '{event,timing_partner_id,created_at}'::text[]),
    trackside.legacy_heard(old.event ->> 'api_fetched_date', old.event ->> 'created_at')
  FROM (
    SELECT b.row, b.row -> 'event' AS event, trackside.legacy_text(b.row ->> 'race_id') AS race_key,
      CASE WHEN trackside.legacy_text(b.row ->> 'race_id') IS NULL OR trackside.legacy_ct_provider(b.row -> 'event') <> 'ctlive'
        THEN trackside.legacy_ct_whole(b.row -> 'event') ELSE trackside.legacy_text(b.row ->> 'race_id') END AS key,
      coalesce(trackside.legacy_text(b.row ->> 'race_planned_start_time'), trackside.legacy_text(b.row -> 'event' ->> 'event_start_time')) AS starts,
      coalesce(trackside.legacy_json(b.row -> 'event' -> 'location'), '{}') AS place
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

CREATE FUNCTION trackside.legacy_read_ct_participants() RETURNS SETOF trackside.legacy_person LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'entry_id', '?'), CASE WHEN old.key IS NULL THEN 'It has no entry_id.' END,
    array_remove(ARRAY[
      CASE WHEN old.born IS NULL THEN trackside.legacy_note('date_of_birth', old.dob, 'is no date') END,
      CASE WHEN old.age IS NULL THEN trackside.legacy_note('age', old.row ->> 'entry_race_age', 'is no whole number') END,
      CASE WHEN old.place IS NULL THEN trackside.legacy_note('location', trackside.legacy_text(old.row ->> 'location'), 'is no JSON') END
    ], NULL),
    trackside.legacy_ct_provider(old.event), CASE trackside.legacy_ct_provider(old.event) WHEN 'ctlive' THEN old.race_key END,
    trackside.legacy_ct_whole(old.event), old.key, trackside.legacy_text(old.row ->> 'entry_bib'),
    trackside.legacy_text(old.row ->> 'athlete_first_name'),
    CASE WHEN trackside.legacy_pick(old.row, 'athlete_first_name', 'athlete_last_name') IS NULL
      THEN trackside.legacy_text(old.row ->> 'entry_name') ELSE trackside.legacy_text(old.row ->> 'athlete_last_name') END,
    trackside.legacy_text(old.row ->> 'athlete_email'), trackside.legacy_pick(old.row, 'athlete_mobile_phone', 'athlete_home_phone'),
    old.born, trackside.legacy_text(old.row ->> 'athlete_sex'), old.age,
    trackside.legacy_pick(old.place, 'city', 'location_city'), trackside.legacy_pick(old.place, 'region', 'state', 'location_region'),
    trackside.legacy_pick(old.place, 'country', 'country_code', 'location_country'),
    trackside.legacy_contact(old.row -> 'emergency_contact'), NULL::text, trackside.legacy_text(old.row ->> 'team_name'), NULL::text,
    NULL::date, '[]'::json, trackside.legacy_status(coalesce(trackside.legacy_text(old.row ->> 'entry_status'), trackside.legacy_text(old.row ->> 'registration_status'))),
    old.row - '{event,timing_partner_id,credentials_used,created_at}'::text[], NULL::bigint,
    trackside.legacy_heard(old.row ->> 'api_fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, b.row -> 'event' AS event, trackside.legacy_text(b.row ->> 'race_id') AS race_key,
      CASE trackside.legacy_ct_provider(b.row -> 'event') WHEN 'ctlive' THEN trackside.legacy_text(b.row ->> 'entry_id')
        ELSE trackside.legacy_pick(b.row, 'provider_participant_id', 'entry_id') END AS key,
      trackside.legacy_json(b.row -> 'location') AS place, trackside.legacy_text(b.row ->> 'athlete_birthdate') AS dob,
      trackside.legacy_day(trackside.legacy_text(b.row ->> 'athlete_birthdate')) AS born,
      trackside.legacy_integer(b.row ->> 'entry_race_age') AS age
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

-- Whether a bracket holds everybody, a sex or a division (src/providers/ctlive/results.ts).
CREATE FUNCTION trackside.legacy_bracket(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE
    WHEN name ~* '^\s*(overall|all|everyone)( results)?\s*$' THEN 'overall'
    WHEN name ~* '^\s*(overall )?(m|f|x|male|female|men|women|non-?binary)\s*$' THEN 'gender'
    ELSE 'division'
  END;

-- A time as the provider's normalize reads it: as it is, where it can.
CREATE FUNCTION trackside.legacy_wire_time(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN written ~ '^\d{1,3}:\d\d:\d\d(\.\d{1,3})?$' THEN written
    ELSE coalesce(trackside.legacy_clock(trackside.legacy_race_ms(written)), written) END;

-- A row of the old results that counts, and how it is ranked there.
CREATE TYPE trackside.legacy_bracket_row AS (
  id bigint, key text, race_key text, event jsonb, bracket text, is_primary boolean, rank bigint, old jsonb
);

-- The old table has a row a bracket; a result of ours is an entry's, with its places in all of them.
CREATE FUNCTION trackside.legacy_read_ct_results() RETURNS SETOF trackside.legacy_result LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(entry.key, 'row ' || entry.id), CASE WHEN entry.key IS NULL THEN 'It names no entry, and a bib alone may be somebody else''s.' END,
    array_remove(ARRAY[
      CASE WHEN entry.chip_ms IS NULL AND entry.chip !~* '^(dns|dnf|dq|dsq)$' THEN trackside.legacy_note('results_time', entry.chip, 'is no time') END,
      CASE WHEN entry.gun_ms IS NULL AND entry.gun !~* '^(dns|dnf|dq|dsq)$' THEN trackside.legacy_note('results_gun_time', entry.gun, 'is no time') END
    ], NULL),
    entry.rows, entry.provider, CASE entry.provider WHEN 'ctlive' THEN entry.race_key END,
    trackside.legacy_ct_whole(entry.event), entry.key, entry.key, entry.key, trackside.legacy_text(entry.old ->> 'results_bib'),
    entry.overall, entry.gender, entry.division, NULL::timestamptz, NULL::timestamptz, entry.gun_ms, entry.chip_ms,
    CASE WHEN entry.splits IS NULL THEN '[]'::jsonb ELSE trackside.legacy_splits(entry.splits) END,
    trackside.legacy_finish(coalesce(nullif(trackside.legacy_text(entry.old ->> 'result_status'), 'finished'), entry.chip, entry.gun),
      coalesce(entry.chip_ms, entry.gun_ms)),
    jsonb_build_object('full', entry.brackets, 'splits', '[]'::jsonb), entry.heard
  FROM (
    SELECT grouped.*, (best).old AS old, (best).event AS event, trackside.legacy_ct_provider((best).event) AS provider,
      trackside.legacy_text((best).old ->> 'results_time') AS chip, trackside.legacy_text((best).old ->> 'results_gun_time') AS gun,
      trackside.legacy_race_ms(trackside.legacy_text((best).old ->> 'results_time')) AS chip_ms,
      trackside.legacy_race_ms(trackside.legacy_text((best).old ->> 'results_gun_time')) AS gun_ms,
      trackside.legacy_heard((best).old ->> 'api_fetched_date', (best).old ->> 'created_at') AS heard
    FROM (
      SELECT (one.part).key, (one.part).race_key, (one.part).event ->> 'event_id' AS event_key,
        CASE WHEN (one.part).key IS NULL THEN (one.part).id END AS id, count(*) AS rows,
        (array_agg(one.part ORDER BY (one.part).is_primary DESC, (one.part).id))[1] AS best,
        (array_agg((one.part).rank ORDER BY (one.part).is_primary DESC, (one.part).id) FILTER (WHERE trackside.legacy_bracket((one.part).bracket) = 'overall'))[1] AS overall,
        (array_agg((one.part).rank ORDER BY (one.part).is_primary DESC, (one.part).id) FILTER (WHERE trackside.legacy_bracket((one.part).bracket) = 'gender'))[1] AS gender,
        (array_agg((one.part).rank ORDER BY (one.part).is_primary DESC, (one.part).id) FILTER (WHERE trackside.legacy_bracket((one.part).bracket) = 'division'))[1] AS division,
        (array_agg((one.part).old -> 'split_times' ORDER BY (one.part).is_primary DESC, (one.part).id)
          FILTER (WHERE jsonb_typeof((one.part).old -> 'split_times') <> 'null'))[1] AS splits,
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'results_entry_id', (one.part).old -> 'entry_id', 'results_bib', (one.part).old -> 'results_bib',
          'results_time', trackside.legacy_wire_time((one.part).old ->> 'results_time'),
          'results_gun_time', trackside.legacy_wire_time((one.part).old ->> 'results_gun_time'),
          'results_rank', (one.part).old -> 'results_rank', 'results_bracket_name', (one.part).old -> 'results_bracket_name',
          'results_primary_bracket_name', (one.part).old -> 'results_primary_bracket_name')) ORDER BY (one.part).is_primary DESC, (one.part).id) AS brackets
      FROM (
        -- Of a bracket that was fetched twice the later row counts.
        SELECT DISTINCT ON (said.event ->> 'event_id', said.race_key, coalesce(said.key, said.id::text), said.bracket)
          ROW (said.id, said.key, said.race_key, said.event, said.bracket, said.is_primary, said.rank, said.old)::trackside.legacy_bracket_row AS part
        FROM (
          SELECT (b.row ->> 'id')::bigint AS id, trackside.legacy_text(b.row ->> 'entry_id') AS key,
            trackside.legacy_text(b.row ->> 'race_id') AS race_key, b.row -> 'event' AS event, b.row ->> 'results_bracket_name' AS bracket,
            coalesce(b.row ->> 'results_bracket_name' = b.row ->> 'results_primary_bracket_name', false) AS is_primary,
            nullif(greatest(trackside.legacy_integer(b.row ->> 'results_rank'), 0), 0) AS rank, b.row AS old
          FROM pg_temp.legacy_batch b
          OFFSET 0
        ) AS said
        ORDER BY said.event ->> 'event_id', said.race_key, coalesce(said.key, said.id::text), said.bracket, said.id DESC
      ) AS one
      GROUP BY 1, 2, 3, 4
    ) AS grouped
    OFFSET 0
  ) AS entry;
END $$;
