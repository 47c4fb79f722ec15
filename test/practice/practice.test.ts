import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock, Log } from '../../src/core/runtime.ts'
import { type Practice, startPractice } from '../../src/practice/practice.ts'
import { clientInProcess, clientOverHttp } from '../../src/server/client.ts'

const quiet: Log = { info() {}, warn() {}, error() {} }
const root = join(import.meta.dirname, '..', '..')

async function practice(
  clock: Clock = Date.now,
): Promise<{ running: Practice; said: string[]; errors: unknown[] }> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'trackside-practice-test-'))
  const said: string[] = []
  const errors: unknown[] = []
  const log: Log = { info() {}, warn() {}, error: (fields, message) => errors.push({ ...fields, message }) }
  const running = await startPractice({
    dataFolder,
    httpPort: 0,
    timingPort: 0,
    rendererFolder: null,
    fixturesFolder: join(root, 'test', 'fixtures', 'controller-files'),
    migrations: join(root, 'drizzle', 'local'),
    centralMigrations: join(root, 'drizzle', 'central'),
    version: '0.0.0',
    clock,
    fetch: globalThis.fetch,
    nativeBinding: undefined,
    log,
    say: line => said.push(line),
    lifeEveryMs: 200,
    backlogPerSecond: 4000,
  })
  onTestFinished(async () => {
    await running.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  })
  return { running, said, errors }
}

test('a whole race day runs with nothing set up, and its API is the real one', {
  timeout: 120_000,
}, async () => {
  const { running, said, errors } = await practice()
  const address = running.address ?? expect.unreachable()
  const token = running.app.access.managerToken()
  const ask = async (path: string, as: string, init: RequestInit = {}) => {
    const answer = await fetch(address + path, {
      ...init,
      headers: { authorization: `Bearer ${as}`, ...init.headers },
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  expect(said.join('\n')).toMatch(/First sync completed: .* 0 refused/)

  const health = await ask('/api/health', token)
  expect(health.body).toMatchObject({ status: 'ok', practice: true, secrets: { kind: 'memory' } })
  const { race_days } = (await ask('/api/race-days', token)).body as {
    race_days: { id: string; events: unknown[] }[]
  }
  expect(race_days).toMatchObject([{ name: 'Harbor Run', events: [{}, {}, {}] }])

  const client = clientOverHttp(address, token)
  expect(await client.timing.testChips()).toMatchObject({ chips: ['99995', '99997', '99998'] })
  await expect
    .poll(async () => (await client.timing.status()).linked, { timeout: 60_000, interval: 200 })
    .toBeGreaterThan(1000)

  // The timing company's database is a real one, and gets all of it.
  await expect
    .poll(async () => (await client.replication.status()).state, { timeout: 60_000, interval: 200 })
    .toBe('in-step')
  expect((await client.replication.status()).peers).toMatchObject([
    { kind: 'central', name: 'practice central', state: 'in-step' },
  ])

  // What happens at the provider meanwhile comes with the next sync.
  await expect.poll(() => said.some(line => line.includes('registered for the'))).toBe(true)
  const [connection] = (await client.connections.list()).connections
  expect(connection).toMatchObject({
    inferredAllowed: true,
    scheduleInWords: expect.stringMatching(/every minute/),
  })
  const again = await client.sync.manual({ connectionId: connection?.id ?? '', wait: true })
  expect(again.operation).toMatchObject({ status: 'completed', errorRecords: 0 })
  expect(again.operation?.addedRecords).toBeGreaterThan(0)

  // The real router's roles, through the real door.
  const display = running.app.access.add('wall', 'display')
  expect((await ask('/api/timing/status', display)).status).toBe(200)
  const write = await ask('/api/race-days', display, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'A', date: '2026-05-08', event_ids: [] }),
  })
  expect(write).toMatchObject({ status: 403, body: { error: { code: 'auth.forbidden' } } })
  expect(await ask(`/api/provider-connections/${race_days[0]?.id}`, token)).toMatchObject({
    status: 404,
    body: { error: { code: 'not-found' } },
  })
  expect(errors).toEqual([])
})

test('who crosses has a result within a minute, which can be published to the simulated registration', {
  timeout: 240_000,
}, async () => {
  let ahead = 0
  const { running, errors } = await practice(() => Date.now() + ahead)
  const client = clientInProcess(running.app.router, { name: 'crew', role: 'manager' }, quiet)
  await expect.poll(() => running.day.replay?.live, { timeout: 60_000, interval: 200 }).toBe(true)
  expect(running.day.scorer.finished).toBeGreaterThan(1000)
  ahead = 61_000
  const half = async () =>
    (await client.results.events({})).events.find(({ eventName }) => eventName === 'Half')
  await expect
    .poll(async () => (await half())?.results, { timeout: 90_000, interval: 200 })
    .toBeGreaterThan(100)
  const event = (await half()) ?? expect.unreachable()
  const of = { connectionId: event.connectionId, eventId: event.eventId }
  // While a pull goes on its newest rows are nobody's yet.
  await expect
    .poll(
      async () => (await client.results.list({ ...of, limit: 5 })).results.every(({ name }) => name !== null),
      { timeout: 30_000, interval: 200 },
    )
    .toBe(true)
  const { results } = await client.results.list({ ...of, limit: 5 })
  expect(results.map(({ overallPlace }) => overallPlace)).toEqual([1, 2, 3, 4, 5])
  // Nobody runs a half below 55 minutes.
  expect(results[0]?.gunTimeMs).toBeGreaterThan(55 * 60_000)
  expect(results.every(({ name, participantId }) => name !== null && participantId !== null)).toBe(true)

  ahead += 6 * 60_000
  const { preview } = await client.results.publish({ ...of, dryRun: true })
  expect(preview.added.count).toBeGreaterThan(50)
  expect(preview.notifiedOfNew).toBeGreaterThan(50)
  const { operationId } = await client.results.publish({ ...of, asOf: preview.asOf })
  // Registration tells runners before its answer is here: cancelled in between, they would be in doubt.
  await expect
    .poll(async () => (await half())?.published ?? 0, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(25)
  expect(running.day.resultSets.told.length).toBeGreaterThanOrEqual(25)
  await client.sync.cancel({ id: operationId ?? '' })
  expect(errors).toEqual([])
})
