import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { watching } from '../../../src/providers/expected.ts'
import { haku } from '../../../src/providers/haku/index.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { createHakuServer } from '../../../src/rehearsal/haku-server.ts'
import { makePeople } from '../../../src/rehearsal/people.ts'
import { createRegistrations } from '../../../src/rehearsal/registrations.ts'
import { newId } from '../../../src/store/ids.ts'
import { createSync, type Sync } from '../../../src/sync/sync.ts'
import { createTestClock } from '../../support/world.ts'
import { memoryStore } from '../../sync/memory-store.ts'

const HOUR = 3_600_000
const PEOPLE = 5000
const CALLS_AN_HOUR = 500

/** Takes whatever it is sent. */
const scoring: Provider = {
  ...{ id: 'scoring', name: 'Scoring', roles: ['scoring'], settings: [], fields: [] },
  limit: { calls: 1_000_000, perMs: HOUR },
  evidence: { push: 'documented' },
  watch: watching({ answers: [] }),
  check: async () => ({ name: 'scoring', details: [] }),
  async *events() {},
  entries: {
    ensureEvent: async (_, { eventName }) => ({ targetEventId: '1', targetRaceId: '1', name: eventName }),
    push: async (_, __, batch, onOutcome) => {
      for (const { key } of batch) onOutcome({ key, ok: true, entryId: key })
    },
    async *readBack() {
      yield { items: [], cursor: null, complete: true }
    },
    file: () => {
      throw new AppError('provider.unsupported', 'It has no import file')
    },
  },
}

test('an event of 5,000 at 500 calls an hour, killed twice, asks for nobody twice and is there when its calls are', {
  timeout: 180_000,
}, async () => {
  const clock = createTestClock(Date.parse('2026-05-08T08:00:00Z'))
  const began = clock()
  const registrations = createRegistrations({ clock })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/New_York' })
  const startsAt = began + 48 * HOUR
  const event = registrations.addEvent(race.raceId, { name: '5K', startsAt })
  const people = makePeople({
    ...{ seed: 11, year: 2026 },
    bibs: Array.from({ length: PEOPLE }, (_, index) => String(index + 1)),
  })
  const added = people.map((person, index) =>
    registrations.add(event.eventId, { person, registeredAt: began - (PEOPLE - index) * 60_000 }),
  )
  const keys = { client_id: 'five-thousand', client_secret: 'five-thousand-secret' }
  const server = createHakuServer({ registrations, keys, clock })
  await server.start()
  const store = memoryStore(clock)
  const connectionId = newId()
  store.write(writer =>
    writer.put('provider_connections', {
      ...{ id: connectionId, timingPartnerId: 0, connectionName: 'Harbor Run' },
      ...{ sourceProvider: 'haku', targetProvider: 'scoring', targetSettings: {} },
      sourceSettings: { base_url: server.url, auth_url: server.url },
      ...{ events: 'all', scheduleMode: 'event', scheduleIntervalMinutes: null, autoSyncEnabled: true },
      ...{ inferredAllowed: false, credentialsUpdatedAt: null, lastSyncAt: null, lastSuccessAt: null },
      ...{ eventsSyncedAt: null, deletedAt: null, createdBy: 'test', clock: writer.clock },
      ...{ createdAt: writer.at, updatedAt: writer.at },
    }),
  )

  const killBefore = [1234, 3711]
  let made = 0
  let kill = (): void => {}
  const counting: typeof fetch = (input, init) => {
    made += 1
    if (made === killBefore[0]) {
      killBefore.shift()
      kill()
    }
    return fetch(input, init)
  }
  const open = (): Sync =>
    createSync({
      ...{ store, clock, fetch: counting, wait: async () => {}, schedule: false, random: () => 0.5 },
      log: { info() {}, warn() {}, error: fields => expect.fail(JSON.stringify(fields)) },
      providerById: id => (id === 'haku' ? haku : scoring),
      credentialsOf: async (_, side) => (side === 'source' ? keys : {}),
    })
  let sync = open()
  onTestFinished(async () => {
    await sync.stop()
    await server.stop()
    store.close()
  })
  await sync.start()
  const { id } = sync.queue.request({
    ...{ connectionId, operationType: 'participants', triggerType: 'manual' },
    ...{ full: false, startedBy: 'test' },
  })
  let kills = 0
  const known = () =>
    store.read.get<{ people: number }>('SELECT COUNT(*) AS people FROM normalized_participants')?.people ?? 0
  const details = () => server.calls.flatMap(({ path }) => /\/registrations\/(\d+)$/.exec(path)?.[1] ?? [])
  for (let ended = false; !ended; ) {
    const killed = new Promise<'killed'>(resolve => {
      kill = () => resolve(sync.stop().then(() => 'killed'))
    })
    const operation = await Promise.race([sync.queue.settled(id), killed])
    if (operation === 'killed') {
      kills += 1
      sync = open()
      await sync.start()
      continue
    }
    if (operation.status === 'waiting') {
      expect(operation.errorCode).toBe('provider.throttled')
      // Everything that was paid for is in the store.
      expect(known()).toBe(details().length)
      clock.set(operation.resumeAt ?? 0)
      sync.queue.tick()
      continue
    }
    expect(operation).toMatchObject({ status: 'completed', addedRecords: PEOPLE, pushedRecords: PEOPLE })
    ended = true
  }

  expect(kills).toBe(2)
  const asked = new Map<string, number>()
  for (const number of details()) asked.set(number, (asked.get(number) ?? 0) + 1)
  // The newest one alone is looked at again, at the end: who is edited meanwhile would stand above.
  const newest = String(added.at(-1)?.registrationId)
  expect(asked.get(newest)).toBe(2)
  asked.delete(newest)
  expect([asked.size, Math.max(...asked.values())]).toEqual([PEOPLE - 1, 1])

  const { length: calls } = server.calls
  expect(calls).toBeLessThan(1.13 * PEOPLE)
  const times = server.calls.map(({ at }) => at)
  const inAnHour = times.map((from, first) => times.findLastIndex(at => at < from + HOUR) - first + 1)
  expect(Math.max(...inAnHour)).toBeLessThanOrEqual(CALLS_AN_HOUR)
  // A call comes back up to a minute late, and the next ones with it.
  const waits = Math.ceil(calls / CALLS_AN_HOUR) - 1
  expect(clock() - began).toBeLessThanOrEqual(waits * (HOUR + 2 * 60_000))
})
