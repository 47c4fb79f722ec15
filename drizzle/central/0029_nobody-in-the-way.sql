-- What a partner's login could still do to others: hold locks that anybody may take, hear and wake on channels that anybody
-- may name, write into the centre's own chain of the audit, make things where our functions look.

-- Work of which there is one at a time, for a partner. A row, because only who may change it may lock it; an advisory lock is
-- anybody's who knows its number.
CREATE TABLE trackside.one_at_a_time (
  timing_partner_id integer NOT NULL,
  work text COLLATE "C" NOT NULL,
  PRIMARY KEY (timing_partner_id, work)
);

-- Where the laptops of a partner listen. Anybody may listen to any channel and send to it, so its name is known to them only.
CREATE TABLE trackside.channels (
  timing_partner_id integer PRIMARY KEY,
  channel text COLLATE "C" NOT NULL DEFAULT 'trackside_' || gen_random_uuid()
);

SELECT trackside.keep_books(ARRAY['one_at_a_time', 'channels'],
  'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');

-- Until the transaction ends.
CREATE FUNCTION trackside.hold(partner integer, held_work text) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, pg_temp AS $$
BEGIN
  INSERT INTO one_at_a_time VALUES (partner, held_work) ON CONFLICT DO NOTHING;
  PERFORM FROM one_at_a_time WHERE timing_partner_id = partner AND work = held_work FOR UPDATE;
END $$;

