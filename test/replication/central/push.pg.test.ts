import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { copyReads } from '../../../src/replication/central/copy-reads.ts'
import { feedStart, readFeed } from '../../../src/replication/central/read-feed.ts'
import type { LocalRow } from '../../../src/replication/central/rows.ts'
import { CENTRAL_TABLES, type CentralTable } from '../../../src/replication/central/tables.ts'
import { pushRows } from '../../../src/replication/central/upsert.ts'
import type { ReplicatedName } from '../../../src/store/tables.ts'
import { startPostgres } from '../../support/postgres.ts'
import { joinedLaptop } from './logins.ts'
import { migratedDatabase } from './migrated.ts'
import { oddRows } from './odd-rows.ts'

const postgres = startPostgres()

const tableOf = (name: ReplicatedName): CentralTable => {
  const table = CENTRAL_TABLES.get(name)
  if (table === undefined) throw new Error(`no table ${name}`)
  return table
}

async function twoLaptops(parts: number | null = null) {
  const database = await migratedDatabase(postgres, ['One'], parts)
  const first = await joinedLaptop(postgres, database, 'One', uuidOf('first'))
  const second = await joinedLaptop(postgres, database, 'One', uuidOf('second'))
  const { rows } = await first.query<{ feed: string }>('SELECT feed_id AS feed FROM trackside.feed_state()')
  const { cursor: start } = await readFeed(first, {
    ...{ partner: 1, cursor: feedStart(rows[0]?.feed ?? ''), laptopId: uuidOf('nobody'), limit: 1_000 },
  })
  /** What came since both had joined. */
  const feedOf = async (client: typeof first, laptop: string, limit = 10_000) => {
    let cursor = start
    const got = new Map<ReplicatedName, LocalRow[]>()
    for (let more = true; more; ) {
      const page = await readFeed(client, { partner: 1, cursor, laptopId: uuidOf(laptop), limit })
      for (const [name, changed] of page.rows) got.set(name, [...(got.get(name) ?? []), ...changed])
      cursor = page.cursor
      more = page.more
    }
    return got
  }
  return { ...database, first, second, feedOf }
}

const sorted = (rows: readonly LocalRow[]): readonly string[] => rows.map(row => JSON.stringify(row)).sort()

test.each([
  ['', null],
  [', partitioned by partner', 4],
] as const)(
  'what a laptop pushes comes to another by the feed, each value as it was, and not back to itself%s',
  async (_shape, parts) => {
    const { first, second, feedOf } = await twoLaptops(parts)
    for (const table of CENTRAL_TABLES.values()) {
      const rows = oddRows(table, 1)
      await first.query('BEGIN')
      await first.query(`SELECT set_config('trackside.origin', $1, true)`, [uuidOf('first')])
      if (table.name === 'timing_reads') expect(await copyReads(first, rows)).toBe(rows.length)
      else
        expect(new Set((await pushRows(first, table, rows)).map(({ kind }) => kind))).toEqual(
          new Set(['taken']),
        )
      await first.query('COMMIT')
    }
    const there = await feedOf(second, 'second', 50)
    for (const table of CENTRAL_TABLES.values())
      expect(sorted(there.get(table.name) ?? []), table.name).toEqual(sorted(oddRows(table, 1)))
    expect(await feedOf(first, 'first')).toEqual(new Map())
  },
)

test('sent twice, nothing changes, and nobody is told', async () => {
  const { first, second, feedOf } = await twoLaptops()
  for (const table of CENTRAL_TABLES.values()) {
    const rows = oddRows(table, 1)
    await pushRows(first, table, rows)
    const { rows: before } = await second.query('SELECT count(*) FROM changes')
    const again = await pushRows(first, table, rows)
    expect(
      again.every(({ kind }) => kind === 'lost'),
      table.name,
    ).toBe(true)
    expect((await second.query('SELECT count(*) FROM changes')).rows, table.name).toEqual(before)
  }
  expect([...(await feedOf(second, 'second')).keys()].sort()).toEqual([...CENTRAL_TABLES.keys()].sort())
})

const override = (clock: string, value: string): LocalRow => ({
  ...{ timing_partner_id: 1, id: uuidOf('o'), participant_id: uuidOf('p'), field: 'bib_number' },
  ...{ value: JSON.stringify(value), reason: null, decided_by: 'desk', decided_at: 1, withdrawn: 0, clock },
  ...{ seen_clock: null, created_at: 1, updated_at: 1 },
})

