-- Who is one person, written by what changed: a person's words stand with the person too, so that what is gone and what is
-- new is known without asking for each word. And without a temporary table of that name: whoever calls may have made one
-- first, and what hangs on it would run with the owner's rights.

ALTER TABLE global_participants ADD COLUMN words text[] COLLATE "C";
COMMENT ON COLUMN global_participants.words IS 'What stands of the person in person_words';

-- As before. Nearly every name and address needs no more than small letters; looking each letter up in a list costs ten times
-- that.
CREATE OR REPLACE FUNCTION trackside.folded_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN said COLLATE "C" !~ '[^ A-Za-z0-9@._+]' THEN lower(said COLLATE "C") ELSE
    replace(replace(replace(replace(
      translate(
        lower(CASE WHEN octet_length(said) = length(said) THEN said
          ELSE regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g') END),
        E' \t\n\r\f\v\u00a0,;:"“”()<>/-[]|øłđðı''’`', repeat(' ', 22) || 'olddi'),
      'ß', 'ss'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe')
  END;

-- A registration with whose it was and whose it is.
CREATE TYPE trackside.compared_registration AS (
  id uuid, person uuid, former uuid, tie text, confidence real, is_history boolean, said text, first_name text, last_name text, email text,
  born date, event_id uuid, event_date date, provider text
);

CREATE OR REPLACE FUNCTION trackside.write_people(partner integer, registrations uuid[], persons uuid[], ties text[], confidences real[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = trackside, public, pg_temp
SET jit = off SET work_mem = '64MB' SET random_page_cost = 1.1 SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  compared compared_registration[];
  written bigint;
BEGIN
  PERFORM check_partner(partner);
  PERFORM set_config('trackside.comparing', 'on', true);
  SELECT array_agg(ROW(said.id, said.person, p.global_participant_id, said.tie, said.confidence,
    coalesce(p.hash_key LIKE 'legacy:%', false), concat_ws(' ', p.first_name, p.last_name, p.email),
    p.first_name, p.last_name, p.email, p.date_of_birth, p.normalized_event_id, e.event_date, p.source_provider)::compared_registration)
  INTO compared
  FROM unnest(registrations, persons, ties, confidences) AS said (id, person, tie, confidence)
  JOIN normalized_participants p ON p.timing_partner_id = partner AND p.id = said.id
  LEFT JOIN normalized_events e ON e.timing_partner_id = partner AND e.id = p.normalized_event_id;
  -- History stays at the centre, so its people are no news for laptops either.
  PERFORM set_config('trackside.history', 'on', true);
  UPDATE normalized_participants p SET global_participant_id = c.person FROM unnest(compared) c
  WHERE p.timing_partner_id = partner AND p.id = c.id AND c.former IS DISTINCT FROM c.person AND c.is_history;
  GET DIAGNOSTICS written = ROW_COUNT;
  PERFORM set_config('trackside.history', 'off', true);
  UPDATE normalized_participants p SET global_participant_id = c.person FROM unnest(compared) c
  WHERE p.timing_partner_id = partner AND p.id = c.id AND c.former IS DISTINCT FROM c.person AND NOT c.is_history;
  WITH said AS (
    SELECT person, unnest(string_to_array(folded_words(said), ' ')) COLLATE "C" AS word FROM unnest(compared)
  ), wanted AS MATERIALIZED (
    SELECT person, array_agg(DISTINCT left(word, 200)) AS words FROM said WHERE word <> '' GROUP BY person
  ), about AS MATERIALIZED (
    SELECT a.person, coalesce(w.words, '{}') AS words, coalesce(g.words, '{}') AS known
    FROM (SELECT person FROM unnest(compared) UNION SELECT former FROM unnest(compared) WHERE former IS NOT NULL) a
    LEFT JOIN wanted w ON w.person = a.person
    LEFT JOIN global_participants g ON g.timing_partner_id = partner AND g.global_participant_id = a.person
    WHERE w.words IS DISTINCT FROM g.words
  ), gone AS (
    DELETE FROM person_words k USING about a, unnest(a.known) AS was
    WHERE k.timing_partner_id = partner AND k.word = was AND k.global_participant_id = a.person AND was <> ALL (a.words)
  ), added AS (
    -- In the order of the index.
    INSERT INTO person_words (timing_partner_id, word, global_participant_id)
    SELECT partner, word, a.person FROM about a, unnest(a.words) AS word WHERE word <> ALL (a.known) ORDER BY word, a.person
  ), nobody AS (
    DELETE FROM global_participants g USING (
      SELECT former FROM unnest(compared) WHERE former IS NOT NULL EXCEPT SELECT person FROM unnest(compared)) f
    WHERE g.timing_partner_id = partner AND g.global_participant_id = f.former
  ), fresh AS (
    SELECT person,
      (array_agg(email ORDER BY event_date DESC NULLS LAST, id) FILTER (WHERE email IS NOT NULL))[1] AS email,
      (array_agg(first_name ORDER BY event_date DESC NULLS LAST, id))[1] AS first_name,
      (array_agg(last_name ORDER BY event_date DESC NULLS LAST, id))[1] AS last_name,
      max(born) AS born, min(confidence) AS confidence,
      jsonb_agg(jsonb_build_object('id', id, 'evidence', tie) ORDER BY id) AS linked,
      count(DISTINCT event_id) AS events, string_agg(DISTINCT provider COLLATE "C", ', ') AS providers,
      min(event_date) AS first_date, max(event_date) AS last_date
    FROM unnest(compared) GROUP BY person
  )
  INSERT INTO global_participants (timing_partner_id, global_participant_id, primary_email, primary_first_name,
    primary_last_name, date_of_birth, confidence_score, linked_participants, events_participated, providers_used,
    first_event_date, last_event_date, words)
  SELECT partner, f.person, f.email, f.first_name, f.last_name, f.born, f.confidence, f.linked, f.events, f.providers,
    f.first_date, f.last_date, coalesce(w.words, '{}')
  FROM fresh f
  LEFT JOIN wanted w ON w.person = f.person
  LEFT JOIN global_participants g ON g.timing_partner_id = partner AND g.global_participant_id = f.person
  -- Whoever is not there yet differs: a confidence is never null.
  WHERE (g.primary_email, g.primary_first_name, g.primary_last_name, g.date_of_birth, g.confidence_score, g.linked_participants,
      g.events_participated, g.providers_used, g.first_event_date, g.last_event_date, g.words)
    IS DISTINCT FROM (f.email, f.first_name, f.last_name, f.born, f.confidence, f.linked, f.events, f.providers,
      f.first_date, f.last_date, coalesce(w.words, '{}'))
  ON CONFLICT (timing_partner_id, global_participant_id) DO UPDATE SET primary_email = excluded.primary_email,
    primary_first_name = excluded.primary_first_name, primary_last_name = excluded.primary_last_name,
    date_of_birth = excluded.date_of_birth, confidence_score = excluded.confidence_score,
    linked_participants = excluded.linked_participants, events_participated = excluded.events_participated,
    providers_used = excluded.providers_used, first_event_date = excluded.first_event_date,
    last_event_date = excluded.last_event_date, words = excluded.words, updated_at = clock_timestamp();
  RETURN written;
END $$;

DROP FUNCTION trackside.write_people_unchecked(integer, uuid[], uuid[], text[], real[]);
