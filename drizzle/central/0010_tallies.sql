-- How many rows of each kind a partner has, kept as they come: counting millions takes seconds. A statement adds what it
-- changed as a row of its own, so that nobody waits for anybody, and what is read is the sum; now and then sums are folded.
CREATE TABLE trackside.tallies (
  timing_partner_id integer NOT NULL,
  -- The table that is counted.
  of_table text COLLATE "C" NOT NULL,
  -- Which of its rows: of people, by the providers they came through.
  part text COLLATE "C" NOT NULL DEFAULT '',
  seq bigint GENERATED ALWAYS AS IDENTITY,
  rows bigint NOT NULL,
  -- Of people: events they took part in.
  events bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (timing_partner_id, of_table, part, seq)
);

-- Sums up what is there. What another session holds or has not committed is left to the next time.
CREATE FUNCTION trackside.fold_tallies(partner integer) RETURNS void LANGUAGE sql
SET search_path = trackside, pg_temp AS $$
  WITH held AS (
    SELECT of_table, part, seq FROM tallies WHERE timing_partner_id = partner FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM tallies t USING held h
    WHERE t.timing_partner_id = partner AND (t.of_table, t.part, t.seq) = (h.of_table, h.part, h.seq)
    RETURNING t.of_table, t.part, t.rows, t.events
  )
  INSERT INTO tallies (timing_partner_id, of_table, part, rows, events)
  SELECT partner, of_table, part, sum(rows), sum(events) FROM gone GROUP BY of_table, part
  HAVING sum(rows) <> 0 OR sum(events) <> 0
$$;

CREATE FUNCTION trackside.tally() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  partner integer;
  newest bigint;
BEGIN
  FOR partner, newest IN
    WITH added AS (
      INSERT INTO tallies (timing_partner_id, of_table, rows)
      SELECT timing_partner_id, TG_TABLE_NAME, CASE TG_OP WHEN 'DELETE' THEN -count(*) ELSE count(*) END
      FROM changed GROUP BY timing_partner_id
      RETURNING timing_partner_id, seq
    ) SELECT timing_partner_id, seq FROM added LOOP
    IF newest % 200 = 0 THEN
      PERFORM fold_tallies(partner);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['normalized_events', 'normalized_participants', 'normalized_results', 'timing_reads'] LOOP
    EXECUTE format('INSERT INTO trackside.tallies (timing_partner_id, of_table, rows) SELECT timing_partner_id, %L, count(*) FROM %I GROUP BY 1', relation, relation);
    EXECUTE format('CREATE TRIGGER tally_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.tally()', relation);
    EXECUTE format('CREATE TRIGGER tally_deletes AFTER DELETE ON %I REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.tally()', relation);
  END LOOP;
END $$;

-- Exact, from what was kept as it came. Who was not yet compared with the others is a person of their own.
CREATE FUNCTION trackside.tallied(partner integer, counted text) RETURNS bigint LANGUAGE sql STABLE
SET search_path = trackside, pg_temp AS $$
  SELECT coalesce(sum(rows), 0)::bigint FROM tallies WHERE timing_partner_id = partner AND of_table = counted
$$;
SELECT trackside.keep_books(ARRAY['tallies'], 'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');
REVOKE ALL ON FUNCTION trackside.fold_tallies(integer), trackside.tally(), trackside.tallied(integer, text) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['trackside.tallied(integer, text)']);

-- Another wording of a view of ours, where it stands: in public, or here if the name was taken there.
CREATE FUNCTION trackside.reword_view(view_name text, wording text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE VIEW %I.%I WITH (security_invoker = true) AS %s',
    CASE WHEN to_regclass(format('trackside.%I', view_name)) IS NULL THEN 'public' ELSE 'trackside' END, view_name, wording);
END $$;
REVOKE ALL ON FUNCTION trackside.reword_view(text, text) FROM PUBLIC;
