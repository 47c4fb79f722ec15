-- What changed, for whoever replicates: one row a changed row, in the order (xid, seq). A reader takes what lies behind
-- its cursor and below pg_snapshot_xmin(pg_current_snapshot()): whatever is still being written has a later place.

CREATE TABLE trackside.changes (
  timing_partner_id integer NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  table_name text NOT NULL,
  -- Of timing_reads: the session, and its reads have a seq from first_read to last_read.
  row_id uuid NOT NULL,
  first_read bigint,
  last_read bigint,
  -- The laptop that brought it; null: nobody's, made at the centre.
  origin uuid,
  PRIMARY KEY (timing_partner_id, xid, seq)
);

-- Which laptops there are, and by which login each comes.
CREATE TABLE trackside.laptops (
  timing_partner_id integer NOT NULL,
  laptop_id uuid NOT NULL,
  login name NOT NULL DEFAULT session_user,
  laptop_name text,
  program text,
  joined_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (timing_partner_id, laptop_id)
);

-- Who writes in this transaction, as it said with SET LOCAL trackside.origin. One may speak for one's own laptops only.
CREATE FUNCTION trackside.origin() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  said text := current_setting('trackside.origin', true);
BEGIN
  IF said IS NULL OR said = '' THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM laptops WHERE laptop_id::text = said AND login = session_user) THEN
    RAISE EXCEPTION 'trackside.origin % is no laptop of the login %', said, session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN said::uuid;
END $$;

CREATE FUNCTION trackside.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  by_whom uuid := origin();
  partner integer;
BEGIN
  INSERT INTO changes (timing_partner_id, table_name, row_id, origin)
  SELECT timing_partner_id, TG_TABLE_NAME, id, by_whom FROM changed;
  FOR partner IN SELECT DISTINCT timing_partner_id FROM changed LOOP
    PERFORM pg_notify('trackside_changes_' || partner, '');
  END LOOP;
  RETURN NULL;
END $$;

-- Reads come by the million and never change: one entry a statement and session says where they lie.
CREATE FUNCTION trackside.note_reads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  by_whom uuid := origin();
  partner integer;
BEGIN
  INSERT INTO changes (timing_partner_id, table_name, row_id, first_read, last_read, origin)
  SELECT timing_partner_id, 'timing_reads', session_id, min(seq), max(seq), by_whom
  FROM changed GROUP BY timing_partner_id, session_id;
  FOR partner IN SELECT DISTINCT timing_partner_id FROM changed LOOP
    PERFORM pg_notify('trackside_changes_' || partner, '');
  END LOOP;
  RETURN NULL;
END $$;

-- Puts tables into the feed. A migration that adds a table calls it.
CREATE FUNCTION trackside.feed(names text[]) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY names LOOP
    EXECUTE format(
      'CREATE TRIGGER note_inserts AFTER INSERT ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION %s()',
      relation, CASE relation WHEN 'timing_reads' THEN 'trackside.note_reads' ELSE 'trackside.note_changes' END
    );
    CONTINUE WHEN relation = 'timing_reads';
    EXECUTE format(
      'CREATE TRIGGER note_updates AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION trackside.note_changes()',
      relation
    );
  END LOOP;
END $$;

SELECT trackside.feed(ARRAY[
  'normalized_events', 'normalized_participants', 'normalized_results', 'participant_overrides', 'bib_chips',
  'chip_assignments', 'course_points', 'race_day_events', 'race_days', 'starts', 'test_chips',
  'location_rules', 'read_assignments', 'reader_offsets', 'timing_locations', 'timing_sessions',
  'connection_events', 'field_mappings', 'number_receipts', 'provider_connections', 'publication_receipts',
  'push_receipts', 'sync_operations', 'sync_record_errors', 'reconciliations', 'display_images',
  'display_layouts', 'displays', 'audit_log', 'timing_reads'
]);

-- How far the feed may be read now, and whether a cursor still belongs to it.
CREATE FUNCTION trackside.feed_state(OUT feed_id uuid, OUT readable_below xid8, OUT now_at xid8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = trackside, pg_temp AS $$
  SELECT installation.feed_id, pg_snapshot_xmin(pg_current_snapshot()), pg_snapshot_xmax(pg_current_snapshot()) FROM installation
$$;

-- After a restore from a dump transaction numbers begin anew, and old entries would lie in the future. Everybody then
-- reads the feed from its beginning, which does no harm.
CREATE FUNCTION trackside.renew_feed_after_restore() RETURNS boolean LANGUAGE plpgsql
SET search_path = trackside, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) THEN
    RETURN false;
  END IF;
  UPDATE changes SET xid = '3'::xid8;
  UPDATE installation SET feed_id = gen_random_uuid();
  RETURN true;
END $$;

-- Of each row only its last entry matters to who has not come so far. Readers that have are not touched.
CREATE FUNCTION trackside.tidy_feed() RETURNS bigint LANGUAGE sql
SET search_path = trackside, pg_temp AS $$
  WITH gone AS (
    DELETE FROM changes old USING (
      SELECT timing_partner_id, xid, seq,
        row_number() OVER (PARTITION BY timing_partner_id, table_name, row_id ORDER BY xid DESC, seq DESC) AS place
      FROM changes WHERE table_name <> 'timing_reads' AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ) ranked
    WHERE ranked.place > 1 AND (old.timing_partner_id, old.xid, old.seq) = (ranked.timing_partner_id, ranked.xid, ranked.seq)
    RETURNING 1
  )
  SELECT count(*) FROM gone
$$;

SELECT trackside.keep_books(ARRAY['changes', 'laptops'],
  'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');

-- A laptop says who it is, once a connection. Restored or moved it is another one.
CREATE FUNCTION trackside.introduce(laptop uuid, name text, program text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  partners integer[] := acting_partners();
BEGIN
  IF cardinality(partners) <> 1 THEN
    RAISE EXCEPTION 'The login % stands for no partner.', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM laptops WHERE laptop_id = laptop AND timing_partner_id <> partners[1]) THEN
    RAISE EXCEPTION 'The laptop % is another partner''s.', laptop USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO laptops (timing_partner_id, laptop_id, login, laptop_name, program)
  VALUES (partners[1], laptop, session_user, name, introduce.program)
  ON CONFLICT (timing_partner_id, laptop_id)
  DO UPDATE SET login = session_user, laptop_name = excluded.laptop_name, program = excluded.program, seen_at = now();
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA trackside FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['origin()', 'feed_state()', 'introduce(uuid, text, text)']);
