import { afterEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { createReplication } from '../../src/replication/replication.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { conflicts } from '../../src/store/conflicts.ts'
import { decide } from '../../src/store/decisions.ts'
import { startOf } from '../../src/store/guns.ts'
import { assignRead } from '../../src/store/links.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { changeStart } from '../../src/store/starts.ts'
import type { Store } from '../../src/store/store.ts'
import { act } from '../support/deeds.ts'
import {
  bringEvent,
  EVENT,
  effectiveState,
  NOON,
  openLaptop,
  openSession,
  person,
  said,
  streamRead,
  sync,
} from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation, type Station, silent } from './two-sides.ts'
import { openWay, type Way } from './way.ts'

const postgres = startPostgres()
const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.stop()))
})

const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}

async function wayTo(target: number): Promise<Way> {
  const made = await openWay(target)
  keep({ stop: () => made.close() })
  return made
}

/** A central database and laptops that have joined it, each by a way of its own. */
async function centre(names: readonly string[], options: Parameters<typeof openStation>[1] = {}) {
  const database = await migratedDatabase(postgres, ['One'])
  const ways: Way[] = []
  const stations: Station[] = []
  for (const name of names) {
    const way = await wayTo(Number(new URL(database.url).port))
    ways.push(way)
    const station = keep(openStation(name, options))
    stations.push(station)
    await station.replication.start()
    await station.replication.join(await codeFor(database, way.port))
  }
  return { database, ways, stations }
}

const meet = async (stations: readonly Station[]): Promise<void> => {
  for (let round = 0; round < 3; round++) for (const station of stations) await station.replication.run()
}

const first = (station: Station) => station.replication.status().peers[0]

test('what one laptop has reaches another through the centre, and nothing goes back', async () => {
  const { stations, database } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1' }), said('2', { bib_number: '2' })])
  openSession(a)
  act(a, { what: 9, who: 0, value: 1 }, 1)
  a.linker.linkNow()
  await meet(stations)
  const { audit: _, ...there } = effectiveState(b)
  const { audit: __, ...here } = effectiveState(a)
  expect(there).toEqual(here)
  expect(here.people).toHaveLength(2)
  expect(here.reads).toHaveLength(1)
  const { rows } = await database.owner.query(
    `SELECT DISTINCT origin FROM changes WHERE table_name IN ('normalized_participants', 'timing_reads')`,
  )
  expect(rows).toEqual([{ origin: a.store.laptopId }])
  expect(first(b)).toMatchObject({
    state: 'in-step',
    toSend: 0,
    readsToSend: 0,
    toTake: 0,
    name: 'Fast Timing',
  })
})

test('a change is told at once, without anybody asking', async () => {
  const { stations } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  await meet(stations)
  bringEvent(a)
  await vi.waitFor(() => expect(b.store.read.all('SELECT 1 FROM normalized_events')).toHaveLength(1), 3000)
})

test('two desks that give one bib to two people apart both see both, who won and why', async () => {
  const { stations, ways } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1' }), said('2', { bib_number: '2' })])
  await meet(stations)
  for (const way of ways) way.cut()
  a.store.write(writer => decide(writer, person('1'), 'bib_number', '500', null), 'desk a')
  await new Promise(resolve => setTimeout(resolve, 5))
  b.store.write(writer => decide(writer, person('2'), 'bib_number', '500', null), 'desk b')
  await meet(stations)
  expect(first(a)?.state).toBe('offline')
  for (const way of ways) way.mend()
  await meet(stations)
  for (const station of stations)
    expect(conflicts(station.store.read, 10)).toEqual([
      expect.objectContaining({
        kind: 'bib',
        kept: expect.objectContaining({ participantId: person('2'), decidedBy: 'desk b' }),
        lost: expect.objectContaining({ participantId: person('1'), decidedBy: 'desk a' }),
      }),
    ])
})

describe('it goes on by itself', () => {
  test('after the network was away and nothing was written meanwhile', async () => {
    const { stations, ways, database } = await centre(['a'])
    const [a] = stations
    const [way] = ways
    if (!a || !way) throw new Error('a laptop')
    await meet(stations)
    way.cut()
    bringEvent(a)
    await vi.waitFor(
      () => expect(first(a)).toMatchObject({ state: 'offline', code: 'central.unreachable' }),
      5000,
    )
    expect(first(a)?.toSend).toBeGreaterThan(0)
    expect(first(a)?.nextTryAt).not.toBeNull()
    way.mend()
    await vi.waitFor(() => expect(first(a)?.state).toBe('in-step'), 20_000)
    expect((await database.owner.query('SELECT 1 FROM normalized_events')).rowCount).toBe(1)
  })

  test('when its commit was answered by nobody: the same rows, and none sent again', async () => {
    const { stations, ways, database } = await centre(['a', 'b'])
    const [a] = stations
    const [way] = ways
    if (!a || !way) throw new Error('a laptop')
    await meet(stations)
    way.cutAfter('COMMIT')
    bringEvent(a)
    openSession(a)
    act(a, { what: 9, who: 0, value: 1 }, 1)
    await vi.waitFor(async () => {
      await a.replication.run()
      expect(first(a)).toMatchObject({ state: 'in-step', toSend: 0, readsToSend: 0 })
    }, 20_000)
    await meet(stations)
    const { rows } = await database.owner.query(
      `SELECT table_name, count(*)::integer AS times FROM changes
       WHERE table_name IN ('normalized_events', 'timing_reads') GROUP BY 1 ORDER BY 1`,
    )
    expect(rows).toEqual([
      { table_name: 'normalized_events', times: 1 },
      { table_name: 'timing_reads', times: 1 },
    ])
    expect(effectiveState(stations[1] as Station).reads).toEqual(effectiveState(a).reads)
  })
})

