import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Keys, moveIn } from '../../src/keeping/move.ts'
import { openStore } from '../../src/store/store.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

test('the health says how backing up goes, and a backup is there when asked for', async () => {
  world = await createWorld()
  const call = world.callAs('crew')
  expect((await call.system.health()).backup).toMatchObject({ state: 'none-yet', lastAt: null, folder: null })
  const answer = await call.keeping.backUp()
  expect(answer).toMatchObject({ state: 'ok', backups: [{ folder: join(world.folder, 'backups') }] })
  expect(readdirSync(join(world.folder, 'backups'))).toEqual([answer.backups[0]?.name])
  expect(await call.keeping.backups()).toEqual(answer)
  expect((await call.system.health()).backup).toMatchObject({ state: 'ok', lastAt: answer.lastAt })
})

test('asking for the health is no change: nothing is backed up for it', async () => {
  let now = Date.parse('2026-05-09T11:00:00Z')
  world = await createWorld({ clock: () => now })
  const changes: string[] = []
  world.store().onChange(tables => changes.push(...tables))
  now += 60_000
  expect((await world.call().system.health()).database.ok).toBe(true)
  expect(changes).toEqual([])
})

test('a second folder is a manager’s choice, tried at once and known after a restart', async () => {
  world = await createWorld()
  const stick = join(world.folder, '..', `${world.folder.split('/').at(-1)}-stick`)
  mkdirSync(stick)
  await expect(world.callAs('crew').keeping.setFolder({ folder: stick })).rejects.toThrow('role manager')
  const answer = await world.call().keeping.setFolder({ folder: stick })
  expect(answer).toMatchObject({ state: 'ok', folder: stick })
  expect(answer.backups.map(one => one.folder)).toContain(stick)
  await world.restart()
  expect((await world.call().system.health()).backup).toMatchObject({ folder: stick })
  await expect(world.call().keeping.setFolder({ folder: '/nowhere/at/all' })).rejects.toThrow('is not there')
  expect(await world.call().keeping.setFolder({ folder: null })).toMatchObject({ folder: null })
  const audit = await world.call().system.audit({ rowId: 'backup_folder' })
  expect(audit.entries.map(({ actor, after }) => [actor, after])).toEqual([
    ['manager', null],
    ['manager', stick],
  ])
})

test('the app at its end leaves a backup of all that happened', async () => {
  world = await createWorld({ config: { schedule: true } })
  await world.connect()
  await world.restart({ schedule: false })
  expect(readdirSync(join(world.folder, 'backups'))).toHaveLength(1)
})

test('a laptop moves out with or without its keys, and the keys are nowhere readable', async () => {
  world = await createWorld()
  const { id } = await world.connect()
  const passphrase = 'correct horse 12'
  const without = join(world.folder, 'without')
  const withKeys = join(world.folder, 'with')
  expect(await world.call().keeping.moveOut({ file: without, passphrase })).toMatchObject({ keys: null })
  expect(await world.call().keeping.moveOut({ file: withKeys, passphrase, withKeys: true })).toMatchObject({
    keys: 2,
  })
  await expect(world.call().keeping.moveOut({ file: withKeys, passphrase })).rejects.toThrow('there already')
  await expect(world.call().keeping.moveOut({ file: 'x', passphrase })).rejects.toThrow('whole path')
  expect(readFileSync(withKeys).toString('latin1')).not.toContain('canary')
  const kept: Keys[] = []
  const place = { dataFolder: join(world.folder, 'spare'), migrations: 'drizzle/local', clock: world.clock }
  const moved = await moveIn(place, { file: withKeys, passphrase }, async keys => void kept.push(keys))
  expect(moved.keys).toBe(2)
  expect(JSON.parse(kept[0]?.[`connection/${id}/source`] ?? '')).toEqual(world.keys)
  const store = openStore({
    file: join(place.dataFolder, 'trackside.db'),
    migrations: 'drizzle/local',
    clock: world.clock,
  })
  expect(store.read.get('SELECT id FROM provider_connections')).toEqual({ id })
  store.close()
}, 30_000)

test('a laptop moves out as a download too, and leaves nothing of it in its folder', async () => {
  world = await createWorld()
  const passphrase = 'correct horse 12'
  await expect(world.callAs('crew').keeping.moveOutFile({ passphrase })).rejects.toThrow('role manager')
  const before = readdirSync(world.folder)
  const file = await world.call().keeping.moveOutFile({ passphrase })
  expect(file.name).toMatch(/^trackside-.*\.sealed$/)
  expect(readdirSync(world.folder)).toEqual(before)
  const carried = join(world.folder, file.name)
  writeFileSync(carried, new Uint8Array(await file.arrayBuffer()))
  const place = { dataFolder: join(world.folder, 'spare'), migrations: 'drizzle/local', clock: world.clock }
  const moved = await moveIn(place, { file: carried, passphrase }, async () => {})
  expect(moved.keys).toBeNull()
  const audit = await world.call().system.audit({ rowId: 'laptop_id' })
  expect(audit.entries[0]).toMatchObject({ action: 'moved out', after: { file: 'a download' } })
}, 30_000)

test('the audit of a moved database is read in the order it was written, page by page', async () => {
  world = await createWorld()
  await world.connect()
  await world.connect({ connectionName: 'Second' })
  const all = (await world.call().system.audit({})).entries
  const first = await world.call().system.audit({ limit: 1 })
  const rest = await world.call().system.audit({ after: first.next ?? 0 })
  expect([...first.entries, ...rest.entries]).toEqual(all)
  expect(all.length).toBeGreaterThan(1)
})
