import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readControllerFiles } from '../../src/rehearsal/controller-files.ts'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'controller-files')

async function eventually(check: () => Promise<void>, ms = 50_000): Promise<void> {
  const until = Date.now() + ms
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
}

test('cut in the middle of a sync: it is said, lookup goes on, and everything arrives once', async () => {
  world = await createWorld({ people: 6000 })
  const connection = await world.connect()
  world.runSignUp.faults.latencyMs = 80
  const { operationId } = await world.call().sync.manual({ connectionId: connection.id })
  const operation = () => world.call().sync.operation({ id: operationId })
  await eventually(async () => expect((await operation()).addedRecords).toBeGreaterThanOrEqual(2500))
  world.runSignUp.faults.down = true
  world.ctlive.faults.down = true
  await eventually(async () => expect((await operation()).status).toBe('waiting'))
  expect((await world.call().system.health()).network.state).toBe('down')
  expect((await world.call().raceDay.lookup({ bib: '7' })).matches).toHaveLength(1)
  world.runSignUp.faults.down = false
  world.ctlive.faults.down = false
  await eventually(async () => expect((await operation()).status).toBe('completed'))
  expect(await operation()).toMatchObject({ addedRecords: 6000, goneRecords: 0, pushedRecords: 6000 })
  const entries = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  expect(new Set(entries.map(entry => entry.entry_external_id)).size).toBe(6000)
  expect(entries).toHaveLength(6000)
}, 120_000)

test('cut again and again in the middle of a replay of real reads: every read arrives, once', async () => {
  world = await createWorld({ timingPort: 0 })
  await world.call().timing.addSession({ sessionName: 'replay', timezone: 'UTC' })
  const { locations, reads, guns } = readControllerFiles(fixtures)
  const client = createCtp01Client({
    host: '127.0.0.1',
    port: world.app().timingPort() ?? 0,
    clock: Date.now,
    zone: 'UTC',
    eventName: 'EVENT1',
    locations,
    connectionId: 'replay-1',
    reconnectMs: 50,
  })
  await client.start()
  const status = () => world.call().timing.status()
  const part = Math.ceil(reads.length / 5)
  for (let start = 0; start < reads.length; start += part) {
    for (const read of reads.slice(start, start + part)) client.push({ ...read, at: read.boxTime })
    // Somewhere in the middle of what was just sent.
    await eventually(async () => expect((await status()).reads).toBeGreaterThan(start))
    client.drop()
    expect((await world.call().raceDay.raceDays()).raceDays).toEqual([])
    await eventually(async () =>
      expect((await status()).readers.some(reader => reader.state === 'streaming')).toBe(true),
    )
  }
  for (const gun of guns) client.gun(gun.location, gun.boxTime)
  await eventually(async () => {
    const { reads: stored, linked, duplicates, unlinked } = await status()
    expect(stored).toBe(reads.length + guns.length)
    expect(linked + duplicates + unlinked).toBe(reads.length)
  })
  await client.stop()
  await eventually(async () =>
    expect((await status()).readers.map(reader => reader.state)).not.toContain('streaming'),
  )
}, 120_000)
