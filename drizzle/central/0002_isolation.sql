-- Who may see and write whose rows. The login decides, and the client cannot choose: session_user is bound to a partner
-- by a membership, and every policy asks acting_partners(). Admins act for nobody until they open an override.

DO $$
DECLARE
  role_name text;
BEGIN
  -- Roles belong to the whole server: another database of it may have made them, or be making them now.
  FOREACH role_name IN ARRAY ARRAY['trackside_member', 'trackside_admin'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA trackside FROM PUBLIC;
GRANT USAGE ON SCHEMA trackside, public TO trackside_member, trackside_admin;
ALTER DEFAULT PRIVILEGES IN SCHEMA trackside REVOKE ALL ON TABLES FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA trackside FROM PUBLIC;

CREATE TABLE trackside.partner_memberships (
  login name PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('laptop', 'admin')),
  timing_partner_id integer,
  -- What the login is for, in words: a laptop's name, a person.
  holder text NOT NULL,
  invited_by name NOT NULL DEFAULT session_user,
  invited_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  CHECK ((role = 'laptop') = (timing_partner_id IS NOT NULL))
);

-- A row only where a partner was ever disabled.
CREATE TABLE trackside.partner_states (
  timing_partner_id integer PRIMARY KEY,
  disabled_at timestamptz,
  reason text
);

-- Acting for another partner: of one session, for a while, with a reason.
CREATE TABLE trackside.overrides (
  override_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  login name NOT NULL,
  -- Null: all partners.
  timing_partner_id integer,
  reason text NOT NULL CHECK (length(btrim(reason)) >= 3),
  session_pid integer NOT NULL,
  opened_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX overrides_session ON trackside.overrides (login, session_pid) WHERE ended_at IS NULL;

CREATE FUNCTION trackside.newest_migration() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$ SELECT max(number) FROM migrations $$;

CREATE FUNCTION trackside.is_admin() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT EXISTS (SELECT FROM partner_memberships WHERE login = session_user AND role = 'admin' AND revoked_at IS NULL)
$$;

-- An override is of the session that opened it, which holds this lock until it ends: the number of a process is used again.
CREATE FUNCTION trackside.holds_override(override uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = trackside, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted AND objsubid = 2
      AND classid = hashtext('trackside.overrides')::oid AND objid = hashtext(override::text)::oid
  )
$$;

-- Whose rows this session sees and writes. An override counts from the transaction after the one that opened it: what
-- is rolled back with its audit entry opens nothing.
CREATE FUNCTION trackside.acting_partners() RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT partner), '{}') FROM (
    SELECT m.timing_partner_id AS partner
    FROM partner_memberships m LEFT JOIN partner_states s USING (timing_partner_id)
    WHERE m.login = session_user AND m.role = 'laptop' AND m.revoked_at IS NULL AND s.disabled_at IS NULL
    UNION ALL
    SELECT CASE WHEN o.timing_partner_id IS NULL THEN tp.id ELSE o.timing_partner_id END
    FROM overrides o LEFT JOIN public.timing_partners tp ON o.timing_partner_id IS NULL
    WHERE o.login = session_user AND o.session_pid = pg_backend_pid() AND o.ended_at IS NULL
      AND o.ends_at > clock_timestamp() AND o.opened_in IS DISTINCT FROM pg_current_xact_id_if_assigned()
      AND holds_override(o.override_id)
      AND EXISTS (SELECT FROM partner_memberships m WHERE m.login = session_user AND m.role = 'admin' AND m.revoked_at IS NULL)
  ) acting
$$;

-- Rows of a partner: theirs only, by the database. What is asked of all is that the partner's column leads their keys.
CREATE FUNCTION trackside.isolate(names text[]) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY names LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format(
      'CREATE POLICY own_partner ON %I USING (timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[]))
       WITH CHECK (timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[]))', relation);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', relation);
    EXECUTE format('GRANT SELECT, INSERT%s ON %I TO trackside_member, trackside_admin',
      CASE WHEN relation IN ('timing_reads', 'audit_log') THEN '' ELSE ', UPDATE' END, relation);
  END LOOP;
END $$;

