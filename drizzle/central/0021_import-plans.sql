-- The import, a batch of old rows at a time, without a plan that a table's statistics can spoil: while rows pour in there are
-- none yet, and a loop over "the one row of this partner" was a loop over all of them for every row.

ALTER FUNCTION trackside.legacy_take_events(integer, text, text) SET enable_nestloop = off;

CREATE OR REPLACE FUNCTION trackside.legacy_take_participants(partner integer, source text, kind text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '128MB' SET enable_nestloop = off AS $$
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
      SELECT *, trackside.participant_id(source_provider, event_key, source_participant_id) AS id, 'legacy:1:' || md5(wire) AS hash_key
      FROM (
        SELECT DISTINCT ON (event, source_participant_id) *, normalized_data::text AS wire
        FROM read WHERE refusal IS NULL
        ORDER BY event, source_participant_id, source_version DESC NULLS LAST, heard_at DESC NULLS LAST,
          CASE WHEN translate(row_key, '0123456789', '') = '' THEN nullif(row_key, '')::numeric END DESC NULLS LAST, row_key DESC
      ) AS one
    ),
    written AS (
      INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
        bib_number, first_name, last_name, email, phone, date_of_birth, gender, age, city, state, country, emergency_contact,
        division, team_name, wave, registration_date, chips, registration_status, bib_retained, normalized_data, hash_key,
        source_version, synced_at, created_at, updated_at)
      SELECT $1, id, event, source_provider, source_participant_id, bib_number, first_name, last_name, email, phone, date_of_birth,
        gender, age, city, state, country, emergency_contact, division, team_name, wave, registration_date, chips,
        registration_status, false, wire::json, hash_key, source_version, coalesce(heard_at, now()), coalesce(heard_at, now()), now()
      FROM said ORDER BY event, source_participant_id
      ON CONFLICT (timing_partner_id, id) DO NOTHING
      RETURNING id
    ),
    -- Those that stand here already.
    rest AS MATERIALIZED (
      SELECT said.*, CASE WHEN known.hash_key IS NULL OR known.hash_key NOT LIKE 'legacy:%%' THEN 'kept'
        WHEN known.hash_key = said.hash_key OR known.source_version > said.source_version THEN 'unchanged' ELSE 'changed' END AS fate
      FROM said LEFT JOIN (
        SELECT p.id, p.hash_key, p.source_version FROM normalized_participants p
        WHERE p.timing_partner_id = $1 AND p.normalized_event_id = ANY ((SELECT array_agg(DISTINCT event) FROM said)::uuid[])
      ) AS known ON known.id = said.id
      WHERE NOT EXISTS (SELECT FROM written WHERE written.id = said.id)
    ),
    changed AS (
      UPDATE normalized_participants AS known SET
        bib_number = rest.bib_number, first_name = rest.first_name, last_name = rest.last_name,
        email = rest.email, phone = rest.phone, date_of_birth = rest.date_of_birth, gender = rest.gender,
        age = rest.age, city = rest.city, state = rest.state, country = rest.country,
        emergency_contact = rest.emergency_contact, division = rest.division, team_name = rest.team_name,
        wave = rest.wave, registration_date = rest.registration_date, chips = rest.chips,
        registration_status = rest.registration_status, normalized_data = rest.wire::json, hash_key = rest.hash_key,
        source_version = rest.source_version, synced_at = coalesce(rest.heard_at, now()), updated_at = now()
      FROM rest
      WHERE rest.fate = 'changed' AND known.timing_partner_id = $1 AND known.id = rest.id AND known.hash_key LIKE 'legacy:%%'
        AND known.normalized_event_id = ANY ((SELECT array_agg(DISTINCT event) FROM rest WHERE fate = 'changed')::uuid[])
    ),
    listed AS (
      SELECT trackside.legacy_write_refusals($1, $2, %1$L, array_agg(row_key), array_agg(coalesce(refusal, array_to_string(notes, '; '))),
        array_agg(refusal IS NULL)) FROM read WHERE refusal IS NOT NULL OR notes <> '{}'
    )
    SELECT (SELECT count(*) FROM read), (SELECT count(*) FROM written), count(*) FILTER (WHERE fate = 'changed'),
      count(*) FILTER (WHERE fate = 'unchanged'), count(*) FILTER (WHERE fate = 'kept'),
      (SELECT count(*) FROM read WHERE refusal IS NULL) - (SELECT count(*) FROM said),
      (SELECT count(*) FROM read WHERE refusal IS NOT NULL) + 0 * (SELECT count(*) FROM listed)
    FROM rest
  $sql$, kind) INTO counts USING partner, source;
  RETURN counts;
