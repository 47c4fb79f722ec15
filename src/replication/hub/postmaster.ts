import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The command line of a process; null when there is none of that number, or it cannot be told. */
export async function commandOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || null
    }
    if (process.platform === 'win32') {
      const asked = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`
      return (await run('powershell', ['-NoProfile', '-Command', asked])).stdout.trim() || null
    }
    return (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout.trim() || null
  } catch {
    return null
  }
}

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid')

/** The number that a server wrote into its folder; null: none did. */
function pidIn(cluster: string): number | null {
  if (!existsSync(pidFile(cluster))) return null
  const pid = Number(readFileSync(pidFile(cluster), 'utf8').split('\n')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

/** Windows writes one path in several ways. */
const plain = (path: string): string =>
  process.platform === 'win32' ? path.replaceAll('\\', '/').toLowerCase() : path

const isServerOf = (command: string | null, cluster: string): boolean =>
  command !== null && plain(command).includes('postgres') && plain(command).includes(plain(cluster))

/**
 * The server that runs in a folder, by its process number; null when none does. What a killed one left says a number
 * that may be another program's by now: only a postgres started with this very folder counts.
 */
export async function postmasterOf(cluster: string): Promise<number | null> {
  const pid = pidIn(cluster)
  return pid !== null && isServerOf(await commandOf(pid), cluster) ? pid : null
}

/** No system gives a process this number. */
const NOBODY = 2_147_483_647

/**
 * Where a killed server's number is another program's by now, PostgreSQL would take that one for itself and refuse to
 * start. The rest of the file stays: by it PostgreSQL waits for what the killed one left in memory.
 * @returns whether it was so
 */
export async function freeFromOther(cluster: string): Promise<boolean> {
  const pid = pidIn(cluster)
  if (pid === null) return false
  const command = await commandOf(pid)
  if (command === null || isServerOf(command, cluster)) return false
  const file = pidFile(cluster)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(NOBODY)))
  return true
}
