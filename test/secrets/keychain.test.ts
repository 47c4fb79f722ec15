import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const has = (command: string): boolean => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const canRun = process.platform === 'linux' && has('dbus-run-session') && has('gnome-keyring-daemon')
if (!canRun)
  console.warn('SKIPPED: no dbus-run-session and gnome-keyring-daemon here to run a real keychain with')

test.skipIf(!canRun)('a real Secret Service keeps a key and gives it back', { timeout: 30_000 }, () => {
  const home = mkdtempSync(join(tmpdir(), 'trackside-keychain-'))
  const program = `
    import { openKeychain } from '${join(import.meta.dirname, '../../src/secrets/keychain.ts')}'
    const keychain = await openKeychain()
    if (!keychain) throw new Error('no keychain')
    await keychain.set('connection/1/source', 'canary')
    const kept = await keychain.get('connection/1/source')
    await keychain.remove('connection/1/source')
    console.log(JSON.stringify({ kind: keychain.kind, kept, after: await keychain.get('connection/1/source') }))
    process.exit(0)`
  try {
    const output = execFileSync(
      'dbus-run-session',
      [
        '--',
        'sh',
        '-c',
        `printf 'login' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$0" --input-type=module -e "$1"`,
        process.execPath,
        program,
      ],
      {
        env: {
          ...process.env,
          HOME: home,
          XDG_DATA_HOME: home,
          XDG_CONFIG_HOME: home,
          XDG_CACHE_HOME: home,
          XDG_RUNTIME_DIR: home,
        },
        encoding: 'utf8',
        timeout: 25_000,
      },
    )
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
      kind: 'keychain',
      kept: 'canary',
      after: null,
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