END $$;

CREATE OR REPLACE FUNCTION trackside.legacy_take_results(partner integer, source text, kind text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '128MB' SET enable_nestloop = off AS $$
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
      SELECT *, trackside.result_id(event, source_provider, source_result_id) AS id, 'legacy:1:' || md5(wire) AS hash_key
      FROM (
        SELECT DISTINCT ON (event, source_result_id) *, normalized_data::text AS wire
        FROM read WHERE refusal IS NULL ORDER BY event, source_result_id, heard_at DESC NULLS LAST, row_key DESC
      ) AS one
    ),
    people AS MATERIALIZED (
      SELECT p.id, p.normalized_event_id AS event, p.source_provider, p.source_participant_id, upper(btrim(p.bib_number)) AS bib
      FROM normalized_participants p
      WHERE p.timing_partner_id = $1 AND p.normalized_event_id = ANY ((SELECT array_agg(DISTINCT event) FROM said)::uuid[])
    ),
    -- A bib is somebody's where one person of the event has it.
    wearers AS MATERIALIZED (
      SELECT event, bib, min(id::text)::uuid AS id FROM people
      WHERE bib IS NOT NULL AND event IN (SELECT event FROM said WHERE source_participant_id IS NULL)
      GROUP BY 1, 2 HAVING count(*) = 1
    ),
    placed AS MATERIALIZED (
      SELECT said.*, coalesce(keyed.id, wearers.id) AS person
      FROM said
      LEFT JOIN people keyed ON keyed.event = said.event AND keyed.source_provider = said.source_provider
        AND keyed.source_participant_id = said.source_participant_id
      LEFT JOIN wearers ON said.source_participant_id IS NULL AND wearers.event = said.event AND wearers.bib = upper(btrim(said.bib_number))
    ),
    written AS (
      INSERT INTO normalized_results (timing_partner_id, id, normalized_event_id, normalized_participant_id, source_provider,
        source_result_id, entry_id, bib_number, overall_place, gender_place, division_place, start_at, finish_at, gun_time_ms,
        chip_time_ms, split_times, result_status, normalized_data, hash_key, changed_at, synced_at, created_at, updated_at)
      SELECT $1, id, event, person, source_provider, source_result_id, entry_id, bib_number, overall_place, gender_place,
        division_place, start_at, finish_at, gun_time_ms, chip_time_ms, split_times::json, result_status, wire::json,
        hash_key, coalesce(heard_at, now()), coalesce(heard_at, now()), coalesce(heard_at, now()), now()
      FROM placed ORDER BY event, source_result_id
      ON CONFLICT (timing_partner_id, id) DO NOTHING
      RETURNING id
    ),
    -- Those that stand here already.
    rest AS MATERIALIZED (
      SELECT placed.*, CASE WHEN known.hash_key IS NULL OR known.hash_key NOT LIKE 'legacy:%%' THEN 'kept'
        WHEN known.hash_key = placed.hash_key AND known.normalized_participant_id IS NOT DISTINCT FROM placed.person THEN 'unchanged'
        ELSE 'changed' END AS fate
      FROM placed LEFT JOIN (
        SELECT r.id, r.hash_key, r.normalized_participant_id FROM normalized_results r
        WHERE r.timing_partner_id = $1 AND r.normalized_event_id = ANY ((SELECT array_agg(DISTINCT event) FROM placed)::uuid[])
      ) AS known ON known.id = placed.id
      WHERE NOT EXISTS (SELECT FROM written WHERE written.id = placed.id)
    ),
    changed AS (
      UPDATE normalized_results AS known SET
        normalized_participant_id = rest.person, entry_id = rest.entry_id, bib_number = rest.bib_number,
        overall_place = rest.overall_place, gender_place = rest.gender_place, division_place = rest.division_place,
        start_at = rest.start_at, finish_at = rest.finish_at, gun_time_ms = rest.gun_time_ms, chip_time_ms = rest.chip_time_ms,
        split_times = rest.split_times::json, result_status = rest.result_status, normalized_data = rest.wire::json,
        hash_key = rest.hash_key, changed_at = coalesce(rest.heard_at, now()), synced_at = coalesce(rest.heard_at, now()),
        updated_at = now()
      FROM rest
      WHERE rest.fate = 'changed' AND known.timing_partner_id = $1 AND known.id = rest.id AND known.hash_key LIKE 'legacy:%%'
        AND known.normalized_event_id = ANY ((SELECT array_agg(DISTINCT event) FROM rest WHERE fate = 'changed')::uuid[])
    ),
    listed AS (
      SELECT trackside.legacy_write_refusals($1, $2, %1$L, array_agg(row_key), array_agg(coalesce(refusal, array_to_string(notes, '; '))),
        array_agg(refusal IS NULL)) FROM read WHERE refusal IS NOT NULL OR notes <> '{}'
    )
    SELECT (SELECT count(*) FROM pg_temp.legacy_batch), (SELECT count(*) FROM written), count(*) FILTER (WHERE fate = 'changed'),
      count(*) FILTER (WHERE fate = 'unchanged'), count(*) FILTER (WHERE fate = 'kept'),
      (SELECT count(*) FROM pg_temp.legacy_batch) - coalesce((SELECT sum(rows) FROM read WHERE refusal IS NOT NULL), 0)::bigint
        - (SELECT count(*) FROM said),
      coalesce((SELECT sum(rows) FROM read WHERE refusal IS NOT NULL), 0)::bigint + 0 * (SELECT count(*) FROM listed)
    FROM rest
  $sql$, kind) INTO counts USING partner, source;
  RETURN counts;
