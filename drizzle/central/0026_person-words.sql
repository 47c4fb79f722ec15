-- Replaces: 5ed01c72b522aeecf05fff9c092d1c56365758d19fb9f625dbdbb62a7bf77967, which locked the registrations while it read all of them.

-- People are found by the beginnings of their names and addresses. Nothing that row security cannot trust with everybody's
-- rows (lower, LIKE, an index on them) is asked before it: so the words stand in a table of their own, folded already, and
-- are asked with ^@, which it trusts.

-- As words are compared: small letters without accents and apostrophes, a blank between any two; an address is one word.
-- One expression, so that it is taken into the query that asks for it.
CREATE FUNCTION trackside.folded_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  replace(replace(replace(replace(
    translate(
      lower(CASE WHEN octet_length(said) = length(said) THEN said
        ELSE regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g') END),
      E' \t\n\r\f\v\u00a0,;:"“”()<>/-[]|øłđðı''’`', repeat(' ', 22) || 'olddi'),
    'ß', 'ss'), 'þ', 'th'), 'æ', 'ae'), 'œ', 'oe');

CREATE FUNCTION trackside.name_words(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
  SELECT coalesce(array_agg(DISTINCT left(word, 200)), '{}')
  FROM string_to_table(trackside.folded_words(said), ' ') AS word WHERE word <> ''
);

CREATE TABLE trackside.person_words (
  timing_partner_id integer NOT NULL,
  word text COLLATE "C" NOT NULL,
  global_participant_id uuid NOT NULL,
  PRIMARY KEY (timing_partner_id, word, global_participant_id)
);
CREATE INDEX person_words_person ON trackside.person_words (timing_partner_id, global_participant_id);

-- Of people who are there already, what stands of them: the registrations are everybody's to write meanwhile. The words of
-- their other registrations come when they are compared again.
INSERT INTO trackside.person_words (timing_partner_id, word, global_participant_id)
SELECT DISTINCT g.timing_partner_id, left(word, 200), g.global_participant_id
FROM global_participants g, string_to_table(
  trackside.folded_words(concat_ws(' ', g.primary_first_name, g.primary_last_name, g.primary_email)), ' ') AS word
WHERE word <> '';
INSERT INTO trackside.stale_people (timing_partner_id, block)
SELECT DISTINCT timing_partner_id, trackside.person_block(primary_first_name) FROM global_participants;

SELECT trackside.keep_books(ARRAY['person_words'], 'timing_partner_id = ANY ((SELECT trackside.acting_partners())::integer[])');

-- As before, and the words of whom it compared.
CREATE OR REPLACE FUNCTION trackside.write_people(partner integer, registrations uuid[], persons uuid[], ties text[], confidences real[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = trackside, public, pg_temp SET jit = off SET work_mem = '64MB' AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM check_partner(partner);
  written := write_people_unchecked(partner, registrations, persons, ties, confidences);
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT c.person, left(word, 200) AS word
    FROM compared c JOIN normalized_participants p ON p.timing_partner_id = partner AND p.id = c.id,
      string_to_table(folded_words(concat_ws(' ', p.first_name, p.last_name, p.email)), ' ') AS word
    WHERE word <> ''
  ), gone AS (
    DELETE FROM person_words known
    USING (SELECT person FROM compared UNION SELECT former FROM compared WHERE former IS NOT NULL) about
    WHERE known.timing_partner_id = partner AND known.global_participant_id = about.person
      AND NOT EXISTS (SELECT FROM wanted w WHERE w.person = about.person AND w.word = known.word)
  )
  INSERT INTO person_words (timing_partner_id, word, global_participant_id)
  SELECT partner, word, person FROM wanted ON CONFLICT DO NOTHING;
  RETURN written;
END $$;

REVOKE ALL ON FUNCTION trackside.folded_words(text), trackside.name_words(text) FROM PUBLIC;
SELECT trackside.open_functions(ARRAY['trackside.folded_words(text)', 'trackside.name_words(text)']);
