import { spawn } from 'node:child_process'
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
  /** The app's data folder. */
  readonly data: string
  /** Puts a file into the data folder, before a start. */
  readonly put: (name: string, text: string) => void
  /** Makes a file of the data folder, before a start. */
  readonly make: (name: string, work: (path: string) => void) => void
  readonly remove: () => void
  readonly launch: () => Promise<Shell>
  /** As `npm start` does it: Electron's own program on the checkout, not an installed app. */
  readonly launchCheckout: () => Promise<Shell>
  /** Runs one without Playwright at its side. */
  readonly run: () => Running
}

export interface Running {
  /** What it said on its standard error so far. */
  readonly said: () => string
  readonly end: Promise<number | null>
  readonly kill: () => void
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
  const { program, app } = stage(electronDist, folder, asRoot)
  const runnable = (path: string, name: string) => (asRoot ? becomingNobody(path, join(folder, name)) : path)
  const installed = runnable(program, 'installed-as-nobody')
  const words = ['--data', data, '--timing-port', '0', '--mylaps-port', '0']

  const make: Place['make'] = (name, work) => {
    work(join(data, name))
    own(join(data, name))
  }
  const launch = async (executablePath: string, args: readonly string[]): Promise<Shell> => {
    const options = { executablePath, args: [...args], cwd: folder, env, chromiumSandbox: true }
    const electron = await _electron.launch(options)
    if (process.env.TRACKSIDE_SHELL_LOG) electron.process().stderr?.pipe(process.stderr)
    return { electron, page: await electron.firstWindow() }
  }

  return {
    data,
    put: (name, text) => make(name, path => writeFileSync(path, text)),
    make,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    launch: () => launch(installed, words),
    launchCheckout: () =>
      launch(runnable(join(electronDist, 'electron'), 'electron-as-nobody'), [app, ...words]),
    run() {
      const child = spawn(installed, words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
      let said = ''
      child.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString('utf8')
      })
      const end = new Promise<number | null>(done => child.once('close', code => done(code)))
      return { said: () => said, end, kill: () => child.kill('SIGKILL') }
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
function becomingNobody(program: string, file: string): string {
  writeFileSync(file, `#!/bin/sh\nexec ${asNobody.join(' ')} '${program}' "$@"\n`, { mode: 0o755 })
  return file
}