END $$;

-- As before, without statistics of the batch: its readers need none.
CREATE OR REPLACE FUNCTION trackside.legacy_take(partner integer, source text, kind text, done_to text) RETURNS trackside.legacy_counts
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  counts legacy_counts;
BEGIN
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

CREATE OR REPLACE FUNCTION trackside.legacy_question(kind text, columns jsonb, OUT count text, OUT rows text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  has CONSTANT jsonb := columns -> kind;
  events CONSTANT text := CASE WHEN kind LIKE 'ct\_%' THEN 'ct_events' ELSE regexp_replace(kind, '_(participants|results)$', '_events') END;
  key_type CONSTANT text := CASE has ->> 'event_id' WHEN 'character varying' THEN 'text' ELSE has ->> 'event_id' END;
  mine text := 't.timing_partner_id = $1';
  people text;
  asked text := 't.*';
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
  IF kind = 'ct_results' THEN
    -- Seven rows of ten of all there are: only what their reader looks at.
    asked := (
      SELECT string_agg(format('t.%I', name), ', ' ORDER BY name)
      FROM jsonb_object_keys(has) AS name WHERE name = ANY (ARRAY['id', 'entry_id', 'race_id', 'results_bracket_name',
        'results_primary_bracket_name', 'results_rank', 'results_bib', 'results_time', 'results_gun_time', 'result_status',
        'split_times', 'api_fetched_date', 'created_at']));
  END IF;
  count := format('SELECT coalesce(t.event_id::text, '''') AS key, count(*) AS rows FROM %I t WHERE %s GROUP BY 1', kind, mine);
  rows := format('SELECT to_jsonb(asked) AS row FROM (SELECT %6$s%3$s FROM %1$I t %4$s WHERE %2$s AND (
      t.event_id = ANY (array_remove($2::text[], '''')::%5$s[]) OR (t.event_id IS NULL AND '''' = ANY ($2)))) AS asked',
    kind, mine,
    CASE WHEN kind LIKE 'ct\_%' THEN ', e.about AS event' ELSE '' END,
    CASE WHEN kind LIKE 'ct\_%' THEN 'LEFT JOIN (SELECT c.event_id, jsonb_build_object(''event_id'', c.event_id, ''data_source'', to_jsonb(c) -> ''data_source'',
        ''provider_event_id'', to_jsonb(c) -> ''provider_event_id'') AS about FROM ct_events c WHERE c.event_id = ANY ($2) OFFSET 0) e ON e.event_id = t.event_id' ELSE '' END,
    key_type, asked);
END $$;
