import { afterEach, expect, test } from 'vitest'
import { discrepancyOverTime } from '../../src/app/discrepancy-over-time.ts'
import { newId } from '../../src/store/ids.ts'
import { rowWhere } from '../../src/store/rows.ts'
import type { OperationRow } from '../../src/sync/operations.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

const HOUR = 3_600_000

let world: World
afterEach(() => world?.stop())

/** More runs, written down as a real one was. */
function alsoRan(changes: readonly Partial<OperationRow>[]): void {
  const real = rowWhere(world.store().read, 'sync_operations', '1 = 1')
  if (real === null) throw new Error('nothing ran yet')
  world.store().write(writer => {
    for (const change of changes) writer.put('sync_operations', { ...real, ...change, id: newId() })
  })
}

test('connections, people and events are counted once, however many syncs each connection had', async () => {
  const clock = createTestClock()
  world = await createWorld({ clock, people: 20 })
  const one = await world.connect()
  const two = await world.connect({ connectionName: 'Second', autoSyncEnabled: true })
  await world.call().sync.manual({ connectionId: one.id, wait: true })
  const at = clock()
  const run = { connectionId: one.id, triggerType: 'scheduled', status: 'completed', startedAt: at } as const
  alsoRan([
    run,
    run,
    { ...run, status: 'failed' },
    { ...run, status: 'held' },
    { ...run, connectionId: two.id, triggerType: 'retry', status: 'failed', startedAt: at - 23.5 * HOUR },
    { ...run, connectionId: two.id, startedAt: at - 25 * HOUR },
  ])
  const { summary, totalEvents, totalParticipants } = await world.call().monitoring.syncSummary()
  expect(summary).toEqual([
    {
      timingPartner: 'This laptop',
      totalConnections: 2,
      activeConnections: 1,
      totalSyncs24h: 6,
      successfulSyncs24h: 3,
      failedSyncs24h: 2,
      manualSyncs24h: 2,
    },
  ])
  expect({ totalEvents, totalParticipants }).toEqual({ totalEvents: 1, totalParticipants: 20 })

  const { connections } = await world.callAs('crew').monitoring.connections()
  expect(
    connections.map(({ connectionName, total, failed, manual }) => [connectionName, total, failed, manual]),
  ).toEqual([
    ['Harbor Run', 5, 1, 1],
    ['Second', 1, 1, 1],
  ])
  expect(connections[1]?.hours.map(hour => hour.failed)).toEqual([1, ...Array.from({ length: 23 }, () => 0)])
  expect(connections[0]?.hours.at(-1)).toEqual({ total: 5, successful: 3, failed: 1, manual: 1 })
})

test('a connection taken away is counted no more, what it ran still is', async () => {
  world = await createWorld()
  const { id } = await world.connect()
  await world.call().sync.manual({ connectionId: id, wait: true })
  await world.call().connections.remove({ id })
  const { summary } = await world.call().monitoring.syncSummary()
  expect(summary[0]).toMatchObject({ totalConnections: 0, activeConnections: 0, totalSyncs24h: 1 })
})

test('somebody in two events is one person, and whoever nobody recognized counts alone', async () => {
  world = await createWorld({ people: 4 })
  const { id } = await world.connect()
  const half = world.registrations.addEvent(world.race.raceId, {
    name: 'Half',
    startsAt: Date.now() + 4 * HOUR,
  })
  for (const added of world.added.slice(0, 2))
    world.registrations.add(half.eventId, { person: { ...added.person, bib: null } })
  await world.call().sync.manual({ connectionId: id, wait: true })
  const tracked = async () => (await world.call().monitoring.participantTracking()).tracking[0]
  expect(await tracked()).toMatchObject({
    uniqueParticipants: 6,
    avgEventsPerParticipant: 1,
    providersUsed: 1,
  })

  // As the identity computed centrally comes back: the two registrations of each of two people.
  world.store().write(writer => {
    writer.run(
      `UPDATE normalized_participants SET global_participant_id = first_name || ' ' || last_name
       WHERE (first_name, last_name) IN (SELECT first_name, last_name FROM normalized_participants GROUP BY 1, 2 HAVING COUNT(*) = 2)`,
    )
    writer.touched('normalized_participants')
  })
  expect(await tracked()).toEqual({
    timingPartnerName: 'This laptop',
    uniqueParticipants: 4,
    avgEventsPerParticipant: 1.5,
    providersUsed: 1,
    byEvents: [
      { events: 1, participants: 2 },
      { events: 2, participants: 2 },
    ],
  })
})

test('an account that two connections use is one budget, by what it may still call', async () => {
  world = await createWorld()
  const { id } = await world.connect()
  await world.connect({ connectionName: 'Second' })
  await world.call().sync.manual({ connectionId: id, wait: true })
  const { budgets } = await world.call().monitoring.budgets()
  expect(budgets).toHaveLength(2)
  for (const budget of budgets) {
    expect(budget.connectionNames).toEqual(['Harbor Run', 'Second'])
    expect(budget.of).toBe(1_000_000)
    expect(budget.left).toBeLessThan(budget.of)
  }
  expect(JSON.stringify(budgets)).not.toContain('canary')
})

test('what two systems hold apart is shown comparison by comparison', async () => {
  const clock = createTestClock()
  world = await createWorld({ clock, people: 20 })
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, wait: true })
  await world.call().reconciliation.run({ connectionId })
  clock.advance(HOUR)
  const [entry] = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  world.scoring.removeEntry(entry?.entry_id ?? '')
  await world.call().reconciliation.run({ connectionId })
  const { connections } = await world.call().monitoring.connections()
  expect(connections[0]?.discrepancy.map(({ percent }) => percent)).toEqual([0, 5])
  expect(connections[0]?.discrepancy[1]?.at).toBe(clock())
})

test('an event that a comparison left out counts as it was last read', () => {
  const read = (operationId: string, normalizedEventId: string, readAt: number, differing: number) => ({
    ...{ operationId, normalizedEventId, readAt, differing, people: 10, entries: 10, inBoth: 10 },
    ...{ onlyHere: 0, onlyThere: 0, goneHere: 0 },
  })
  const points = discrepancyOverTime([
    read('first', '5K', 1, 1),
    read('first', 'Half', 2, 1),
    read('second', 'Half', 9, 0),
  ])
  expect(points).toEqual([
    { at: 2, percent: 10 },
    { at: 9, percent: 5 },
  ])
})

test('the figures of all partners are a manager’s', async () => {
  world = await createWorld()
  await expect(world.callAs('crew').monitoring.syncSummary()).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
  await expect(world.callAs('crew').monitoring.participantTracking()).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
})
