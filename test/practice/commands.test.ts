import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { defaultDataFolder } from '../../src/app/data-folder.ts'
import { nodeTrouble } from '../../src/commands/node-guard.ts'
import { parseArguments, portOf } from '../../src/commands/parse-arguments.ts'
import { findRunning, markRunning } from '../../src/server/running.ts'

test('each system has its own place for the data', () => {
  const at = (platform: NodeJS.Platform, env = {}) => defaultDataFolder({ platform, home: '/home/ana', env })
  expect(at('linux')).toBe('/home/ana/.local/share/trackside')
  expect(at('darwin')).toBe('/home/ana/Library/Application Support/Trackside')
  expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/Trackside')
})

test('an old Node is sent to npm run', () => {
  expect(nodeTrouble('20.20.0')).toMatch(/npm run/)
  expect(nodeTrouble('22.11.0')).toMatch(/22\.12/)
  for (const version of ['22.12.0', '24.21.0', '25.0.0']) expect(nodeTrouble(version)).toBeNull()
})

test('options that are not understood are said in words', () => {
  const options = { port: { type: 'string' }, json: { type: 'boolean' } } as const
  expect(parseArguments(['lookup', 'Ana', '--port', '80'], options)).toMatchObject({
    values: { port: '80' },
    positionals: ['lookup', 'Ana'],
  })
  expect(() => parseArguments(['--prot', '80'], options)).toThrow(/--prot.*--help/)
  expect(() => parseArguments(['--port'], options)).toThrow(/argument missing/)
  expect(() => parseArguments(['--json=yes'], options)).toThrow(/--json/)
  expect(portOf(undefined, '--port', 8080)).toBe(8080)
  for (const text of ['x', '70000', '-1', ''])
    expect(() => portOf(text, '--port', 0)).toThrow(/--port wants a port/)
})

test('a folder in use is known; what a killed process left is not taken for one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-running-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(await findRunning(folder, fetch)).toBeNull()
  const unmark = markRunning(folder, 'http://127.0.0.1:1')
  expect(await findRunning(folder, fetch)).toBeNull()
  const file = join(folder, 'running.json')
  writeFileSync(file, JSON.stringify({ pid: process.ppid, address: null }))
  expect(await findRunning(folder, fetch)).toEqual({ pid: process.ppid, address: null })
  // A number that is somebody else's by now: nobody answers at the address.
  writeFileSync(file, JSON.stringify({ pid: process.ppid, address: 'http://127.0.0.1:1' }))
  expect(await findRunning(folder, fetch)).toBeNull()
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, address: null }))
  expect(await findRunning(folder, fetch)).toBeNull()
  writeFileSync(file, '{')
  expect(await findRunning(folder, fetch)).toBeNull()
  unmark()
})
