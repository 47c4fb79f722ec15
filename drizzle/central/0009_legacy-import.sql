-- Replaces: 9785ac45ba6623cf485907c684f2e48ff920febda590c496347cfa7a94cef8b5, which made the same for an owner without blanks in the name.

-- The import itself: what is known of it, what the old rows are asked with, and how they become ours.

-- How far an import has come. One that came to its end is closed; the next reads all anew and takes only what is new.
CREATE TABLE trackside.legacy_imports (
  timing_partner_id integer NOT NULL,
  -- Where the old tables are: 'here', or the server and database.
  source text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  -- All up to this event of the old tables is done.
  done_to text COLLATE "C",
  rows_there bigint,
  rows_read bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  -- A laptop synced it since: its row stays.
  kept bigint NOT NULL DEFAULT 0,
  -- The same registration twice, or another bracket of the same result.
  folded bigint NOT NULL DEFAULT 0,
  refused bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  -- All that was asked for is finished, not only this.
  closed_at timestamptz,
  PRIMARY KEY (timing_partner_id, source, kind)
);

-- What could not be taken, and why. `taken`: the row is there all the same, without that value.
CREATE TABLE trackside.legacy_refusals (
  timing_partner_id integer NOT NULL,
  source text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  row_key text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  taken boolean NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (timing_partner_id, source, kind, row_key)
);

SELECT trackside.isolate(ARRAY['legacy_imports', 'legacy_refusals']);
GRANT DELETE ON trackside.legacy_refusals TO trackside_admin;

-- In this order: events before the people in them, people before their results.
CREATE FUNCTION trackside.legacy_kinds() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN ARRAY[
  'runsignup_events', 'runsignup_participants', 'runsignup_results', 'ct_races', 'ct_participants', 'ct_results',
  'raceroster_events', 'raceroster_participants', 'copernico_events', 'copernico_participants', 'copernico_results',
  'haku_events', 'haku_participants'
];

CREATE FUNCTION trackside.legacy_tables() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN
  trackside.legacy_kinds() || ARRAY['runsignup_races', 'ct_events'];

-- Which columns the old tables have, of which type: {"ct_events": {"event_id": "character varying", …}, …}.
CREATE FUNCTION trackside.legacy_columns() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(table_name, columns), '{}') FROM (
    SELECT table_name, jsonb_object_agg(column_name, data_type) AS columns
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY (trackside.legacy_tables())
    GROUP BY table_name
  ) AS tables
$$;

