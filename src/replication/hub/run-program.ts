import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { basename } from 'node:path'

export interface ProgramOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Whom it runs as; left out: as we do. */
  readonly uid?: number
  readonly gid?: number
  /** What it reads. */
  readonly input?: string
  /** It leaves a server behind, which may hold what its words come through: its own end counts. */
  readonly leavesServer?: boolean
}

const CLOSE_ON_EXEC = 0o2000000

/**
 * Files of this process that a program it starts would hold too. Node hands none down, Chromium does (electron#1447), and
 * on Linux nobody closes them: a database that outlives the app would keep the app's pipes open, and who waits for the
 * app's end would wait for the database's.
 */
function handedDown(): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fdinfo').flatMap(name => {
    try {
      const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8'))?.[1]
      return Number(name) > 2 && (Number.parseInt(flags ?? '', 8) & CLOSE_ON_EXEC) === 0 ? [Number(name)] : []
    } catch {
      // Closed since.
      return []
    }
  })
}

/**
 * Runs a program to its end, with no other files of this process than the three it is given.
 * @returns what it said on its error stream
 * @throws Error with that, when it ends otherwise than well
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { input, leavesServer = false, ...options }: ProgramOptions,
): Promise<string> {
  const covered = handedDown()
  const nothing = covered.length > 0 ? openSync(devNull, 'r+') : null
  const others = Array.from({ length: Math.max(2, ...covered) - 2 }, (_, index) =>
    covered.includes(index + 3) ? nothing : ('ignore' as const),
  )
  try {
    const child = spawn(program, [...args], {
      ...options,
      windowsHide: true,
      stdio: ['pipe', 'ignore', 'pipe', ...others],
    })
    let said = ''
    child.stderr?.on('data', chunk => {
      said += String(chunk)
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', code => {
        if (code !== 0 || !leavesServer) return
        child.stderr?.destroy()
        resolve(said)
      })
      child.once('close', (code, signal) => {
        if (code === 0) resolve(said)
        else reject(new Error(said.trim() || `${basename(program)} ended with ${signal ?? code}`))
      })
    })
  } finally {
    if (nothing !== null) closeSync(nothing)
  }
}