test('of two decisions the later by clock stands, whichever comes first, and the loser learns which', async () => {
  const { first, second } = await twoLaptops()
  const table = tableOf('participant_overrides')
  expect(await pushRows(first, table, [override('000000000000002-00000-a', '214')])).toEqual([
    { kind: 'taken' },
  ])
  expect(await pushRows(second, table, [override('000000000000001-00000-b', '9')])).toEqual([
    { kind: 'lost', standing: override('000000000000002-00000-a', '214') },
  ])
  expect(await pushRows(second, table, [override('000000000000002-00001-b', '9')])).toEqual([
    { kind: 'taken' },
  ])
})

test('a source’s newer version stands; where it says none, the last to store it', async () => {
  const { first } = await twoLaptops()
  const table = tableOf('normalized_events')
  const event = (source_version: number | null, clock: string | null): LocalRow => ({
    ...Object.fromEntries(table.columns.map(({ name }) => [name, null])),
    ...{
      timing_partner_id: 1,
      id: uuidOf('e'),
      source_provider: 'haku',
      source_event_id: '1',
      source_version,
      clock,
    },
  })
  const outcomes: string[] = []
  for (const [version, clock] of [
    [null, null],
    [null, '1'],
    [5, '1'],
    [4, '9'],
    [5, '2'],
    [6, '0'],
  ] as const)
    outcomes.push((await pushRows(first, table, [event(version, clock)])).map(({ kind }) => kind).join())
  expect(outcomes).toEqual(['taken', 'taken', 'taken', 'lost', 'taken', 'taken'])
})

test('when a connection last synced, the greater stands, even of the row that loses', async () => {
  const { owner, first } = await twoLaptops()
  const table = tableOf('provider_connections')
  const connection = (clock: string, name: string, last_sync_at: number | null): LocalRow => ({
    ...Object.fromEntries(table.columns.map(column => [column.name, null])),
    ...{ timing_partner_id: 1, id: uuidOf('c'), connection_name: name, clock, last_sync_at },
  })
  await pushRows(first, table, [connection('2', 'new', 1_000)])
  expect(await pushRows(first, table, [connection('1', 'old', 9_000)])).toMatchObject([{ kind: 'lost' }])
  await pushRows(first, table, [connection('3', 'newest', null)])
  const { rows } = await owner.query('SELECT connection_name, last_sync_at FROM provider_connections')
  expect(rows).toEqual([{ connection_name: 'newest', last_sync_at: new Date(9_000) }])
})

test('a row whose key another row has is left out, and the others of its batch are taken', async () => {
  const { first } = await twoLaptops()
  const table = tableOf('displays')
  const display = (id: string, address: string): LocalRow => ({
    ...Object.fromEntries(table.columns.map(column => [column.name, null])),
    ...{ timing_partner_id: 1, id: uuidOf(id), address, clock: '1' },
  })
  await pushRows(first, table, [display('a', 'k3y')])
  expect(await pushRows(first, table, [display('b', 'k3y'), display('c', 'other')])).toEqual([
    { kind: 'clashes', withId: uuidOf('a') },
    { kind: 'taken' },
  ])
})

test('a laptop cannot bring rows of another partner, not by one row in a batch', async () => {
  const database = await migratedDatabase(postgres, ['One', 'Two'])
  const laptop = await joinedLaptop(postgres, database, 'One', uuidOf('x'))
  const mixed = [override('1', '7'), { ...override('1', '8'), timing_partner_id: 2, id: uuidOf('o2') }]
  await expect(pushRows(laptop, tableOf('participant_overrides'), mixed)).rejects.toMatchObject({
    code: '42501',
  })
  const reads = oddRows(tableOf('timing_reads'), 2)
  await laptop.query('BEGIN')
  await expect(copyReads(laptop, reads)).rejects.toMatchObject({ code: '42501' })
  await laptop.query('ROLLBACK')
  const { rows } = await database.owner.query('SELECT count(*)::integer AS n FROM participant_overrides')
  expect(rows).toEqual([{ n: 0 }])
})

