import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { asNobody, NOBODY, stage } from './electron-stage.ts'

/** A folder of its own for one app: data, home and display key, owned by whoever runs it. */
export interface Place {
  readonly data: string
  readonly remove: () => void
  readonly launch: () => Promise<Shell>
  /** Runs one without Playwright at its side. @throws when it does not end well within 30 s */
  readonly runToEnd: () => void
}

export interface Shell {
  readonly electron: ElectronApplication
  readonly page: Page
}

/** As root the app runs as nobody: Chromium has no sandbox for root, and its proofs would be hollow. */
export function createPlace(electronDist: string): Place {
  const asRoot = process.getuid?.() === 0
  const folder = mkdtempSync(join(tmpdir(), 'trackside-shell-'))
  const own = (path: string): string => {
    if (asRoot) chownSync(path, NOBODY, NOBODY)
    return path
  }
  const made = (name: string): string => {
    mkdirSync(join(folder, name), { mode: 0o700 })
    return own(join(folder, name))
  }
  own(folder)
  const data = made('data')
  const home = made('home')
  const env = {
    ...(process.env as Record<string, string>),
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_RUNTIME_DIR: home,
    // No keychain runs in a test: the encrypted file, with its passphrase.
    TRACKSIDE_PASSPHRASE: 'shell-test',
    ...displayKey(join(folder, 'Xauthority'), own),
  }
  const program = stage(electronDist, folder, asRoot)
  const executablePath = asRoot ? becomingNobody(program, folder) : program
  const args = ['--data', data, '--timing-port', '0']

  return {
    data,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    async launch() {
      const electron = await _electron.launch({
        executablePath,
        args,
        cwd: folder,
        env,
        chromiumSandbox: true,
      })
      if (process.env.TRACKSIDE_SHELL_LOG) electron.process().stderr?.pipe(process.stderr)
      return { electron, page: await electron.firstWindow() }
    },
    runToEnd() {
      execFileSync(executablePath, args, { cwd: folder, env, timeout: 30_000, stdio: 'ignore' })
    },
  }
}

/** xvfb-run's key is its owner's only. */
function displayKey(copy: string, own: (path: string) => string): { readonly XAUTHORITY?: string } {
  const key = process.env.XAUTHORITY
  if (!key || !existsSync(key)) return {}
  copyFileSync(key, copy)
  chmodSync(copy, 0o600)
  return { XAUTHORITY: own(copy) }
}

/** Becomes nobody, then the app: one process, so that Playwright's signals reach it. */
function becomingNobody(program: string, folder: string): string {
  const file = join(folder, 'as-nobody')
  writeFileSync(file, `#!/bin/sh\nexec ${asNobody.join(' ')} '${program}' "$@"\n`, { mode: 0o755 })
  return file
}
