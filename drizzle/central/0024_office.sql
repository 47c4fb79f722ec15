-- What the office's Trackside keeps in order for its partner, by a laptop's login: who is one person, and the feed. And a
-- centre that was restored is noticed by whoever comes first.

-- Of one's own partner, or as somebody above the partners.
CREATE FUNCTION trackside.check_partner(partner integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  IF NOT (partner = ANY (acting_partners()) OR pg_has_role(session_user, current_user, 'MEMBER')) THEN
    RAISE EXCEPTION 'The login % does not stand for partner %.', session_user, partner USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

ALTER FUNCTION trackside.take_stale_people(integer, integer) RENAME TO take_stale_people_unchecked;
CREATE FUNCTION trackside.take_stale_people(partner integer, at_most integer) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  PERFORM check_partner(partner);
  RETURN take_stale_people_unchecked(partner, at_most);
END $$;

ALTER FUNCTION trackside.write_people(integer, uuid[], uuid[], text[], real[]) RENAME TO write_people_unchecked;
CREATE FUNCTION trackside.write_people(partner integer, registrations uuid[], persons uuid[], ties text[], confidences real[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = trackside, pg_temp AS $$
BEGIN
  PERFORM check_partner(partner);
  RETURN write_people_unchecked(partner, registrations, persons, ties, confidences);
END $$;

-- As tidy_feed, of one partner. What is taken out has a later entry of the same row, which nobody has passed who has not
-- passed this one: a laptop that was away for a year still gets every row.
CREATE FUNCTION trackside.tidy_own_feed(partner integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  taken bigint;
BEGIN
  PERFORM check_partner(partner);
  WITH gone AS (
    DELETE FROM changes old USING (
      SELECT xid, seq, row_number() OVER (PARTITION BY table_name, row_id ORDER BY xid DESC, seq DESC) AS place
      FROM changes
      WHERE timing_partner_id = partner AND table_name <> 'timing_reads' AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ) ranked
    WHERE ranked.place > 1 AND old.timing_partner_id = partner AND (old.xid, old.seq) = (ranked.xid, ranked.seq)
    RETURNING 1
  ) SELECT count(*) INTO taken FROM gone;
  RETURN taken;
END $$;

-- A server and the timeline of its log: another after a restore, from a dump or from a base backup, and after a standby
-- took over. What laptops have read there may be ahead of what is here now.
ALTER TABLE trackside.installation ADD COLUMN server text;

CREATE FUNCTION trackside.this_server() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint())
$$;

-- Once a connection of a laptop's. The feed begins anew where the centre is another server than it was, which does no
-- harm: everybody reads it from its beginning.
CREATE FUNCTION trackside.heed_restore() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  known text;
BEGIN
  SELECT server INTO known FROM installation;
  IF known = this_server() THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('trackside.heed_restore'));
  SELECT server INTO known FROM installation;
  IF known = this_server() THEN
    RETURN false;
  END IF;
  IF known IS NULL THEN
    UPDATE installation SET server = this_server();
    RETURN renew_feed_after_restore();
  END IF;
  UPDATE changes SET xid = '3'::xid8;
  UPDATE installation SET feed_id = gen_random_uuid(), server = this_server();
  RETURN true;
END $$;

REVOKE ALL ON FUNCTION trackside.check_partner(integer), trackside.take_stale_people(integer, integer),
  trackside.take_stale_people_unchecked(integer, integer), trackside.tidy_own_feed(integer), trackside.this_server(),
  trackside.heed_restore(), trackside.write_people(integer, uuid[], uuid[], text[], real[]),
  trackside.write_people_unchecked(integer, uuid[], uuid[], text[], real[]) FROM PUBLIC, trackside_admin;
SELECT trackside.open_functions(ARRAY['take_stale_people(integer, integer)', 'tidy_own_feed(integer)', 'heed_restore()',
  'write_people(integer, uuid[], uuid[], text[], real[])']);
