-- What is brought over from the existing platform is history: it is the centre's, and would otherwise come down to every
-- laptop of the partner. A laptop gets what it works with from its providers. No laptop can keep its own changes quiet.
CREATE FUNCTION trackside.is_history() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT coalesce(current_setting('trackside.history', true), '') = 'on'
    AND NOT EXISTS (SELECT FROM partner_memberships WHERE login = session_user AND role = 'laptop')
$$;

CREATE OR REPLACE FUNCTION trackside.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
DECLARE
  by_whom uuid := origin();
  partner integer;
BEGIN
  IF is_history() THEN
    RETURN NULL;
  END IF;
  INSERT INTO changes (timing_partner_id, table_name, row_id, origin)
  SELECT timing_partner_id, TG_TABLE_NAME, id, by_whom FROM changed;
  FOR partner IN SELECT DISTINCT timing_partner_id FROM changed LOOP
    PERFORM pg_notify('trackside_changes_' || partner, '');
  END LOOP;
  RETURN NULL;
END $$;
