import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../../src/replication/hub/run-program.ts'

/** Above it and behind a gap Node leaves open files to whoever it starts, as Chromium's are. */
const NUMBER = 40

test.runIf(process.platform === 'linux')('a program that is started holds no other file of ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-files-'))
  const file = openSync(join(folder, 'ours'), 'w')
  const starts = (script: readonly string[]): string =>
    spawnSync(process.execPath, [...script], {
      stdio: [
        'ignore',
        'pipe',
        'inherit',
        ...Array.from({ length: NUMBER - 3 }, () => 'ignore' as const),
        file,
      ],
      encoding: 'utf8',
    }).stdout
  const plainly = `require('child_process').spawnSync('sh', ['-c', 'for f in /proc/$$/fd/*; do readlink $f; done'], { stdio: 'inherit' })`
  expect(starts(['-e', plainly])).toContain(join(folder, 'ours'))
  const held = starts([join(import.meta.dirname, 'started-program.ts')])
  expect(held).toContain('/dev/null')
  expect(held).not.toContain(join(folder, 'ours'))
  closeSync(file)
  rmSync(folder, { recursive: true })
})

test('what a program says and how it ends is told', async () => {
  const node = (script: string, more: { readonly input?: string } = {}) =>
    runProgram(process.execPath, ['-e', script], { cwd: tmpdir(), env: process.env, ...more })
  expect(await node('process.stdin.pipe(process.stderr)', { input: 'words' })).toBe('words')
  await expect(node('console.error("no such thing"); process.exit(3)')).rejects.toThrow(/^no such thing$/)
  await expect(node('process.exit(3)')).rejects.toThrow(/^node ended with 3$/)
  await expect(runProgram(join(tmpdir(), 'not-there'), [], { cwd: tmpdir(), env: {} })).rejects.toThrow(
    'ENOENT',
  )
})
