import type pg from 'pg'
import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { startPostgres } from '../../support/postgres.ts'
import { joinedLaptop } from './logins.ts'
import { migratedDatabase } from './migrated.ts'

const postgres = startPostgres()

const FEED = `
  SELECT xid::text, seq, table_name AS "table", row_id AS row, first_read AS "first", last_read AS "last", origin
  FROM changes WHERE timing_partner_id = $1 AND (xid, seq) > ($2::xid8, $3) AND xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY changes.xid, changes.seq`

interface Entry {
  readonly xid: string
  readonly seq: string
  readonly table: string
  readonly row: string
  readonly first: string | null
  readonly last: string | null
}

const readFrom = async (client: pg.Client, after: readonly [string, string] = ['0', '0'], partner = 1) =>
  (await client.query<Entry>(FEED, [partner, ...after])).rows

const addDay = (client: pg.Client, name: string, partner = 1): Promise<unknown> =>
  client.query(`INSERT INTO race_days (timing_partner_id, id, name) VALUES ($1, $2, $3)`, [
    partner,
    uuidOf(name),
    name,
  ])

test('a slow transaction is skipped by nobody: who reads past it waits, and gets its rows in their order', async () => {
  const { url, owner } = await migratedDatabase(postgres, ['One'])
  const slow = await postgres.connect(url)
  await slow.query('SET search_path = trackside, public')
  await addDay(owner, 'before')
  await slow.query('BEGIN')
  await addDay(slow, 'slow')
  await addDay(owner, 'after')
  const first = await readFrom(owner)
  expect(first.map(({ row }) => row)).toEqual([uuidOf('before')])
  await slow.query('COMMIT')
  const last = first.at(-1)
  const rest = await readFrom(owner, [last?.xid ?? '', last?.seq ?? ''])
  expect(rest.map(({ row }) => row)).toEqual([uuidOf('slow'), uuidOf('after')])
})

test('what is rolled back is in no feed, and the gap it leaves stops nobody', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  await owner.query('BEGIN')
  await addDay(owner, 'gone')
  await owner.query('ROLLBACK')
  await addDay(owner, 'kept')
  expect((await readFrom(owner)).map(({ row }) => row)).toEqual([uuidOf('kept')])
})

test('an upsert that takes nothing notes nothing, and one that takes notes what it took', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  await addDay(owner, 'day')
  const upsert = `INSERT INTO race_days (timing_partner_id, id, name, clock) VALUES (1, $1, $2, $3)
    ON CONFLICT (timing_partner_id, id) DO UPDATE SET name = excluded.name, clock = excluded.clock
    WHERE excluded.clock > coalesce(race_days.clock, '')`
  await owner.query(upsert, [uuidOf('day'), 'newer', '2'])
  await owner.query(upsert, [uuidOf('day'), 'older', '1'])
  expect(await readFrom(owner)).toHaveLength(2)
})

test('reads are noted by the statement and session, with the places of all of them', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  const session = uuidOf('session')
  await owner.query(
    `INSERT INTO timing_reads (timing_partner_id, session_id, identity, chip)
     SELECT 1, $1, 'read ' || n, n::text FROM generate_series(1, 500) n`,
    [session],
  )
  const [entry, ...others] = await readFrom(owner)
  expect(others).toEqual([])
  expect(entry).toMatchObject({ table: 'timing_reads', row: session })
  const { rows } = await owner.query(
    'SELECT count(*)::integer AS reads FROM timing_reads WHERE timing_partner_id = 1 AND seq BETWEEN $1 AND $2',
    [entry?.first, entry?.last],
  )
  expect(rows).toEqual([{ reads: 500 }])
})

test('whoever listens for a partner is woken by the commit, and by that partner alone', async () => {
  const { url, owner } = await migratedDatabase(postgres, ['One', 'Two'])
  const listener = await joinedLaptop(postgres, { url, owner }, 'Two', uuidOf('listener'))
  const heard: string[] = []
  listener.on('notification', ({ channel }) => heard.push(channel))
  const { rows } = await listener.query<{ channel: string }>('SELECT trackside.my_channel() AS channel')
  const own = rows[0]?.channel ?? ''
  await listener.query(`LISTEN "${own}"`)
  await addDay(owner, 'theirs', 1)
  await owner.query('BEGIN')
  await addDay(owner, 'ours', 2)
  await listener.query('SELECT 1')
  expect(heard).toEqual([])
  await owner.query('COMMIT')
  await expect.poll(() => heard).toEqual([own])
})

