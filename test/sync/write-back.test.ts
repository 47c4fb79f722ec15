import { afterEach, expect, test } from 'vitest'
import { setFreeze } from '../../src/sync/freeze.ts'
import { createTestClock, createWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World | null = null
afterEach(async () => {
  await world?.stop()
  world = null
})

/** A desk with registrations of RunSignUp, bibs 1 to n; the waits between two calls are kept. */
async function desk(options: Omit<WorldOptions, 'clock'> = {}) {
  const clock = createTestClock()
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => void waits.push(ms)
  const made = await createWorld({ ...options, clock, config: { wait, ...options.config } })
  world = made
  const { id: connectionId } = await made.connect()
  await made.call().sync.manual({ connectionId, wait: true })
  const personOf = async (q: string): Promise<string> => {
    const { matches } = await made.call().raceDay.lookup({ q })
    return matches[0]?.id ?? expect.unreachable(q)
  }
  const there = (index: number) => made.registrations.find(made.added[index]?.registrationId ?? 0)
  return {
    ...made,
    clock,
    waits,
    connectionId,
    there,
    give: async (bib: string, field: 'bib_number' | 'chips', value: string | string[] | null) =>
      made.call().raceDay.decide({ id: await personOf(bib), field, value }),
    preview: async () => (await made.call().writeBack.write({ connectionId, dryRun: true })).preview,
    write: (more: { agreed?: string } = {}) =>
      made.call().writeBack.write({ connectionId, wait: true, ...more }),
    answers: async () => (await made.call().writeBack.answers({ connectionId })).answers,
    posts: () => made.runSignUp.calls.filter(({ method }) => method === 'POST'),
  }
}

test('numbers given at the desk stand at their registrations, only those, and only what changed is sent', async () => {
  const { give, preview, write, there, answers, posts, added } = await desk({ people: 6 })
  await give('2', 'bib_number', '902')
  await give('3', 'chips', ['C303'])
  const said = await preview()
  expect(said).toMatchObject({ changed: { count: 2 }, refused: { count: 0 }, unchanged: 0, inferred: true })
  expect(said.changed.rows.map(({ changes }) => changes)).toEqual([
    [{ field: 'bib', old: '2', new: '902' }],
    [{ field: 'chip', old: null, new: 'C303' }],
  ])
  expect(posts()).toEqual([])
  const done = await write({ agreed: said.agreed })
  expect(done.operation).toMatchObject({ status: 'completed', pushedRecords: 2, errorRecords: 0 })
  expect([there(1)?.bib, there(1)?.chip, there(2)?.bib, there(2)?.chip]).toEqual([902, null, 3, 'C303'])
  const [post] = posts()
  expect(JSON.parse(new URLSearchParams(post?.body).get('request') ?? '')).toEqual({
    participants: [
      { registration_id: added[1]?.registrationId, bib_num: 902 },
      { registration_id: added[2]?.registrationId, chip_num: 'C303' },
    ],
  })
  expect(await answers()).toMatchObject([
    { outcome: 'accepted', sentAt: expect.any(Number) },
    { outcome: 'accepted' },
  ])
  expect(await preview()).toMatchObject({ changed: { count: 0 }, unchanged: 2 })
  expect((await write()).operation).toMatchObject({ pushedRecords: 0 })
  expect(posts()).toHaveLength(1)
})

test('a number that was taken away here stays there, and walk-ups are not there', async () => {
  const { call, give, preview, there, write } = await desk({ people: 3 })
  await give('2', 'bib_number', null)
  const [event] = (await call().results.events({})).events
  const walkUp = { bibNumber: '950', firstName: 'Wanda', lastName: 'Walker' }
  await call().raceDay.addWalkUp({ eventId: event?.eventId ?? '', ...walkUp })
  expect(await preview()).toMatchObject({ changed: { count: 0 }, refused: { count: 0 } })
  await write()
  expect(there(1)?.bib).toBe(2)
})

test('two who swapped their bibs are both written; a bib that somebody keeps there is not', async () => {
  const { give, preview, write, there } = await desk({ people: 4 })
  await give('1', 'bib_number', '77')
  await give('2', 'bib_number', '1')
  await give('77', 'bib_number', '2')
  await give('3', 'bib_number', '4')
  const said = await preview()
  expect(said).toMatchObject({ changed: { count: 2 }, refused: { count: 1 } })
  expect(said.refused.rows[0]?.message).toMatch(/^Bib 4 is somebody else's there/)
  await write()
  expect([there(0)?.bib, there(1)?.bib, there(2)?.bib]).toEqual([2, 1, 3])
})

test('who is refused keeps their bib, which bars who was to get it; one bib given to two goes to neither', async () => {
  const { give, preview } = await desk({ people: 6 })
  await give('2', 'bib_number', 'B2')
  await give('1', 'bib_number', '2')
  await give('5', 'bib_number', '99')
  await give('6', 'bib_number', '99')
  const said = await preview()
  expect(said.changed.count).toBe(0)
  expect(said.refused.rows.map(({ message }) => message)).toEqual([
    expect.stringContaining(`Bib 2 is somebody else's there`),
    'RunSignUp takes whole numbers for bibs, not B2',
    'Bib 99 is given to several here',
    'Bib 99 is given to several here',
  ])
})

test('of several chips none is chosen for a registration that has room for one', async () => {
  const { give, preview } = await desk({ people: 2 })
  await give('1', 'chips', ['C1', 'C2'])
  expect(await preview()).toMatchObject({
    changed: { count: 0 },
    unchanged: 0,
    refused: { count: 1, rows: [{ message: 'Several chips here, and room for one there' }] },
  })
})

test('what RunSignUp cannot hold is said before: a bib that is no whole number, a registration taken out', async () => {
  const { give, preview, registrations, added, clock } = await desk({ people: 3 })
  await give('1', 'bib_number', 'A17')
  await give('2', 'bib_number', '902')
  clock.advance(60_000)
  registrations.remove(added[1]?.registrationId ?? 0, 'removed')
  expect((await preview()).refused.rows.map(({ message }) => message)).toEqual([
    'RunSignUp takes whole numbers for bibs, not A17',
    'It is no active registration there',
  ])
})

test('what changed there since somebody looked is not written over', async () => {
  const { give, preview, write, registrations, added, clock, posts } = await desk({ people: 3 })
  await give('2', 'bib_number', '902')
  const { agreed } = await preview()
  clock.advance(60_000)
  registrations.edit(added[1]?.registrationId ?? 0, { bib: 555 })
  await expect(write({ agreed })).rejects.toMatchObject({ code: 'conflict' })
  expect(posts()).toEqual([])
  expect((await preview()).changed.rows[0]?.changes).toEqual([{ field: 'bib', old: '555', new: '902' }])
})

test('one refused is named with its reason and keeps no other back', async () => {
  const { runSignUp, give, write, answers, call, added } = await desk({ people: 3 })
  await give('1', 'bib_number', '901')
  await give('2', 'bib_number', '902')
  const body = JSON.stringify({
    participants: [
      { registration_id: added[0]?.registrationId },
      { error: { error_code: 115, error_msg: 'Bib invalid' } },
    ],
  })
  runSignUp.faults.add({ method: 'POST', path: '/participants', kind: 'status', status: 200, body })
  const { operation, operationId } = await write()
  // It took the first by its word only, and holds something else.
  expect(operation).toMatchObject({ status: 'completed', pushedRecords: 0, errorRecords: 2 })
  const { errors } = await call().sync.operation({ id: operationId ?? '' })
  const said = errors.map(({ message }) => message).join('\n')
  expect(said).toContain('RunSignUp says error 115 (Bib invalid)')
  expect(said).toContain('RunSignUp took it and holds something else')
  expect((await answers()).map(({ outcome }) => outcome)).toEqual(['refused', 'refused'])
})

test('an answer that broke off is asked for again, and everybody is written once', async () => {
  const { runSignUp, call, clock, give, write, waits, there, posts, answers } = await desk({ people: 40 })
  for (let bib = 1; bib <= 40; bib += 1) await give(String(bib), 'bib_number', String(9000 + bib))
  runSignUp.faults.add({ method: 'POST', path: '/participants', kind: 'half' })
  const cut = await write()
  expect(cut.operation).toMatchObject({ status: 'waiting', errorCode: 'network.unreachable' })
  clock.advance(60_000)
  const look = () => call().sync.operation({ id: cut.operationId ?? '' })
  await expect.poll(async () => (await look()).completedAt, { timeout: 8000 }).not.toBeNull()
  expect(await look()).toMatchObject({ status: 'completed', pushedRecords: 40, errorRecords: 0 })
  expect((await answers()).filter(({ outcome }) => outcome === 'accepted')).toHaveLength(40)
  expect([there(0)?.bib, there(39)?.bib]).toEqual([9001, 9040])
  // 25 were taken although nobody heard it: only the other 15 are sent again.
  const sent = posts().map(({ body }) => JSON.parse(new URLSearchParams(body).get('request') ?? ''))
  expect(sent.map(({ participants }) => participants.length)).toEqual([25, 15])
  expect(waits).toEqual([])
})

test('is not begun while pushing is frozen, stops when it is, and asks before it is first used', async () => {
  const frozen: (() => void)[] = []
  const wait = async (): Promise<void> => frozen.pop()?.()
  const { give, write, call, store, connectionId, preview, posts } = await desk({
    people: 30,
    config: { wait },
  })
  for (let bib = 1; bib <= 30; bib += 1) await give(String(bib), 'bib_number', String(9000 + bib))
  await call().sync.setFreeze({ frozen: true })
  await expect(write()).rejects.toMatchObject({ code: 'sync.frozen' })
  await call().sync.setFreeze({ frozen: false })
  frozen.push(() => setFreeze(store(), true, 'Ana'))
  expect((await write()).operation).toMatchObject({
    status: 'held',
    errorMessage: '5 registrations wait. Pushing is frozen by Ana.',
    pushedRecords: 25,
  })
  await call().sync.setFreeze({ frozen: false })
  await call().connections.update({ id: connectionId, inferredAllowed: false })
  expect(await preview()).toMatchObject({ changed: { count: 5 }, inferred: true })
  expect((await write()).operation).toMatchObject({ status: 'failed', errorCode: 'provider.unconfirmed' })
  expect(posts()).toHaveLength(1)
})

test('is a manager’s, and audited', async () => {
  const { give, write, callAs, connectionId, store } = await desk({ people: 2 })
  await give('1', 'bib_number', '901')
  await expect(callAs('crew').writeBack.write({ connectionId, dryRun: true })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
  await write()
  expect(
    store().read.get(`SELECT actor FROM audit_log WHERE action = 'bibs and chips written back'`),
  ).toMatchObject({ actor: 'manager' })
})
