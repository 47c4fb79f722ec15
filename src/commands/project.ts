import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { HubConfig, Surroundings } from '../app/app.ts'
import { defaultDataFolder } from '../app/data-folder.ts'
import type { Log } from '../core/runtime.ts'

/** The checkout these commands are run from. */
export const ROOT = join(import.meta.dirname, '..', '..')

export const version = (): string =>
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version

export const dataFolderOf = (given: string | undefined): string =>
  given ?? defaultDataFolder({ platform: process.platform, home: homedir(), env: process.env })

export const FIXTURES = join(ROOT, 'test', 'fixtures', 'controller-files')

/** What the app is handed from outside: the only place of the commands that reads it from the air. */
export const outside = (log: Log): Surroundings => ({
  migrations: join(ROOT, 'drizzle', 'local'),
  centralMigrations: join(ROOT, 'drizzle', 'central'),
  version: version(),
  clock: Date.now,
  fetch: globalThis.fetch,
  log,
  nativeBinding: process.env.BETTER_SQLITE3_BINDING,
})

/** This laptop may be the hub of its site. */
export const hubConfig: HubConfig = {
  ...{ binariesFolder: null, reach: 'lan' },
}

/** Electron's own program, where it is there without a download; null elsewhere. */
export function electronBinary(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const folder = join(ROOT, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const inside = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : null
  const given = env.ELECTRON_OVERRIDE_DIST_PATH
  const usual = process.platform === 'win32' ? 'electron.exe' : 'electron'
  const binary = given ? join(given, inside ?? usual) : inside === null ? null : join(folder, 'dist', inside)
  return binary !== null && existsSync(binary) ? binary : null
}
