/** Tables that grow without end; the others stay small. */
const LARGE = [
  'normalized_events',
  'normalized_participants',
  'normalized_results',
  'participant_overrides',
  'sync_operations',
  'sync_record_errors',
  'push_receipts',
  'audit_log',
  'timing_reads',
  'read_links',
] as const

/**
 * SQL that makes the large tables hash-partitioned by partner. Right after the first migration, while they are empty and
 * nothing hangs on them: what later migrations add then goes to all parts, and no query changes.
 */
export const partitionSql = (parts: number): string => `
  DO $$
  DECLARE
    relation text;
  BEGIN
    FOREACH relation IN ARRAY ARRAY[${LARGE.map(name => `'${name}'`).join(', ')}] LOOP
      EXECUTE format('CREATE TABLE trackside.%I (LIKE %I INCLUDING ALL) PARTITION BY HASH (timing_partner_id)',
        relation || '_parts', relation);
      EXECUTE format('DROP TABLE %I', relation);
      EXECUTE format('ALTER TABLE trackside.%I RENAME TO %I', relation || '_parts', relation);
      FOR part IN 0 .. ${parts - 1} LOOP
        EXECUTE format('CREATE TABLE trackside.%I PARTITION OF trackside.%I FOR VALUES WITH (MODULUS ${parts}, REMAINDER %s)',
          relation || '_' || part, relation, part);
      END LOOP;
    END LOOP;
    PERFORM trackside.settle(ARRAY[${LARGE.map(name => `'${name}'`).join(', ')}]);
  END $$`
