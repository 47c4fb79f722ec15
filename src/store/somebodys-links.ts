/**
 * All links of somebody, as a table of a statement: those by the person, and their duplicates by the read they repeat.
 * A duplicate repeats a read of the same person at the same location; whoever moves that read to somebody else, or away,
 * releases its duplicates in the same transaction.
 *
 * @param person what the participant's id is compared with; bound twice where it is a value
 */
export const somebodysLinks = (person: string): string =>
  `(SELECT * FROM read_links WHERE participant_id ${person} AND duplicate_of IS NULL
    UNION ALL SELECT again.* FROM read_links one CROSS JOIN read_links again ON again.duplicate_of = one.read_id
      WHERE one.participant_id ${person} AND one.duplicate_of IS NULL)`
