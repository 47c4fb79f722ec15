import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEncryptedFile } from '../../src/secrets/encrypted-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-keys-'))
  file = join(folder, 'keys.sealed')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the encrypted key file', () => {
  test('gives a key back after a restart, and shows it to nobody who reads the file', async () => {
    await openEncryptedFile(file, 'correct horse').set('connection/1/source', 'canary-8841')
    expect(readFileSync(file, 'utf8')).not.toContain('canary-8841')
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(await openEncryptedFile(file, 'correct horse').get('connection/1/source')).toBe('canary-8841')
  })

  test('stays locked to a wrong passphrase, and is left as it is', async () => {
    await openEncryptedFile(file, 'correct horse').set('a', 'b')
    const before = readFileSync(file)
    const secrets = openEncryptedFile(file, 'wrong')
    expect(secrets.state().ok).toBe(false)
    await expect(secrets.set('a', 'c')).rejects.toMatchObject({ code: 'secrets.locked' })
    await expect(secrets.unlock('wrong too')).rejects.toMatchObject({ code: 'secrets.locked' })
    expect(readFileSync(file).equals(before)).toBe(true)
    await secrets.unlock('correct horse')
    expect(await secrets.get('a')).toBe('b')
  })

  test('waits for a passphrase where none was given', async () => {
    const secrets = openEncryptedFile(file, null)
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets.locked' })
    await secrets.unlock('a new one')
    await secrets.set('a', 'b')
    expect(secrets.state().ok).toBe(true)
  })

  test('says so when the file is damaged', async () => {
    writeFileSync(file, '{}')
    await expect(openEncryptedFile(file, null).unlock('x')).rejects.toThrow('damaged')
  })

  test('forgets a key that is removed', async () => {
    const secrets = openEncryptedFile(file, 'p')
    await secrets.set('a', 'b')
    await secrets.remove('a')
    expect(await openEncryptedFile(file, 'p').get('a')).toBeNull()
  })
})
