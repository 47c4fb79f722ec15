-- The words of people who are there already, and one index of them less. Nobody computes meanwhile; everybody reads on.
LOCK TABLE global_participants IN SHARE ROW EXCLUSIVE MODE;
UPDATE global_participants g SET words = coalesce(known.words, '{}')
FROM global_participants o LEFT JOIN (
  SELECT timing_partner_id, global_participant_id, array_agg(word ORDER BY word) AS words
  FROM trackside.person_words GROUP BY 1, 2
) known USING (timing_partner_id, global_participant_id)
WHERE (o.timing_partner_id, o.global_participant_id) = (g.timing_partner_id, g.global_participant_id);

-- Other words of a person are looked for with the person.
DROP INDEX trackside.person_words_person;
-- Nothing asks whether a word is there already, so it need not be asked for each.
ALTER TABLE trackside.person_words DROP CONSTRAINT person_words_pkey;
CREATE INDEX person_words_word ON trackside.person_words (timing_partner_id, word, global_participant_id);