-- How the old tables are asked for a kind, by the columns they have: null where they have no such table. $1 is the partner.
-- `count` answers how many rows there are by event key; `rows` answers the rows of the event keys $2 as JSON.
CREATE FUNCTION trackside.legacy_question(kind text, columns jsonb, OUT count text, OUT rows text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  has CONSTANT jsonb := columns -> kind;
  events CONSTANT text := CASE WHEN kind LIKE 'ct\_%' THEN 'ct_events' ELSE regexp_replace(kind, '_(participants|results)$', '_events') END;
  key_type CONSTANT text := CASE has ->> 'event_id' WHEN 'character varying' THEN 'text' ELSE has ->> 'event_id' END;
  mine text := 't.timing_partner_id = $1';
  people text;
BEGIN
  IF has IS NULL OR NOT has ? 'event_id' OR NOT columns ? events THEN
    RETURN;
  END IF;
  IF NOT has ? 'timing_partner_id' THEN
    -- Without a partner of its own a row is its event's partner's.
    mine := format('t.event_id IN (SELECT e.event_id FROM %I e WHERE e.timing_partner_id = $1)', events);
  END IF;
  IF kind IN (events, 'ct_races') THEN
    -- Also events that another partner has under its name, and this one has people in.
    people := regexp_replace(events, '_events$', '_participants');
    mine := format('(e.timing_partner_id = $1%s)', CASE WHEN columns -> people ? 'timing_partner_id'
      THEN format(' OR e.event_id IN (SELECT p.event_id FROM %I p WHERE p.timing_partner_id = $1)', people) END);
    count := format('SELECT e.event_id::text AS key, 1::bigint AS rows FROM %I e WHERE %s', events, mine);
    rows := CASE kind
      WHEN 'runsignup_events' THEN format(
        'SELECT to_jsonb(e)%s AS row FROM runsignup_events e %s WHERE %s AND e.event_id::text = ANY ($2)',
        CASE WHEN columns ? 'runsignup_races' THEN ' || jsonb_build_object(''race'', to_jsonb(r))' ELSE '' END,
        CASE WHEN columns ? 'runsignup_races' THEN 'LEFT JOIN runsignup_races r ON r.race_id = e.race_id' ELSE '' END, mine)
      WHEN 'ct_races' THEN format(
        'SELECT to_jsonb(r) || jsonb_build_object(''event'', to_jsonb(e)) AS row
         FROM ct_events e JOIN ct_races r ON r.event_id = e.event_id WHERE %1$s AND e.event_id::text = ANY ($2)
         UNION ALL SELECT jsonb_build_object(''event'', to_jsonb(e)) FROM ct_events e
         WHERE %1$s AND e.event_id::text = ANY ($2) AND (
           NOT EXISTS (SELECT 1 FROM ct_races r WHERE r.event_id = e.event_id)
           OR EXISTS (SELECT 1 FROM ct_participants p WHERE p.event_id = e.event_id AND p.timing_partner_id = $1
             AND NOT EXISTS (SELECT 1 FROM ct_races r WHERE r.event_id = p.event_id AND r.race_id = p.race_id)))', mine)
      ELSE format('SELECT to_jsonb(e) AS row FROM %I e WHERE %s AND e.event_id::text = ANY ($2)', events, mine)
    END;
    RETURN;
  END IF;
  count := format('SELECT coalesce(t.event_id::text, '''') AS key, count(*) AS rows FROM %I t WHERE %s GROUP BY 1', kind, mine);
  rows := format('SELECT to_jsonb(t)%3$s AS row FROM %1$I t %4$s WHERE %2$s AND (
      t.event_id = ANY (array_remove($2::text[], '''')::%5$s[]) OR (t.event_id IS NULL AND '''' = ANY ($2)))',
    kind, mine,
    CASE WHEN kind LIKE 'ct\_%' THEN ' || jsonb_build_object(''event'', e.about)' ELSE '' END,
    CASE WHEN kind LIKE 'ct\_%' THEN 'LEFT JOIN (SELECT c.event_id, jsonb_build_object(''event_id'', c.event_id, ''data_source'', to_jsonb(c) -> ''data_source'',
        ''provider_event_id'', to_jsonb(c) -> ''provider_event_id'') AS about FROM ct_events c WHERE c.event_id = ANY ($2) OFFSET 0) e ON e.event_id = t.event_id' ELSE '' END,
    key_type);
END $$;

CREATE TYPE trackside.legacy_counts AS (
  rows_read bigint, added bigint, changed bigint, unchanged bigint, kept bigint, folded bigint, refused bigint
);

-- Rows wait here for their reader, one batch at a time.
CREATE FUNCTION trackside.legacy_begin_batch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('pg_temp.legacy_batch') IS NULL THEN
    -- Rows of fifty columns are kept whole: compressed, each of their values would unpack them again.
    CREATE TEMP TABLE legacy_batch (row jsonb NOT NULL) WITH (toast_tuple_target = 8160);
  ELSE
    TRUNCATE pg_temp.legacy_batch;
  END IF;
END $$;

-- What every taker does with what its reader said: refuses, and writes down what could not be read.
CREATE FUNCTION trackside.legacy_write_refusals(partner integer, source text, kind text, keys text[], reasons text[], taken boolean[])
RETURNS void LANGUAGE sql SET search_path = trackside, public, pg_temp AS $$
  INSERT INTO legacy_refusals AS known (timing_partner_id, source, kind, row_key, reason, taken)
  SELECT partner, source, kind, key, string_agg(DISTINCT reason, '; '), bool_and(is_taken)
  FROM unnest(keys, reasons, taken) AS said (key, reason, is_taken) GROUP BY key
  ON CONFLICT (timing_partner_id, source, kind, row_key)
  DO UPDATE SET reason = excluded.reason, taken = excluded.taken, seen_at = clock_timestamp()
  WHERE (known.reason, known.taken) IS DISTINCT FROM (excluded.reason, excluded.taken)
$$;

CREATE FUNCTION trackside.legacy_take_events(partner integer, source text, kind text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '128MB' AS $$
DECLARE
  counts legacy_counts;
BEGIN
  EXECUTE format($sql$
    WITH read AS MATERIALIZED (SELECT * FROM trackside.legacy_read_%1$s()),
    said AS MATERIALIZED (
      SELECT DISTINCT ON (source_provider, source_event_id) *, trackside.event_id(source_provider, source_event_id) AS id,
        'legacy:1:' || md5(normalized_data::text) AS hash_key
      FROM read WHERE refused IS NULL ORDER BY source_provider, source_event_id, heard_at DESC NULLS LAST
    ),
    judged AS MATERIALIZED (
      SELECT said.*, CASE WHEN known.id IS NULL THEN 'added' WHEN known.hash_key IS NULL OR known.hash_key NOT LIKE 'legacy:%%' THEN 'kept'
        WHEN known.hash_key = said.hash_key THEN 'unchanged' ELSE 'changed' END AS fate
      FROM said LEFT JOIN normalized_events known ON known.timing_partner_id = $1 AND known.id = said.id
    ),
    written AS (
      INSERT INTO normalized_events AS known (timing_partner_id, id, source_provider, source_event_id, source_race_id, race_name,
        event_name, timezone, start_at, start_text, event_date, event_type, race_distance, location_city, location_state,
        location_country, max_participants, registration_open_date, registration_close_date, event_status, normalized_data,
        hash_key, synced_at, created_at, updated_at)
      SELECT $1, id, source_provider, source_event_id, source_race_id, race_name, event_name, timezone, start_at, start_text,
        event_date, event_type, race_distance, location_city, location_state, location_country, max_participants,
        registration_open_date, registration_close_date, 'active', normalized_data::json, hash_key,
        coalesce(heard_at, now()), coalesce(heard_at, now()), now()
      FROM judged WHERE fate IN ('added', 'changed') ORDER BY id
      ON CONFLICT (timing_partner_id, id) DO UPDATE SET
        source_race_id = excluded.source_race_id, race_name = excluded.race_name, event_name = excluded.event_name,
        timezone = excluded.timezone, start_at = excluded.start_at, start_text = excluded.start_text,
        event_date = excluded.event_date, event_type = excluded.event_type, race_distance = excluded.race_distance,
        location_city = excluded.location_city, location_state = excluded.location_state,
        location_country = excluded.location_country, max_participants = excluded.max_participants,
        registration_open_date = excluded.registration_open_date, registration_close_date = excluded.registration_close_date,
        normalized_data = excluded.normalized_data, hash_key = excluded.hash_key, synced_at = excluded.synced_at,
        updated_at = excluded.updated_at
      WHERE known.hash_key LIKE 'legacy:%%'
    ),
    listed AS (
      SELECT trackside.legacy_write_refusals($1, $2, %1$L, array_agg(row_key), array_agg(coalesce(refused, array_to_string(notes, '; '))),
        array_agg(refused IS NULL)) FROM read WHERE refused IS NOT NULL OR notes <> '{}'
    )
    SELECT (SELECT count(*) FROM read), count(*) FILTER (WHERE fate = 'added'), count(*) FILTER (WHERE fate = 'changed'),
      count(*) FILTER (WHERE fate = 'unchanged'), count(*) FILTER (WHERE fate = 'kept'),
      (SELECT count(*) FROM read WHERE refused IS NULL) - count(*), (SELECT count(*) FROM read WHERE refused IS NOT NULL) + 0 * (SELECT count(*) FROM listed)
    FROM judged
  $sql$, kind) INTO counts USING partner, source;
  RETURN counts;
END $$;

CREATE FUNCTION trackside.legacy_take_participants(partner integer, source text, kind text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '128MB' AS $$
DECLARE
  counts legacy_counts;
BEGIN
  EXECUTE format($sql$
    WITH spoken AS MATERIALIZED (SELECT * FROM trackside.legacy_read_%1$s()),
    events AS MATERIALIZED (
      SELECT key.source_provider, key.source_event_id, e.id, e.source_event_id AS found_key
      FROM (SELECT DISTINCT source_provider, source_event_id, whole_event_id FROM spoken) AS key
      JOIN normalized_events e ON e.timing_partner_id = $1 AND e.source_provider = key.source_provider AND e.source_event_id = key.source_event_id
    ),
    wholes AS MATERIALIZED (
      SELECT key.source_provider, key.whole_event_id, e.id
      FROM (SELECT DISTINCT source_provider, whole_event_id FROM spoken WHERE whole_event_id IS NOT NULL) AS key
      JOIN normalized_events e ON e.timing_partner_id = $1 AND e.source_provider = key.source_provider AND e.source_event_id = key.whole_event_id
    ),
    read AS MATERIALIZED (
      SELECT s.*, coalesce(e.id, w.id) AS event, CASE WHEN e.id IS NULL AND w.id IS NOT NULL THEN s.whole_event_id ELSE s.source_event_id END AS event_key,
        coalesce(s.refused,
          CASE WHEN s.source_event_id IS NULL AND s.whole_event_id IS NULL THEN 'It names no event.'
            WHEN e.id IS NULL AND w.id IS NULL THEN 'Its event ' || coalesce(s.source_event_id, s.whole_event_id) || ' is not among the events.' END) AS refusal
      FROM spoken s
      LEFT JOIN (SELECT DISTINCT source_provider, source_event_id, id FROM events) e USING (source_provider, source_event_id)
      LEFT JOIN wholes w ON w.source_provider = s.source_provider AND w.whole_event_id = s.whole_event_id
    ),
    said AS MATERIALIZED (
      SELECT DISTINCT ON (event, source_participant_id) *,
        trackside.participant_id(source_provider, event_key, source_participant_id) AS id,
        'legacy:1:' || md5(normalized_data::text) AS hash_key
      FROM read WHERE refusal IS NULL
      ORDER BY event, source_participant_id, source_version DESC NULLS LAST, heard_at DESC NULLS LAST, legacy_integer(row_key) DESC NULLS LAST, row_key DESC
    ),
    judged AS MATERIALIZED (
      SELECT said.*, CASE WHEN known.id IS NULL THEN 'added' WHEN known.hash_key IS NULL OR known.hash_key NOT LIKE 'legacy:%%' THEN 'kept'
        WHEN known.hash_key = said.hash_key OR known.source_version > said.source_version THEN 'unchanged' ELSE 'changed' END AS fate
      FROM said LEFT JOIN normalized_participants known ON known.timing_partner_id = $1 AND known.id = said.id
    ),
    written AS (
      INSERT INTO normalized_participants AS known (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
        bib_number, first_name, last_name, email, phone, date_of_birth, gender, age, city, state, country, emergency_contact,
        division, team_name, wave, registration_date, chips, registration_status, bib_retained, normalized_data, hash_key,
        source_version, synced_at, created_at, updated_at)
      SELECT $1, id, event, source_provider, source_participant_id, bib_number, first_name, last_name, email, phone, date_of_birth,
        gender, age, city, state, country, emergency_contact, division, team_name, wave, registration_date, chips,
        registration_status, false, normalized_data::json, hash_key, source_version, coalesce(heard_at, now()),
        coalesce(heard_at, now()), now()
      FROM judged WHERE fate IN ('added', 'changed') ORDER BY event, source_participant_id
      ON CONFLICT (timing_partner_id, id) DO UPDATE SET
        bib_number = excluded.bib_number, first_name = excluded.first_name, last_name = excluded.last_name,
        email = excluded.email, phone = excluded.phone, date_of_birth = excluded.date_of_birth, gender = excluded.gender,
        age = excluded.age, city = excluded.city, state = excluded.state, country = excluded.country,
        emergency_contact = excluded.emergency_contact, division = excluded.division, team_name = excluded.team_name,
        wave = excluded.wave, registration_date = excluded.registration_date, chips = excluded.chips,
        registration_status = excluded.registration_status, normalized_data = excluded.normalized_data,
        hash_key = excluded.hash_key, source_version = excluded.source_version, synced_at = excluded.synced_at,
        updated_at = excluded.updated_at
      WHERE known.hash_key LIKE 'legacy:%%'
    ),
    listed AS (
      SELECT trackside.legacy_write_refusals($1, $2, %1$L, array_agg(row_key), array_agg(coalesce(refusal, array_to_string(notes, '; '))),
        array_agg(refusal IS NULL)) FROM read WHERE refusal IS NOT NULL OR notes <> '{}'
    )
    SELECT (SELECT count(*) FROM read), count(*) FILTER (WHERE fate = 'added'), count(*) FILTER (WHERE fate = 'changed'),
      count(*) FILTER (WHERE fate = 'unchanged'), count(*) FILTER (WHERE fate = 'kept'),
      (SELECT count(*) FROM read WHERE refusal IS NULL) - count(*), (SELECT count(*) FROM read WHERE refusal IS NOT NULL) + 0 * (SELECT count(*) FROM listed)
    FROM judged
  $sql$, kind) INTO counts USING partner, source;
  RETURN counts;
END $$;

CREATE FUNCTION trackside.legacy_take_results(partner integer, source text, kind text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '128MB' AS $$
DECLARE
  counts legacy_counts;
BEGIN
  EXECUTE format($sql$
    WITH spoken AS MATERIALIZED (SELECT * FROM trackside.legacy_read_%1$s()),
    events AS MATERIALIZED (
      SELECT DISTINCT key.source_provider, key.source_event_id, e.id
      FROM spoken AS key
      JOIN normalized_events e ON e.timing_partner_id = $1 AND e.source_provider = key.source_provider AND e.source_event_id = key.source_event_id
    ),
    wholes AS MATERIALIZED (
      SELECT DISTINCT key.source_provider, key.whole_event_id, e.id
      FROM spoken AS key
      JOIN normalized_events e ON e.timing_partner_id = $1 AND e.source_provider = key.source_provider AND e.source_event_id = key.whole_event_id
    ),
    read AS MATERIALIZED (
      SELECT s.*, coalesce(e.id, w.id) AS event, CASE WHEN e.id IS NULL AND w.id IS NOT NULL THEN s.whole_event_id ELSE s.source_event_id END AS event_key,
        coalesce(s.refused,
          CASE WHEN s.source_event_id IS NULL AND s.whole_event_id IS NULL THEN 'It names no event.'
            WHEN e.id IS NULL AND w.id IS NULL THEN 'Its event ' || coalesce(s.source_event_id, s.whole_event_id) || ' is not among the events.' END) AS refusal
      FROM spoken s
      LEFT JOIN events e USING (source_provider, source_event_id)
      LEFT JOIN wholes w ON w.source_provider = s.source_provider AND w.whole_event_id = s.whole_event_id
    ),
    said AS MATERIALIZED (
      SELECT DISTINCT ON (event, source_result_id) *, trackside.result_id(event, source_provider, source_result_id) AS id,
        'legacy:1:' || md5(normalized_data::text) AS hash_key
      FROM read WHERE refusal IS NULL ORDER BY event, source_result_id, heard_at DESC NULLS LAST, row_key DESC
    ),
    -- A bib is somebody's where one person of the event has it.
    wearers AS MATERIALIZED (
      SELECT p.normalized_event_id AS event, upper(btrim(p.bib_number)) AS bib, min(p.id::text)::uuid AS id
      FROM normalized_participants p
      WHERE p.timing_partner_id = $1 AND p.bib_number IS NOT NULL
        AND p.normalized_event_id IN (SELECT event FROM said WHERE source_participant_id IS NULL)
      GROUP BY 1, 2 HAVING count(*) = 1
    ),
    judged AS MATERIALIZED (
      SELECT said.*, coalesce(keyed.id, wearers.id) AS person,
        CASE WHEN known.id IS NULL THEN 'added' WHEN known.hash_key IS NULL OR known.hash_key NOT LIKE 'legacy:%%' THEN 'kept'
          WHEN known.hash_key = said.hash_key AND known.normalized_participant_id IS NOT DISTINCT FROM coalesce(keyed.id, wearers.id) THEN 'unchanged'
          ELSE 'changed' END AS fate
      FROM said
      LEFT JOIN normalized_results known ON known.timing_partner_id = $1 AND known.id = said.id
      LEFT JOIN normalized_participants keyed ON keyed.timing_partner_id = $1 AND keyed.normalized_event_id = said.event
        AND keyed.source_provider = said.source_provider AND keyed.source_participant_id = said.source_participant_id
      LEFT JOIN wearers ON said.source_participant_id IS NULL AND wearers.event = said.event AND wearers.bib = upper(btrim(said.bib_number))
    ),
    written AS (
      INSERT INTO normalized_results AS known (timing_partner_id, id, normalized_event_id, normalized_participant_id, source_provider,
        source_result_id, entry_id, bib_number, overall_place, gender_place, division_place, start_at, finish_at, gun_time_ms,
        chip_time_ms, split_times, result_status, normalized_data, hash_key, changed_at, synced_at, created_at, updated_at)
      SELECT $1, id, event, person, source_provider, source_result_id, entry_id, bib_number, overall_place, gender_place,
        division_place, start_at, finish_at, gun_time_ms, chip_time_ms, split_times::json, result_status, normalized_data::json,
        hash_key, coalesce(heard_at, now()), coalesce(heard_at, now()), coalesce(heard_at, now()), now()
      FROM judged WHERE fate IN ('added', 'changed') ORDER BY event, source_result_id
      ON CONFLICT (timing_partner_id, id) DO UPDATE SET
        normalized_participant_id = excluded.normalized_participant_id, entry_id = excluded.entry_id,
        bib_number = excluded.bib_number, overall_place = excluded.overall_place, gender_place = excluded.gender_place,
        division_place = excluded.division_place, start_at = excluded.start_at, finish_at = excluded.finish_at,
        gun_time_ms = excluded.gun_time_ms, chip_time_ms = excluded.chip_time_ms, split_times = excluded.split_times,
        result_status = excluded.result_status, normalized_data = excluded.normalized_data, hash_key = excluded.hash_key,
        changed_at = excluded.changed_at, synced_at = excluded.synced_at, updated_at = excluded.updated_at
      WHERE known.hash_key LIKE 'legacy:%%'
    ),
    listed AS (
      SELECT trackside.legacy_write_refusals($1, $2, %1$L, array_agg(row_key), array_agg(coalesce(refusal, array_to_string(notes, '; '))),
        array_agg(refusal IS NULL)) FROM read WHERE refusal IS NOT NULL OR notes <> '{}'
    )
    SELECT (SELECT count(*) FROM pg_temp.legacy_batch), count(*) FILTER (WHERE fate = 'added'), count(*) FILTER (WHERE fate = 'changed'),
      count(*) FILTER (WHERE fate = 'unchanged'), count(*) FILTER (WHERE fate = 'kept'),
      (SELECT count(*) FROM pg_temp.legacy_batch) - coalesce((SELECT sum(rows) FROM read WHERE refusal IS NOT NULL), 0)::bigint - count(*),
      coalesce((SELECT sum(rows) FROM read WHERE refusal IS NOT NULL), 0)::bigint + 0 * (SELECT count(*) FROM listed)
    FROM judged
  $sql$, kind) INTO counts USING partner, source;
  RETURN counts;
END $$;

-- Takes the batch, and says how far the import has come. One transaction holds both.
CREATE FUNCTION trackside.legacy_take(partner integer, source text, kind text, done_to text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  counts legacy_counts;
BEGIN
  ANALYZE pg_temp.legacy_batch;
  counts := CASE
    WHEN kind LIKE '%\_participants' THEN legacy_take_participants(partner, source, kind)
    WHEN kind LIKE '%\_results' THEN legacy_take_results(partner, source, kind)
    ELSE legacy_take_events(partner, source, kind)
  END;
  UPDATE legacy_imports i SET done_to = legacy_take.done_to, rows_read = i.rows_read + counts.rows_read,
    added = i.added + counts.added, changed = i.changed + counts.changed, unchanged = i.unchanged + counts.unchanged,
    kept = i.kept + counts.kept, folded = i.folded + counts.folded, refused = i.refused + counts.refused,
    updated_at = clock_timestamp()
  WHERE i.timing_partner_id = partner AND i.source = legacy_take.source AND i.kind = legacy_take.kind;
  RETURN counts;
END $$;

-- Begins a kind, or goes on with it where it was cut.
-- @param is_done whether this import has all of it already; done_to: where to go on, null: from the beginning
CREATE FUNCTION trackside.legacy_begin(partner integer, source text, kind text, rows_there bigint, OUT is_done boolean, OUT done_to text)
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  begun legacy_imports;
BEGIN
  SELECT * INTO begun FROM legacy_imports i
  WHERE i.timing_partner_id = partner AND i.source = legacy_begin.source AND i.kind = legacy_begin.kind AND i.closed_at IS NULL;
  is_done := begun.finished_at IS NOT NULL;
  legacy_begin.done_to := begun.done_to;
  IF begun.started_at IS NOT NULL THEN
    RETURN;
  END IF;
  INSERT INTO legacy_imports AS i (timing_partner_id, source, kind, rows_there)
  VALUES (partner, legacy_begin.source, legacy_begin.kind, legacy_begin.rows_there)
  ON CONFLICT (timing_partner_id, source, kind) DO UPDATE SET done_to = NULL, rows_there = excluded.rows_there, rows_read = 0,
    added = 0, changed = 0, unchanged = 0, kept = 0, folded = 0, refused = 0, started_at = clock_timestamp(),
    updated_at = clock_timestamp(), finished_at = NULL, closed_at = NULL;
  DELETE FROM legacy_refusals r WHERE r.timing_partner_id = partner AND r.source = legacy_begin.source AND r.kind = legacy_begin.kind;
END $$;

-- The import is at its end: all of these partners' tables were read.
CREATE FUNCTION trackside.legacy_close(partners integer[], source text) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  UPDATE legacy_imports i SET closed_at = clock_timestamp()
  WHERE i.timing_partner_id = ANY (partners) AND i.source = legacy_close.source AND i.finished_at IS NOT NULL
$$;

CREATE FUNCTION trackside.legacy_end(partner integer, source text, kind text) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  UPDATE legacy_imports i SET finished_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE i.timing_partner_id = partner AND i.source = legacy_end.source AND i.kind = legacy_end.kind
$$;

-- The plan's own: a partner's RunSignUp events and the people in them, from the old tables of this database.
-- @returns how many events of theirs there are then
CREATE FUNCTION trackside.migrate_runsignup_data(partner_id integer) RETURNS integer LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  columns CONSTANT jsonb := legacy_columns();
  wanted text;
  question record;
  batch record;
BEGIN
  PERFORM set_config('trackside.history', 'on', true);
  FOREACH wanted IN ARRAY ARRAY['runsignup_events', 'runsignup_participants'] LOOP
    question := legacy_question(wanted, columns);
    CONTINUE WHEN question.rows IS NULL;
    -- One transaction is whole or nothing: it has no middle to go on from.
    UPDATE legacy_imports i SET closed_at = clock_timestamp()
    WHERE i.timing_partner_id = partner_id AND i.source = 'here' AND i.kind = wanted;
    PERFORM legacy_begin(partner_id, 'here', wanted, NULL);
    -- By runs of events that together have some twenty thousand rows.
    FOR batch IN EXECUTE format(
      'SELECT array_agg(key) AS keys, max(key) AS last FROM (
         SELECT key, sum(rows) OVER (ORDER BY key) / 20000 AS run FROM (SELECT key COLLATE "C" AS key, rows FROM (%s) AS asked) AS sorted
       ) AS runs GROUP BY run ORDER BY run', question.count) USING partner_id LOOP
      PERFORM legacy_begin_batch();
      EXECUTE 'INSERT INTO pg_temp.legacy_batch ' || question.rows USING partner_id, batch.keys;
      PERFORM legacy_take(partner_id, 'here', wanted, batch.last);
    END LOOP;
    PERFORM legacy_end(partner_id, 'here', wanted);
  END LOOP;
  PERFORM legacy_close(ARRAY[partner_id], 'here');
  RETURN (SELECT count(*) FROM normalized_events e WHERE e.timing_partner_id = partner_id AND e.source_provider = 'runsignup');
END $$;

-- Where the plan calls it, unless somebody has another there by that name.
DO $$
BEGIN
  IF to_regprocedure('public.migrate_runsignup_data(integer)') IS NULL THEN
    ALTER FUNCTION trackside.migrate_runsignup_data(integer) SET SCHEMA public;
  END IF;
END $$;

-- Admins may import, acting for the partner; laptops have nothing to do with it.
DO $$
DECLARE
  ours regprocedure;
BEGIN
  FOR ours IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'trackside' AND p.proname ~ '^(legacy_|plain_sha1$|sha1$|id_part$|named_id$|event_id$|participant_id$|result_id$)'
      OR n.nspname IN ('trackside', 'public') AND p.proname = 'migrate_runsignup_data' AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', ours);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trackside_admin', ours);
  END LOOP;
END $$;
