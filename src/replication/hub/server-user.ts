import { execFile } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../core/errors.ts'

const run = promisify(execFile)

/** Who PostgreSQL runs as: it refuses root. Null: as we do. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

const NAME = 'postgres'

async function idsOf(name: string): Promise<ServerUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return null
  }
}

/** Root's server runs as the user postgres, who is made where there is none. */
export async function serverUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null
  const there = await idsOf(NAME)
  if (there !== null) return there
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', NAME])
  } catch (cause) {
    throw new AppError(
      'hub.failed',
      'PostgreSQL does not run as root, and no user postgres could be made for it. Start Trackside as another user.',
      { cause },
    )
  }
  const made = await idsOf(NAME)
  if (made === null) throw new AppError('hub.failed', 'The user postgres was made and cannot be found.')
  return made
}

/**
 * Lets root's server user through to a folder: passing, not reading.
 * @throws AppError hub.failed when a folder above is closed to others; that one is not ours to open
 */
export function letThrough(dataFolder: string): void {
  chmodSync(dataFolder, (statSync(dataFolder).mode & 0o777) | 0o011)
  for (let above = dirname(dataFolder); above !== dirname(above); above = dirname(above)) {
    if ((statSync(above).mode & 0o001) === 0)
      throw new AppError(
        'hub.failed',
        `PostgreSQL does not run as root, and its user cannot get through ${above} to ${dataFolder}. Start Trackside as another user, or with a data folder outside of ${above}.`,
      )
  }
}