test('a laptop speaks for itself only', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  await owner.query(`INSERT INTO laptops (timing_partner_id, laptop_id) VALUES (1, $1)`, [uuidOf('mine')])
  await owner.query('BEGIN')
  await owner.query(`SELECT set_config('trackside.origin', $1, true)`, [uuidOf('mine')])
  await addDay(owner, 'day')
  await owner.query('COMMIT')
  expect(await readFrom(owner)).toMatchObject([{ origin: uuidOf('mine') }])
  await owner.query('BEGIN')
  await owner.query(`SELECT set_config('trackside.origin', $1, true)`, [uuidOf('another')])
  await expect(addDay(owner, 'other')).rejects.toThrow('no laptop of the login')
  await owner.query('ROLLBACK')
})

test('tidying keeps the last entry of each row, so that who starts from nothing misses none', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  await addDay(owner, 'a')
  await addDay(owner, 'b')
  for (let n = 0; n < 5; n += 1)
    await owner.query(`UPDATE race_days SET name = $1 WHERE id = $2`, [`a${n}`, uuidOf('a')])
  expect((await owner.query('SELECT trackside.tidy_feed() AS gone')).rows).toEqual([{ gone: '5' }])
  expect((await readFrom(owner)).map(({ row }) => row)).toEqual([uuidOf('b'), uuidOf('a')])
})

test('entries of a restored database that lie in the future are read again, under another feed', async () => {
  const { owner } = await migratedDatabase(postgres, ['One'])
  await addDay(owner, 'restored')
  expect((await owner.query('SELECT trackside.renew_feed_after_restore() AS renewed')).rows).toEqual([
    { renewed: false },
  ])
  const before = (await owner.query('SELECT feed_id FROM trackside.feed_state()')).rows
  await owner.query(`UPDATE changes SET xid = '999999999999'`)
  expect(await readFrom(owner)).toEqual([])
  expect((await owner.query('SELECT trackside.renew_feed_after_restore() AS renewed')).rows).toEqual([
    { renewed: true },
  ])
  expect((await readFrom(owner)).map(({ row }) => row)).toEqual([uuidOf('restored')])
  expect((await owner.query('SELECT feed_id FROM trackside.feed_state()')).rows).not.toEqual(before)
})

test('a centre that is another server than it was begins its feed anew, by whoever comes first', async () => {
  const { url, owner } = await migratedDatabase(postgres, ['One'])
  await addDay(owner, 'day')
  const laptop = await joinedLaptop(postgres, { url, owner }, 'One', uuidOf('laptop'))
  const feedNow = async (): Promise<string> =>
    (await owner.query<{ id: string }>('SELECT feed_id AS id FROM installation')).rows[0]?.id ?? ''
  const heed = async () => (await laptop.query('SELECT trackside.heed_restore() AS anew')).rows
  const before = await feedNow()
  expect(await heed()).toEqual([{ anew: false }])
  const { rows: control } = await owner.query<{ server: string }>(
    `SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || timeline_id AS server FROM pg_control_checkpoint()`,
  )
  expect((await owner.query('SELECT server FROM installation')).rows).toEqual(control)
  // As a standby that took over: the same server, and another timeline of its log.
  await owner.query(`UPDATE installation SET server = regexp_replace(server, '[0-9]+$', '7')`)
  expect(await heed()).toEqual([{ anew: true }])
  expect(await heed()).toEqual([{ anew: false }])
  expect(await feedNow()).not.toBe(before)
  await addDay(owner, 'later')
  const days = (await readFrom(owner)).filter(({ table }) => table === 'race_days')
  expect(days.map(({ row }) => row)).toEqual([uuidOf('day'), uuidOf('later')])
})