-- The database's own bookkeeping of partners: its functions write it, whoever calls them; nobody else does.
CREATE FUNCTION trackside.keep_books(names text[], own_rows text) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY names LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY books ON %I TO %I USING (true) WITH CHECK (true)', relation, current_user);
    EXECUTE format('CREATE POLICY own_rows ON %I FOR SELECT USING (%s)', relation, own_rows);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', relation);
    EXECUTE format('GRANT SELECT ON %I TO trackside_member, trackside_admin', relation);
  END LOOP;
END $$;

-- What our logins may call.
CREATE FUNCTION trackside.open_functions(names text[]) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  function_name text;
BEGIN
  FOREACH function_name IN ARRAY names LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO trackside_member, trackside_admin', function_name::regprocedure);
  END LOOP;
END $$;

SELECT trackside.isolate(ARRAY[
  'normalized_events', 'normalized_participants', 'normalized_results', 'participant_overrides', 'bib_chips',
  'chip_assignments', 'course_points', 'race_day_events', 'race_days', 'starts', 'test_chips',
  'location_rules', 'read_assignments', 'reader_offsets', 'timing_locations', 'timing_sessions',
  'connection_events', 'field_mappings', 'number_receipts', 'provider_connections', 'publication_receipts',
  'push_receipts', 'sync_operations', 'sync_record_errors', 'reconciliations', 'display_images',
  'display_layouts', 'displays', 'audit_log', 'timing_reads', 'read_links'
]);
SELECT trackside.keep_books(ARRAY['partner_memberships', 'overrides'], 'login = session_user');
SELECT trackside.keep_books(ARRAY['partner_states'],
  'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');
GRANT SELECT ON trackside.installation TO trackside_member, trackside_admin;

-- Partners, providers, users. Where they are the platform's, its programs' rights are left alone, and ours see a view,
-- which filters as a policy would: not for whom row security is off.
DO $$
DECLARE
  adopted name[] := ARRAY(SELECT table_name FROM trackside.adopted);
BEGIN
  IF 'timing_partners' = ANY (adopted) THEN
    CREATE VIEW trackside.timing_partners WITH (security_barrier = true) AS
      SELECT id, name FROM public.timing_partners
      WHERE id = ANY ((SELECT trackside.acting_partners())::integer[]) OR (SELECT trackside.is_admin())
        OR NOT row_security_active('trackside.overrides');
    GRANT SELECT ON trackside.timing_partners TO trackside_member, trackside_admin;
  ELSE
    ALTER TABLE public.timing_partners ENABLE ROW LEVEL SECURITY;
    ALTER TABLE public.timing_partners FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY books ON public.timing_partners TO %I USING (true) WITH CHECK (true)', current_user);
    CREATE POLICY own_partner ON public.timing_partners FOR SELECT
      USING (id = ANY ((SELECT trackside.acting_partners())::integer[]) OR (SELECT trackside.is_admin()));
    GRANT SELECT ON public.timing_partners TO trackside_member, trackside_admin;
  END IF;
  IF 'users' = ANY (adopted) THEN
    CREATE VIEW trackside.users WITH (security_barrier = true) AS
      SELECT id, email, timing_partner_id FROM public.users
      WHERE timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])
        OR NOT row_security_active('trackside.overrides');
    GRANT SELECT ON trackside.users TO trackside_member, trackside_admin;
  ELSE
    ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
    ALTER TABLE public.users FORCE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY books ON public.users TO %I USING (true) WITH CHECK (true)', current_user);
    CREATE POLICY own_partner ON public.users FOR SELECT
      USING (timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[]));
    GRANT SELECT ON public.users TO trackside_member, trackside_admin;
  END IF;
  IF 'providers' = ANY (adopted) THEN
    CREATE VIEW trackside.providers WITH (security_barrier = true) AS SELECT id, name FROM public.providers;
    GRANT SELECT ON trackside.providers TO trackside_member, trackside_admin;
  ELSE
    GRANT SELECT ON public.providers TO trackside_member, trackside_admin;
  END IF;
END $$;

