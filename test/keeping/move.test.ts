import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBackups } from '../../src/keeping/backups.ts'
import { type Keys, moveIn, moveOut } from '../../src/keeping/move.ts'
import { drill, restore } from '../../src/keeping/restore.ts'
import { auditHash } from '../../src/store/audit.ts'
import { createSession } from '../../src/store/links.ts'
import { rowsWhere } from '../../src/store/rows.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { createTestClock } from '../support/world.ts'

// Every passphrase costs half a second of work, on purpose.
vi.setConfig({ testTimeout: 30_000 })

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const migrations = 'drizzle/local'
const clock = createTestClock()
const passphrase = 'canary yellow stopwatch'
const keys = { 'connection/1/source': '{"api_key":"canary-key"}' }
let folder: string
let old: Store
const place = (name: string) => ({ dataFolder: join(folder, name), migrations, clock })
const open = (name: string): Store =>
  openStore({ file: join(folder, name, 'trackside.db'), migrations, clock })
const race = (store: Store, name: string): void => {
  store.write(writer => createSession(writer, { name, timezone: 'UTC' }))
}
const names = (store: Store): readonly string[] =>
  store.read
    .all<{ name: string }>('SELECT session_name AS name FROM timing_sessions ORDER BY rowid')
    .map(row => row.name)
const file = (): string => join(folder, 'moved.trackside')
const leave = (withKeys: Keys | null = null) =>
  moveOut({
    ...{ store: old, dataFolder: join(folder, 'old'), file: file(), passphrase },
    ...{ keys: withKeys, laptop: 'van', at: clock() },
  })
