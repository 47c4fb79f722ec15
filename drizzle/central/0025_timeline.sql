-- The timeline that is written now. The control file says it only from the first checkpoint after a standby took over, and
-- by then the laptops are back.
CREATE OR REPLACE FUNCTION trackside.this_server() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = trackside, pg_temp AS $$
  SELECT (SELECT system_identifier FROM pg_control_system())
    || '/' || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
$$;
