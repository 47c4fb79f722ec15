import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const project = join(import.meta.dirname, '..', '..')

export const NOBODY = 65534
export const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']

export const NO_ELECTRON =
  'SKIPPED: there is no Electron here. Set ELECTRON_OVERRIDE_DIST_PATH, or run: npx install-electron'

/** Electron's folder: the one that ELECTRON_OVERRIDE_DIST_PATH names, or the installed one. Null: there is none. */
export function electronDist(): string | null {
  if (process.platform !== 'linux') return null
  const path = join(project, 'node_modules', 'electron', 'path.txt')
  const dist =
    process.env.ELECTRON_OVERRIDE_DIST_PATH ??
    (existsSync(path) ? dirname(join(dirname(path), 'dist', readFileSync(path, 'utf8'))) : '')
  return existsSync(join(dist, 'electron')) ? dist : null
}

/**
 * Puts the app where an installed one lies, in resources/app beside Electron's program, and names the program after
 * it: so Electron loads it as it will at the users', waiting for its modules before it is ready.
 */
export function stage(
  dist: string,
  folder: string,
  forNobody: boolean,
): { readonly program: string; readonly app: string } {
  const staged = join(folder, 'installed')
  const resources = join(staged, 'resources')
  mkdirSync(resources, { recursive: true })
  const program = join(staged, 'trackside')
  try {
    linkSync(join(dist, 'electron'), program)
  } catch {
    copyFileSync(join(dist, 'electron'), program)
  }
  for (const name of readdirSync(dist))
    if (name !== 'electron' && name !== 'resources') symlinkSync(join(dist, name), join(staged, name))
  const app = join(resources, 'app')
  if (!forNobody || readableByNobody()) symlinkSync(project, app)
  else copyApp(app)
  return { program, app }
}

function readableByNobody(): boolean {
  const [program = '', ...args] = [...asNobody, 'test', '-r', join(project, 'package.json')]
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A checkout below a folder that is closed to others: its files are linked, or copied from another disk. */
function copyApp(app: string): void {
  const needed = ['package.json', 'out', 'drizzle', 'resources', 'node_modules', 'test/fixtures']
  const copy = 'cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }'
  for (const name of needed.filter(one => existsSync(join(project, one)))) {
    mkdirSync(dirname(join(app, name)), { recursive: true })
    execFileSync('sh', ['-c', copy, 'sh', join(project, name), join(app, name)])
  }
}
