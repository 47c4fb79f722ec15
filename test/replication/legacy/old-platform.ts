import { join } from 'node:path'
import type { Client } from 'pg'
import { BASE_TABLES } from '../../../src/rehearsal/project88/base-tables.ts'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import { type ImportParts, importLegacy } from '../../../src/replication/legacy/import-legacy.ts'
import type { ImportReport } from '../../../src/replication/legacy/report.ts'
import type { TestPostgres } from '../../support/postgres.ts'

const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'drizzle', 'central')

export interface OpenDatabase {
  readonly url: string
  readonly client: Client
}

/** The existing platform's tables with Trackside beside them. */
export async function platformDatabase(
  postgres: TestPostgres,
  ...statements: readonly string[]
): Promise<OpenDatabase> {
  const url = await postgres.freshDatabase()
  const client = await postgres.connect(url)
  await client.query(BASE_TABLES)
  for (const statement of statements) await client.query(statement)
  await migrateCentral(client, MIGRATIONS)
  return { url, client }
}

/** Copies of a database that is made once. */
export function copiesOf(
  postgres: TestPostgres,
  make: () => Promise<OpenDatabase>,
): () => Promise<OpenDatabase> {
  let made: Promise<string> | null = null
  return async () => {
    made ??= make().then(async ({ url, client }) => {
      await client.end()
      return new URL(url).pathname.slice(1)
    })
    const url = await postgres.freshDatabase(await made)
    return { url, client: await postgres.connect(url) }
  }
}

/** Trackside alone. */
export async function centralDatabase(postgres: TestPostgres): Promise<OpenDatabase> {
  const url = await postgres.freshDatabase()
  const client = await postgres.connect(url)
  await migrateCentral(client, MIGRATIONS)
  return { url, client }
}

export const runImport = (
  postgres: TestPostgres,
  url: string,
  options: Partial<Omit<ImportParts, 'far'>> & { readonly from?: string } = {},
): Promise<ImportReport> => {
  const { from, ...others } = options
  return importLegacy({
    central: () => postgres.connect(url),
    far: from === undefined ? null : () => postgres.connect(from),
    partners: null,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...others,
  })
}

/** Everything that the import makes, without the moments of making it. */
export async function normalizedRows(client: Client): Promise<unknown> {
  const { rows } = await client.query(`
    SELECT 'event' AS what, to_jsonb(e) - '{created_at,updated_at,synced_at}'::text[] AS row FROM normalized_events e
    UNION ALL SELECT 'person', to_jsonb(p) - '{created_at,updated_at,synced_at}'::text[] FROM normalized_participants p
    UNION ALL SELECT 'result', to_jsonb(r) - '{created_at,updated_at,synced_at,changed_at}'::text[] FROM normalized_results r
    ORDER BY 1, 2`)
  return rows
}