test('reads brought twice, or half of them again, stand once', async () => {
  const { first, owner } = await twoLaptops()
  const reads = oddRows(tableOf('timing_reads'), 1)
  const bring = async (some: readonly LocalRow[]): Promise<number> => {
    await first.query('BEGIN')
    const taken = await copyReads(first, some)
    await first.query('COMMIT')
    return taken
  }
  expect(await bring(reads.slice(0, 4))).toBe(4)
  expect(await bring(reads)).toBe(reads.length - 4)
  expect(await bring(reads)).toBe(0)
  expect((await owner.query('SELECT count(*)::integer AS n FROM timing_reads')).rows).toEqual([
    { n: reads.length },
  ])
})

test('a copy that fails in the middle leaves nothing, and the connection goes on', async () => {
  const { first } = await twoLaptops()
  function* cut(): Generator<LocalRow> {
    yield* oddRows(tableOf('timing_reads'), 1).slice(0, 2)
    throw new Error('the journal could not be read')
  }
  await first.query('BEGIN')
  await expect(copyReads(first, cut())).rejects.toThrow('the journal could not be read')
  await first.query('ROLLBACK')
  expect((await first.query('SELECT count(*)::integer AS n FROM timing_reads')).rows).toEqual([{ n: 0 }])
})

test('a receipt only goes forward', async () => {
  const { first } = await twoLaptops()
  for (const [sequence, read] of [
    [5, 100],
    [3, 200],
    [7, 50],
  ])
    await first.query('SELECT trackside.receive($1, $2, $3)', [uuidOf('first'), sequence, read])
  const { rows } = await first.query('SELECT last_sequence, last_read FROM replication_receipts')
  expect(rows).toEqual([{ last_sequence: '7', last_read: '200' }])
})

test('a lease is one laptop’s until it expires or is let go', async () => {
  const { first, second } = await twoLaptops()
  const take = async (client: typeof first, laptop: string, lasts: string) =>
    (
      await client.query('SELECT held, laptop_id FROM trackside.take_lease($1, $2, $3::interval)', [
        ...[uuidOf('connection'), uuidOf(laptop), lasts],
      ])
    ).rows
  expect(await take(first, 'first', '1 hour')).toEqual([{ held: true, laptop_id: uuidOf('first') }])
  expect(await take(second, 'second', '1 hour')).toEqual([{ held: false, laptop_id: uuidOf('first') }])
  expect(await take(first, 'first', '0')).toEqual([{ held: true, laptop_id: uuidOf('first') }])
  expect(await take(second, 'second', '1 hour')).toEqual([{ held: true, laptop_id: uuidOf('second') }])
  await second.query('SELECT trackside.release_lease($1, $2)', [uuidOf('connection'), uuidOf('second')])
  expect(await take(first, 'first', '1 hour')).toEqual([{ held: true, laptop_id: uuidOf('first') }])
  // Nobody takes one in another laptop's name.
  expect(await take(second, 'first', '1 hour')).toEqual([{ held: true, laptop_id: uuidOf('first') }])
  await first.query('SELECT trackside.release_lease($1, $2)', [uuidOf('connection'), uuidOf('first')])
  expect(await take(second, 'first', '1 hour')).toEqual([{ held: true, laptop_id: uuidOf('first') }])
  expect((await second.query('SELECT expires_at <= now() AS over FROM leases')).rows).toEqual([
    { over: true },
  ])
})

test('who a person is, computed at the centre, outlives a newer registration of a laptop that knows nothing of it', async () => {
  const { owner, first } = await twoLaptops()
  const table = tableOf('normalized_participants')
  const registration = (source_version: number, city: string): LocalRow => ({
    ...Object.fromEntries(table.columns.map(({ name }) => [name, null])),
    ...{ timing_partner_id: 1, id: uuidOf('p'), normalized_event_id: uuidOf('e'), city, source_version },
    ...{ source_provider: 'haku', source_participant_id: '7' },
  })
  await pushRows(first, table, [registration(1, 'Old')])
  await owner.query('UPDATE normalized_participants SET global_participant_id = $1', [uuidOf('person')])
  expect(await pushRows(first, table, [registration(2, 'New')])).toEqual([{ kind: 'taken' }])
  const { rows } = await owner.query('SELECT city, global_participant_id FROM normalized_participants')
  expect(rows).toEqual([{ city: 'New', global_participant_id: uuidOf('person') }])
})
