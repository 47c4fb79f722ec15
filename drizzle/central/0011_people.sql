-- One person over events. Who is the same person is computed from the registrations of a partner (src/core/same-person.ts),
-- in blocks of one first name, because nobody is ever taken for somebody with another. A change marks its block; whoever
-- computes takes marks away in the transaction in which it computes.

-- Coarser than foldName of src/core/identity.ts: who has one name there is in one block here.
CREATE FUNCTION trackside.person_block(first_name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  regexp_replace(
    replace(replace(replace(replace(translate(lower(normalize(coalesce(first_name, ''), NFD)), 'øłđðı', 'olddi'), 'ß', 'ss'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe'),
    '[^a-z0-9]', '', 'g');

CREATE INDEX normalized_participants_block ON normalized_participants (timing_partner_id, trackside.person_block(first_name));
CREATE INDEX normalized_participants_uncompared ON normalized_participants (timing_partner_id) WHERE global_participant_id IS NULL;

CREATE TABLE trackside.stale_people (
  timing_partner_id integer NOT NULL,
  block text COLLATE "C" NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (timing_partner_id, block, seq)
);
INSERT INTO trackside.stale_people (timing_partner_id, block)
SELECT DISTINCT timing_partner_id, trackside.person_block(first_name) FROM normalized_participants;

CREATE FUNCTION trackside.mark_stale_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  -- Its own answers do not make whoever computes ask again.
  IF coalesce(current_setting('trackside.comparing', true), '') = 'on' THEN
    RETURN NULL;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO stale_people (timing_partner_id, block)
    SELECT DISTINCT timing_partner_id, person_block(first_name) FROM changed;
  ELSE
    INSERT INTO stale_people (timing_partner_id, block)
    SELECT timing_partner_id, person_block(first_name) FROM changed
    UNION SELECT timing_partner_id, person_block(first_name) FROM before;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER stale_people_inserts AFTER INSERT ON normalized_participants
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.mark_stale_people();
CREATE TRIGGER stale_people_updates AFTER UPDATE ON normalized_participants
  REFERENCING NEW TABLE AS changed OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION trackside.mark_stale_people();

-- The crew's word on who is who: it outlasts every computing.
CREATE TABLE trackside.person_decisions (
  timing_partner_id integer NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  -- same: the two are one person. apart: this one is nobody else.
  kind text NOT NULL CHECK (kind IN ('same', 'apart')),
  participant_id uuid NOT NULL,
  other_id uuid,
  reason text NOT NULL CHECK (length(btrim(reason)) >= 3),
  decided_by name NOT NULL DEFAULT session_user,
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  withdrawn_at timestamptz,
  PRIMARY KEY (timing_partner_id, id),
  CHECK ((kind = 'same') = (other_id IS NOT NULL))
);

CREATE TABLE trackside.global_participants (
  timing_partner_id integer NOT NULL,
  global_participant_id uuid NOT NULL,
  primary_email text,
  primary_first_name text,
  primary_last_name text,
  date_of_birth date,
  -- Of the weakest tie; 1 of somebody seen once.
  confidence_score real NOT NULL,
  -- [{"id": a registration, "evidence": what ties it to the others}]
  linked_participants jsonb NOT NULL,
  events_participated bigint NOT NULL,
  providers_used text COLLATE "C" NOT NULL,
  first_event_date date,
  last_event_date date,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (timing_partner_id, global_participant_id)
);
CREATE INDEX global_participants_email ON trackside.global_participants (timing_partner_id, lower(primary_email)) WHERE primary_email IS NOT NULL;

SELECT trackside.isolate(ARRAY['person_decisions']);
SELECT trackside.keep_books(ARRAY['stale_people', 'global_participants'],
  'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');

-- @returns the decision's id
CREATE FUNCTION trackside.join_people(partner integer, one uuid, other uuid, reason text) RETURNS uuid LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  INSERT INTO person_decisions (timing_partner_id, kind, participant_id, other_id, reason)
  VALUES (partner, 'same', one, other, reason) RETURNING id
$$;
CREATE FUNCTION trackside.split_person(partner integer, one uuid, reason text) RETURNS uuid LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  INSERT INTO person_decisions (timing_partner_id, kind, participant_id, reason)
  VALUES (partner, 'apart', one, reason) RETURNING id
$$;
CREATE FUNCTION trackside.withdraw_person_decision(partner integer, decision uuid) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  UPDATE person_decisions SET withdrawn_at = clock_timestamp()
  WHERE timing_partner_id = partner AND id = decision AND withdrawn_at IS NULL
$$;

CREATE FUNCTION trackside.mark_decided_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, public, pg_temp AS $$
BEGIN
  INSERT INTO stale_people (timing_partner_id, block)
  SELECT DISTINCT p.timing_partner_id, person_block(p.first_name)
  FROM changed c JOIN normalized_participants p ON p.timing_partner_id = c.timing_partner_id AND p.id IN (c.participant_id, c.other_id);
  RETURN NULL;
END $$;
CREATE TRIGGER decided_inserts AFTER INSERT ON trackside.person_decisions
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.mark_decided_people();
CREATE TRIGGER decided_updates AFTER UPDATE ON trackside.person_decisions
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.mark_decided_people();

-- Takes some stale blocks for this transaction. Nobody else computes for the partner meanwhile.
CREATE FUNCTION trackside.take_stale_people(partner integer, at_most integer) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  taken text[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trackside.people'), partner);
  WITH gone AS (
    DELETE FROM stale_people WHERE timing_partner_id = partner AND block IN (
      SELECT DISTINCT block FROM stale_people WHERE timing_partner_id = partner ORDER BY block LIMIT at_most)
    RETURNING block
  ) SELECT array_agg(DISTINCT block) INTO taken FROM gone;
  RETURN coalesce(taken, '{}');
END $$;

-- Writes who is who among the registrations that were compared: each registration with its person and what ties it there.
CREATE FUNCTION trackside.write_people(partner integer, registrations uuid[], persons uuid[], ties text[], confidences real[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '64MB' AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM set_config('trackside.comparing', 'on', true);
  CREATE TEMP TABLE IF NOT EXISTS compared (
    id uuid PRIMARY KEY, person uuid NOT NULL, tie text, confidence real NOT NULL, former uuid
  ) ON COMMIT DELETE ROWS;
  DELETE FROM compared;
  INSERT INTO compared SELECT said.id, said.person, said.tie, said.confidence, p.global_participant_id
  FROM unnest(registrations, persons, ties, confidences) AS said (id, person, tie, confidence)
  JOIN normalized_participants p ON p.timing_partner_id = partner AND p.id = said.id;
  ANALYZE compared;
  -- History stays at the centre, so its people are no news for laptops either.
  PERFORM set_config('trackside.history', 'on', true);
  UPDATE normalized_participants p SET global_participant_id = c.person FROM compared c
  WHERE p.timing_partner_id = partner AND p.id = c.id AND c.former IS DISTINCT FROM c.person AND p.hash_key LIKE 'legacy:%';
  GET DIAGNOSTICS written = ROW_COUNT;
  PERFORM set_config('trackside.history', 'off', true);
  UPDATE normalized_participants p SET global_participant_id = c.person FROM compared c
  WHERE p.timing_partner_id = partner AND p.id = c.id AND c.former IS DISTINCT FROM c.person
    AND p.global_participant_id IS DISTINCT FROM c.person;
  DELETE FROM global_participants g USING (SELECT DISTINCT former FROM compared WHERE former IS NOT NULL) f
  WHERE g.timing_partner_id = partner AND g.global_participant_id = f.former
    AND NOT EXISTS (SELECT FROM compared c WHERE c.person = f.former);
  INSERT INTO global_participants AS known (timing_partner_id, global_participant_id, primary_email, primary_first_name,
    primary_last_name, date_of_birth, confidence_score, linked_participants, events_participated, providers_used,
    first_event_date, last_event_date)
  SELECT partner, c.person,
    (array_agg(p.email ORDER BY e.event_date DESC NULLS LAST, p.id) FILTER (WHERE p.email IS NOT NULL))[1],
    (array_agg(p.first_name ORDER BY e.event_date DESC NULLS LAST, p.id))[1],
    (array_agg(p.last_name ORDER BY e.event_date DESC NULLS LAST, p.id))[1],
    max(p.date_of_birth), min(c.confidence), jsonb_agg(jsonb_build_object('id', p.id, 'evidence', c.tie) ORDER BY p.id),
    count(DISTINCT p.normalized_event_id), string_agg(DISTINCT p.source_provider, ', '), min(e.event_date), max(e.event_date)
  FROM compared c
  JOIN normalized_participants p ON p.timing_partner_id = partner AND p.id = c.id
  LEFT JOIN normalized_events e ON e.timing_partner_id = partner AND e.id = p.normalized_event_id
  GROUP BY c.person
  ON CONFLICT (timing_partner_id, global_participant_id) DO UPDATE SET primary_email = excluded.primary_email,
    primary_first_name = excluded.primary_first_name, primary_last_name = excluded.primary_last_name,
    date_of_birth = excluded.date_of_birth, confidence_score = excluded.confidence_score,
    linked_participants = excluded.linked_participants, events_participated = excluded.events_participated,
    providers_used = excluded.providers_used, first_event_date = excluded.first_event_date,
    last_event_date = excluded.last_event_date, updated_at = clock_timestamp()
  WHERE (known.primary_email, known.primary_first_name, known.primary_last_name, known.date_of_birth, known.confidence_score,
      known.linked_participants, known.events_participated, known.providers_used, known.first_event_date, known.last_event_date)
    IS DISTINCT FROM (excluded.primary_email, excluded.primary_first_name, excluded.primary_last_name, excluded.date_of_birth,
      excluded.confidence_score, excluded.linked_participants, excluded.events_participated, excluded.providers_used,
      excluded.first_event_date, excluded.last_event_date);
  RETURN written;
END $$;

-- People are tallied by the providers they came through, with the events they took part in.
CREATE FUNCTION trackside.tally_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  partner integer;
  newest bigint;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO tallies (timing_partner_id, of_table, part, rows, events)
    SELECT timing_partner_id, 'global_participants', providers_used, -count(*), -sum(events_participated) FROM before GROUP BY 1, 3;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO tallies (timing_partner_id, of_table, part, rows, events)
    SELECT timing_partner_id, 'global_participants', providers_used, count(*), sum(events_participated) FROM changed GROUP BY 1, 3;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tally_inserts AFTER INSERT ON trackside.global_participants
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.tally_people();
CREATE TRIGGER tally_updates AFTER UPDATE ON trackside.global_participants
  REFERENCING NEW TABLE AS changed OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION trackside.tally_people();
CREATE TRIGGER tally_deletes AFTER DELETE ON trackside.global_participants
  REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION trackside.tally_people();

CREATE FUNCTION trackside.uncompared(partner integer) RETURNS bigint LANGUAGE sql STABLE
SET search_path = trackside, public, pg_temp AS $$
  SELECT count(*) FROM normalized_participants WHERE timing_partner_id = partner AND global_participant_id IS NULL
$$;

-- The plan's participant_tracking in one row a partner, from what was kept as it came: people who were compared, and beside
-- them registrations that were not yet.
CREATE VIEW trackside.participant_tracking_summary WITH (security_invoker = true) AS
SELECT tp.id AS timing_partner_id, tp.name AS timing_partner_name, coalesce(sum(t.rows), 0)::bigint AS unique_participants,
  sum(t.events) / nullif(sum(t.rows), 0) AS avg_events_per_participant,
  count(DISTINCT t.part) FILTER (WHERE t.rows > 0) AS providers_used, trackside.uncompared(tp.id) AS uncompared
FROM timing_partners tp
LEFT JOIN (
  SELECT timing_partner_id, part, sum(rows) AS rows, sum(events) AS events FROM trackside.tallies
  WHERE of_table = 'global_participants' GROUP BY 1, 2
) t ON t.timing_partner_id = tp.id
GROUP BY tp.id, tp.name;

SELECT trackside.reword_view('partner_counts', $view$
SELECT
  tp.id AS timing_partner_id, tp.name AS timing_partner_name,
  (SELECT count(*) FROM provider_connections c WHERE c.timing_partner_id = tp.id AND c.deleted_at IS NULL) AS connections,
  trackside.tallied(tp.id, 'normalized_events') AS events,
  trackside.tallied(tp.id, 'normalized_participants') AS registrations,
  trackside.tallied(tp.id, 'global_participants') + trackside.uncompared(tp.id) AS people,
  trackside.tallied(tp.id, 'normalized_results') AS results,
  trackside.tallied(tp.id, 'timing_reads') AS reads
FROM timing_partners tp
$view$);

-- The plan's view: one row a person, of those compared; who was not yet is a person of their own.
SELECT trackside.reword_view('participant_tracking', $view$
SELECT g.timing_partner_id, tp.name AS timing_partner_name, g.global_participant_id, g.primary_first_name AS first_name,
  g.primary_last_name AS last_name, g.primary_email AS email, g.events_participated, g.providers_used::text AS providers_used,
  g.first_event_date, g.last_event_date
FROM trackside.global_participants g LEFT JOIN timing_partners tp ON tp.id = g.timing_partner_id
UNION ALL
SELECT p.timing_partner_id, tp.name, p.id, p.first_name, p.last_name, p.email, 1, p.source_provider::text, e.event_date, e.event_date
FROM normalized_participants p
LEFT JOIN normalized_events e ON e.timing_partner_id = p.timing_partner_id AND e.id = p.normalized_event_id
LEFT JOIN timing_partners tp ON tp.id = p.timing_partner_id
WHERE p.global_participant_id IS NULL
$view$);

GRANT SELECT ON trackside.participant_tracking_summary TO trackside_member, trackside_admin;
SELECT trackside.settle(ARRAY['global_participants', 'participant_tracking_summary']);
REVOKE ALL ON FUNCTION trackside.person_block(text), trackside.mark_stale_people(), trackside.join_people(integer, uuid, uuid, text),
  trackside.split_person(integer, uuid, text), trackside.withdraw_person_decision(integer, uuid), trackside.mark_decided_people(),
  trackside.take_stale_people(integer, integer), trackside.write_people(integer, uuid[], uuid[], text[], real[]),
  trackside.tally_people(), trackside.uncompared(integer) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['trackside.person_block(text)', 'trackside.join_people(integer, uuid, uuid, text)',
  'trackside.split_person(integer, uuid, text)', 'trackside.withdraw_person_decision(integer, uuid)', 'trackside.uncompared(integer)']);
GRANT EXECUTE ON FUNCTION trackside.take_stale_people(integer, integer), trackside.write_people(integer, uuid[], uuid[], text[], real[])
  TO trackside_admin;
