-- What the import of the existing platform's tables reads with. Its tables came in several generations, so each old row is
-- read as JSON: a column that is not there is null, and whether a value was text, number or date makes no difference.

-- SHA-1 makes our ids. pgcrypto has it and nearly every server has pgcrypto; where it may not be installed a plain one does,
-- a hundred times slower.
CREATE FUNCTION trackside.plain_sha1(data bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  low32 CONSTANT bigint := 4294967295;
  size CONSTANT integer := length(data);
  padded CONSTANT bytea := data || '\x80'::bytea || decode(repeat('00', (119 - size % 64) % 64), 'hex') || int8send(size::bigint * 8);
  h bigint[] := ARRAY[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
  w bigint[];
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; x bigint; at integer;
BEGIN
  FOR block IN 0 .. length(padded) / 64 - 1 LOOP
    w := array_fill(0::bigint, ARRAY[80]);
    FOR i IN 1 .. 16 LOOP
      at := block * 64 + (i - 1) * 4;
      w[i] := (get_byte(padded, at)::bigint << 24) | (get_byte(padded, at + 1) << 16) | (get_byte(padded, at + 2) << 8)
        | get_byte(padded, at + 3);
    END LOOP;
    FOR i IN 17 .. 80 LOOP
      x := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
      w[i] := ((x << 1) | (x >> 31)) & low32;
    END LOOP;
    a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
    FOR i IN 1 .. 80 LOOP
      IF i <= 20 THEN f := (b & c) | ((~b & low32) & d); k := 1518500249;
      ELSIF i <= 40 THEN f := b # c # d; k := 1859775393;
      ELSIF i <= 60 THEN f := (b & c) | (b & d) | (c & d); k := 2400959708;
      ELSE f := b # c # d; k := 3395469782;
      END IF;
      x := ((((a << 5) | (a >> 27)) & low32) + f + e + k + w[i]) & low32;
      e := d; d := c; c := ((b << 30) | (b >> 2)) & low32; b := a; a := x;
    END LOOP;
    h := ARRAY[(h[1] + a) & low32, (h[2] + b) & low32, (h[3] + c) & low32, (h[4] + d) & low32, (h[5] + e) & low32];
  END LOOP;
  RETURN decode((SELECT string_agg(lpad(to_hex(part), 8, '0'), '' ORDER BY place) FROM unnest(h) WITH ORDINALITY AS u (part, place)), 'hex');
END $$;

DO $$
DECLARE
  home text;
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pgcrypto;
  EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pgcrypto cannot be installed here (%): ids of the import are made the slow way', SQLERRM;
  END;
  SELECT n.nspname INTO home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pgcrypto';
  EXECUTE format(
    'CREATE FUNCTION trackside.sha1(data bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s',
    CASE WHEN home IS NULL THEN 'trackside.plain_sha1(data)' ELSE format('%I.digest(data, ''sha1'')', home) END
  );
END $$;

-- A key inside an id's name, as encodeURIComponent writes it.
CREATE FUNCTION trackside.id_part(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN key ~ '^[A-Za-z0-9_.!~*''()-]*$' THEN key ELSE (
    SELECT string_agg(
      CASE WHEN chr(get_byte(bytes, place)) ~ '[A-Za-z0-9_.!~*''()-]' AND get_byte(bytes, place) < 128
      THEN chr(get_byte(bytes, place)) ELSE '%' || upper(lpad(to_hex(get_byte(bytes, place)), 2, '0')) END, '' ORDER BY place)
    FROM (SELECT convert_to(key, 'UTF8') AS bytes) AS encoded, generate_series(0, length(bytes) - 1) AS place
  ) END;

-- UUIDv5 of a name in our namespace (src/store/ids.ts): a laptop makes the same id of the same keys.
CREATE FUNCTION trackside.named_id(name text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  h bytea := substring(trackside.sha1('\x5b3f4f0e6c1f5d5e9d3a7c0e5a1d2b90'::bytea || convert_to(name, 'UTF8')) FOR 16);
BEGIN
  RETURN encode(set_byte(set_byte(h, 6, (get_byte(h, 6) & 15) | 80), 8, (get_byte(h, 8) & 63) | 128), 'hex')::uuid;
END $$;

CREATE FUNCTION trackside.event_id(provider text, event_key text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  trackside.named_id('normalized_events/' || trackside.id_part(provider) || '/' || trackside.id_part(event_key));

CREATE FUNCTION trackside.participant_id(provider text, event_key text, participant_key text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  trackside.named_id('normalized_participants/' || trackside.id_part(provider) || '/' || trackside.id_part(event_key) || '/'
    || trackside.id_part(participant_key));

CREATE FUNCTION trackside.result_id(event uuid, provider text, result_key text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  trackside.named_id('normalized_results/' || event || '/' || trackside.id_part(provider) || '/' || trackside.id_part(result_key));

-- Text without the blanks around it; nothing but blanks is nothing.
CREATE FUNCTION trackside.legacy_text(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  nullif(btrim(written, E' \t\n\r\f\u000b\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'), '');

-- The first of them that says something.
CREATE FUNCTION trackside.legacy_pick(old jsonb, VARIADIC names text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY names LOOP
    IF trackside.legacy_text(old ->> name) IS NOT NULL AND jsonb_typeof(old -> name) <> 'object' THEN
      RETURN trackside.legacy_text(old ->> name);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- JSON, whether the column was jsonb or text that holds JSON; null for a text that holds none.
CREATE FUNCTION trackside.legacy_json(written jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
BEGIN
  IF jsonb_typeof(written) IN ('object', 'array') THEN
    RETURN written;
  ELSIF jsonb_typeof(written) IS DISTINCT FROM 'string' OR written #>> '{}' !~ '^\s*[\[{]' THEN
    RETURN NULL;
  END IF;
  RETURN (written #>> '{}')::jsonb;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- A wall-clock time, "2026-05-09 08:00:00", "5/9/2026 8:00" or a mere day, as YYYY-MM-DDThh:mm:ss; null for any other text
-- and for a day that no calendar has. Cut by hand: an expression that captures costs ten times this, a row.
CREATE FUNCTION trackside.legacy_wall(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  year text; month text; day text; clock text; parts text[];
BEGIN
  IF written IS NULL OR written !~ '^\d{1,4}[-/]\d\d?[-/]\d\d' OR written LIKE '% BC' THEN
    RETURN NULL;
  ELSIF substr(written, 5, 1) = '-' AND substr(written, 8, 1) = '-' THEN
    year := left(written, 4); month := substr(written, 6, 2); day := substr(written, 9, 2); clock := substr(written, 12);
  ELSIF position('-' in split_part(written, ' ', 1)) = 0 THEN
    month := split_part(written, '/', 1); day := split_part(written, '/', 2);
    year := left(split_part(written, '/', 3), 4); clock := ltrim(substr(split_part(written, '/', 3), 6));
  END IF;
  IF year !~ '^\d{4}$' OR month !~ '^\d\d?$' OR day !~ '^\d\d?$' OR year IS NULL OR year = '0000'
    OR month::integer NOT BETWEEN 1 AND 12 OR day::integer < 1 OR day::integer > 28
    AND day::integer > extract(day FROM make_date(year::integer, month::integer, 1) + interval '1 month - 1 day') THEN
    RETURN NULL;
  END IF;
  parts := string_to_array(CASE WHEN clock ~ '^\d\d?:\d\d' THEN clock ELSE '0:00' END, ':');
  parts[3] := CASE WHEN parts[3] ~ '^\d\d' THEN left(parts[3], 2) ELSE '00' END;
  parts[2] := left(parts[2], 2);
  IF parts[1]::integer > 23 OR parts[2]::integer > 59 OR parts[3]::integer > 59 THEN
    RETURN NULL;
  END IF;
  RETURN year || '-' || lpad(month, 2, '0') || '-' || lpad(day, 2, '0') || 'T' || lpad(parts[1], 2, '0') || ':' || parts[2] || ':' || parts[3];
END $$;

CREATE FUNCTION trackside.legacy_day(written text) RETURNS date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN left(trackside.legacy_wall(written), 10)::date;
END $$;

-- A wall-clock time of a zone as a moment; null where either is not known.
CREATE FUNCTION trackside.legacy_moment(written text, zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN CASE WHEN zone IS NOT NULL THEN trackside.legacy_wall(written)::timestamp AT TIME ZONE zone END;
END $$;

-- When the old platform heard it; its clocks ran on UTC.
CREATE FUNCTION trackside.legacy_heard(VARIADIC written text[]) RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  said text;
  heard timestamptz;
BEGIN
  FOREACH said IN ARRAY written LOOP
    heard := trackside.legacy_moment(said, 'UTC');
    EXIT WHEN heard IS NOT NULL;
  END LOOP;
  RETURN heard;
END $$;

-- A zone the server knows.
CREATE FUNCTION trackside.legacy_zone(written text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF written LIKE '%/%' AND now() AT TIME ZONE written IS NOT NULL THEN
    RETURN written;
  END IF;
  RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END $$;

CREATE FUNCTION trackside.legacy_integer(written text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN trackside.legacy_text(written) ~ '^[+-]?\d{1,15}(\.0*)?$' THEN trunc(trackside.legacy_text(written)::numeric)::bigint END;

-- How long a race took, ms: an interval, "0:24:10.31", "24:10" or seconds; null for any other text.
CREATE FUNCTION trackside.legacy_race_ms(written text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  days integer := 0;
  said text := written;
  parts text[];
BEGIN
  IF written IS NULL THEN
    RETURN NULL;
  ELSIF written ~ '^\d{1,7}(\.\d{1,6})?$' THEN
    RETURN floor(written::numeric * 1000 + 0.5);
  ELSIF written ~ '^\d{1,3} days? ' THEN
    days := split_part(written, ' ', 1);
    said := split_part(written, ' ', 3);
  END IF;
  IF said !~ '^(\d{1,3}:)?\d{1,2}:\d\d(\.\d{1,6})?$' THEN
    RETURN NULL;
  END IF;
  parts := string_to_array(said, ':');
  IF cardinality(parts) = 2 THEN
    parts := ARRAY['0'] || parts;
  END IF;
  IF parts[3]::numeric >= 60 THEN
    RETURN NULL;
  END IF;
  RETURN ((days * 24 + parts[1]::bigint) * 60 + parts[2]::bigint) * 60000 + floor(parts[3]::numeric * 1000 + 0.5);
END $$;

-- ms as h:mm:ss.hhh, as a provider would have written it.
CREATE FUNCTION trackside.legacy_clock(ms bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ms / 3600000) || ':' || lpad((ms / 60000 % 60)::text, 2, '0') || ':' || lpad((ms / 1000 % 60)::text, 2, '0') || '.'
  || lpad((ms % 1000)::text, 3, '0');

-- Kilometres of a distance as organizers write it (src/providers/distance.ts).
CREATE FUNCTION trackside.legacy_km(written text) RETURNS double precision LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  said CONSTANT text := regexp_replace(lower(written), '(\d),(\d{3})(?!\d)', '\1\2', 'g');
  found double precision[] := '{}';
  one text[];
  amount double precision;
  unit double precision;
BEGIN
  FOR one IN SELECT regexp_matches(said, '(\d+(?:[.,]\d+)?)\s*-?\s*([a-z]+)', 'g') LOOP
    amount := replace(one[1], ',', '.')::double precision;
    unit := CASE
      WHEN one[2] ~ '^(k|km|kms|kilometers?|kilometres?)$' THEN 1
      WHEN one[2] ~ '^(mi|miles?|milers?)$' THEN 1.609344
      WHEN one[2] ~ '^(m|meters?|metres?)$' THEN 0.001
      WHEN one[2] ~ '^(yd|yds|yards?)$' THEN 0.0009144
    END;
    CONTINUE WHEN unit IS NULL OR amount = 0 OR (one[2] = 'm' AND amount < 100);
    found := found || amount * unit;
  END LOOP;
  IF cardinality(found) = 0 AND said ~ '\mmarathon\M' AND said !~ 'relay' THEN
    found := ARRAY[CASE WHEN said ~ '\m(half|1/2)\M|½' THEN 21.0975 ELSE 42.195 END];
  END IF;
  IF cardinality(found) = 0 OR EXISTS (SELECT FROM unnest(found) AS other WHERE abs(other - found[1]) > found[1] * 0.05) THEN
    RETURN NULL;
  END IF;
  RETURN round((found[1] * 10000)::numeric) / 10000.0;
END $$;

-- What a value was that could not be read, for the list of what the import could not take.
CREATE FUNCTION trackside.legacy_note(field text, written text, problem text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN written IS NOT NULL THEN field || ': "' || left(written, 80) || '" ' || problem END;