-- The centre's own audit chain, one a partner: what admins did to a partner's rows comes to that partner's laptops.
DO $$
BEGIN
  EXECUTE format('CREATE POLICY central_chain_read ON audit_log FOR SELECT TO %I
    USING (laptop_id = (SELECT installation_id FROM trackside.installation))', current_user);
  EXECUTE format('CREATE POLICY central_chain_write ON audit_log FOR INSERT TO %I
    WITH CHECK (laptop_id = (SELECT installation_id FROM trackside.installation))', current_user);
END $$;

-- Hashed as the laptops hash theirs (store/audit.ts): sha256 of the JSON array of all that the entry says.
-- @param after_text JSON without spaces, as JSON.stringify writes it
CREATE FUNCTION trackside.append_audit(partner integer, action text, table_name text, row_id text, after_text text, reason text)
RETURNS void LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  chain uuid := (SELECT installation_id FROM installation);
  head record;
  moment timestamptz := date_trunc('milliseconds', clock_timestamp());
  entry_sequence bigint;
  before_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('trackside.audit_log'), partner);
  SELECT a.sequence, a.hash INTO head FROM audit_log a
  WHERE a.timing_partner_id = partner AND a.laptop_id = chain ORDER BY a.sequence DESC LIMIT 1;
  entry_sequence := coalesce(head.sequence, 0) + 1;
  before_hash := coalesce(head.hash, '');
  INSERT INTO audit_log (timing_partner_id, id, laptop_id, sequence, at, actor, action, table_name, row_id, before, after,
    reason, previous_hash, hash)
  VALUES (partner, gen_random_uuid(), chain, entry_sequence, moment, session_user, action, table_name, row_id, NULL,
    after_text::json, reason, before_hash,
    encode(sha256(convert_to(format('[%s,%s,%s,%s,%s,%s,%s,%s,null,%s,%s]',
      to_json(before_hash), to_json(chain::text), entry_sequence, floor(extract(epoch FROM moment) * 1000)::bigint,
      to_json(session_user::text), to_json(action), to_json(table_name), to_json(row_id), coalesce(after_text, 'null'),
      coalesce(to_json(reason)::text, 'null')), 'UTF8')), 'hex'));
END $$;

-- Opens an override for this session. It counts from the next transaction on, until it ends or is ended.
-- @param partner null: all partners
CREATE FUNCTION trackside.act_for(partner integer, reason text, lasts interval DEFAULT '15 minutes')
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = trackside, public, pg_temp AS $$
DECLARE
  opened overrides;
  about record;
BEGIN
  IF NOT is_admin() THEN
    RAISE EXCEPTION 'The login % is no admin: it acts for its own partner only.', session_user
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF reason IS NULL OR length(btrim(reason)) < 3 THEN
    RAISE EXCEPTION 'Acting for another partner wants a reason in words.' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF lasts NOT BETWEEN interval '1 second' AND interval '12 hours' THEN
    RAISE EXCEPTION 'Acting for another partner lasts up to 12 hours.' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF partner IS NOT NULL AND NOT EXISTS (SELECT FROM public.timing_partners WHERE id = partner) THEN
    RAISE EXCEPTION 'There is no timing partner %.', partner USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE overrides SET ended_at = clock_timestamp()
  WHERE login = session_user AND session_pid = pg_backend_pid() AND ended_at IS NULL;
  INSERT INTO overrides (login, timing_partner_id, reason, session_pid, ends_at)
  VALUES (session_user, partner, act_for.reason, pg_backend_pid(), clock_timestamp() + lasts)
  RETURNING * INTO opened;
  PERFORM pg_advisory_lock(hashtext('trackside.overrides'), hashtext(opened.override_id::text));
  FOR about IN SELECT id FROM public.timing_partners WHERE partner IS NULL OR id = partner LOOP
    PERFORM append_audit(about.id, 'admin acts for partner', 'overrides', opened.override_id::text,
      format('{"login":%s,"until":%s}', to_json(session_user::text), to_json(opened.ends_at)), act_for.reason);
  END LOOP;
  RETURN opened.override_id;
END $$;

CREATE FUNCTION trackside.end_override() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  closed record;
  about record;
BEGIN
  FOR closed IN UPDATE overrides SET ended_at = clock_timestamp()
    WHERE login = session_user AND session_pid = pg_backend_pid() AND ended_at IS NULL RETURNING * LOOP
    FOR about IN SELECT id FROM public.timing_partners
      WHERE closed.timing_partner_id IS NULL OR id = closed.timing_partner_id LOOP
      PERFORM append_audit(about.id, 'admin acts no longer', 'overrides', closed.override_id::text, NULL, closed.reason);
    END LOOP;
  END LOOP;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA trackside FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['newest_migration()', 'is_admin()', 'acting_partners()', 'act_for(integer, text, interval)', 'end_override()']);
