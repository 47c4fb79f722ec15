import { afterEach, expect, test } from 'vitest'
import { createScoredWorld, type ScoredWorld } from '../support/scored-world.ts'

const MINUTE = 60_000

let scored: ScoredWorld | null = null
afterEach(async () => {
  await scored?.world.stop()
  scored = null
})

/** A race that began ten minutes ago, on its schedule, with one finisher. */
async function raceOn(changes: Record<string, unknown> = {}) {
  const made = await createScoredWorld({ people: 4, config: { schedule: true } })
  scored = made
  const { world, clock, of, finish } = made
  clock.set(world.event.startsAt + 10 * MINUTE)
  finish('1', 500)
  await world.call().connections.update({ id: of.connectionId, autoSyncEnabled: true, ...changes })
  const runs = async () =>
    (await world.call().results.history({ ...of, limit: 50 })).operations.filter(
      ({ triggerType, completedAt }) => triggerType === 'scheduled' && completedAt !== null,
    )
  const event = async () => (await world.call().results.events({})).events[0]
  return { ...made, runs, event }
}

test('results come by themselves while the race is on, every five minutes, and only what changed is asked', async () => {
  const { world, clock, finish, runs, event, list } = await raceOn()
  await expect.poll(runs, { timeout: 10_000 }).toMatchObject([{ status: 'completed', addedRecords: 1 }])
  expect(await event()).toMatchObject({ results: 1, pulledAt: clock(), nextPullAt: clock() + 5 * MINUTE })
  clock.advance(4 * MINUTE)
  finish('2', 700)
  const calls = world.ctlive.calls.length
  clock.advance(MINUTE)
  await expect.poll(runs, { timeout: 10_000 }).toHaveLength(2)
  expect((await list()).map(({ bibNumber }) => bibNumber)).toEqual(['1', '2'])
  const [asked] = world.ctlive.calls.slice(calls).filter(({ path }) => path.endsWith('/results'))
  expect(asked?.query.last_modified).toBeDefined()
})

test('a pull by hand moves the next one, and a race that nobody corrects any more is left alone', async () => {
  const { world, clock, pull, runs, event } = await raceOn()
  await expect.poll(runs, { timeout: 10_000 }).toHaveLength(1)
  clock.advance(3 * MINUTE)
  await pull()
  expect(await event()).toMatchObject({ pulledAt: clock(), nextPullAt: clock() + 5 * MINUTE })
  clock.set(world.event.startsAt + 13 * 60 * MINUTE)
  await expect
    .poll(event, { timeout: 10_000 })
    .toMatchObject({ pulledAt: clock(), nextPullAt: clock() + 240 * MINUTE })
  clock.set(world.event.startsAt + 80 * 60 * MINUTE)
  expect((await event())?.nextPullAt).toBeNull()
})

test('a pull that fails is tried again later and later, while registrations go on', async () => {
  const { world, of, clock, runs, event } = await raceOn()
  world.ctlive.faults.add({ path: '/interval', times: 99, kind: 'html' })
  clock.advance(5 * MINUTE)
  await expect.poll(async () => (await runs()).at(0)?.status, { timeout: 10_000 }).toBe('failed')
  expect((await event())?.nextPullAt).toBeGreaterThan(clock() + MINUTE)
  const synced = await world.call().sync.manual({ connectionId: of.connectionId, wait: true })
  expect(synced.operation).toMatchObject({ status: 'completed' })
})

test('a paused connection pulls nothing by itself', async () => {
  const { event } = await raceOn({ autoSyncEnabled: false })
  expect(await event()).toMatchObject({ pulledAt: null, nextPullAt: null })
})
