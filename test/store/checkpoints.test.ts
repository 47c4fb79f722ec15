import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/store.ts'

const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
let folder: string
let file: string
let store: Store

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-checkpoints-'))
  file = join(folder, 'trackside.db')
  store = openStore({ file, migrations, clock: Date.now })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const REFUSED =
  'INSERT INTO refused_lines (session_id, origin, line, reason, text, received_at) VALUES (?, ?, ?, ?, ?, ?)'

/** About so many MB, in transactions of one. */
const fill = (megabytes: number): void => {
  for (let n = 0; n < megabytes; n += 1) {
    store.write(writer => {
      for (let row = 0; row < 256; row += 1) writer.run(REFUSED, 's', 'o', row, 'r', 'x'.repeat(3900), n)
    })
  }
}

/** Of the write-ahead log, seen by a program of its own. */
const log = (): { readonly log: number; readonly checkpointed: number } => {
  const other = new Database(file)
  const [now] = other.pragma('wal_checkpoint(NOOP)') as readonly { log: number; checkpointed: number }[]
  other.close()
  if (!now) throw new Error('no log')
  return now
}

test('what a write left in the log is copied into the database beside the work, long before SQLite would do it', async () => {
  fill(24)
  // The event loop was not free yet to ask for it, and the log is shorter than what SQLite itself waits for.
  expect(log()).toMatchObject({ checkpointed: 0 })
  expect(log().log).toBeLessThan(32_768)
  await expect.poll(() => log().log - log().checkpointed, { timeout: 10_000 }).toBe(0)
  fill(1)
  // All was copied: the log begins anew instead of growing.
  expect(log().log).toBeLessThan(1000)
  expect(store.read.get('SELECT COUNT(*) AS n FROM refused_lines')).toEqual({ n: 25 * 256 })
})

test('a log that is written to without a pause stays shorter than what a commit would have to copy', async () => {
  let longest = 0
  for (let megabytes = 0; megabytes < 300; megabytes += 1) {
    fill(1)
    longest = Math.max(longest, log().log)
    // What else a flood has to do between two commits.
    await new Promise(resolve => setTimeout(resolve, 15))
  }
  expect(longest).toBeGreaterThan(4096)
  expect(longest).toBeLessThan(32_768)
  expect(store.read.get('SELECT COUNT(*) AS n FROM refused_lines')).toEqual({ n: 300 * 256 })
}, 60_000)

test('who can wait with a write is asked to while the log begins anew, and is told when it has', async () => {
  let rests = 0
  for (let megabytes = 0; megabytes < 150; megabytes += 1) {
    const rest = store.rest()
    if (rest !== null) {
      rests += 1
      await rest
      expect(store.rest()).toBeNull()
      fill(1)
      // It begins anew: with all of it copied, the next write takes its first pages.
      expect(log().log).toBeLessThan(1000)
    } else fill(1)
    await new Promise(resolve => setTimeout(resolve, 15))
  }
  expect(rests).toBeGreaterThan(0)
}, 60_000)

test('a store closed in the middle of it leaves nobody at the database', async () => {
  for (let round = 0; round < 5; round += 1) {
    fill(20)
    await new Promise(resolve => setTimeout(resolve, 90 + round * 10))
    store.close()
    // The last connection takes the log with it.
    expect(existsSync(`${file}-wal`)).toBe(false)
    store = openStore({ file, migrations, clock: Date.now })
    expect(store.read.get('SELECT COUNT(*) AS n FROM refused_lines')).toEqual({ n: (round + 1) * 20 * 256 })
    expect(store.read.get('PRAGMA quick_check')).toEqual({ quick_check: 'ok' })
  }
})

test('SQLite is one that two threads may copy and write at once with', () => {
  // Before 3.51.3 a log that began anew at the wrong moment could damage the database (sqlite.org/wal.html).
  const version = store.read.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? ''
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  expect(major * 1_000_000 + minor * 1000 + patch).toBeGreaterThanOrEqual(3_051_003)
})
