import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeTrouble } from '../../src/app/store-trouble.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-trouble-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What SQLite itself throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a database held, full or read-only is said in words; anything else stays a bug', () => {
  const file = join(folder, 'a.db')
  const ours = new Database(file, { timeout: 0 })
  ours.exec('CREATE TABLE notes (text TEXT)')
  const write = () => ours.exec('INSERT INTO notes VALUES (hex(randomblob(100000)))')
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  expect(storeTrouble(thrownBy(write))).toMatchObject({ code: 'store.busy', retriable: true })
  other.exec('ROLLBACK')
  other.close()
  ours.pragma('max_page_count = 2')
  expect(storeTrouble(thrownBy(write))).toMatchObject({ code: 'store.unwritable', retriable: false })
  expect(storeTrouble(thrownBy(() => ours.exec('INSERT INTO nowhere VALUES (1)')))).toBeNull()
  ours.close()
  const readOnly = new Database(file, { readonly: true })
  expect(storeTrouble(thrownBy(() => readOnly.exec("INSERT INTO notes VALUES ('x')")))).toMatchObject({
    code: 'store.unwritable',
  })
  readOnly.close()
  expect(storeTrouble(new TypeError('no function'))).toBeNull()
  ours.close()
  expect(storeTrouble(thrownBy(() => ours.exec('SELECT 1')))).toMatchObject({ code: 'cancelled' })
})