-- Nobody else computes who is one person among the partner's registrations until this transaction ends.
CREATE FUNCTION trackside.hold_people(partner integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  PERFORM check_partner(partner);
  PERFORM hold(partner, 'people');
END $$;

CREATE OR REPLACE FUNCTION trackside.take_stale_people(partner integer, at_most integer) RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  taken text[];
BEGIN
  PERFORM hold_people(partner);
  WITH gone AS (
    DELETE FROM stale_people WHERE timing_partner_id = partner AND block IN (
      SELECT DISTINCT block FROM stale_people WHERE timing_partner_id = partner ORDER BY block LIMIT at_most)
    RETURNING block
  ) SELECT array_agg(DISTINCT block) INTO taken FROM gone;
  RETURN coalesce(taken, '{}');
END $$;
DROP FUNCTION trackside.take_stale_people_unchecked(integer, integer);

CREATE OR REPLACE FUNCTION trackside.append_audit(partner integer, action text, table_name text, row_id text, after_text text, reason text)
RETURNS void LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  chain uuid := (SELECT installation_id FROM installation);
  head record;
  moment timestamptz := date_trunc('milliseconds', clock_timestamp());
  entry_sequence bigint;
  before_hash text;
BEGIN
  PERFORM hold(partner, 'audit');
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

-- The centre's own chain is the centre's to write: an entry of a laptop's at its end would stop all that follows, and with it
-- that login's revocation. Laptops bring back what they were told; that is left where it stands.
CREATE FUNCTION trackside.keep_own_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = trackside, pg_temp AS $$
BEGIN
  IF NEW.laptop_id = (SELECT installation_id FROM installation)
    AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER own_chain BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION trackside.keep_own_chain();

CREATE OR REPLACE FUNCTION trackside.heed_restore() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  known text;
BEGIN
  SELECT server INTO known FROM installation;
  IF known = this_server() THEN
    RETURN false;
  END IF;
  SELECT server INTO known FROM installation FOR UPDATE;
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

-- Where the caller's partner listens.
CREATE FUNCTION trackside.my_channel() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  partners integer[] := acting_partners();
BEGIN
  IF cardinality(partners) <> 1 THEN
    RAISE EXCEPTION 'The login % stands for no partner.', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO channels (timing_partner_id) VALUES (partners[1]) ON CONFLICT DO NOTHING;
  RETURN (SELECT channel FROM channels WHERE timing_partner_id = partners[1]);
END $$;

-- Where nobody ever listened there is no channel.
CREATE FUNCTION trackside.wake(partner integer, notice text) RETURNS void LANGUAGE sql
SET search_path = trackside, pg_temp AS $$
  SELECT pg_notify(channel, notice) FROM channels WHERE timing_partner_id = partner
$$;
CREATE FUNCTION trackside.wake_laptops(partner integer, notice text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
BEGIN
  PERFORM check_partner(partner);
  PERFORM wake(partner, notice);
END $$;

CREATE OR REPLACE FUNCTION trackside.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  by_whom uuid := origin();
BEGIN
  IF is_history() THEN
    RETURN NULL;
  END IF;
  INSERT INTO changes (timing_partner_id, table_name, row_id, origin)
  SELECT timing_partner_id, TG_TABLE_NAME, id, by_whom FROM changed;
  PERFORM wake(partner, '') FROM (SELECT DISTINCT timing_partner_id FROM changed) who (partner);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION trackside.note_reads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  by_whom uuid := origin();
BEGIN
  INSERT INTO changes (timing_partner_id, table_name, row_id, first_read, last_read, origin)
  SELECT timing_partner_id, 'timing_reads', session_id, min(seq), max(seq), by_whom
  FROM changed GROUP BY timing_partner_id, session_id;
  PERFORM wake(partner, '') FROM (SELECT DISTINCT timing_partner_id FROM changed) who (partner);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION trackside.want_turn(connection uuid, laptop uuid) RETURNS void LANGUAGE plpgsql
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
    PERFORM wake_laptops(partner, 'turn');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION trackside.release_lease(connection uuid, laptop uuid) RETURNS void LANGUAGE plpgsql
SET search_path = trackside, public, pg_temp AS $$
DECLARE
  partner integer;
BEGIN
  UPDATE leases SET expires_at = clock_timestamp()
  WHERE connection_id = connection AND laptop_id = laptop AND expires_at > clock_timestamp()
  RETURNING timing_partner_id INTO partner;
  IF FOUND THEN
    PERFORM wake_laptops(partner, 'turn');
  END IF;
END $$;

-- Whoever may update a table may lock all of it against everybody; whoever may update each of its columns may not.
-- A migration that adds columns to tables of partners calls it.
CREATE FUNCTION trackside.open_columns() RETURNS void LANGUAGE plpgsql SET search_path = trackside, public, pg_temp AS $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT p.polrelid::regclass AS relation, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_policy p JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE p.polname = 'own_partner' AND p.polcmd = '*'
      AND p.polrelid NOT IN (SELECT to_regclass(name) FROM unnest(ARRAY['timing_reads', 'audit_log']) AS name)
    GROUP BY p.polrelid
    HAVING has_table_privilege('trackside_member', p.polrelid, 'UPDATE')
      OR NOT bool_and(has_column_privilege('trackside_member', p.polrelid, a.attnum, 'UPDATE'))
  LOOP
    EXECUTE format('REVOKE UPDATE ON %s FROM trackside_member, trackside_admin', one.relation);
    EXECUTE format('GRANT UPDATE (%s) ON %s TO trackside_member, trackside_admin', one.columns, one.relation);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION trackside.isolate(names text[]) RETURNS void LANGUAGE plpgsql
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
    EXECUTE format('GRANT SELECT, INSERT ON %I TO trackside_member, trackside_admin', relation);
  END LOOP;
  PERFORM open_columns();
END $$;
SELECT trackside.open_columns();

-- A database from before PostgreSQL 15 lets everybody make functions in public, where ours look too. Whoever could go on
-- there goes on: the logins that there are, but for ours.
DO $$
DECLARE
  login name;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a
    WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE') THEN
    RETURN;
  END IF;
  FOR login IN SELECT rolname FROM pg_roles r WHERE rolcanlogin AND NOT rolsuper
    AND NOT pg_has_role(r.oid, 'trackside_member', 'MEMBER') AND NOT pg_has_role(r.oid, 'trackside_admin', 'MEMBER') LOOP
    EXECUTE format('GRANT CREATE ON SCHEMA public TO %I', login);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  IF has_schema_privilege('trackside_member', 'public', 'CREATE') THEN
    RAISE EXCEPTION 'Everybody may make tables and functions in the schema public of this database, laptops too, and its owner may not change that. As a superuser: REVOKE CREATE ON SCHEMA public FROM PUBLIC. Then migrate again';
  END IF;
END $$;

REVOKE ALL ON FUNCTION trackside.hold(integer, text), trackside.hold_people(integer), trackside.my_channel(),
  trackside.wake(integer, text), trackside.wake_laptops(integer, text), trackside.open_columns(),
  trackside.keep_own_chain() FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['hold_people(integer)', 'my_channel()', 'wake_laptops(integer, text)']);
