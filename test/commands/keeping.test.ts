import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-cli-'))
  mkdirSync(join(folder, 'data'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The command line as a crew types it. */
const cli = (...words: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string }>(resolve => {
    const args = [join('src', 'commands', 'cli.ts'), ...words]
    const env = {
      ...process.env,
      TRACKSIDE_PASSPHRASE: 'vault passphrase',
      TRACKSIDE_MOVE_PASSPHRASE: 'move passphrase',
    }
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    )
  })

test('a backup is made, tried in a drill, and put back; the replaced one is kept', async () => {
  const data = join(folder, 'data')
  const none = await cli('restore', '--drill', '--data', data)
  expect(none).toMatchObject({ code: 1, out: expect.stringContaining('There is no backup.') })
  expect(await cli('backup', '--data', data)).toMatchObject({ code: 0 })
  expect(await cli('backup', '--to', join(folder, 'copy.db'), '--data', data)).toMatchObject({ code: 0 })
  const drill = await cli('restore', '--drill', '--data', data)
  expect(drill).toMatchObject({
    code: 0,
    out: expect.stringContaining('The newest backup is good, and 0 min old.'),
  })
  const restored = await cli('restore', join(folder, 'copy.db'), '--data', data)
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('Restored: 0 people, 0 reads') })
  expect(readdirSync(data).filter(name => name.startsWith('replaced-'))).toHaveLength(1)
}, 60_000)

test('nothing is restored or moved in while the app works with the folder', async () => {
  const data = join(folder, 'data')
  expect(await cli('move-out', join(folder, 'van'), '--data', data)).toMatchObject({ code: 0 })
  writeFileSync(join(data, 'running.json'), JSON.stringify({ pid: process.pid, address: null }))
  for (const words of [
    ['restore', join(folder, 'van')],
    ['move-in', join(folder, 'van')],
  ]) {
    const answer = await cli(...words, '--data', data)
    expect(answer).toMatchObject({ code: 1, out: expect.stringContaining('Stop it first') })
  }
  const moved = await cli('move-in', join(folder, 'van'), '--data', join(folder, 'spare'), '--json')
  expect(moved.code).toBe(0)
  expect(JSON.parse(moved.out)).toMatchObject({ keys: null, keptIn: null })
  expect(existsSync(join(folder, 'spare', 'trackside.db'))).toBe(true)
}, 60_000)
