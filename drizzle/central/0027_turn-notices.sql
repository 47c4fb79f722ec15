-- Turns of a laptop that knows only a hub and of one that knows only the centre go over by who reaches both. Whoever begins
-- one is heard at once, so that it is kept at the other before somebody else begins there.

-- Takes or renews a turn, by the server's clock.
-- hub: the hub at which the laptop has the turn too, which may decide for hub_lasts to who cannot ask here. Null: it is on
-- none, or on one that does not answer; what was said of one stays until it is over.
-- keep_for: it is another laptop's turn, which the caller knows from elsewhere and keeps here. Who asked the caller for its
-- own meanwhile sees another holder, and asks that one.
CREATE OR REPLACE FUNCTION trackside.take_turn(connection uuid, laptop uuid, lasts interval, hub uuid, hub_lasts interval,
  keep_for uuid DEFAULT NULL, keep_for_name text DEFAULT NULL)
RETURNS TABLE (keeper uuid, holder uuid, holder_name text, ms_left float8, wanted_by uuid, wanted_name text, hub_id uuid, hub_ms_left float8, taken_at timestamptz)
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := clock_timestamp();
  before leases;
  partner integer;
BEGIN
  SELECT * INTO before FROM leases l WHERE l.connection_id = connection;
  INSERT INTO leases AS l (timing_partner_id, connection_id, laptop_id, taken_at, renewed_at, expires_at,
    held_for, held_for_name, hub_id, hub_until)
  SELECT m.timing_partner_id, connection, m.laptop_id, moment, moment, moment + lasts, keep_for, keep_for_name,
    hub, CASE WHEN hub IS NOT NULL THEN moment + hub_lasts END
  FROM laptops m WHERE m.laptop_id = laptop AND m.login = session_user
  ON CONFLICT (timing_partner_id, connection_id) DO UPDATE SET
    taken_at = CASE WHEN l.laptop_id = excluded.laptop_id THEN l.taken_at ELSE excluded.taken_at END,
    laptop_id = excluded.laptop_id, renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
    held_for = excluded.held_for, held_for_name = excluded.held_for_name,
    wanted_by = CASE WHEN excluded.held_for IS NOT NULL AND l.held_for IS NOT NULL THEN l.wanted_by END,
    hub_id = CASE WHEN hub IS NULL THEN l.hub_id ELSE excluded.hub_id END,
    hub_until = CASE WHEN hub IS NULL THEN l.hub_until ELSE excluded.hub_until END
  WHERE
    (l.wanted_by IS NULL OR l.wanted_by = excluded.laptop_id OR l.wanted_at <= moment - interval '2 minutes'
      OR (excluded.held_for IS NOT NULL AND l.laptop_id = excluded.laptop_id))
    AND (l.laptop_id = excluded.laptop_id
      OR (l.expires_at <= moment AND (l.hub_until IS NULL OR l.hub_until <= moment OR l.hub_id = hub)))
  RETURNING l.timing_partner_id INTO partner;
  IF FOUND AND keep_for IS NULL AND (before IS NULL OR before.laptop_id <> laptop OR before.expires_at <= moment) THEN
    PERFORM pg_notify('trackside_changes_' || partner, 'turn');
  END IF;
  RETURN QUERY SELECT * FROM turn_of(connection);
END $$;

-- Asked of one holder; of nobody where it is another's by now.
CREATE FUNCTION trackside.want_turn_of(connection uuid, laptop uuid, holder uuid) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  SELECT want_turn(connection, laptop) FROM leases l
  WHERE l.connection_id = connection AND coalesce(l.held_for, l.laptop_id) = holder
$$;
REVOKE ALL ON FUNCTION trackside.want_turn_of(uuid, uuid, uuid) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['want_turn_of(uuid, uuid, uuid)']);
