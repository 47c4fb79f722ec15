import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { afterEach, expect, test, vi } from 'vitest'
import { migrateCentral } from '../../src/replication/central/migrate.ts'
import { readMigrations } from '../../src/replication/central/migrations.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { decide } from '../../src/store/decisions.ts'
import { act, DEED_KINDS } from '../support/deeds.ts'
import {
  bringEvent,
  effectiveState,
  type Laptop,
  openLaptop,
  openSession,
  person,
  said,
  sync,
} from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation, type Station } from './two-sides.ts'

const postgres = startPostgres()
const LOCAL_MIGRATIONS = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
/** The last local migration that knows of no central database. */
const BEFORE_REPLICATION = 3
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'trackside-versions-'))
  ends.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The central migrations of a later Trackside: a column on people, and a table that laptops share. */
function laterMigrations(): string {
  const later = folder()
  for (const { name, sql } of readMigrations(CENTRAL_MIGRATIONS)) writeFileSync(join(later, name), sql)
  writeFileSync(
    join(later, '0900_later.sql'),
    `ALTER TABLE normalized_participants ADD shirt_size text;
     CREATE TABLE trackside.pledges (
       timing_partner_id integer NOT NULL, id uuid NOT NULL, words text, PRIMARY KEY (timing_partner_id, id));
     SELECT trackside.isolate(ARRAY['pledges']);
     SELECT trackside.feed(ARRAY['pledges']);`,
  )
  return later
}

/** The local migrations of an earlier Trackside: up to this number. */
function earlierMigrations(last: number): string {
  const earlier = folder()
  const journal = JSON.parse(readFileSync(join(LOCAL_MIGRATIONS, 'meta', '_journal.json'), 'utf8'))
  const entries = journal.entries.filter(({ idx }: { idx: number }) => idx <= last)
  mkdirSync(join(earlier, 'meta'))
  writeFileSync(join(earlier, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
  for (const { tag } of entries)
    copyFileSync(join(LOCAL_MIGRATIONS, `${tag}.sql`), join(earlier, `${tag}.sql`))
  return earlier
}

/** Makes a laptop's file one that a Trackside with the local migrations up to a number has written. */
function makeOlder(file: string, last: number): void {
  const newer = `${file}.newer`
  renameSync(file, newer)
  const sqlite = new Database(file)
  migrate(drizzle(sqlite), { migrationsFolder: earlierMigrations(last) })
  sqlite.pragma('foreign_keys = OFF')
  sqlite.prepare('ATTACH ? AS newer').run(newer)
  const columnsOf = (schema: string, table: string): readonly string[] =>
    sqlite
      .prepare(`SELECT '"' || name || '"' FROM pragma_table_info(?, ?)`)
      .pluck()
      .all(table, schema) as string[]
  const tables = sqlite
    .prepare(
      `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '__*'`,
    )
    .pluck()
    .all() as string[]
  for (const table of tables) {
    const there = columnsOf('newer', table)
    const both = columnsOf('main', table)
      .filter(column => there.includes(column))
      .join(', ')
    sqlite.exec(
      `DELETE FROM main.${table}; INSERT INTO main.${table} (${both}) SELECT ${both} FROM newer.${table}`,
    )
  }
  sqlite.close()
}

async function open(name: string, options: Parameters<typeof openStation>[1] = {}): Promise<Station> {
  const station = openStation(name, options)
  let stopped = false
  const once: Station = {
    ...station,
    async stop() {
      if (stopped) return
      stopped = true
      await station.stop()
    },
  }
  ends.push(() => once.stop())
  await once.replication.start()
  return once
}

const meet = async (...stations: readonly Station[]): Promise<void> => {
  for (let round = 0; round < 3; round++) for (const station of stations) await station.replication.run()
}

const peer = (station: Station) => station.replication.status().peers[0]

/** Without its chain, which says who joined. */
const held = (station: Station) => {
  const { audit: _, ...rest } = effectiveState(station)
  return rest
}

/** A morning's work: each kind of deed. */
const work = (laptop: Laptop, from: number): void => {
  for (let what = 0; what < DEED_KINDS; what++) act(laptop, { what, who: what, value: what + 3 }, from + what)
}

test('what a laptop did before it knew of any central database all goes there, once it is updated', async () => {
  const file = join(folder(), 'old.db')
  const old = openLaptop('old', Date.now, file)
  bringEvent(old)
  sync(
    old,
    ['1', '2', '3', '4', '5', '6'].map(key => said(key, { bib_number: key })),
  )
  openSession(old)
  work(old, 1)
  const before = effectiveState(old)
  await old.close()
  makeOlder(file, BEFORE_REPLICATION)
  const columns = new Database(file, { readonly: true })
  expect(columns.pragma('table_info(normalized_participants)')).not.toContainEqual(
    expect.objectContaining({ name: 'clock' }),
  )
  columns.close()

  const database = await migratedDatabase(postgres, ['One'])
  const updated = await open('old', { file })
  expect(held(updated).people).toEqual(before.people)
  const other = await open('b')
  for (const station of [updated, other]) await station.replication.join(await codeFor(database))
  await meet(updated, other)
  expect(held(other)).toEqual(held(updated))
  expect(held(other).reads).toEqual(before.reads)
  expect(held(other).people?.length).toBe(before.people?.length)
  const { rows } = await database.owner.query(
    'SELECT (SELECT count(*)::integer FROM timing_reads) AS reads, (SELECT count(*)::integer FROM participant_overrides) AS decisions',
  )
  expect(rows).toEqual([{ reads: before.reads?.length, decisions: before.decisions?.length }])
})

test('a joined laptop that is updated late goes on from where it was, in a centre that went on', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const secrets = createMemorySecrets()
  const file = join(folder(), 'a.db')
  const a = await open('a', { file, secrets })
  const b = await open('b')
  for (const station of [a, b]) await station.replication.join(await codeFor(database))
  bringEvent(a)
  sync(
    a,
    ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
  )
  openSession(a)
  await meet(a, b)
  await a.stop()
  makeOlder(file, BEFORE_REPLICATION + 1)
  await migrateCentral(database.owner, laterMigrations())
  work(b, 100)
  await meet(b)

  const updated = await open('a', { file, secrets })
  work(updated, 200)
  await meet(updated, b)
  expect(peer(updated)).toMatchObject({ state: 'in-step', toSend: 0, readsToSend: 0 })
  expect(effectiveState(updated)).toEqual(effectiveState(b))
})

test('in a centre with more tables and columns a laptop one version behind goes on, and spoils nothing in them', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const [a, b] = [await open('a'), await open('b')]
  for (const station of [a, b]) await station.replication.join(await codeFor(database))
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1' }, 1), said('2', { bib_number: '2' }, 1)])
  await meet(a, b)
  await migrateCentral(database.owner, laterMigrations())
  await database.owner.query(`UPDATE normalized_participants SET shirt_size = 'L'`)
  await database.owner.query(
    `INSERT INTO pledges SELECT timing_partner_id, gen_random_uuid(), 'new' FROM normalized_participants`,
  )

  sync(b, [said('1', { bib_number: '71' }, 2), said('3', { bib_number: '3' }, 1)])
  await meet(b, a, b)
  for (const station of [a, b]) expect(peer(station)).toMatchObject({ state: 'in-step', code: null })
  expect(held(a)).toEqual(held(b))
  const { rows } = await database.owner.query(
    'SELECT bib_number AS bib, shirt_size AS size FROM normalized_participants ORDER BY source_participant_id',
  )
  expect(rows).toEqual([
    { bib: '71', size: 'L' },
    { bib: '2', size: 'L' },
    { bib: '3', size: null },
  ])
})

