import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Backups, createBackups } from '../../src/keeping/backups.ts'
import { inspectDatabase } from '../../src/store/inspect.ts'
import { createSession } from '../../src/store/links.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createTestClock } from '../support/world.ts'

// Every copy goes to the disk for good, and a laptop's disk may be busy.
vi.setConfig({ testTimeout: 30_000 })

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const MINUTE = 60_000
const WITHIN = 10_000
let folder: string
let stick: string
let store: Store
let backups: Backups
const clock = createTestClock()
const open = (everyMs = 20): Backups =>
  createBackups({ store, dataFolder: join(folder, 'data'), clock, log: quiet, everyMs })
const change = (): void => {
  store.write(writer => createSession(writer, { name: 'Race', timezone: 'UTC' }))
}
const own = (): readonly string[] => readdirSync(join(folder, 'data', 'backups'))
const sessionsIn = (file: string): unknown => {
  const sqlite = new Database(file, { readonly: true })
  try {
    return sqlite.prepare('SELECT COUNT(*) FROM timing_sessions').pluck().get()
  } finally {
    sqlite.close()
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-backups-'))
  stick = join(folder, 'stick')
  mkdirSync(stick)
  store = openStore({ file: join(folder, 'data', 'trackside.db'), migrations: 'drizzle/local', clock })
  backups = open()
})
afterEach(async () => {
  await backups.stop()
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a copy is made at its time when something changed, and none when nothing did', async () => {
  change()
  await backups.start()
  await vi.waitFor(() => expect(backups.state()).toMatchObject({ state: 'ok', lastAt: clock() }), WITHIN)
  clock.advance(5 * MINUTE)
  await wait(80)
  expect(own().filter(name => name.endsWith('.db'))).toHaveLength(1)
  change()
  await vi.waitFor(() => expect(backups.state().lastAt).toBe(clock()), WITHIN)
  const [, newest = ''] = own().filter(name => name.endsWith('.db'))
  expect(sessionsIn(join(folder, 'data', 'backups', newest))).toBe(2)
  expect(statSync(join(folder, 'data', 'backups', newest)).mode & 0o777).toBe(0o600)
})

test('the end makes one more, so that nothing is only in the laptop', async () => {
  backups = open(60 * MINUTE)
  await backups.start()
  expect(backups.state()).toMatchObject({ state: 'none-yet', lastAt: null })
  change()
  await backups.stop()
  expect(own()).toHaveLength(1)
})

test('writes go on while a copy is made, and it holds a whole moment', async () => {
  const bulk = JSON.stringify('x'.repeat(50_000))
  store.write(writer => {
    for (let n = 0; n < 400; n += 1)
      writer.run('INSERT INTO settings (key, value, updated_at) VALUES (?, ?, 0)', `bulk ${n}`, bulk)
  })
  let turns = 0
  const writing = setInterval(() => {
    change()
    turns += 1
  }, 1)
  await backups.now()
  clearInterval(writing)
  expect(turns).toBeGreaterThan(0)
  const copy = join(folder, 'data', 'backups', own().find(name => name.endsWith('.db')) ?? '')
  const kept = Number(sessionsIn(copy))
  expect(kept).toBeLessThanOrEqual(turns)
  expect(inspectDatabase({ file: copy, migrations: 'drizzle/local' }).problem).toBeNull()
})

test('the second folder gets the same; one that is missing is said, and caught up when it is back', async () => {
  await backups.setFolder(stick, 'ana')
  await backups.now()
  expect(readdirSync(stick)).toEqual(own().filter(name => name.endsWith('.db')))
  expect(backups.state().message).toBe(`Copies are in ${join(folder, 'data', 'backups')} and in ${stick}.`)
  rmSync(stick, { recursive: true })
  change()
  clock.advance(MINUTE)
  await backups.now()
  expect(backups.state()).toMatchObject({ state: 'second-folder', lastAt: clock(), folder: stick })
  expect(backups.state().message).toBe(`${stick} is not there: copies are on this laptop only.`)
  await backups.start()
  mkdirSync(stick)
  await vi.waitFor(() => expect(backups.state().state).toBe('ok'), WITHIN)
  expect(readdirSync(stick)).toHaveLength(1)
  expect((await backups.list()).map(({ folder }) => folder).filter(one => one === stick)).toHaveLength(1)
  const again = open()
  expect(again.state().folder).toBe(stick)
})

test('two laptops share a stick and each keeps its own; what a kill left half written is swept away', async () => {
  const other = 'trackside-2020-01-01T00-00-00-000Z-aaaaaa.db'
  writeFileSync(join(stick, other), 'x')
  await backups.setFolder(stick, 'ana')
  await backups.now()
  const [mine = ''] = readdirSync(stick).filter(name => name !== other)
  writeFileSync(join(stick, `${mine}.part`), 'half')
  writeFileSync(join(stick, `${mine}.part-journal`), 'half')
  for (let n = 0; n < 20; n += 1) {
    clock.advance(100)
    await backups.now()
  }
  const left = readdirSync(stick)
  expect(left).toContain(other)
  expect(left).toHaveLength(1 + 12)
})

test('a wall clock that is set back still brings the newest copy to the second folder', async () => {
  await backups.setFolder(stick, 'ana')
  await backups.now()
  change()
  clock.advance(-90 * MINUTE)
  await backups.now()
  expect(backups.state()).toMatchObject({ state: 'ok', lastAt: clock() })
  const [older = ''] = readdirSync(stick).sort()
  expect(sessionsIn(join(stick, older))).toBe(1)
})

test('a folder that cannot be one is refused in words', async () => {
  await expect(backups.setFolder('stick', 'ana')).rejects.toThrow('whole path')
  await expect(backups.setFolder(join(folder, 'nowhere'), 'ana')).rejects.toThrow('is not there')
  await expect(backups.setFolder(join(folder, 'data', 'backups'), 'ana')).rejects.toThrow(
    'outside the data folder',
  )
  writeFileSync(join(folder, 'file'), '')
  await expect(backups.setFolder(join(folder, 'file'), 'ana')).rejects.toThrow('is not a folder')
  await expect(backups.copyTo(join(folder, 'file'))).rejects.toThrow('is there already')
})

test('where no copy can be made here it is said, and never thrown at the clock', async () => {
  writeFileSync(join(folder, 'data', 'backups'), 'a file in its place')
  await expect(backups.now()).rejects.toMatchObject({ code: 'store.unwritable' })
  expect(backups.state()).toMatchObject({ state: 'failed', lastAt: null })
  await backups.start()
  await wait(60)
  rmSync(join(folder, 'data', 'backups'))
  await vi.waitFor(() => expect(backups.state().state).toBe('ok'), WITHIN)
})
