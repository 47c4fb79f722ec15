import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who works with a data folder: two at once would each go on with an audit chain of their own. */
export interface Running {
  readonly pid: number
  /** Null: an app in its window, which listens to nobody. */
  readonly address: string | null
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'running.json')

/** Says that this process works with the folder, until the returned function is called. */
export function markRunning(dataFolder: string, address: string | null): () => void {
  const file = fileIn(dataFolder)
  writeFileSync(file, `${JSON.stringify({ pid: process.pid, address } satisfies Running)}\n`, { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

/**
 * The other process that works with the folder now; what a killed one left does not count. One that serves is asked:
 * after a restart of the computer its number may be somebody else's.
 */
export async function findRunning(dataFolder: string, ask: typeof fetch): Promise<Running | null> {
  const file = fileIn(dataFolder)
  if (!existsSync(file)) return null
  try {
    const { pid, address } = JSON.parse(readFileSync(file, 'utf8')) as Running
    if (pid === process.pid || !isAlive(pid)) return null
    if (address !== null) await ask(address)
    return { pid, address }
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is alive all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
