import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { migrationState } from './open.ts'

/** What a database file holds, and whether this program could work with it. */
export interface Inspection {
  /** Null: it is good. Else why it is not, in words. */
  readonly problem: string | null
  readonly people: number
  readonly reads: number
  /** Ms UTC of the last thing that was written; null while nothing was. */
  readonly lastChangeAt: number | null
  readonly laptopId: string | null
  /** Where it is backed up to besides its own folder. */
  readonly secondFolder: string | null
}

export interface InspectOptions {
  readonly file: string
  /** drizzle/local */
  readonly migrations: string
  readonly nativeBinding?: string | undefined
}

const NOTHING = { people: 0, reads: 0, lastChangeAt: null, laptopId: null, secondFolder: null }

/** Where the moments of changes stand: decisions, people, reads. */
const LAST_CHANGE = `SELECT MAX(at) AS at FROM (
  SELECT MAX(at) AS at FROM audit_log UNION ALL
  SELECT MAX(updated_at) FROM normalized_participants UNION ALL
  SELECT received_at FROM timing_reads WHERE id = (SELECT MAX(id) FROM timing_reads))`

function look(sqlite: Database.Database, migrations: string): Inspection {
  const said = sqlite.pragma('quick_check(1)', { simple: true })
  if (said !== 'ok') return { ...NOTHING, problem: `it is damaged: ${String(said)}` }
  const { applied, known } = migrationState(sqlite, migrations)
  if (applied === 0) return { ...NOTHING, problem: 'it is no database of Trackside' }
  if (applied > known)
    return { ...NOTHING, problem: 'it was made by a newer Trackside; update this one first' }
  const one = <T>(sql: string): T => sqlite.prepare(sql).pluck().get() as T
  const setting = (key: string): string | null => {
    const value = sqlite.prepare('SELECT value FROM settings WHERE key = ?').pluck().get(key)
    return typeof value === 'string' ? (JSON.parse(value) as string | null) : null
  }
  return {
    problem: null,
    people: one('SELECT COUNT(*) FROM normalized_participants'),
    reads: one('SELECT COUNT(*) FROM timing_reads'),
    lastChangeAt: one(LAST_CHANGE),
    laptopId: setting('laptop_id'),
    secondFolder: setting('backup_folder'),
  }
}

/**
 * Looks through a database file: every page (PRAGMA quick_check), its migrations, its counts.
 * SQLite puts a file or two beside it, so hand in a copy, or the folder's own.
 */
export function inspectDatabase({ file, migrations, nativeBinding }: InspectOptions): Inspection {
  if (!existsSync(file)) return { ...NOTHING, problem: 'it is not there' }
  let sqlite: Database.Database | null = null
  try {
    sqlite = new Database(file, { readonly: true, ...(nativeBinding ? { nativeBinding } : {}) })
    return look(sqlite, migrations)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ...NOTHING, problem: `it cannot be read: ${message}` }
  } finally {
    sqlite?.close()
  }
}
