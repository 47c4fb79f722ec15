import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createForcing } from '../../src/store/forcing.ts'
import { openStore } from '../../src/store/store.ts'
import { createTestClock } from '../support/world.ts'

// What is forced is counted; a plugged cable cannot be pulled here.
const { forces } = vi.hoisted(() => ({ forces: [] as ((error: Error | null) => void)[] }))
vi.mock('node:fs', async importOriginal => {
  const fs = await importOriginal<typeof import('node:fs')>()
  const fdatasync = (log: number, done: (error: Error | null) => void): void =>
    fs.fdatasync(log, error => {
      forces.push(() => done(error))
    })
  return { ...fs, fdatasync }
})

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-forcing-'))
  file = join(folder, 'trackside.db')
  forces.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const begun = (count: number): Promise<void> => vi.waitFor(() => expect(forces).toHaveLength(count), 3000)
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('who asks waits for a force that began after what was written; those who ask meanwhile share the next', async () => {
  writeFileSync(`${file}-wal`, '')
  const forcing = createForcing(file)
  const on: string[] = []
  const wait = (who: string) => void forcing.forced().then(() => on.push(who))
  forcing.written()
  wait('a')
  await begun(1)
  forcing.written()
  wait('b')
  wait('c')
  await turn()
  expect([forces.length, on]).toEqual([1, []])
  forces[0]?.(null)
  await begun(2)
  expect(on).toEqual(['a'])
  forces[1]?.(null)
  await vi.waitFor(() => expect(on).toEqual(['a', 'b', 'c']))
  // Nothing was written since.
  await forcing.forced()
  expect(forces).toHaveLength(2)
  forcing.stop()
})

test('once the disk has refused, nothing is promised any more', async () => {
  const forcing = createForcing(file)
  forcing.written()
  await expect(forcing.forced()).rejects.toThrow(/does not take what is written/)
  writeFileSync(`${file}-wal`, '')
  forcing.written()
  await expect(forcing.forced()).rejects.toMatchObject({ code: 'store.unwritable' })
  forcing.stop()
})

test('a store’s write that is left for later is on the disk when `forced` says so, and closing waits for nobody', async () => {
  const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
  const store = openStore({ file, migrations, clock: createTestClock() })
  const note = (key: string, force: 'now' | 'later'): void =>
    void store.write(
      writer => writer.run("INSERT INTO settings (key, value, updated_at) VALUES (?, 'null', 0)", key),
      'test',
      force,
    )
  note('a', 'now')
  await store.forced()
  expect(forces).toHaveLength(0)
  note('b', 'later')
  // A transaction that changes nothing forces nothing either.
  store.write(() => undefined, 'test', 'now')
  const forced = store.forced()
  await begun(1)
  forces[0]?.(null)
  await forced
  // Waits for the disk, and the event loop does not.
  const decided: string[] = []
  const decision = store
    .writeForced(writer => {
      writer.run("INSERT INTO settings (key, value, updated_at) VALUES ('bib', '7', 0)")
      return 'Ann wears 7'
    }, 'test')
    .then(answer => decided.push(answer))
  await begun(2)
  await turn()
  expect(decided).toEqual([])
  forces[1]?.(null)
  await decision
  expect(decided).toEqual(['Ann wears 7'])
  note('c', 'later')
  const last = store.forced()
  store.close()
  await begun(3)
  forces[2]?.(null)
  await last
})
