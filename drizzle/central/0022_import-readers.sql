-- What the import reads with, for less time a row: the shapes that nearly all values have are told without an expression, and
-- nothing is worked out twice of one row. Says of every value what it said before.

-- A key inside an id's name, as encodeURIComponent writes it.
CREATE OR REPLACE FUNCTION trackside.id_part(key text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  bytes bytea;
BEGIN
  -- Nearly all are digits and letters, or those with a stroke between.
  IF key ~ '^[A-Za-z0-9_.!~*''()/-]*$' THEN
    RETURN replace(key, '/', '%2F');
  END IF;
  bytes := convert_to(key, 'UTF8');
  RETURN (
    SELECT string_agg(
      CASE WHEN get_byte(bytes, place) < 128 AND chr(get_byte(bytes, place)) ~ '[A-Za-z0-9_.!~*''()-]'
      THEN chr(get_byte(bytes, place)) ELSE '%' || upper(lpad(to_hex(get_byte(bytes, place)), 2, '0')) END, '' ORDER BY place)
    FROM generate_series(0, length(bytes) - 1) AS place
  );
END $$;

-- A wall-clock time as before; the two shapes that nearly all have are cut without an expression.
CREATE OR REPLACE FUNCTION trackside.legacy_wall(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  year text; month text; day text; clock text; parts text[];
BEGIN
  IF translate(left(written, 10), '0123456789', '') = '--' AND length(written) >= 10
    AND left(written, 4) <> '0000' AND written LIKE '____-__-__%'
    AND substr(written, 6, 2) COLLATE "C" BETWEEN '01' AND '12' AND substr(written, 9, 2) COLLATE "C" BETWEEN '01' AND '28' THEN
    IF length(written) = 10 THEN
      RETURN written || 'T00:00:00';
    ELSIF written LIKE '_____________:__:__%' AND translate(substr(written, 12, 8), '0123456789', '') = '::' AND written NOT LIKE '% BC'
      AND substr(written, 12, 2) COLLATE "C" <= '23' AND substr(written, 15, 2) COLLATE "C" <= '59' AND substr(written, 18, 2) COLLATE "C" <= '59' THEN
      RETURN left(written, 10) || 'T' || substr(written, 12, 8);
    END IF;
  END IF;
  IF written IS NULL OR written !~ '^\d{1,4}[-/]\d\d?[-/]\d\d' OR written LIKE '% BC' THEN
    RETURN NULL;
  ELSIF substr(written, 5, 1) = '-' AND substr(written, 8, 1) = '-' THEN
    year := left(written, 4); month := substr(written, 6, 2); day := substr(written, 9, 2); clock := substr(written, 12);
  ELSIF position('-' in split_part(written, ' ', 1)) = 0 THEN
    month := split_part(written, '/', 1); day := split_part(written, '/', 2);
    year := left(split_part(written, '/', 3), 4); clock := ltrim(substr(split_part(written, '/', 3), 6));
  END IF;
  IF year !~ '^\d{4}$' OR month !~ '^\d\d?$' OR day !~ '^\d\d?$' OR year IS NULL OR year = '0000'
    OR month::integer NOT BETWEEN 1 AND 12 OR day::integer < 1 OR day::integer > 28
    AND day::integer > extract(day FROM make_date(year::integer, month::integer, 1) + interval '1 month - 1 day') THEN
    RETURN NULL;
  END IF;
  parts := string_to_array(CASE WHEN clock ~ '^\d\d?:\d\d' THEN clock ELSE '0:00' END, ':');
  parts[3] := CASE WHEN parts[3] ~ '^\d\d' THEN left(parts[3], 2) ELSE '00' END;
  parts[2] := left(parts[2], 2);
  IF parts[1]::integer > 23 OR parts[2]::integer > 59 OR parts[3]::integer > 59 THEN
    RETURN NULL;
  END IF;
  RETURN year || '-' || lpad(month, 2, '0') || '-' || lpad(day, 2, '0') || 'T' || lpad(parts[1], 2, '0') || ':' || parts[2] || ':' || parts[3];
END $$;

-- The first of them that says something.
CREATE OR REPLACE FUNCTION trackside.legacy_pick(old jsonb, VARIADIC names text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  name text;
  said text;
BEGIN
  FOREACH name IN ARRAY names LOOP
    said := trackside.legacy_text(old ->> name);
    IF said IS NOT NULL AND (left(said, 1) <> '{' OR jsonb_typeof(old -> name) <> 'object') THEN
      RETURN said;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION trackside.legacy_integer(written text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE
    WHEN length(written) BETWEEN 1 AND 15 AND translate(written, '0123456789', '') = '' THEN written::bigint
    WHEN trackside.legacy_text(written) ~ '^[+-]?\d{1,15}(\.0*)?$' THEN trunc(trackside.legacy_text(written)::numeric)::bigint
  END;

-- How long a race took, ms: an interval, "0:24:10.31", "24:10" or seconds; null for any other text.
CREATE OR REPLACE FUNCTION trackside.legacy_race_ms(written text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  days integer := 0;
  said text := written;
  parts text[];
BEGIN
  IF written IS NULL THEN
    RETURN NULL;
  ELSIF length(written) <= 15 AND substr(written, 7, 1) < '6' AND translate(written, '0123456789', '')
    = (CASE WHEN written LIKE '__:__:__' THEN '::' WHEN written LIKE '__:__:__._%' THEN '::.' END) THEN
    RETURN (left(written, 2)::bigint * 60 + substr(written, 4, 2)::bigint) * 60000 + floor(substr(written, 7)::numeric * 1000 + 0.5);
  ELSIF written ~ '^\d{1,7}(\.\d{1,6})?$' THEN
    RETURN floor(written::numeric * 1000 + 0.5);
  ELSIF written ~ '^\d{1,3} days? ' THEN
    days := split_part(written, ' ', 1);
    said := split_part(written, ' ', 3);
  END IF;
  IF said !~ '^(\d{1,3}:)?\d{1,2}:\d\d(\.\d{1,6})?$' THEN
    RETURN NULL;
  END IF;
  parts := string_to_array(said, ':');
  IF cardinality(parts) = 2 THEN
    parts := ARRAY['0'] || parts;
  END IF;
  IF parts[3]::numeric >= 60 THEN
    RETURN NULL;
  END IF;
  RETURN ((days * 24 + parts[1]::bigint) * 60 + parts[2]::bigint) * 60000 + floor(parts[3]::numeric * 1000 + 0.5);
END $$;

-- A time as the provider's normalize reads it: as it is, where it can.
CREATE OR REPLACE FUNCTION trackside.legacy_wire_time(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF length(written) <= 12 AND translate(written, '0123456789', '')
    = (CASE WHEN written LIKE '__:__:__' THEN '::' WHEN written LIKE '__:__:__._%' THEN '::.' END) OR written ~ '^\d{1,3}:\d\d:\d\d(\.\d{1,3})?$' THEN
    RETURN written;
  END IF;
  RETURN coalesce(trackside.legacy_clock(trackside.legacy_race_ms(written)), written);
END $$;

CREATE OR REPLACE FUNCTION trackside.legacy_read_runsignup_participants() RETURNS SETOF trackside.legacy_person LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'id', concat_ws('/', old.event_key, old.key)),
    CASE WHEN old.key IS NULL THEN 'It has no registration_id.' END,
    array_remove(ARRAY[
      CASE WHEN old.born IS NULL THEN trackside.legacy_note('date_of_birth', old.dob, 'is no date') END,
      CASE WHEN old.age IS NULL THEN trackside.legacy_note('age', old.row ->> 'age', 'is no whole number') END,
      CASE WHEN old.registered_on IS NULL THEN trackside.legacy_note('registration_date', old.registered, 'is no date') END,
      CASE WHEN old.address IS NULL THEN trackside.legacy_note('address', trackside.legacy_text(old.row ->> 'address'), 'is no JSON') END
    ], NULL),
    'runsignup', old.event_key, NULL::text, old.key, trackside.legacy_text(old.row ->> 'bib_num'),
    trackside.legacy_text(old.row ->> 'first_name'), trackside.legacy_text(old.row ->> 'last_name'), trackside.legacy_text(old.row ->> 'email'),
    trackside.legacy_text(old.row ->> 'phone'), old.born, trackside.legacy_text(old.row ->> 'gender'), old.age,
    trackside.legacy_text(old.address ->> 'city'), trackside.legacy_text(old.address ->> 'state'),
    trackside.legacy_text(old.address ->> 'country_code'), NULL::text, NULL::text, old.team, NULL::text,
    old.registered_on, trackside.legacy_chips(trackside.legacy_text(old.row ->> 'chip_num')), 'registered',
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
      trackside.legacy_text(b.row ->> 'registration_date') AS registered,
      trackside.legacy_day(trackside.legacy_text(b.row ->> 'registration_date')) AS registered_on, trackside.legacy_text(b.row ->> 'last_modified') AS modified,
      coalesce(trackside.legacy_text(b.row ->> 'team_name'), trackside.legacy_pick(b.row -> 'team_info', 'team_name', 'name')) AS team
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

CREATE OR REPLACE FUNCTION trackside.legacy_read_ct_participants() RETURNS SETOF trackside.legacy_person LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT
    coalesce(old.row ->> 'entry_id', '?'), CASE WHEN old.key IS NULL THEN 'It has no entry_id.' END,
    array_remove(ARRAY[
      CASE WHEN old.born IS NULL THEN trackside.legacy_note('date_of_birth', old.dob, 'is no date') END,
      CASE WHEN old.age IS NULL THEN trackside.legacy_note('age', old.row ->> 'entry_race_age', 'is no whole number') END,
      CASE WHEN old.place IS NULL THEN trackside.legacy_note('location', trackside.legacy_text(old.row ->> 'location'), 'is no JSON') END
    ], NULL),
    old.provider, CASE old.provider WHEN 'ctlive' THEN old.race_key END,
    trackside.legacy_ct_whole(old.event), old.key, trackside.legacy_text(old.row ->> 'entry_bib'),
    trackside.legacy_text(old.row ->> 'athlete_first_name'),
    CASE WHEN trackside.legacy_pick(old.row, 'athlete_first_name', 'athlete_last_name') IS NULL
      THEN trackside.legacy_text(old.row ->> 'entry_name') ELSE trackside.legacy_text(old.row ->> 'athlete_last_name') END,
    trackside.legacy_text(old.row ->> 'athlete_email'), trackside.legacy_pick(old.row, 'athlete_mobile_phone', 'athlete_home_phone'),
    old.born, trackside.legacy_text(old.row ->> 'athlete_sex'), old.age,
    trackside.legacy_pick(old.place, 'city', 'location_city'), trackside.legacy_pick(old.place, 'region', 'state', 'location_region'),
    trackside.legacy_pick(old.place, 'country', 'country_code', 'location_country'),
    CASE WHEN jsonb_typeof(old.row -> 'emergency_contact') <> 'null' THEN trackside.legacy_contact(old.row -> 'emergency_contact') END, NULL::text, trackside.legacy_text(old.row ->> 'team_name'), NULL::text,
    NULL::date, '[]'::json, trackside.legacy_status(coalesce(trackside.legacy_text(old.row ->> 'entry_status'), trackside.legacy_text(old.row ->> 'registration_status'))),
    old.row - '{event,timing_partner_id,credentials_used,created_at}'::text[], NULL::bigint,
    trackside.legacy_heard(old.row ->> 'api_fetched_date', old.row ->> 'created_at')
  FROM (
    SELECT b.row, b.row -> 'event' AS event, trackside.legacy_ct_provider(b.row -> 'event') AS provider,
      trackside.legacy_text(b.row ->> 'race_id') AS race_key,
      CASE trackside.legacy_ct_provider(b.row -> 'event') WHEN 'ctlive' THEN trackside.legacy_text(b.row ->> 'entry_id')
        ELSE trackside.legacy_pick(b.row, 'provider_participant_id', 'entry_id') END AS key,
      trackside.legacy_json(b.row -> 'location') AS place, trackside.legacy_text(b.row ->> 'athlete_birthdate') AS dob,
      trackside.legacy_day(trackside.legacy_text(b.row ->> 'athlete_birthdate')) AS born,
      trackside.legacy_integer(b.row ->> 'entry_race_age') AS age
    FROM pg_temp.legacy_batch b
    OFFSET 0
  ) AS old;
END $$;

CREATE OR REPLACE FUNCTION trackside.legacy_read_ct_results() RETURNS SETOF trackside.legacy_result LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH said AS MATERIALIZED (
    SELECT (b.row ->> 'id')::bigint AS id, trackside.legacy_text(b.row ->> 'entry_id') COLLATE "C" AS key,
      trackside.legacy_text(b.row ->> 'race_id') COLLATE "C" AS race_key, b.row -> 'event' AS event,
      (b.row -> 'event' ->> 'event_id') COLLATE "C" AS event_key, (b.row ->> 'results_bracket_name') COLLATE "C" AS bracket,
      coalesce(b.row ->> 'results_bracket_name' = b.row ->> 'results_primary_bracket_name', false) AS is_primary,
      nullif(greatest(trackside.legacy_integer(b.row ->> 'results_rank'), 0), 0) AS rank, b.row -> 'split_times' AS splits, b.row AS old
    FROM pg_temp.legacy_batch b
  )
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
    SELECT grouped.*, trackside.legacy_ct_provider(grouped.event) AS provider,
      trackside.legacy_text(grouped.old ->> 'results_time') AS chip, trackside.legacy_text(grouped.old ->> 'results_gun_time') AS gun,
      trackside.legacy_race_ms(trackside.legacy_text(grouped.old ->> 'results_time')) AS chip_ms,
      trackside.legacy_race_ms(trackside.legacy_text(grouped.old ->> 'results_gun_time')) AS gun_ms,
      trackside.legacy_heard(grouped.old ->> 'api_fetched_date', grouped.old ->> 'created_at') AS heard
    FROM (
      SELECT one.key, one.race_key, one.event_key, CASE WHEN one.key IS NULL THEN one.id END AS id, count(*) AS rows,
        (array_agg(one.old ORDER BY one.is_primary DESC, one.id))[1] AS old, (array_agg(one.event))[1] AS event,
        (array_agg(one.rank ORDER BY one.is_primary DESC, one.id) FILTER (WHERE one.holds = 'overall'))[1] AS overall,
        (array_agg(one.rank ORDER BY one.is_primary DESC, one.id) FILTER (WHERE one.holds = 'gender'))[1] AS gender,
        (array_agg(one.rank ORDER BY one.is_primary DESC, one.id) FILTER (WHERE one.holds = 'division'))[1] AS division,
        (array_agg(one.splits ORDER BY one.is_primary DESC, one.id) FILTER (WHERE jsonb_typeof(one.splits) <> 'null'))[1] AS splits,
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
          'results_entry_id', one.old -> 'entry_id', 'results_bib', one.old -> 'results_bib',
          'results_time', trackside.legacy_wire_time(one.old ->> 'results_time'),
          'results_gun_time', trackside.legacy_wire_time(one.old ->> 'results_gun_time'),
          'results_rank', one.old -> 'results_rank', 'results_bracket_name', one.bracket,
          'results_primary_bracket_name', one.old -> 'results_primary_bracket_name')) ORDER BY one.is_primary DESC, one.id) AS brackets
      FROM (
        -- Of a bracket that was fetched twice the later row counts.
        SELECT DISTINCT ON (said.event_key, said.race_key, coalesce(said.key, said.id::text), said.bracket)
          said.*, coalesce(named.holds, 'division') AS holds
        FROM said
        LEFT JOIN (
          SELECT names.bracket, trackside.legacy_bracket(names.bracket) AS holds FROM (SELECT DISTINCT bracket FROM said) AS names
        ) AS named ON named.bracket = said.bracket
        ORDER BY said.event_key, said.race_key, coalesce(said.key, said.id::text), said.bracket, said.id DESC
      ) AS one
      GROUP BY 1, 2, 3, 4
    ) AS grouped
    OFFSET 0
  ) AS entry;
END $$;
