import { afterEach, expect, test, vi } from 'vitest'
import { rowsWhere } from '../../src/store/rows.ts'
import { startPostgres } from '../support/postgres.ts'
import { createScoredWorld } from '../support/scored-world.ts'
import { createWorld, type World } from '../support/world.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './central/migrated.ts'
import { codeFor } from './two-sides.ts'

const postgres = startPostgres()
const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop()
})

const CONFIG = { schedule: true, centralMigrations: CENTRAL_MIGRATIONS }

/** A pause between two batches that somebody else can lengthen. */
function createGate() {
  let shut: Promise<void> | null = null
  let opens = (): void => {}
  let reached = (): void => {}
  return {
    wait: async (_ms: number, signal: AbortSignal): Promise<void> => {
      reached()
      await shut
      signal.throwIfAborted()
    },
    /** @returns when somebody stands before it */
    close: (): Promise<void> => {
      shut = new Promise(resolve => {
        opens = resolve
      })
      return new Promise(resolve => {
        reached = resolve
      })
    },
    open: (): void => {
      shut = null
      opens()
    },
  }
}

const ran = (world: World, type: string) =>
  rowsWhere(world.store().read, 'sync_operations', 'operation_type = ? ORDER BY started_at, id', type)

const stepHere = (world: World) =>
  rowsWhere(world.store().read, 'sync_operations', 'id IN (SELECT operation_id FROM sync_queue)')[0]?.step

const runsOn = async (world: World) => (await world.call().connections.list()).connections[0]?.runsOn

/** Two laptops of one partner with the keys of one connection, whose results or bibs are to be sent. */
async function twoLaptops(people: number) {
  const database = await migratedDatabase(postgres, ['One'])
  const gate = createGate()
  const scored = await createScoredWorld({ people, config: { ...CONFIG, wait: gate.wait } })
  const one = scored.world
  open.push(one)
  await one.call().replication.join({ code: await codeFor(database) })
  const other = await createWorld({ people: 0, clock: scored.clock, config: CONFIG })
  open.push(other)
  await other.call().replication.join({ code: await codeFor(database) })
  const { connectionId, eventId } = scored.of
  const bring = async (): Promise<void> => {
    await one.call().replication.run()
    await other.call().replication.run()
  }
  await bring()
  await other.call().connections.update({
    ...{ id: connectionId, sourceCredentials: one.keys, targetCredentials: one.login },
  })
  // The turn is the first laptop's.
  expect((await one.call().sync.manual({ connectionId, wait: true })).success).toBe(true)
  return { ...scored, one, other, gate, connectionId, eventId, bring }
}

test('results that one laptop publishes another one does not: it takes them over, when the first has stopped', async () => {
  const { one, other, gate, of, bring, finish, pull, rest, held } = await twoLaptops(60)
  for (let bib = 1; bib <= 60; bib += 1) finish(String(bib), 1200 + bib)
  await pull()
  rest()
  await bring()
  const stands = gate.close()
  const { operationId } = await one.call().results.publish(of)
  await stands
  const first = held().length
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(60)
  await expect(other.call().results.publish(of)).rejects.toMatchObject({
    code: 'sync.elsewhere',
    message: expect.stringMatching(/runs this connection now.*take it over/),
  })
  const taken = other.call().results.publish({ ...of, anyway: true, wait: true })
  // Asked for, and not had: whoever sends has not stopped yet.
  await vi.waitFor(() => expect(stepHere(other)).toMatch(/^Taking it over from/), 10_000)
  expect(held()).toHaveLength(first)
  await vi.waitFor(async () => expect(await runsOn(one)).not.toBeNull(), 10_000)
  expect(held()).toHaveLength(first)
  gate.open()
  expect((await taken).operation).toMatchObject({ status: 'completed', pushedRecords: 60 - first })
  expect(ran(one, 'publish').find(({ id }) => id === operationId)).toMatchObject({
    ...{ status: 'held', pushedRecords: first, heldRecords: 60 - first, errorCode: 'sync.elsewhere' },
  })
  // Each result once: none of them was sent by both.
  expect(held()).toHaveLength(60)
  expect(new Set(held().map(({ bib }) => bib)).size).toBe(60)
  await expect(one.call().results.publish(of)).rejects.toMatchObject({ code: 'sync.elsewhere' })
})

test('bibs are written back by the laptop whose turn it is, and by the next one only what is left', async () => {
  const { one, other, gate, connectionId, bring, waits } = await twoLaptops(30)
  for (let bib = 1; bib <= 30; bib += 1) {
    const { matches } = await one.call().raceDay.lookup({ q: String(bib) })
    const id = matches.find(({ bibNumber }) => bibNumber === String(bib))?.id ?? expect.unreachable()
    await one.call().raceDay.decide({ id, field: 'bib_number', value: String(500 + bib) })
  }
  await bring()
  const stands = gate.close()
  await one.call().writeBack.write({ connectionId })
  await stands
  const posts = () => one.runSignUp.calls.filter(({ method }) => method === 'POST').length
  expect(posts()).toBe(1)
  await expect(other.call().writeBack.write({ connectionId })).rejects.toMatchObject({
    code: 'sync.elsewhere',
  })
  const taken = other.call().writeBack.write({ connectionId, anyway: true, wait: true })
  await vi.waitFor(() => expect(stepHere(other)).toMatch(/^Taking it over/), 10_000)
  await vi.waitFor(async () => expect(await runsOn(one)).not.toBeNull(), 10_000)
  gate.open()
  expect((await taken).operation).toMatchObject({ status: 'completed', pushedRecords: 5 })
  expect(ran(one, 'write-back')[0]).toMatchObject({ status: 'held', heldRecords: 5 })
  expect(posts()).toBe(2)
  expect(waits).toEqual([])
})

test('comparing and repairing ask whose turn it is', async () => {
  const { other, connectionId } = await twoLaptops(3)
  const refused = { code: 'sync.elsewhere' }
  await expect(other.call().reconciliation.run({ connectionId })).rejects.toMatchObject(refused)
  await expect(other.call().reconciliation.repair({ connectionId })).rejects.toMatchObject(refused)
  const check = { provider: 'runsignup', connectionId, write: true, event: '1' }
  await expect(other.call().verification.run(check)).rejects.toMatchObject(refused)
  const found = await other.call().reconciliation.run({ connectionId, anyway: true })
  expect(found.operation).toMatchObject({ status: 'completed' })
})

test('a command beside the stopped app asks too: it is in touch with nobody', async () => {
  const { one, connectionId } = await twoLaptops(3)
  await one.restart({ schedule: false })
  await expect(one.call().sync.manual({ connectionId })).rejects.toMatchObject({ code: 'sync.elsewhere' })
  expect(await one.call().sync.manual({ connectionId, wait: true, anyway: true })).toMatchObject({
    success: true,
  })
})