test('a transaction held open elsewhere is waited for, and nothing in it is passed over', async () => {
  const { stations, database } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  await meet(stations)
  const { owner } = database
  await owner.query('BEGIN')
  // A slow one: it has its place in the feed already, and its sequence has a gap behind it.
  await owner.query(`UPDATE normalized_events SET clock = '999999999999998-00000-x', event_name = 'Slow'`)
  sync(a, [said('1', { bib_number: '1' })])
  await meet(stations)
  expect(b.store.read.all('SELECT 1 FROM normalized_participants')).toEqual([])
  await owner.query('COMMIT')
  await meet(stations)
  expect(b.store.read.all('SELECT event_name AS name FROM normalized_events')).toEqual([{ name: 'Slow' }])
  expect(b.store.read.all('SELECT 1 FROM normalized_participants')).toHaveLength(1)
})

describe('in words', () => {
  test('a login that was taken back, and work goes on', async () => {
    const { stations, database } = await centre(['a'])
    const [a] = stations
    if (!a) throw new Error('a laptop')
    await meet(stations)
    await database.owner.query('UPDATE partner_memberships SET revoked_at = now()')
    await database.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'trackside_p1_%'`,
    )
    bringEvent(a)
    await vi.waitFor(
      () => expect(first(a)).toMatchObject({ state: 'blocked', code: 'central.refused' }),
      10_000,
    )
    expect(first(a)?.message).toContain('taken back')
    expect(a.store.read.all('SELECT 1 FROM normalized_events')).toHaveLength(1)
  })

  test('a laptop that was cut off after its code was used up goes on with the same code, and nobody else does', async () => {
    const database = await migratedDatabase(postgres, ['One'])
    const code = await codeFor(database)
    const kept = createMemorySecrets()
    let written = 0
    const locked = {
      ...kept,
      async set(account: string, secret: string) {
        written += 1
        if (written === 2) throw new Error('the keychain is locked')
        await kept.set(account, secret)
      },
    }
    const one = keep(openStation('one', { secrets: locked }))
    const two = keep(openStation('two'))
    await expect(one.replication.join(code)).rejects.toThrow('the keychain is locked')
    expect(one.replication.status().peers).toEqual([])
    const { rows } = await database.owner.query(
      'SELECT redeemed_at IS NOT NULL AS used FROM partner_memberships',
    )
    expect(rows).toEqual([{ used: true }])
    await expect(two.replication.join(code)).rejects.toMatchObject({ code: 'central.refused' })

    const { id } = await one.replication.join(code)
    await one.replication.run()
    expect(first(one)).toMatchObject({ state: 'in-step', code: null })
    expect(await kept.get(`replication/${id}`)).not.toBeNull()
    const user = String((await database.owner.query('SELECT login FROM partner_memberships')).rows[0]?.login)
    expect(await kept.get(`replication/joining/${user}`)).toBeNull()
  })

  test('a code used twice, a code with a typo, another partner’s', async () => {
    const { database } = await centre([])
    const code = await codeFor(database)
    const one = keep(openStation('a'))
    await one.replication.start()
    await one.replication.join(code)
    const two = keep(openStation('b'))
    await expect(two.replication.join(code)).rejects.toMatchObject({ code: 'central.refused' })
    await expect(two.replication.join(`${code}x`)).rejects.toMatchObject({ code: 'input.invalid' })
    two.store.joinPartner({ id: 9, name: 'Others' })
    await expect(two.replication.join(await codeFor(database))).rejects.toMatchObject({ code: 'conflict' })
    await one.replication.leave(first(one)?.id ?? '')
    expect(one.replication.status().peers).toEqual([])
  })
})

test('a reader that began its numbers anew on another laptop loses no read of either', async () => {
  const { stations, ways, database } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  openSession(a)
  await meet(stations)
  for (const way of ways) way.cut()
  // One box, one number, two reads.
  act(a, { what: 10, who: 0, value: 5 }, 1)
  act(b, { what: 10, who: 0, value: 5 }, 2)
  for (const way of ways) way.mend()
  await meet(stations)
  const [here, there] = [effectiveState(a).reads, effectiveState(b).reads]
  expect(here).toHaveLength(2)
  expect(there).toEqual(here)
  expect((await database.owner.query('SELECT 1 FROM timing_reads')).rowCount).toBe(2)
  // The feed from its beginning, as after a restore, brings none of them twice.
  await database.owner.query('UPDATE installation SET feed_id = gen_random_uuid()')
  await database.owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'trackside_p1_%'`,
  )
  await vi.waitFor(async () => {
    await meet(stations)
    for (const station of stations) expect(first(station)?.state).toBe('in-step')
  }, 10_000)
  expect(effectiveState(b).reads).toEqual(here)
  expect(effectiveState(a).reads).toEqual(here)
  expect((await database.owner.query('SELECT 1 FROM timing_reads')).rowCount).toBe(2)
})

test('a crew’s word on one of two reads under one number is of that read on every laptop', async () => {
  const { stations } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1' }), said('2', { bib_number: '2' })])
  openSession(a)
  await meet(stations)
  // Each has read of its own under the number 4, and the crew at each says whose it is.
  for (const [n, station] of stations.entries()) {
    act(station, { what: 10, who: 0, value: 4 }, 10 + n)
    act(station, { what: 12, who: n, value: 1 }, 0)
  }
  await meet(stations)
  const words = ({ store, linker }: Station) => {
    linker.linkNow()
    return store.read.all(
      `SELECT r.raw, l.route, l.participant_id AS who FROM timing_reads r JOIN read_links l ON l.read_id = r.id ORDER BY 1`,
    )
  }
  const both = [
    { raw: expect.stringMatching(/^4;/), route: 'crew', who: person('1') },
    { raw: expect.stringMatching(/^4;/), route: 'crew', who: person('2') },
  ]
  expect(words(a)).toEqual(both)
  expect(words(b)).toEqual(both)

  // And taken back it is taken back there.
  const kept = a.store.read.get<{ id: number }>(
    'SELECT read_id AS id FROM read_links WHERE participant_id = ?',
    person('2'),
  )
  a.store.write(writer => assignRead(writer, kept?.id ?? 0, undefined, null), 'desk')
  await meet(stations)
  expect(words(a)).toEqual([both[0], { ...both[1], route: null, who: null }])
  expect(words(b)).toEqual(words(a))
})

test('a gun that was chosen among two reads under one number is that gun on every laptop', async () => {
  const { stations } = await centre(['a', 'b'])
  const [a, b] = stations
  if (!a || !b) throw new Error('two laptops')
  bringEvent(a)
  const session = openSession(a)
  await meet(stations)
  for (const [n, { store }] of stations.entries())
    store.write(writer => {
      const gun: JournalRead = { ...streamRead(4, 'guntime', NOON + n * 1000), kind: 'gun' }
      journal(writer, session, [gun], writer.at)
    })
  const chosen = b.store.read.get<{ id: number }>(`SELECT id FROM timing_reads WHERE kind = 'gun'`)?.id ?? 0
  b.store.write(writer => changeStart(writer, { eventId: EVENT, wave: '', gunReadId: chosen }), 'desk')
  await meet(stations)
  for (const { store } of stations) {
    const { readId, ...start } = startOf(store.read, EVENT, null)
    expect(start).toEqual({ at: NOON + 1000, from: 'chosen' })
    expect(store.read.get('SELECT read_at AS at FROM timing_reads WHERE id = ?', readId)).toEqual({
      at: NOON + 1000,
    })
  }
})

test('nothing is there for good before it is on the disk here', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const laptop = openLaptop('a', Date.now)
  let takesNothing = false
  const store: Store = Object.assign(Object.create(laptop.store), {
    async forced() {
      if (takesNothing) throw new AppError('store.unwritable', 'The disk does not take what is written.')
    },
  })
  const secrets = createMemorySecrets()
  const a = keep({
    replication: createReplication({
      ...{ store, secrets: () => secrets, clock: Date.now, random: Math.random, log: silent },
      ...{ version: 'test', migrations: CENTRAL_MIGRATIONS },
    }),
    async stop() {
      await a.replication.stop()
      await laptop.close()
    },
  })
  await a.replication.start()
  await a.replication.join(await codeFor(database))
  bringEvent(laptop)
  const session = openSession(laptop)
  await a.replication.run()
  takesNothing = true
  laptop.store.write(writer => journal(writer, session, [streamRead(1, 'C1', NOON)], writer.at), 'listener')
  await a.replication.run()
  const there = async () =>
    (await database.owner.query('SELECT count(*)::integer AS reads FROM timing_reads')).rows[0]
  expect(await there()).toEqual({ reads: 0 })
  expect(a.replication.status().peers[0]).toMatchObject({ readsToSend: 1, code: 'store.unwritable' })

  takesNothing = false
  await a.replication.run()
  expect(await there()).toEqual({ reads: 1 })
})
