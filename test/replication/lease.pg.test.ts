import { afterEach, expect, test, vi } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { startPostgres } from '../support/postgres.ts'
import { createWorld } from '../support/world.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation } from './two-sides.ts'
import { openWay } from './way.ts'

const postgres = startPostgres()
const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop()
})

const CONFIG = { schedule: true, centralMigrations: CENTRAL_MIGRATIONS }

const people = (store: Store): number => store.read.all('SELECT 1 FROM normalized_participants').length

/** Two laptops with one account at each provider: the second world's own providers are left alone. */
async function twoLaptops() {
  const database = await migratedDatabase(postgres, ['One'])
  const way = await openWay(Number(new URL(database.url).port))
  open.push({ stop: () => way.close() })
  const one = await createWorld({ people: 5, config: CONFIG })
  open.push(one)
  await one.call().replication.join({ code: await codeFor(database, way.port) })
  const connection = await one.connect()
  const other = await createWorld({ people: 0, config: CONFIG })
  open.push(other)
  await other.call().replication.join({ code: await codeFor(database) })
  return { database, way, one, other, connection }
}

test('who has no keys runs nothing; a hand-over sends nobody to scoring again', async () => {
  const { one, other, connection, way } = await twoLaptops()
  const { id: connectionId } = connection
  const run = await one.call().sync.manual({ connectionId, wait: true })
  expect(run.operation?.pushedRecords).toBe(5)
  await vi.waitFor(async () => {
    await other.call().replication.run()
    expect(other.store().read.all("SELECT 1 FROM push_receipts WHERE accepted_hash <> ''")).toHaveLength(5)
  }, 15_000)
  expect(people(other.store())).toBe(5)
  await expect(other.call().sync.manual({ connectionId })).rejects.toMatchObject({ code: 'sync.elsewhere' })
  // The keys come to the other laptop by hand.
  await other.call().connections.update({
    id: connectionId,
    sourceCredentials: one.keys,
    targetCredentials: one.login,
  })
  await expect(other.call().sync.manual({ connectionId })).rejects.toThrow(/runs this connection now/)
  // The first one goes away: its turn ends with it.
  await one.restart({ schedule: false })
  const entries = one.scoring.entriesOf({ raceId: String(one.scoredRace.race_id) }).length
  await vi.waitFor(async () => {
    const again = await other.call().sync.manual({ connectionId, wait: true })
    expect(again.operation).toMatchObject({ status: 'completed', pushedRecords: 0 })
  }, 20_000)
  expect(one.scoring.entriesOf({ raceId: String(one.scoredRace.race_id) })).toHaveLength(entries)
  way.cut()
})

test('who cannot ask whose turn it is asks the person; told to go on, it does', async () => {
  const { one, connection, way } = await twoLaptops()
  const { id: connectionId } = connection
  expect(await one.call().sync.manual({ connectionId, wait: true })).toMatchObject({ success: true })
  // Cut first: started again it asks at once.
  way.cut()
  await one.restart()
  await expect(one.call().sync.manual({ connectionId })).rejects.toThrow(/Nobody can be asked/)
  expect(await one.call().sync.manual({ connectionId, wait: true, anyway: true })).toMatchObject({
    success: true,
  })
})

test('a sync asked for in the first moment of a start waits until the database is there', async () => {
  const { one, connection } = await twoLaptops()
  const { id: connectionId } = connection
  await one.restart()
  expect(await one.call().sync.manual({ connectionId, wait: true })).toMatchObject({ success: true })
})

test('a hand-over from who knows only the hub to who knows only the central database sends nobody to scoring again', async () => {
  const [hub, centre] = [await migratedDatabase(postgres, ['One']), await migratedDatabase(postgres, ['One'])]
  const between = openStation('between')
  open.push(between)
  await between.replication.start()
  await between.replication.join(await codeFor(centre))
  await between.replication.join(await codeFor(hub, undefined, 'hub'))
  const tent = await createWorld({ people: 5, config: CONFIG })
  open.push(tent)
  await tent.call().replication.join({ code: await codeFor(hub, undefined, 'hub') })
  const { id: connectionId } = await tent.connect()
  const office = await createWorld({ people: 0, config: CONFIG })
  open.push(office)
  await office.call().replication.join({ code: await codeFor(centre) })
  const sent = await tent.call().sync.manual({ connectionId, wait: true })
  expect(sent.operation?.pushedRecords).toBe(5)
  await vi.waitFor(async () => {
    await office.call().replication.run()
    expect(people(office.store())).toBe(5)
    // The laptop between keeps the tent's turn there.
    const kept = await centre.owner.query('SELECT FROM trackside.leases WHERE held_for IS NOT NULL')
    expect(kept.rowCount).toBe(1)
  }, 15_000)
  await office.call().connections.update({
    ...{ id: connectionId, sourceCredentials: tent.keys, targetCredentials: tent.login },
  })
  const ask = office.call().sync.manual({ connectionId })
  await expect(ask).rejects.toThrow(/runs this connection now.*take it over/)
  const entries = () => tent.scoring.entriesOf({ raceId: String(tent.scoredRace.race_id) }).length
  const before = entries()
  const taken = await office.call().sync.manual({ connectionId, wait: true, anyway: true })
  expect(taken.operation).toMatchObject({ status: 'completed', pushedRecords: 0 })
  expect(entries()).toBe(before)
  await expect(tent.call().sync.manual({ connectionId })).rejects.toThrow(/runs this connection now/)
}, 60_000)
