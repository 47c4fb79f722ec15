-- How a laptop comes in, what holds it off, and what it keeps at the centre: receipts and leases.

ALTER TABLE trackside.partner_memberships
  ADD COLUMN code_expires_at timestamptz,
  ADD COLUMN redeemed_at timestamptz;
COMMENT ON COLUMN trackside.partner_memberships.code_expires_at IS 'Until it is redeemed, a login counts no longer than its code';

CREATE OR REPLACE FUNCTION trackside.acting_partners() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT partner), '{}') FROM (
    SELECT m.timing_partner_id AS partner
    FROM partner_memberships m LEFT JOIN partner_states s USING (timing_partner_id)
    WHERE m.login = session_user AND m.role = 'laptop' AND m.revoked_at IS NULL AND s.disabled_at IS NULL
      AND (m.redeemed_at IS NOT NULL OR m.code_expires_at IS NULL OR m.code_expires_at > clock_timestamp())
    UNION ALL
    SELECT CASE WHEN o.timing_partner_id IS NULL THEN tp.id ELSE o.timing_partner_id END
    FROM overrides o LEFT JOIN public.timing_partners tp ON o.timing_partner_id IS NULL
    WHERE o.login = session_user AND o.session_pid = pg_backend_pid() AND o.ended_at IS NULL
      AND o.ends_at > clock_timestamp() AND o.opened_in IS DISTINCT FROM pg_current_xact_id_if_assigned()
      AND holds_override(o.override_id)
      AND EXISTS (SELECT FROM partner_memberships m WHERE m.login = session_user AND m.role = 'admin' AND m.revoked_at IS NULL)
  ) acting
$$;

-- What stands between this login and its partner's rows, for words on a screen.
CREATE FUNCTION trackside.my_state(
  OUT installation_id uuid, OUT feed_id uuid, OUT role text, OUT timing_partner_id integer, OUT partner_name text,
  OUT state text, OUT reason text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = trackside, pg_temp AS $$
  SELECT i.installation_id, i.feed_id, m.role, m.timing_partner_id, tp.name,
    CASE
      WHEN m.login IS NULL THEN 'unknown'
      WHEN m.revoked_at IS NOT NULL THEN 'revoked'
      WHEN s.disabled_at IS NOT NULL THEN 'disabled'
      WHEN m.redeemed_at IS NULL AND m.code_expires_at <= clock_timestamp() THEN 'expired'
      ELSE 'good'
    END,
    s.reason
  FROM installation i
  LEFT JOIN partner_memberships m ON m.login = session_user
  LEFT JOIN partner_states s ON s.timing_partner_id = m.timing_partner_id
  LEFT JOIN public.timing_partners tp ON tp.id = m.timing_partner_id
$$;

-- A connection code serves once: whoever redeems it sets a password of its own in the same transaction.
CREATE FUNCTION trackside.redeem_code() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  UPDATE partner_memberships SET redeemed_at = clock_timestamp()
  WHERE login = session_user AND revoked_at IS NULL AND redeemed_at IS NULL
    AND (code_expires_at IS NULL OR code_expires_at > clock_timestamp());
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The connection code of % was used already, or has expired.', session_user
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- How much of a laptop's outbox and journal is here. It only goes forward.
CREATE TABLE trackside.replication_receipts (
  timing_partner_id integer NOT NULL,
  laptop_id uuid NOT NULL,
  last_sequence bigint NOT NULL DEFAULT 0,
  last_read bigint NOT NULL DEFAULT 0,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (timing_partner_id, laptop_id)
);

-- Who runs the schedule of a connection. One at a time, until it expires unrenewed.
CREATE TABLE trackside.leases (
  timing_partner_id integer NOT NULL,
  connection_id uuid NOT NULL,
  laptop_id uuid NOT NULL,
  taken_at timestamptz NOT NULL,
  renewed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (timing_partner_id, connection_id)
);

SELECT trackside.isolate(ARRAY['replication_receipts', 'leases']);

-- In the transaction that brought what it says.
CREATE FUNCTION trackside.receive(laptop uuid, last_sequence bigint, last_read bigint) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  INSERT INTO replication_receipts AS r (timing_partner_id, laptop_id, last_sequence, last_read)
  SELECT l.timing_partner_id, l.laptop_id, receive.last_sequence, receive.last_read
  FROM laptops l WHERE l.laptop_id = laptop AND l.login = session_user
  ON CONFLICT (timing_partner_id, laptop_id) DO UPDATE SET
    last_sequence = greatest(r.last_sequence, excluded.last_sequence),
    last_read = greatest(r.last_read, excluded.last_read),
    received_at = now()
$$;

-- Takes or renews the lease of a connection, by the server's clock, and says who holds it now.
CREATE FUNCTION trackside.take_lease(connection uuid, laptop uuid, lasts interval)
RETURNS TABLE (held boolean, laptop_id uuid, laptop_name text, taken_at timestamptz, expires_in interval)
LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  INSERT INTO leases AS l (timing_partner_id, connection_id, laptop_id, taken_at, renewed_at, expires_at)
  SELECT m.timing_partner_id, connection, m.laptop_id, moment, moment, moment + lasts
  FROM laptops m WHERE m.laptop_id = laptop AND m.login = session_user
  ON CONFLICT (timing_partner_id, connection_id) DO UPDATE SET
    taken_at = CASE WHEN l.laptop_id = excluded.laptop_id THEN l.taken_at ELSE excluded.taken_at END,
    laptop_id = excluded.laptop_id, renewed_at = excluded.renewed_at, expires_at = excluded.expires_at
  WHERE l.laptop_id = excluded.laptop_id OR l.expires_at <= excluded.renewed_at;
  RETURN QUERY
    SELECT l.laptop_id = laptop, l.laptop_id, m.laptop_name, l.taken_at, l.expires_at - moment
    FROM leases l LEFT JOIN laptops m USING (timing_partner_id, laptop_id) WHERE l.connection_id = connection;
END $$;

CREATE FUNCTION trackside.release_lease(connection uuid, laptop uuid) RETURNS void LANGUAGE sql
SET search_path = trackside, public, pg_temp AS $$
  UPDATE leases SET expires_at = clock_timestamp()
  WHERE connection_id = connection AND laptop_id = laptop AND expires_at > clock_timestamp()
$$;

-- Who holds the feed back: open transactions, the oldest first. For whoever runs the database.
CREATE VIEW trackside.feed_blockers WITH (security_invoker = true) AS
SELECT pid, usename AS login, application_name, state, xact_start, now() - xact_start AS open_for
FROM pg_stat_activity WHERE backend_xid IS NOT NULL OR backend_xmin IS NOT NULL ORDER BY xact_start;

REVOKE ALL ON FUNCTION trackside.is_history(), trackside.my_state(), trackside.redeem_code(), trackside.receive(uuid, bigint, bigint),
  trackside.take_lease(uuid, uuid, interval), trackside.release_lease(uuid, uuid) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['error_details(text, text)', 'my_state()', 'redeem_code()', 'receive(uuid, bigint, bigint)',
  'take_lease(uuid, uuid, interval)', 'release_lease(uuid, uuid)']);