test('once it is updated, a laptop reads again what the older program could not know', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const secrets = createMemorySecrets()
  const file = join(folder(), 'b.db')
  const a = await open('a')
  const b = await open('b', { file, secrets })
  for (const station of [a, b]) await station.replication.join(await codeFor(database))
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1', city: 'Bath' }, 1)])
  await meet(a, b)
  await b.stop()
  // As a column is that its update has just made.
  const sqlite = new Database(file)
  sqlite.exec('UPDATE normalized_participants SET city = NULL')
  sqlite.close()
  const cityAt = (station: Station) =>
    station.store.read.get('SELECT city FROM normalized_participants WHERE id = ?', person('1'))

  const same = await open('b', { file, secrets })
  await meet(same)
  expect(cityAt(same)).toEqual({ city: null })
  await same.stop()
  const later = laterMigrations()
  await migrateCentral(database.owner, later)
  const updated = await open('b', { file, secrets, migrations: later })
  await meet(updated)
  expect(cityAt(updated)).toEqual({ city: 'Bath' })
})

test('a centre that this program is too old for is said in words; work goes on here, and goes there after the update', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const secrets = createMemorySecrets()
  const file = join(folder(), 'a.db')
  const later = laterMigrations()
  const a = await open('a', { file, secrets })
  await a.replication.join(await codeFor(database))
  bringEvent(a)
  sync(a, [said('1', { bib_number: '1' })])
  await meet(a)
  await a.stop()
  await migrateCentral(database.owner, later)
  await database.owner.query('UPDATE installation SET oldest_program = 900')

  const behind = await open('a', { file, secrets })
  await behind.replication.run()
  expect(peer(behind)).toMatchObject({
    state: 'blocked',
    code: 'central.newer',
    message: expect.stringContaining('Update this one; until then everything stays here and waits.'),
  })
  behind.store.write(writer => decide(writer, person('1'), 'bib_number', '77', null), 'desk')
  await behind.replication.run()
  expect(peer(behind)?.toSend).toBeGreaterThan(0)
  await behind.stop()

  const updated = await open('a', { file, secrets, migrations: later })
  await meet(updated)
  expect(peer(updated)).toMatchObject({ state: 'in-step', toSend: 0 })
  const { rows } = await database.owner.query('SELECT value FROM participant_overrides')
  expect(rows).toEqual([{ value: '77' }])
})

test('a laptop ahead of its centre says who must migrate, and goes on by itself when that is done', async () => {
  const database = await migratedDatabase(postgres, ['One'])
  const secrets = createMemorySecrets()
  const file = join(folder(), 'a.db')
  const later = laterMigrations()
  const a = await open('a', { file, secrets })
  await a.replication.join(await codeFor(database))
  await meet(a)
  await a.stop()

  const ahead = await open('a', { file, secrets, migrations: later })
  bringEvent(ahead)
  sync(ahead, [said('1', { bib_number: '1' })])
  await ahead.replication.run()
  expect(peer(ahead)).toMatchObject({
    state: 'blocked',
    code: 'central.older',
    message: expect.stringContaining('npm run cli -- central migrate'),
  })
  expect(peer(ahead)?.toSend).toBeGreaterThan(0)
  await migrateCentral(database.owner, later)
  // Nobody asks it to.
  await vi.waitFor(() => expect(peer(ahead)).toMatchObject({ state: 'in-step', toSend: 0 }), {
    timeout: 30_000,
    interval: 100,
  })
  const { rows } = await database.owner.query('SELECT bib_number AS bib FROM normalized_participants')
  expect(rows).toEqual([{ bib: '1' }])
}, 60_000)
