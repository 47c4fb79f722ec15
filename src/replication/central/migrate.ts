import type { ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'
import type { PeerKind } from '../peer-words.ts'
import { type Migration, readMigrations } from './migrations.ts'
import { partitionSql } from './partition.ts'

/** Runners of one database wait for each other on this; laptops' logins cannot hold it, as they could an advisory lock. */
const LOCK = 'LOCK TABLE trackside.migrations IN EXCLUSIVE MODE'
/** As a transaction's own, so that nothing of it is left on the connection. */
const SEARCH = 'SET LOCAL search_path = trackside, public'

const OLDEST_SERVER = 150_000

interface Applied {
  readonly number: number
  readonly name: string
  readonly hash: string
}

/** @throws AppError central.old-server */
export async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; words: string }>(
    `SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS words`,
  )
  const [version] = rows
  if (version === undefined || version.number >= OLDEST_SERVER) return
  throw new AppError(
    'central.old-server',
    `This is PostgreSQL ${version.words}; the central database needs 15 or newer.`,
  )
}

async function appliedTo(client: ClientBase): Promise<readonly Applied[]> {
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('trackside.migrations') IS NOT NULL AS there`,
  )
  if (there[0]?.there !== true) return []
  const { rows } = await client.query<Applied>(
    'SELECT number, name, hash FROM trackside.migrations ORDER BY number',
  )
  return rows
}

/** Throws where what was applied is not what this program has. */
function checkHistory(applied: readonly Applied[], known: readonly Migration[]): void {
  for (const { number, name, hash } of applied) {
    const ours = known.find(one => one.number === number)
    if (ours === undefined)
      throw new AppError(
        'central.newer',
        `The central database was made by a newer Trackside (it has ${name}). Update this one; the database was left as it is.`,
      )
    if (ours.hash !== hash && !ours.replaces.includes(hash))
      throw new AppError(
        'central.differs',
        `The central database was made with another ${name} than this Trackside has. It was left as it is.`,
      )
  }
}

const HISTORY = `CREATE SCHEMA IF NOT EXISTS trackside;
  CREATE TABLE IF NOT EXISTS trackside.migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    hash text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by name NOT NULL DEFAULT session_user
  )`

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const done = await work()
    await client.query('COMMIT')
    return done
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

function explained(error: unknown, name: string): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  if (code !== '42501' && code !== 'P0001') return error
  const said = error instanceof Error ? error.message : ''
  const advice = code === '42501' ? ' Migrate with the login that owns the database and its tables.' : ''
  return new AppError('central.refused', `${name} could not be applied: ${said}.${advice}`, { cause: error })
}

/** Another runner may be making it in the same moment. */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(['23505', '42P06', '42P07'])

async function makeHistory(client: ClientBase): Promise<void> {
  const make = () => inTransaction(client, () => client.query(HISTORY))
  try {
    await make()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && MADE_MEANWHILE.has(String(error.code)))) throw error
    await make()
  }
}

/** @returns what was applied; null: nothing was missing */
async function applyNext(
  client: ClientBase,
  known: readonly Migration[],
  parts: number | null,
): Promise<string | null> {
  let at = 'A migration'
  try {
    return await inTransaction(client, async () => {
      await client.query(LOCK)
      const applied = await appliedTo(client)
      checkHistory(applied, known)
      const next = known.find(({ number }) => !applied.some(one => one.number === number))
      if (next === undefined) return null
      at = next.name
      await client.query(SEARCH)
      await client.query(next.sql)
      if (next.number === 1 && parts !== null) await client.query(partitionSql(parts))
      await client.query('INSERT INTO trackside.migrations (number, name, hash) VALUES ($1, $2, $3)', [
        ...[next.number, next.name, next.hash],
      ])
      return next.name
    })
  } catch (error) {
    throw explained(error, at)
  }
}

/**
 * Brings a central database to what this program knows: each migration in a transaction of its own, one at a time whoever
 * runs them. Twice does no harm.
 * @param client nobody else's while this runs
 * @param folder drizzle/central: bundling moves the code, so it is handed in
 * @param parts how many the large tables are cut into by partner, of a database that is made now; null: none
 * @returns the names of what was applied here
 * @throws AppError central.old-server, central.newer, central.differs, central.refused
 */
export async function migrateCentral(
  client: ClientBase,
  folder: string,
  parts: number | null = null,
): Promise<readonly string[]> {
  await checkServer(client)
  const known = readMigrations(folder)
  await makeHistory(client)
  if (parts !== null && (await appliedTo(client)).length > 0)
    throw new AppError(
      'conflict',
      'A central database is partitioned when it is made. Make a new one and bring the rows over (docs/central.md).',
    )
  const done: string[] = []
  for (;;) {
    const name = await applyNext(client, known, parts)
    if (name === null) return done
    done.push(name)
  }
}

/** The newest migration of a database with our schema. */
export async function newestMigration(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ newest: number | null }>(
    'SELECT trackside.newest_migration() AS newest',
  )
  return rows[0]?.newest ?? 0
}

/** Where a database and this program are too far apart, who does what. */
const TOO_FAR: Readonly<Record<PeerKind, { readonly newer: string; readonly older: string }>> = {
  central: {
    newer:
      'The central database is newer than this Trackside can work with. Update this one; until then everything stays here and waits.',
    older:
      'The central database is older than this Trackside. Whoever runs it: npm run cli -- central migrate. Until then everything stays here and waits.',
  },
  hub: {
    newer:
      'The laptop that is the hub has a newer Trackside than this one can work with. Update this one; until then everything stays here and waits.',
    older:
      'The laptop that is the hub has an older Trackside than this one. Update it, or let an updated laptop be the hub: those that are not updated can join that. Until then everything stays here and waits.',
  },
}

/**
 * Whether this program may work with the database. A newer one is fine as long as it says so (additive migrations).
 * @returns the number of the newest migration that this program knows
 * @throws AppError central.no-schema, central.older, central.newer
 */
export async function checkSchema(
  client: ClientBase,
  folder: string,
  of: PeerKind = 'central',
): Promise<number> {
  const known = readMigrations(folder).at(-1)?.number ?? 0
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('trackside.installation') IS NOT NULL AS there`,
  )
  if (there[0]?.there !== true)
    throw new AppError(
      'central.no-schema',
      'There is no Trackside in this database. Whoever runs it: npm run cli -- central migrate.',
    )
  const { rows } = await client.query<{ newest: number | null; oldest: number }>(
    `SELECT trackside.newest_migration() AS newest, (SELECT oldest_program FROM trackside.installation) AS oldest`,
  )
  const newest = rows[0]?.newest ?? 0
  if ((rows[0]?.oldest ?? 0) > known) throw new AppError('central.newer', TOO_FAR[of].newer)
  if (newest < known) throw new AppError('central.older', TOO_FAR[of].older, { retriable: true })
  return known
}