const nowhere = async (): Promise<void> => {}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-move-'))
  old = open('old')
  race(old, 'Harbor Run')
})
afterEach(() => {
  old.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Every chain by itself, from its first entry on. */
function chains(store: Store): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const rows = rowsWhere(store.read, 'audit_log', '1 = 1').toSorted((a, b) => a.sequence - b.sequence)
  for (const row of rows) {
    const chain = found.get(row.laptopId) ?? []
    expect(row.sequence).toBe(chain.length + 1)
    expect(row.previousHash).toBe(chain.at(-1) ?? '')
    expect(row.hash).toBe(auditHash(row))
    found.set(row.laptopId, [...chain, row.hash])
  }
  return found
}

test('all of a laptop arrives at the spare one, keys too when wanted', async () => {
  const bytes = await leave(keys)
  expect(readFileSync(file())).toHaveLength(bytes)
  expect(readFileSync(file()).toString('latin1')).not.toMatch(/Harbor|canary/)
  let arrived: Keys | null = null
  const answer = await moveIn(place('new'), { file: file(), passphrase }, async given => {
    arrived = given
  })
  expect(answer).toMatchObject({ from: 'van', at: clock(), keys: 1, keptIn: null, holds: { reads: 0 } })
  expect(arrived).toEqual(keys)
  const moved = open('new')
  expect(names(moved)).toEqual(['Harbor Run'])
  moved.close()
  expect(readdirSync(join(folder, 'new'))).toEqual(['trackside.db'])
  expect(readdirSync(join(folder, 'old')).filter(name => name.startsWith('leaving'))).toEqual([])
})

test('the new laptop has an id, a clock and an audit chain of its own; the old chain stays as it is', async () => {
  clock.advance(60_000)
  race(old, 'Late change')
  const before = chains(old).get(old.laptopId)
  const last = String(
    old.read.get<{ value: string }>("SELECT value FROM settings WHERE key = 'hybrid_clock'")?.value,
  )
  await leave()
  // The spare laptop's wall clock is behind: what is decided there still comes after what is here.
  clock.advance(-30_000)
  await moveIn(place('new'), { file: file(), passphrase }, nowhere)
  const moved = open('new')
  expect(moved.laptopId).not.toBe(old.laptopId)
  race(moved, 'On the spare')
  race(old, 'On the old one meanwhile')
  const next = moved.write(writer => writer.clock)
  expect(next > String(JSON.parse(last))).toBe(true)
  expect(next.endsWith(moved.laptopId)).toBe(true)
  const after = chains(moved)
  expect([...after.keys()].sort()).toEqual([old.laptopId, moved.laptopId].sort())
  expect(after.get(old.laptopId)).toEqual(before)
  const [first] = rowsWhere(moved.read, 'audit_log', 'laptop_id = ? AND sequence = 1', moved.laptopId)
  expect(first).toMatchObject({
    action: 'database moved',
    before: { laptop_id: old.laptopId, sequence: before?.length, hash: before?.at(-1) },
    after: { laptop_id: moved.laptopId },
  })
  moved.close()
})

test('what the data folder held is kept beside it', async () => {
  const other = open('new')
  race(other, 'Yesterday')
  await createBackups({ store: other, dataFolder: join(folder, 'new'), clock, log: quiet }).now()
  other.close()
  await leave()
  const { keptIn } = await moveIn(place('new'), { file: file(), passphrase }, nowhere)
  expect(readdirSync(keptIn ?? '').sort()).toEqual(['backups', 'trackside.db'])
  const kept = openStore({ file: join(keptIn ?? '', 'trackside.db'), migrations, clock })
  expect(names(kept)).toEqual(['Yesterday'])
  kept.close()
})

test('the old laptop’s own manager token opens nothing at the new one; others go on', async () => {
  const token = (name: string): void => {
    const row = { id: name, name, role: 'manager' as const, tokenHash: name, createdAt: 1, revokedAt: null }
    old.write(writer => writer.put('access_tokens', row))
  }
  token('manager')
  token('display')
  await leave()
  await moveIn(place('new'), { file: file(), passphrase }, nowhere)
  const moved = open('new')
  expect(rowsWhere(moved.read, 'access_tokens', '1 = 1').map(row => row.name)).toEqual(['display'])
  moved.close()
})

test('a wrong passphrase, a cut or changed file and a locked keychain change nothing', async () => {
  await leave(keys)
  const here = open('new')
  race(here, 'Untouched')
  here.close()
  const whole = readFileSync(file())
  const refused = async (given: string, words: string | RegExp, keep = nowhere): Promise<void> => {
    await expect(moveIn(place('new'), { file: file(), passphrase: given }, keep)).rejects.toThrow(words)
    const still = open('new')
    expect(names(still)).toEqual(['Untouched'])
    still.close()
    expect(readdirSync(join(folder, 'new'))).toEqual(['trackside.db'])
  }
  await refused('wrong passphrase', 'does not open')
  await refused(passphrase, 'locked', async () => {
    throw new Error('locked')
  })
  truncateSync(file(), whole.length - 1)
  await refused(passphrase, 'damaged')
  writeFileSync(file(), Buffer.concat([whole, Buffer.from('x')]))
  await refused(passphrase, 'damaged')
  const bent = Buffer.from(whole)
  bent[whole.length >> 1] = (bent[whole.length >> 1] ?? 0) ^ 1
  writeFileSync(file(), bent)
  await refused(passphrase, 'damaged')
  writeFileSync(file(), 'something else, and long enough to be looked at')
  await refused(passphrase, 'move-out')
})

test('a file of several chunks arrives whole, cut at a chunk it does not; another one is never overwritten', async () => {
  old.write(writer => {
    for (let n = 0; n < 12_000; n += 1)
      createSession(writer, { name: `${n}`.padEnd(200, 'x'), timezone: 'UTC' })
  })
  const bytes = await leave()
  expect(bytes).toBeGreaterThan(3 << 20)
  await expect(leave()).rejects.toThrow('is there already')
  await moveIn(place('new'), { file: file(), passphrase }, nowhere)
  const moved = open('new')
  expect(names(moved)).toHaveLength(12_001)
  moved.close()
  truncateSync(file(), 39 + 2 * ((1 << 20) + 16))
  await expect(moveIn(place('third'), { file: file(), passphrase }, nowhere)).rejects.toThrow(
    'cut off after 1 MB',
  )
  expect(existsSync(join(folder, 'third', 'trackside.db'))).toBe(false)
})

test('a backup is restored with a chain of its own, and what it replaced is kept', async () => {
  const backups = createBackups({ store: old, dataFolder: join(folder, 'old'), clock, log: quiet })
  await backups.now()
  const [{ name = '' } = {}] = await backups.list()
  race(old, 'After the backup')
  const before = old.laptopId
  old.close()
  const answer = await restore(place('old'), join(folder, 'old', 'backups', name))
  expect(answer.holds).toMatchObject({ problem: null, people: 0, reads: 0, laptopId: before })
  old = open('old')
  expect(names(old)).toEqual(['Harbor Run'])
  expect(old.laptopId).not.toBe(before)
  expect(chains(old).size).toBe(2)
  const kept = openStore({ file: join(answer.keptIn ?? '', 'trackside.db'), migrations, clock })
  expect(names(kept)).toEqual(['Harbor Run', 'After the backup'])
  kept.close()
})

test('a file that is no good replaces nothing', async () => {
  const bad = join(folder, 'bad.db')
  await expect(restore(place('old'), bad)).rejects.toMatchObject({ code: 'not-found' })
  writeFileSync(bad, 'x'.repeat(5000))
  await expect(restore(place('old'), bad)).rejects.toMatchObject({ code: 'store.damaged' })
  await old.backup(join(folder, 'newer.db'))
  const newer = openStore({ file: join(folder, 'newer.db'), migrations, clock })
  newer.write(writer => writer.run('UPDATE __drizzle_migrations SET created_at = created_at + 1'))
  newer.close()
  await expect(restore(place('old'), join(folder, 'newer.db'))).rejects.toThrow('newer Trackside')
  expect(names(old)).toEqual(['Harbor Run'])
})

test('a drill says how good the newest backup is while the app works, and changes nothing', async () => {
  expect(await drill(place('old'), folder)).toMatchObject({ backup: null, ok: false })
  const backups = createBackups({ store: old, dataFolder: join(folder, 'old'), clock, log: quiet })
  await backups.now()
  race(old, 'Since then')
  const good = await drill(place('old'), folder)
  expect(good).toMatchObject({ ok: true, backup: { at: clock() }, live: { problem: null } })
  const [{ name = '' } = {}] = await backups.list()
  const path = join(folder, 'old', 'backups', name)
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 4096, 4096 * 6)
  writeFileSync(path, bytes)
  const bad = await drill(place('old'), folder)
  expect(bad.ok).toBe(false)
  expect(bad.backup?.holds.problem).toMatch(/damaged|cannot be read/)
  expect(readdirSync(folder).filter(one => one.startsWith('trackside-drill'))).toEqual([])
})
