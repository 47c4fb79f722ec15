import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

type Alerts = Awaited<ReturnType<ReturnType<World['call']>['alerts']['list']>>

async function waitFor(good: (found: Alerts) => boolean): Promise<Alerts> {
  const until = Date.now() + 8000
  for (;;) {
    const found = await world.call().alerts.list()
    if (good(found)) return found
    if (Date.now() > until) throw new Error(`waited in vain: ${JSON.stringify(found)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('a run that fails raises an alert, somebody acknowledges it, and it resolves with the next good run', async () => {
  world = await createWorld({ config: { schedule: true } })
  const connection = await world.connect({
    sourceCredentials: { ...world.keys, api_secret: 'wrong-canary-1' },
  })
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const { alerts } = await waitFor(found => found.alerts.length === 1)
  expect(alerts[0]).toMatchObject({
    kind: 'failed',
    severity: 'bad',
    state: 'active',
    connectionId: connection.id,
    todo: 'Enter the keys again and test them.',
  })
  expect(JSON.stringify(alerts)).not.toContain('canary')
  const id = alerts[0]?.id ?? ''
  const seen = await world.callAs('crew', 'Ann').alerts.acknowledge({ id })
  expect(seen).toMatchObject({ state: 'acknowledged', decidedBy: 'Ann' })
  await world.call().connections.update({ id: connection.id, sourceCredentials: world.keys })
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const { resolved } = await waitFor(found => found.alerts.length === 0 && found.resolved.length === 1)
  expect(resolved[0]).toMatchObject({ id, state: 'resolved' })
  expect((await world.call().system.audit({ rowId: id })).entries).toMatchObject([
    { action: 'alert acknowledged', actor: 'Ann' },
  ])
})

test('a backup that cannot be made raises an alert', async () => {
  world = await createWorld({ config: { schedule: true } })
  const backups = join(world.folder, 'backups')
  rmSync(backups, { recursive: true, force: true })
  writeFileSync(backups, 'in the way')
  await expect(world.call().keeping.backUp()).rejects.toMatchObject({ code: 'store.unwritable' })
  await world.connect()
  await waitFor(found => found.alerts.some(alert => alert.kind === 'backup-failed'))
  rmSync(backups)
})

test('people whom scoring holds otherwise raise an alert until they are repaired', async () => {
  world = await createWorld({ config: { schedule: true } })
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, wait: true })
  const [entry] = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  world.scoring.editEntry(entry?.entry_id ?? '', { athlete_last_name: 'Tampered' })
  await world.call().reconciliation.run({ connectionId })
  const { alerts } = await waitFor(found => found.alerts.length === 1)
  // The race is today.
  expect(alerts[0]).toMatchObject({ kind: 'discrepancy', severity: 'bad', connectionId })
  expect(alerts[0]?.message).toContain('5K: 1 otherwise there')
  await world.call().reconciliation.repair({ connectionId, wait: true })
  await waitFor(found => found.alerts.length === 0 && found.resolved.length === 1)
})

test('a comparison that failed raises an alert of its own, and the next good one takes it back', async () => {
  world = await createWorld({ config: { schedule: true } })
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, wait: true })
  world.ctlive.faults.add({ method: 'GET', path: '/entry', kind: 'status', status: 403 })
  await world.call().reconciliation.run({ connectionId })
  await waitFor(found => found.alerts.length === 1 && found.alerts[0]?.kind === 'not-compared')
  await world.call().reconciliation.run({ connectionId })
  await waitFor(found => found.alerts.length === 0)
})
