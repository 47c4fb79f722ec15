import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endLeftover } from '../replication/hub/leftover.ts'

const PREFIX = 'trackside-practice-'

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process: it lives.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Practice races that were killed leave their folder and the database that ran in it; both go. */
export async function sweepPractice(within: string): Promise<void> {
  for (const name of readdirSync(within).filter(one => one.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0])
    if (!Number.isInteger(pid) || lives(pid)) continue
    const folder = join(within, name)
    try {
      await endLeftover(folder)
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another user's, or one that does not end: no reason not to practise.
    }
  }
}

/** A new folder of a practice race, named for this process; what killed ones left is swept first. */
export async function practiceFolder(): Promise<string> {
  await sweepPractice(tmpdir())
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
}
