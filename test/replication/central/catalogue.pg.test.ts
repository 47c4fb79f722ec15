import { expect, test } from 'vitest'
import { sqlType } from '../../../src/replication/central/columns.ts'
import { CENTRAL_TABLES, ODD_VALUES } from '../../../src/replication/central/tables.ts'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from './migrated.ts'

const postgres = startPostgres()

/** What the database computes itself, by table. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  provider_connections: ['sync_frequency', 'sync_status'],
  sync_operations: ['error_details'],
  timing_reads: ['seq'],
}

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, a.attnotnull AS "notNull",
    a.attgenerated <> '' OR a.attidentity <> '' AS computed,
    format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE "' || NULLIF(l.collname, 'default') || '"', '') AS type
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_collation l ON l.oid = a.attcollation
  WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND c.oid = to_regclass($1)`

const KEYS = `
  SELECT string_agg(a.attname::text, ', ' ORDER BY k.place) AS columns
  FROM pg_constraint o CROSS JOIN LATERAL unnest(o.conkey) WITH ORDINALITY k(attnum, place)
  JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum
  WHERE o.conrelid = to_regclass($1) AND o.contype IN ('p', 'u') GROUP BY o.oid`

test('the database has each column and key that laptops know, and none that nobody does', async () => {
  const { owner } = await migratedDatabase(postgres)
  const missing: string[] = []
  for (const table of CENTRAL_TABLES.values()) {
    const type = (name: string): string | undefined => {
      const column = table.columns.find(one => one.name === name)
      const said = name === ODD_VALUES ? 'json' : column && sqlType(column)
      return said?.replace('timestamptz', 'timestamp with time zone')
    }
    const { rows } = await owner.query<{
      name: string
      type: string
      notNull: boolean
      computed: boolean
    }>(COLUMNS, [table.name])
    const known = [...table.columns.map(({ name }) => name), ODD_VALUES]
    for (const name of known) {
      const held = rows.find(row => row.name === name)
      // A migration to add it: ALTER TABLE … ADD COLUMN …
      if (held === undefined) missing.push(`ALTER TABLE ${table.name} ADD COLUMN "${name}" ${type(name)};`)
      else if (held.type !== type(name))
        missing.push(`${table.name}.${name} is ${held.type}, not ${type(name)}`)
    }
    for (const { name, notNull, computed } of rows) {
      if (COMPUTED[table.name]?.includes(name)) {
        // An older laptop carries what is not: it takes it for a newer laptop's word.
        if (!computed) missing.push(`${table.name}.${name} is neither generated nor an identity`)
        continue
      }
      if (!known.includes(name)) missing.push(`${table.name}.${name} is known to no laptop`)
      const keyed = table.columns.some(column => column.name === name && column.keyed)
      // An older laptop leaves out what it does not know.
      if (notNull !== keyed) missing.push(`${table.name}.${name}: NOT NULL is ${notNull}`)
    }
    const { rows: keys } = await owner.query<{ columns: string }>(KEYS, [table.name])
    const held = keys.map(({ columns }) => columns).sort()
    const wanted = [table.key, ...table.uniques].map(columns => columns.join(', ')).sort()
    if (held.join('; ') !== wanted.join('; '))
      missing.push(`${table.name}: keys ${held.join('; ')}, not ${wanted.join('; ')}`)
  }
  expect(missing).toEqual([])
})

test('laptops may update every column of what they may update, and lock no table by that', async () => {
  const { owner } = await migratedDatabase(postgres)
  // Where a migration adds a column: SELECT trackside.open_columns();
  const { rows } = await owner.query(`
    SELECT a.attrelid::regclass || '.' || a.attname AS closed FROM pg_attribute a JOIN pg_policy p ON p.polrelid = a.attrelid
    WHERE p.polname = 'own_partner' AND p.polcmd = '*' AND a.attnum > 0 AND NOT a.attisdropped
      AND NOT has_column_privilege('trackside_member', a.attrelid, a.attnum, 'UPDATE')
      AND a.attrelid NOT IN ('timing_reads'::regclass, 'audit_log'::regclass)
    UNION ALL
    SELECT c.oid::regclass::text FROM pg_class c, unnest(ARRAY['trackside_member', 'trackside_admin']) AS login
    WHERE c.relnamespace IN ('public'::regnamespace, 'trackside'::regnamespace) AND c.relkind IN ('r', 'p', 'v')
      AND has_table_privilege(login, c.oid, 'UPDATE, TRUNCATE, REFERENCES, TRIGGER')`)
  expect(rows).toEqual([])
})

test('every key and index of rows of a partner begins with the partner', async () => {
  const { owner } = await migratedDatabase(postgres)
  const { rows } = await owner.query<{ index: string }>(`
    SELECT i.indexrelid::regclass::text AS index
    FROM pg_index i JOIN pg_attribute p ON p.attrelid = i.indrelid AND p.attname = 'timing_partner_id'
    JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace IN ('public'::regnamespace, 'trackside'::regnamespace) AND i.indkey[0] <> p.attnum
      AND c.relname NOT IN ('users', 'partner_memberships', 'overrides')`)
  expect(rows).toEqual([])
})
