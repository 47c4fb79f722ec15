-- Whose turn a connection is, between a centre and the hub of a site: a turn can be asked for, is kept at one for a laptop
-- that holds it at the other, and the centre says which hub may decide while it cannot be reached itself.

ALTER TABLE trackside.leases
  ADD COLUMN held_for uuid,
  ADD COLUMN held_for_name text,
  ADD COLUMN wanted_by uuid,
  ADD COLUMN wanted_at timestamptz,
  ADD COLUMN hub_id uuid,
  ADD COLUMN hub_until timestamptz;
COMMENT ON COLUMN trackside.leases.held_for IS 'The laptop that runs it, where another one that reaches both keeps its turn here';
COMMENT ON COLUMN trackside.leases.wanted_by IS 'Who asked for it: it is not renewed any more, and nobody else gets it for two minutes';
COMMENT ON COLUMN trackside.leases.hub_until IS 'Until then the hub hub_id may say whose turn it is to who cannot ask here';

-- The word on a connection. Left of a turn that is over: zero or less.
CREATE FUNCTION trackside.turn_of(connection uuid)
RETURNS TABLE (keeper uuid, holder uuid, holder_name text, ms_left float8, wanted_by uuid, wanted_name text, hub_id uuid, hub_ms_left float8, taken_at timestamptz)
LANGUAGE sql SET search_path = trackside, public, pg_temp AS $$
  SELECT l.laptop_id, coalesce(l.held_for, l.laptop_id), coalesce(l.held_for_name, m.laptop_name),
    extract(epoch FROM l.expires_at - clock_timestamp())::float8 * 1000,
    w.laptop_id, w.laptop_name, l.hub_id, extract(epoch FROM l.hub_until - clock_timestamp())::float8 * 1000, l.taken_at
  FROM leases l
  LEFT JOIN laptops m ON (m.timing_partner_id, m.laptop_id) = (l.timing_partner_id, l.laptop_id)
  LEFT JOIN laptops w ON (w.timing_partner_id, w.laptop_id) = (l.timing_partner_id, l.wanted_by)
    AND l.wanted_at > clock_timestamp() - interval '2 minutes'
  WHERE l.connection_id = connection
$$;

-- Takes or renews a turn, by the server's clock.
-- hub: the hub at which the laptop has the turn too, which may decide for hub_lasts to who cannot ask here. Null: it is on
-- none, or on one that does not answer; what was said of one stays until it is over.
-- keep_for: it is another laptop's turn, which the caller knows from elsewhere and keeps here.
CREATE FUNCTION trackside.take_turn(connection uuid, laptop uuid, lasts interval, hub uuid, hub_lasts interval,
  keep_for uuid DEFAULT NULL, keep_for_name text DEFAULT NULL)
RETURNS TABLE (keeper uuid, holder uuid, holder_name text, ms_left float8, wanted_by uuid, wanted_name text, hub_id uuid, hub_ms_left float8, taken_at timestamptz)
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  INSERT INTO leases AS l (timing_partner_id, connection_id, laptop_id, taken_at, renewed_at, expires_at,
    held_for, held_for_name, hub_id, hub_until)
  SELECT m.timing_partner_id, connection, m.laptop_id, moment, moment, moment + lasts, keep_for, keep_for_name,
    hub, CASE WHEN hub IS NOT NULL THEN moment + hub_lasts END
  FROM laptops m WHERE m.laptop_id = laptop AND m.login = session_user
  ON CONFLICT (timing_partner_id, connection_id) DO UPDATE SET
    taken_at = CASE WHEN l.laptop_id = excluded.laptop_id THEN l.taken_at ELSE excluded.taken_at END,
    laptop_id = excluded.laptop_id, renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
    held_for = excluded.held_for, held_for_name = excluded.held_for_name,
    wanted_by = CASE WHEN excluded.held_for IS NOT NULL THEN l.wanted_by END,
    hub_id = CASE WHEN hub IS NULL THEN l.hub_id ELSE excluded.hub_id END,
    hub_until = CASE WHEN hub IS NULL THEN l.hub_until ELSE excluded.hub_until END
  WHERE
    (l.wanted_by IS NULL OR l.wanted_by = excluded.laptop_id OR l.wanted_at <= moment - interval '2 minutes'
      OR (excluded.held_for IS NOT NULL AND l.laptop_id = excluded.laptop_id))
    AND (l.laptop_id = excluded.laptop_id
      OR (l.expires_at <= moment AND (l.hub_until IS NULL OR l.hub_until <= moment OR l.hub_id = hub)));
  RETURN QUERY SELECT * FROM turn_of(connection);
END $$;

-- Whoever has it hands it over when nothing of its own is under way, or lets it run out.
CREATE FUNCTION trackside.want_turn(connection uuid, laptop uuid) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  partner integer;
BEGIN
  UPDATE leases l SET wanted_by = laptop, wanted_at = clock_timestamp()
  FROM laptops m
  WHERE l.connection_id = connection AND l.laptop_id <> laptop
    AND m.timing_partner_id = l.timing_partner_id AND m.laptop_id = laptop AND m.login = session_user
  RETURNING l.timing_partner_id INTO partner;
  IF FOUND THEN
    PERFORM pg_notify('trackside_changes_' || partner, 'turn');
  END IF;
END $$;

-- Whoever waits for it, or keeps it elsewhere for its holder, looks at once.
CREATE OR REPLACE FUNCTION trackside.release_lease(connection uuid, laptop uuid) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  partner integer;
BEGIN
  UPDATE leases SET expires_at = clock_timestamp()
  WHERE connection_id = connection AND laptop_id = laptop AND expires_at > clock_timestamp()
  RETURNING timing_partner_id INTO partner;
  IF FOUND THEN
    PERFORM pg_notify('trackside_changes_' || partner, 'turn');
  END IF;
END $$;

-- A person says that the hub has no say any more. Not while somebody else has the turn.
CREATE FUNCTION trackside.end_hub_turn(connection uuid, laptop uuid) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  UPDATE leases SET hub_until = clock_timestamp()
  WHERE connection_id = connection AND (laptop_id = laptop OR expires_at <= clock_timestamp())
    AND EXISTS (SELECT FROM laptops m WHERE m.laptop_id = laptop AND m.login = session_user)
$$;

-- As programs before this one ask.
CREATE OR REPLACE FUNCTION trackside.take_lease(connection uuid, laptop uuid, lasts interval)
RETURNS TABLE (held boolean, laptop_id uuid, laptop_name text, taken_at timestamptz, expires_in interval)
LANGUAGE sql SET search_path = trackside, public, pg_temp AS $$
  SELECT t.keeper = laptop, t.holder, t.holder_name, t.taken_at, t.ms_left * interval '1 millisecond'
  FROM take_turn(connection, laptop, lasts, NULL, NULL) t
$$;

REVOKE ALL ON FUNCTION trackside.turn_of(uuid), trackside.take_turn(uuid, uuid, interval, uuid, interval, uuid, text),
  trackside.want_turn(uuid, uuid), trackside.end_hub_turn(uuid, uuid), trackside.take_lease(uuid, uuid, interval) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['turn_of(uuid)', 'take_turn(uuid, uuid, interval, uuid, interval, uuid, text)',
  'want_turn(uuid, uuid)', 'end_hub_turn(uuid, uuid)', 'take_lease(uuid, uuid, interval)']);
