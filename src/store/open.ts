import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import { migrateKeepingColumns } from './gained-columns.ts'

export interface OpenOptions {
  /** The database file, or ':memory:'. */
  readonly file: string
  /** drizzle/local: bundling moves the code, so the folder is handed in. */
  readonly migrations: string
  readonly clock: Clock
  /** Another build of SQLite's binding, for a runtime that needs one. */
  readonly nativeBinding?: string | undefined
  /** Where checkpoint-thread lies, if it is not beside checkpoints.ts: bundling moves it. */
  readonly checkpointThread?: string | undefined
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

function lastBackup(file: string): string | null {
  const folder = join(dirname(file), 'backups')
  if (!existsSync(folder)) return null
  return (
    readdirSync(folder)
      .filter(name => name.endsWith('.db'))
      .sort()
      .at(-1) ?? null
  )
}

const FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC'])
const UNWRITABLE: ReadonlySet<string> = new Set([
  ...FULL,
  'SQLITE_CANTOPEN',
  'EACCES',
  'EPERM',
  'EROFS',
  'EEXIST',
  'ENOTDIR',
])

/** Says in words what SQLite says in codes. Anything unknown is thrown as it came. */
function explained(error: unknown, file: string): unknown {
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    const backup = lastBackup(file)
    const advice = backup
      ? `The last backup is backups/${backup}: “npm run cli -- restore ${join(dirname(file), 'backups', backup)}” brings it back and keeps the damaged one beside it.`
      : 'There is no backup beside it.'
    return new AppError('store.damaged', `The database ${file} is damaged. It was left as it is. ${advice}`, {
      cause: error,
    })
  }
  if (UNWRITABLE.has(code) || code.startsWith('SQLITE_READONLY')) {
    const why = FULL.has(code) ? 'the disk is full' : 'its folder cannot be made or written to'
    return new AppError('store.unwritable', `The database ${file} cannot be used: ${why}.`, { cause: error })
  }
  return error
}

interface Journal {
  readonly entries: readonly { readonly when: number; readonly tag: string }[]
}

/** Moments of the migrations this database has, and of those this program knows. */
export function migrationState(
  sqlite: Database.Database,
  migrations: string,
): { readonly applied: number; readonly known: number } {
  const journal = JSON.parse(readFileSync(join(migrations, 'meta', '_journal.json'), 'utf8')) as Journal
  const known = Math.max(...journal.entries.map(entry => entry.when))
  const has = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get()
  const row = has
    ? (sqlite.prepare('SELECT MAX(created_at) AS at FROM __drizzle_migrations').get() as {
        at: number | null
      })
    : { at: null }
  return { applied: Number(row.at ?? 0), known }
}

function backupBefore(sqlite: Database.Database, file: string, at: number): void {
  const folder = join(dirname(file), 'backups')
  mkdirSync(folder, { recursive: true })
  const stamp = new Date(at).toISOString().replace(/[:.]/g, '-')
  sqlite.prepare('VACUUM INTO ?').run(join(folder, `before-migration-${stamp}.db`))
}

/**
 * Opens the laptop's database: WAL, synchronous=FULL (an acknowledged read survives a pulled plug), migrated.
 * @throws AppError store.damaged, store.newer, store.unwritable
 */
export function openDatabase(options: OpenOptions): Database.Database {
  const { file, migrations } = options
  let sqlite: Database.Database | null = null
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    sqlite = new Database(file, options.nativeBinding ? { nativeBinding: options.nativeBinding } : {})
    // People's data: its owner's only, and so are the files SQLite puts beside it.
    if (file !== ':memory:') chmodSync(file, 0o600)
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
    sqlite.pragma('busy_timeout = 5000')
    sqlite.pragma('cache_size = -32768')
    // The log is copied by another thread; at 128 MB, should that not keep up, by the commit that makes it so long.
    sqlite.pragma('wal_autocheckpoint = 32768')
    const { applied, known } = migrationState(sqlite, migrations)
    if (applied > known) {
      throw new AppError(
        'store.newer',
        `The database ${file} was made by a newer Trackside. Update this one; the database was left as it is.`,
      )
    }
    if (applied > 0 && applied < known && file !== ':memory:') backupBefore(sqlite, file, options.clock())
    const upToDate = (db: Database.Database): void => migrate(drizzle(db), { migrationsFolder: migrations })
    if (applied === 0) upToDate(sqlite)
    else if (applied < known) migrateKeepingColumns(sqlite, options.clock(), upToDate)
    // A statement of several rows notes the pages it changes; an index that is built above may be too large for that.
    sqlite.pragma('temp_store = MEMORY')
    return sqlite
  } catch (error) {
    sqlite?.close()
    throw explained(error, file)
  }
}
