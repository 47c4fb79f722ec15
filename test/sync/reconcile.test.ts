import { afterEach, describe, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createServer } from '../../src/server/server.ts'
import { createWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

type Kind = 'only-here' | 'only-there' | 'differs' | 'gone-here'

const open = async (options: WorldOptions = {}): Promise<string> => {
  world = await createWorld(options)
  const { id } = await world.connect()
  return id
}
const run = (connectionId: string) => world.call().sync.manual({ connectionId, wait: true })
const reconcile = (connectionId: string) => world.call().reconciliation.run({ connectionId, wait: true })
const repair = (connectionId: string) =>
  world.callAs('crew', 'Ann').reconciliation.repair({ connectionId, wait: true })
const found = async (connectionId: string, kind: Kind) =>
  (await world.call().reconciliation.findings({ connectionId, kind, limit: 1000 })).findings
const raceId = () => String(world.scoredRace.race_id)
const entries = () => world.scoring.entriesOf({ raceId: raceId() })
const entryOf = (bib: number) => {
  const entry = entries().find(({ entry_bib }) => entry_bib === String(bib))
  if (!entry?.entry_id) throw new Error(`scoring has no bib ${bib}`)
  return entry as typeof entry & { readonly entry_id: string }
}
const tamper = (bib: number, fields: Record<string, string>) =>
  world.scoring.editEntry(entryOf(bib).entry_id, fields)
const writesFrom = (from: number) => world.ctlive.calls.slice(from).filter(({ method }) => method !== 'GET')

test('of 5,000 entries the 37 that scoring refuses are missing there with its words; three that were tampered with are 0.06 %, and exactly they are sent again', async () => {
  const connectionId = await open({ people: 20 })
  await run(connectionId)
  const bibs = Array.from({ length: 4980 }, (_, index) => String(21 + index))
  for (const person of makePeople({ seed: 8, year: 2026, bibs }))
    world.registrations.add(world.event.eventId, { person })
  const body = 'athlete_birthdate is after the race'
  world.ctlive.faults.add({ method: 'POST', path: '/entry', kind: 'status', status: 400, times: 37, body })
  const answer = await run(connectionId)
  expect(answer.operation).toMatchObject({ pushedRecords: 4943, errorRecords: 37 })

  const first = await reconcile(connectionId)
  expect(first).toMatchObject({
    ...{ people: 5000, entries: 4963, inBoth: 4963, onlyInSource: 37, onlyInTarget: 0, differing: 0 },
    toRepair: 37,
    operation: { operationType: 'reconcile', status: 'completed', errorRecords: 0 },
  })
  expect(first.operation?.discrepancyPercent).toBeCloseTo(0.74, 10)
  const missing = await found(connectionId, 'only-here')
  expect(missing).toHaveLength(37)
  expect(missing.every(({ cause, message }) => cause === 'refused-there' && message?.includes(body))).toBe(
    true,
  )

  let before = world.ctlive.calls.length
  const again = await world.call().sync.retryFailed({ id: answer.operationId, wait: true })
  expect(again.operation).toMatchObject({ status: 'completed', pushedRecords: 37, errorRecords: 0 })
  expect(writesFrom(before)).toHaveLength(37)

  tamper(100, { entry_bib: '9100' })
  tamper(2000, { athlete_last_name: 'Tampered' })
  tamper(4000, { athlete_birthdate: '1900-01-01' })
  const second = await reconcile(connectionId)
  expect(second).toMatchObject({ inBoth: 5000, onlyInSource: 0, differing: 3, toRepair: 3 })
  expect(second.operation?.discrepancyPercent).toBeCloseTo(0.06, 10)
  expect(second.fields.map(({ field, people }) => `${field} ${people}`).sort()).toEqual([
    'athlete_birthdate 1',
    'athlete_last_name 1',
    'entry_bib 1',
  ])
  expect(await found(connectionId, 'differs')).toContainEqual(
    expect.objectContaining({
      bibNumber: '100',
      cause: 'changed-there',
      repaired: false,
      fields: [{ field: 'entry_bib', ours: '100', theirs: '9100' }],
    }),
  )

  before = world.ctlive.calls.length
  expect(await repair(connectionId)).toMatchObject({
    status: 'completed',
    pushedRecords: 3,
    startedBy: 'Ann',
  })
  expect(writesFrom(before)).toHaveLength(3)
  expect((await found(connectionId, 'differs')).every(({ repaired }) => repaired)).toBe(true)
  expect(await world.call().reconciliation.last({ connectionId })).toMatchObject({ toRepair: 0 })
  const third = await reconcile(connectionId)
  expect(third).toMatchObject({ inBoth: 5000, differing: 0, discrepancyPercent: 0 })
  expect(third.events[0]?.history.map(({ discrepancyPercent }) => discrepancyPercent.toFixed(2))).toEqual([
    '0.74',
    '0.06',
    '0.00',
  ])
  await expect(repair(connectionId)).rejects.toMatchObject({ code: 'not-found' })
}, 120_000)

test('nobody is touched whom only scoring knows, nor who is gone here: they are listed', async () => {
  const connectionId = await open()
  await run(connectionId)
  world.scoring.addEntry(raceId(), { athlete_last_name: 'Walkin', entry_bib: '900' })
  world.scoring.addEntry(raceId(), { ...entryOf(7), entry_id: '', entry_bib: '907' })
  world.registrations.remove(world.added[2]?.registrationId ?? 0, 'removed')
  await run(connectionId)
  world.scoring.removeEntry(entryOf(5).entry_id)
  tamper(6, { athlete_email: '' })
  const before = world.ctlive.calls.length
  expect(await reconcile(connectionId)).toMatchObject({
    ...{
      people: 19,
      entries: 21,
      inBoth: 18,
      onlyInSource: 1,
      onlyInTarget: 2,
      differing: 1,
      goneInSource: 1,
    },
    toRepair: 2,
  })
  expect(await found(connectionId, 'gone-here')).toMatchObject([{ bibNumber: '3', message: 'withdrawn' }])
  expect(
    (await found(connectionId, 'only-there')).map(({ bibNumber, cause }) => `${bibNumber} ${cause}`).sort(),
  ).toEqual(['900 by-hand', '907 twice'])
  expect(await found(connectionId, 'only-here')).toMatchObject([{ bibNumber: '5', cause: 'gone-there' }])
  const others = entries().filter(({ entry_bib }) => ['3', '900', '907'].includes(entry_bib ?? ''))
  expect(await repair(connectionId)).toMatchObject({ status: 'completed', pushedRecords: 2 })
  // Bib 5 was taken out there: its own entry is not found, and it is made anew.
  expect(
    writesFrom(before)
      .map(({ method }) => method)
      .sort(),
  ).toEqual(['POST', 'PUT', 'PUT'])
  expect(entries().filter(({ entry_bib }) => ['3', '900', '907'].includes(entry_bib ?? ''))).toEqual(others)
  const again = await reconcile(connectionId)
  expect(again).toMatchObject({
    differing: 0,
    onlyInSource: 0,
    onlyInTarget: 2,
    goneInSource: 1,
    toRepair: 0,
  })
})

test('an entry whose key was lost there is known by the id of its receipt, and gets its key again', async () => {
  const connectionId = await open()
  await run(connectionId)
  tamper(4, { entry_external_id: '' })
  expect(await reconcile(connectionId)).toMatchObject({ inBoth: 20, differing: 1, onlyInTarget: 0 })
  expect((await found(connectionId, 'differs'))[0]?.fields).toMatchObject([{ field: 'key', theirs: null }])
  await repair(connectionId)
  expect(entryOf(4).entry_external_id).toMatch(/^runsignup:/)
  expect(entries()).toHaveLength(20)
})

test('somebody whom an import file brought there, and no push, is repaired and not entered twice', async () => {
  const connectionId = await open()
  await run(connectionId)
  await world.call().sync.setFreeze({ frozen: true })
  const [person] = makePeople({ seed: 9, year: 2026, bibs: ['21'] })
  if (!person) throw new Error('nobody')
  const { registrationId } = world.registrations.add(world.event.eventId, { person })
  await run(connectionId)
  world.scoring.addEntry(raceId(), {
    entry_external_id: `runsignup:${registrationId}`,
    entry_bib: '21',
    athlete_last_name: 'Old',
  })
  expect(await reconcile(connectionId)).toMatchObject({ inBoth: 21, differing: 1, onlyInTarget: 0 })
  await world.call().sync.setFreeze({ frozen: false })
  expect(await repair(connectionId)).toMatchObject({ status: 'completed', pushedRecords: 1 })
  expect(entries()).toHaveLength(21)
  expect(await reconcile(connectionId)).toMatchObject({ inBoth: 21, discrepancyPercent: 0 })
})

test('what scoring writes otherwise but means the same is no difference', async () => {
  const connectionId = await open()
  await run(connectionId)
  for (const entry of entries()) {
    const { athlete_birthdate: born = '', athlete_last_name: last = '', athlete_sex: sex } = entry
    const [year, month, day] = born.split('-')
    world.scoring.editEntry(entry.entry_id ?? '', {
      athlete_birthdate: `${Number(month)}/${Number(day)}/${year}`,
      athlete_last_name: ` ${last.toUpperCase()} `,
      athlete_sex: sex === 'M' ? 'Male' : sex === 'F' ? 'female' : 'X',
    })
  }
  expect(await reconcile(connectionId)).toMatchObject({ inBoth: 20, differing: 0, discrepancyPercent: 0 })
})

test('a change here that was not pushed yet is said as such and is no alarm', async () => {
  const connectionId = await open()
  await run(connectionId)
  const [person] = (await world.call().raceDay.lookup({ bib: '9' })).matches
  await world
    .callAs('crew', 'Ann')
    .raceDay.decide({ id: person?.id ?? '', field: 'last_name', value: 'Changed', reason: 'asked' })
  await reconcile(connectionId)
  expect(await found(connectionId, 'differs')).toMatchObject([{ cause: 'changed-here' }])
  await run(connectionId)
  expect(await found(connectionId, 'differs')).toMatchObject([{ repaired: true }])
})

describe('a repair', () => {
  test('sends nothing while pushing is frozen, and what it was to repair stays open', async () => {
    const connectionId = await open()
    await run(connectionId)
    tamper(1, { athlete_last_name: 'Tampered' })
    await reconcile(connectionId)
    await world.callAs('crew', 'Ann').sync.setFreeze({ frozen: true })
    const before = world.ctlive.calls.length
    expect(await repair(connectionId)).toMatchObject({
      status: 'held',
      errorCode: 'sync.frozen',
      heldRecords: 1,
    })
    expect(writesFrom(before)).toHaveLength(0)
    expect(await found(connectionId, 'differs')).toMatchObject([{ repaired: false, repairAskedBy: 'Ann' }])
    await world.callAs('crew', 'Ann').sync.setFreeze({ frozen: false })
    expect(await repair(connectionId)).toMatchObject({ status: 'completed', pushedRecords: 1 })
  })

  test('that would change many bibs within a day of the start needs a look, and cancelled changes none', async () => {
    const connectionId = await open()
    await run(connectionId)
    for (let bib = 1; bib <= 6; bib += 1) tamper(bib, { entry_bib: String(500 + bib) })
    await reconcile(connectionId)
    const before = world.ctlive.calls.length
    const asked = await repair(connectionId)
    expect(asked).toMatchObject({ status: 'needs-a-look', pushedRecords: 0 })
    const { looks } = await world.call().sync.operation({ id: asked.id })
    expect(looks).toMatchObject([{ stage: 'push', bibs: { count: 6 } }])
    expect(looks[0]?.bibs.rows).toContainEqual(expect.objectContaining({ bib: '501', newBib: '1' }))
    await world.call().sync.cancel({ id: asked.id })
    // A run on its own leaves them as somebody left them.
    expect((await run(connectionId)).operation).toMatchObject({ status: 'completed', pushedRecords: 0 })
    expect(writesFrom(before)).toHaveLength(0)
    const second = await repair(connectionId)
    const went = await world.callAs('crew', 'Ann').sync.goOn({ id: second.id, wait: true })
    expect(went.operation).toMatchObject({ status: 'completed', pushedRecords: 6 })
    expect(await reconcile(connectionId)).toMatchObject({ differing: 0 })
  })

  test('is audited with who asked, and with what stood there', async () => {
    const connectionId = await open()
    await run(connectionId)
    tamper(1, { athlete_last_name: 'Tampered' })
    await reconcile(connectionId)
    await repair(connectionId)
    const { entries: audit } = await world.call().system.audit({ rowId: connectionId })
    const row = audit.find(({ action }) => action.startsWith('repair asked'))
    expect(row).toMatchObject({ actor: 'Ann', after: { people: 1 } })
    expect(JSON.stringify(row?.after)).toContain('Tampered')
  })
})

describe('a comparison', () => {
  test('that is cancelled keeps nothing, and the one before stays', async () => {
    const connectionId = await open()
    await run(connectionId)
    tamper(1, { athlete_last_name: 'Tampered' })
    await reconcile(connectionId)
    world.ctlive.faults.add({ method: 'GET', path: '/entry', kind: 'hang' })
    const { operationId } = await world.call().reconciliation.run({ connectionId, wait: false })
    await until(() => world.ctlive.faults.waiting === 0)
    expect(await world.call().sync.cancel({ id: operationId })).toMatchObject({ status: 'cancelled' })
    expect(await found(connectionId, 'differs')).toHaveLength(1)
    expect((await world.call().reconciliation.last({ connectionId })).events[0]?.history).toHaveLength(1)
  })

  test('that was cut by a restart is done when the app is back, and writes nothing', async () => {
    const connectionId = await open()
    await run(connectionId)
    tamper(1, { athlete_last_name: 'Tampered' })
    const before = world.ctlive.calls.length
    world.ctlive.faults.add({ method: 'GET', path: '/entry', kind: 'hang' })
    const { operationId } = await world.call().reconciliation.run({ connectionId, wait: false })
    await until(() => world.ctlive.faults.waiting === 0)
    await world.restart()
    await until(async () => {
      const { status } = await world.call().sync.operation({ id: operationId })
      return status === 'completed'
    })
    expect(await found(connectionId, 'differs')).toHaveLength(1)
    expect((await world.call().sync.operation({ id: operationId })).processedRecords).toBe(20)
    expect(writesFrom(before)).toHaveLength(0)
  })

  test('whose reading breaks off in the middle says nobody is missing', async () => {
    const connectionId = await open({ people: 600 })
    await run(connectionId)
    world.ctlive.faults.add({ method: 'GET', path: 'page=2', kind: 'status', status: 404 })
    const broken = await reconcile(connectionId)
    expect(broken).toMatchObject({ readAt: null, operation: { status: 'failed' } })
    expect(await found(connectionId, 'only-here')).toEqual([])
    expect(await reconcile(connectionId)).toMatchObject({ inBoth: 600, discrepancyPercent: 0 })
  })

  test('is not the connection’s last run', async () => {
    const connectionId = await open()
    await run(connectionId)
    const before = await world.call().connections.get({ id: connectionId })
    await reconcile(connectionId)
    const after = await world.call().connections.get({ id: connectionId })
    expect(after).toMatchObject({ lastSyncAt: before.lastSyncAt, recent: before.recent })
  })
})

test('over HTTP it answers with the counts of both sides and the discrepancy', async () => {
  const connectionId = await open()
  await run(connectionId)
  tamper(1, { athlete_last_name: 'Tampered' })
  const app = world.app()
  const log = { info() {}, warn() {}, error() {} }
  const server = createServer({
    ...{ app, log, host: '127.0.0.1', port: 0, rendererFolder: null, version: '0.0.0-test' },
  })
  await server.start()
  try {
    const authorization = `Bearer ${app.access.managerToken()}`
    const url = `${server.address()}/api/reconcile/${connectionId}`
    const answer = await fetch(url, { method: 'POST', headers: { authorization } })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      ...{ people: 20, entries: 20, in_both: 20, only_in_source: 0, only_in_target: 0, differing: 1 },
      discrepancy_percent: 5,
      fields: [{ field: 'athlete_last_name', people: 1 }],
    })
    const findings = await fetch(`${url}/findings?kind=differs`, { headers: { authorization } })
    expect(await findings.json()).toMatchObject({ findings: [{ cause: 'changed-there', bib_number: '1' }] })
  } finally {
    await server.stop()
  }
})

async function until(good: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 8000
  while (!(await good())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
