import { join } from 'node:path'
import type pg from 'pg'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import type { TestPostgres } from '../../support/postgres.ts'

export const CENTRAL_MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'drizzle', 'central')

/** Of each test file's server, an address of a database that has all migrations and nothing else. */
const templates = new WeakMap<TestPostgres, Map<number | null, Promise<string>>>()

async function makeTemplate(postgres: TestPostgres, parts: number | null): Promise<string> {
  const url = await postgres.freshDatabase()
  const owner = await postgres.connect(url)
  await migrateCentral(owner, CENTRAL_MIGRATIONS, parts)
  await owner.end()
  return url
}

/** A new central database with these partners; by its owner, who sees all, and looks in trackside first. */
export async function migratedDatabase(
  postgres: TestPostgres,
  partners: readonly string[] = [],
  parts: number | null = null,
): Promise<{ readonly url: string; readonly owner: pg.Client }> {
  const ofServer = templates.get(postgres) ?? new Map<number | null, Promise<string>>()
  templates.set(postgres, ofServer)
  const template = ofServer.get(parts) ?? makeTemplate(postgres, parts)
  ofServer.set(parts, template)
  const url = await postgres.freshDatabase(new URL(await template).pathname.slice(1))
  const owner = await postgres.connect(url)
  await owner.query('SET search_path = trackside, public')
  await owner.query(
    'UPDATE installation SET installation_id = gen_random_uuid(), feed_id = gen_random_uuid()',
  )
  for (const name of partners) await owner.query('INSERT INTO timing_partners (name) VALUES ($1)', [name])
  return { url, owner }
}
