import { afterEach, expect, test } from 'vitest'
import { reconcileAt } from '../../src/sync/reconcile-due.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

let world: World | null = null
afterEach(async () => {
  await world?.stop()
  world = null
})

const HOUR = 3_600_000
const DAY = 24 * HOUR
const start = Date.parse('2026-05-09T14:00:00Z')

test('an event is compared once a day in its last week, once a week before, and two hours before its start', () => {
  expect(reconcileAt(start, null, start - 3 * DAY)).toBe(start - 3 * DAY)
  expect(reconcileAt(start, start - 5 * DAY, start - 5 * DAY)).toBe(start - 4 * DAY)
  expect(reconcileAt(start, start - 30 * DAY, start - 30 * DAY)).toBe(start - 23 * DAY)
  expect(reconcileAt(null, start, start)).toBe(start + 7 * DAY)
  expect(reconcileAt(start, start - 6 * HOUR, start - 6 * HOUR)).toBe(start - 2 * HOUR)
  expect(reconcileAt(start, start - HOUR, start - HOUR)).toBe(start - HOUR + DAY)
})

test('what waited a fortnight is compared when its last week begins', () => {
  expect(reconcileAt(start, start - 8 * DAY, start - 7 * DAY)).toBeLessThanOrEqual(start - 7 * DAY)
})

const compared = () =>
  world
    ?.store()
    .read.all<{ id: string; status: string }>(
      `SELECT id, status FROM sync_operations WHERE operation_type = 'reconcile' ORDER BY id`,
    ) ?? []

async function until(good: () => boolean): Promise<void> {
  const end = Date.now() + 8000
  while (!good()) {
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('on schedule it is done by itself, at once and before the start, and not for a paused connection', async () => {
  const clock = createTestClock()
  world = await createWorld({ clock, config: { schedule: true } })
  const connection = await world.connect({ autoSyncEnabled: true })
  const completed = (): number => compared().filter(({ status }) => status === 'completed').length
  // The queue looks at the clock every second; some minutes pass meanwhile.
  const untilCompared = (times: number) =>
    until(() => {
      clock.advance(5_000)
      return completed() === times
    })
  await untilCompared(1)
  expect(clock()).toBeLessThan(start - 2 * HOUR)
  clock.set(start - 2 * HOUR)
  await untilCompared(2)
  await world.call().connections.update({ id: connection.id, autoSyncEnabled: false })
  clock.set(start + HOUR / 2)
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  expect(compared()).toHaveLength(2)
})
