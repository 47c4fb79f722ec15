import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import type { SourceResult } from '../../src/core/model.ts'
import type { Json } from '../../src/core/runtime.ts'
import { ctlive } from '../../src/providers/ctlive/index.ts'
import type { Cursor, Provider } from '../../src/providers/provider.ts'
import { connectionById } from '../../src/store/connections.ts'
import { storeResults } from '../../src/store/results.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { setFreeze } from '../../src/sync/freeze.ts'
import { trackProgress } from '../../src/sync/operations.ts'
import { pullResults } from '../../src/sync/results.ts'
import { contextFor } from '../providers/outside.ts'
import { createScoredWorld, type ScoredWorld } from '../support/scored-world.ts'
import type { WorldOptions } from '../support/world.ts'
import { memoryStore } from './memory-store.ts'

let scored: ScoredWorld | null = null
afterEach(async () => {
  await scored?.world.stop()
  scored = null
})

async function open(options: Omit<WorldOptions, 'clock'> = {}): Promise<ScoredWorld> {
  scored = await createScoredWorld(options)
  return scored
}

describe('a pull of results', () => {
  test('brings places, times and splits of the whole course, under the person they belong to', async () => {
    const { finish, pull, list } = await open({ people: 6 })
    for (const bib of ['3', '1', '2']) finish(bib, 1200 + Number(bib) + 0.31)
    expect(await pull()).toMatchObject({ status: 'completed', addedRecords: 3, errorRecords: 0 })
    const results = await list()
    expect(results.map(({ bibNumber, overallPlace }) => [bibNumber, overallPlace])).toEqual([
      ['1', 1],
      ['2', 2],
      ['3', 3],
    ])
    expect(results[0]).toMatchObject({
      gunTimeMs: 1_201_310,
      chipTimeMs: 1_197_310,
      splitTimes: [{ name: '2K', gunMs: 600_660, chipMs: 596_660 }],
      resultStatus: 'finished',
      divisionPlace: 1,
    })
    const [match] = (await scored?.world.call().raceDay.lookup({ bib: '1' }))?.matches ?? []
    expect(results[0]?.participantId).toBe(match?.id)
  })

  test('is an operation of the connection like any other, and shows nothing to registration', async () => {
    const { world, of, finish } = await open({ people: 2 })
    finish('1', 1200)
    const asked = { connectionId: of.connectionId, operation: 'results', wait: true } as const
    expect(await world.call().sync.manual(asked)).toMatchObject({
      success: true,
      operation: { addedRecords: 1 },
    })
    const { operations } = await world.call().results.history(of)
    expect(operations).toMatchObject([{ operationType: 'results', status: 'completed' }])
    expect(world.runSignUp.calls.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('with nothing new asks only whether anything changed, and keeps the moment of the last change', async () => {
    const { world, clock, finish, pull, list } = await open({ people: 3 })
    finish('1', 1200)
    clock.advance(3 * 60_000)
    await pull()
    const before = await list()
    clock.advance(5 * 60_000)
    const calls = world.ctlive.calls.length
    expect(await pull()).toMatchObject({ addedRecords: 0, changedRecords: 0 })
    const asked = world.ctlive.calls.slice(calls)
    expect(
      asked.filter(({ path }) => path.endsWith('/results')).every(({ query }) => query.last_modified),
    ).toBe(true)
    expect((await list()).map(({ changedAt }) => changedAt)).toEqual(before.map(({ changedAt }) => changedAt))
  })

  test('says withdrawn of a result that scoring gives no longer, by a complete fetch only, and takes it back', async () => {
    const { clock, finish, takeOut, pull, list } = await open({ people: 3 })
    for (const bib of ['1', '2']) finish(bib, 1200 + Number(bib))
    await pull()
    takeOut('2')
    clock.advance(60_000)
    expect(await pull()).toMatchObject({ goneRecords: 0 })
    expect(await pull(true)).toMatchObject({ goneRecords: 1 })
    const withdrawn = async () => (await list()).find(({ bibNumber }) => bibNumber === '2')?.withdrawnAt
    expect(await withdrawn()).toBe(clock())
    finish('2', 1202)
    await pull(true)
    expect(await withdrawn()).toBeNull()
  })

  test('that is cut on its way withdraws nothing, and the next one begins anew', async () => {
    const { world, clock, of, finish, pull, list } = await open({ people: 6 })
    for (let bib = 1; bib <= 6; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    const store = world.store()
    const items = store.read.all<{ item: string }>('SELECT normalized_data AS item FROM normalized_results')
    const [first] = items.map(({ item }) => JSON.parse(item) as Json)
    const connection = connectionById(store.read, of.connectionId)
    const event = rowWhere(store.read, 'normalized_events', 'id = ?', of.eventId)
    const operation = rowWhere(store.read, 'sync_operations', `operation_type = 'results'`)
    if (!connection || !event || !operation || first === undefined) throw new Error('nothing was pulled')
    const asked: (Cursor | null)[] = []
    let breaks = true
    const paging: NonNullable<Provider['results']> = {
      normalize: item => ctlive.results?.normalize(item) as SourceResult,
      async *pull(_context, _target, since) {
        asked.push(since)
        yield { items: [first], cursor: { page: 1 }, complete: false }
        if (breaks) throw new AppError('network.unreachable', 'The connection broke', { retriable: true })
        yield {
          items: items.slice(1).map(({ item }) => JSON.parse(item) as Json),
          cursor: { page: 2 },
          complete: true,
        }
      },
    }
    const scoring = {
      provider: { ...ctlive, results: paging },
      context: contextFor(),
      name: 'a',
      limit: ctlive.limit,
    }
    const run = (full: boolean) => {
      const progress = trackProgress(store, operation)
      return pullResults(store, connection, event, scoring, { full, onlyEvent: true }, progress)
    }
    clock.advance(60_000)
    await expect(run(true)).rejects.toMatchObject({ code: 'network.unreachable' })
    breaks = false
    clock.advance(60_000)
    await run(false)
    expect(asked).toEqual([null, null])
    expect((await list()).filter(({ withdrawnAt }) => withdrawnAt !== null)).toEqual([])
  })

  test('that meets trouble at the provider says it, and changes nothing', async () => {
    const { world, clock, finish, pull, list } = await open({ people: 3 })
    finish('1', 1201)
    await pull()
    const before = await list()
    clock.advance(60_000)
    world.ctlive.faults.add({ path: '/results', times: 9, kind: 'html' })
    expect(await pull(true)).toMatchObject({
      status: 'failed',
      errorCode: 'provider.unreadable',
      goneRecords: 0,
    })
    expect(await list()).toEqual(before)
  })

  test('that is empty all at once withdraws nobody', async () => {
    const { clock, finish, takeOut, pull, list } = await open({ people: 20 })
    for (let bib = 1; bib <= 20; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    for (let bib = 1; bib <= 20; bib += 1) takeOut(String(bib))
    clock.advance(60_000)
    expect(await pull(true)).toMatchObject({ status: 'completed', goneRecords: 0 })
    expect((await list()).filter(({ withdrawnAt }) => withdrawnAt !== null)).toEqual([])
  })

  test('gives the same rows in whatever order its pages come', () => {
    const resultOf = (bib: number): SourceResult => ({
      sourceResultId: `e${bib}`,
      entryKey: null,
      entryId: `e${bib}`,
      bib: String(bib),
      overallPlace: bib,
      genderPlace: null,
      divisionPlace: null,
      startAt: null,
      finishAt: null,
      gunTimeMs: 1_200_000 + bib,
      chipTimeMs: null,
      splits: [],
      status: 'finished',
      sourceVersion: null,
    })
    const pages = Array.from({ length: 8 }, (_, page) =>
      Array.from({ length: 5 }, (_, index) => ({ result: resultOf(page * 5 + index), raw: null })),
    )
    const rowsAfter = (order: readonly number[]): unknown => {
      const store = memoryStore(() => 1_000)
      for (const page of order)
        store.write(writer => storeResults(writer, 'event', 'scoring', pages[page] ?? []))
      const rows = store.read.all<Record<string, unknown>>('SELECT * FROM normalized_results ORDER BY id')
      store.close()
      // Which laptop wrote a row last, and when, is no part of the result.
      return rows.map(({ clock: _, ...row }) => row)
    }
    const once = rowsAfter([0, 1, 2, 3, 4, 5, 6, 7])
    for (const order of [
      [7, 6, 5, 4, 3, 2, 1, 0],
      [3, 0, 7, 1, 6, 2, 5, 4],
      [0, 0, 1, 2, 2, 3, 7, 4, 5, 6, 1],
    ])
      expect(rowsAfter(order)).toEqual(once)
  })
})

describe('a publication', () => {
  test('of 5,000 finishers, then of 12 corrected, sends 12; how many runners are told was said before', async () => {
    const { finish, pull, preview, publish, rest, held, told, waits } = await open({ people: 5000 })
    for (let bib = 1; bib <= 5000; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    rest()
    const first = await preview()
    expect(first).toMatchObject({ added: { count: 5000 }, corrected: { count: 0 }, notifiedOfNew: 5000 })
    expect(told()).toHaveLength(0)
    const done = await publish({ asOf: first.asOf })
    expect(done.operation).toMatchObject({ status: 'completed', pushedRecords: 5000, errorRecords: 0 })
    expect(held()).toHaveLength(5000)
    expect(told()).toHaveLength(first.notifiedOfNew)
    // Batches of 25, and a rest of a second between two.
    expect(waits).toHaveLength(199)
    expect(new Set(waits)).toEqual(new Set([1000]))

    expect(await preview()).toMatchObject({ added: { count: 0 }, unchanged: 5000, notifiedOfNew: 0 })
    // A chip time alone moves nobody's place: what differs is what was corrected.
    for (let bib = 100; bib < 112; bib += 1) finish(String(bib), 1200 + bib + 0.25)
    await pull(true)
    rest()
    const second = await preview()
    expect(second).toMatchObject({
      added: { count: 0 },
      corrected: { count: 12 },
      unchanged: 4988,
      notifiedOfNew: 0,
      notifiedOfCorrections: 12,
    })
    expect(second.corrected.rows[0]?.changes).toContainEqual({
      field: 'clock_time',
      old: expect.stringMatching(/\.00$/),
      new: expect.stringMatching(/\.25$/),
    })
    const corrected = await publish({ asOf: second.asOf, includeCorrections: true })
    expect(corrected.operation).toMatchObject({ pushedRecords: 12 })
    expect(held()).toHaveLength(5000)
    expect(told()).toHaveLength(5012)
  }, 120_000)

  test('twice is once', async () => {
    const { finish, pull, publish, rest, held, told } = await open({ people: 30 })
    for (let bib = 1; bib <= 30; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    rest()
    await publish()
    const after = JSON.stringify(held())
    expect((await publish({ includeCorrections: true })).operation).toMatchObject({ pushedRecords: 0 })
    expect(JSON.stringify(held())).toBe(after)
    expect(told()).toHaveLength(30)
  })

  test('leaves corrections alone unless they are asked for, and what changed in the last five minutes anyway', async () => {
    const { clock, finish, pull, preview, publish, rest, list, told } = await open({ people: 5 })
    for (const bib of ['1', '2']) finish(bib, 1200 + Number(bib))
    await pull()
    expect(await preview()).toMatchObject({ added: { count: 0 }, tooFresh: { count: 2 }, notifiedOfNew: 0 })
    expect((await publish()).operation).toMatchObject({ pushedRecords: 0 })
    rest()
    await publish()
    finish('2', 1202.5)
    finish('3', 1300)
    await pull(true)
    rest()
    expect((await publish()).operation).toMatchObject({ pushedRecords: 1 })
    expect((await list()).map(({ bibNumber, state }) => [bibNumber, state])).toEqual([
      ['1', 'published'],
      ['2', 'differs'],
      ['3', 'published'],
    ])
    clock.advance(60_000)
    expect((await publish({ includeCorrections: true })).operation).toMatchObject({ pushedRecords: 1 })
    expect(told()).toHaveLength(4)
  })

  test('sends nothing that its preview did not say', async () => {
    const { finish, pull, preview, publish, rest, told } = await open({ people: 5 })
    finish('1', 1201)
    await pull()
    rest()
    const said = await preview()
    finish('2', 1202)
    await pull(true)
    rest()
    expect((await publish({ asOf: said.asOf })).operation).toMatchObject({ pushedRecords: 1 })
    expect(told()).toHaveLength(said.notifiedOfNew)
  })

  test('whose answer broke off reads back what was taken: nobody is published or told twice', async () => {
    const { world, clock, finish, pull, publish, rest, held, told } = await open({ people: 80 })
    for (let bib = 1; bib <= 80; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    rest()
    world.runSignUp.faults.add({ method: 'POST', path: 'full-results', kind: 'half' })
    const cut = await publish()
    expect(cut.operation).toMatchObject({ status: 'waiting', errorCode: 'network.unreachable' })
    expect(held()).toHaveLength(25)
    clock.advance(60_000)
    const ended = await endOf(world, cut.operationId)
    expect(ended).toMatchObject({ status: 'completed', errorRecords: 0 })
    expect(held()).toHaveLength(80)
    expect(new Set(held().map(({ registrationId }) => registrationId)).size).toBe(80)
    expect(told()).toHaveLength(80)
  })

  test('of a correction whose answer broke off tells its runner once', async () => {
    const { world, clock, finish, pull, publish, rest, held, told } = await open({ people: 3 })
    for (const bib of ['1', '2', '3']) finish(bib, 1200 + Number(bib))
    await pull()
    rest()
    await publish()
    finish('2', 1202.5)
    await pull(true)
    rest()
    world.runSignUp.faults.add({ method: 'POST', path: 'full-results', kind: 'half' })
    const cut = await publish({ includeCorrections: true })
    clock.advance(60_000)
    await endOf(world, cut.operationId)
    expect(held()).toHaveLength(3)
    expect(told()).toHaveLength(4)
    expect((await publish({ includeCorrections: true })).operation).toMatchObject({ pushedRecords: 0 })
  })

  test('knows results that another laptop published, by what the provider holds', async () => {
    const { world, finish, pull, preview, publish, rest, told } = await open({ people: 4 })
    for (const bib of ['1', '2', '3']) finish(bib, 1200 + Number(bib))
    await pull()
    rest()
    await publish()
    world.store().write(writer => {
      writer.run('DELETE FROM publication_receipts')
      writer.run('UPDATE connection_events SET results_read_at = NULL')
    })
    finish('3', 1203.5)
    await pull(true)
    rest()
    expect(await preview()).toMatchObject({ added: { count: 0 }, unchanged: 2, corrected: { count: 1 } })
    await publish({ includeCorrections: true })
    expect(told()).toHaveLength(4)
  })

  test('says of whom it has no registration, and never gives a bib’s time to its holder there', async () => {
    const { world, of, finish, pull, preview, rest } = await open({ people: 4 })
    const walkUp = (bibNumber: string) =>
      world
        .call()
        .raceDay.addWalkUp({ eventId: of.eventId, bibNumber, firstName: 'Wanda', lastName: 'Walker' })
    await walkUp('900')
    await walkUp('4')
    await world.call().sync.manual({ connectionId: of.connectionId, wait: true })
    world.scoring.addEntry(String(world.scoredRace.race_id), {
      entry_bib: '901',
      athlete_last_name: 'Nobody',
    })
    for (const bib of ['900', '901', '4']) finish(bib, 1300)
    await pull()
    rest()
    const said = await preview()
    expect(said).toMatchObject({ added: { count: 1, rows: [{ bibNumber: '900' }] }, notifiedOfNew: 0 })
    const holder = world.added[3]?.person
    expect(said.noRegistration.rows.map(({ message }) => message).sort()).toEqual([
      'Nobody here has bib 901',
      `Not registered, and bib 4 is ${holder?.firstName} ${holder?.lastName}'s there`,
    ])
  })

  test('one refused result is named and not in doubt', async () => {
    const { world, finish, pull, publish, rest, held } = await open({ people: 3 })
    for (const bib of ['1', '2']) finish(bib, 1200 + Number(bib))
    await pull()
    rest()
    const body = JSON.stringify({
      results: [{ result_id: 5 }, { error: { error_code: 115, error_msg: 'Bib invalid' } }],
    })
    world.runSignUp.faults.add({ method: 'POST', path: 'full-results', kind: 'status', status: 200, body })
    const done = await publish()
    expect(done.operation).toMatchObject({ status: 'completed', pushedRecords: 1, errorRecords: 1 })
    const { errors } = await world.call().sync.operation({ id: done.operationId ?? '' })
    expect(errors).toMatchObject([
      { code: 'result.refused', message: expect.stringContaining('Bib invalid') },
    ])
    expect((await publish()).operation).toMatchObject({ pushedRecords: 1, errorRecords: 0 })
    expect(held()).toHaveLength(1)
  })

  test('stops between two batches when it is cancelled, and goes on there when it is published again', async () => {
    const waiting: (() => void)[] = []
    const wait = (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        waiting.push(resolve)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    const { world, of, finish, pull, publish, rest, told } = await open({ people: 60, config: { wait } })
    for (let bib = 1; bib <= 60; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    rest()
    const begun = await world.call().results.publish(of)
    await expect.poll(() => waiting.length).toBe(1)
    await world.call().sync.cancel({ id: begun.operationId ?? '' })
    expect(told()).toHaveLength(25)
    const again = publish()
    await expect.poll(() => waiting.length).toBe(2)
    waiting[1]?.()
    expect((await again).operation).toMatchObject({ status: 'completed', pushedRecords: 35 })
    expect(told()).toHaveLength(60)
  })

  for (const [code, expected] of [
    [6, 'provider.keys-refused'],
    [7, 'provider.forbidden'],
  ] as const)
    test(`meets RunSignUp's error ${code} with ${expected}, and nothing is in doubt that was never sent`, async () => {
      const { world, finish, pull, publish, rest, list } = await open({ people: 2 })
      finish('1', 1200)
      await pull()
      rest()
      world.runSignUp.faults.add({ path: 'get-result-sets', kind: 'error200', code })
      await expect(publish()).rejects.toMatchObject({ code: expected })
      expect((await list()).map(({ state }) => state)).toEqual(['not-published'])
    })

  test('is not begun while pushing is frozen, and says by whom', async () => {
    const { world, finish, pull, preview, publish, rest, told } = await open({ people: 3 })
    finish('1', 1201)
    await pull()
    rest()
    await world.call().sync.setFreeze({ frozen: true })
    await expect(publish()).rejects.toMatchObject({
      code: 'sync.frozen',
      message: expect.stringContaining('frozen by manager'),
    })
    expect(await preview()).toMatchObject({ added: { count: 1 } })
    expect(told()).toEqual([])
    await world.call().sync.setFreeze({ frozen: false })
    expect((await publish()).operation).toMatchObject({ pushedRecords: 1 })
  })

  test('that is frozen on its way stops before the next batch and says how many wait', async () => {
    const frozen: (() => void)[] = []
    const wait = async (): Promise<void> => frozen.pop()?.()
    const { world, finish, pull, publish, rest, told } = await open({ people: 60, config: { wait } })
    for (let bib = 1; bib <= 60; bib += 1) finish(String(bib), 1200 + bib)
    await pull()
    rest()
    frozen.push(() => setFreeze(world.store(), true, 'Ana'))
    expect((await publish()).operation).toMatchObject({
      status: 'held',
      errorCode: 'sync.frozen',
      errorMessage: '35 results wait. Pushing is frozen by Ana.',
      pushedRecords: 25,
    })
    expect(told()).toHaveLength(25)
  })

  test('is a manager’s; the crew sees results and the file', async () => {
    const { world, of, finish, pull } = await open({ people: 2 })
    finish('1', 1200)
    await pull()
    const crew = world.callAs('crew')
    await expect(crew.results.publish({ ...of, dryRun: true })).rejects.toMatchObject({
      code: 'auth.forbidden',
    })
    const file = await crew.results.file(of)
    expect(file.rows).toBe(1)
    expect(file.text).toContain('0:20:00.00')
  })
})

type Call = ReturnType<ScoredWorld['world']['call']>
async function endOf(
  world: ScoredWorld['world'],
  operationId: string | null,
): Promise<Awaited<ReturnType<Call['sync']['operation']>>> {
  const look = () => world.call().sync.operation({ id: operationId ?? '' })
  await expect.poll(async () => (await look()).completedAt, { timeout: 8000 }).not.toBeNull()
  return look()
}
