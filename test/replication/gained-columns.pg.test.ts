import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { migrateCentral } from '../../src/replication/central/migrate.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { ensureLocation, updateLocation } from '../../src/store/locations.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { bringEvent, openSession, said, sync } from '../support/laptop.ts'
import { laterMigrations } from '../support/later-migrations.ts'
import { startPostgres } from '../support/postgres.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation, type Station } from './two-sides.ts'

const postgres = startPostgres()
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'trackside-gained-'))
  ends.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The columns of a place that a later Trackside brings: one that may be empty, one with a default. */
const NEW_COLUMNS = {
  distance_km: 'real',
  counts: `text DEFAULT 'first' NOT NULL`,
}

/** The local migrations of that later Trackside. */
const laterLocal = (): string =>
  laterMigrations(
    join(folder(), 'local'),
    Object.entries(NEW_COLUMNS).map(([name, type]) => `ALTER TABLE timing_locations ADD ${name} ${type}`),
  )

/** Its central migrations. */
function laterCentral(): string {
  const later = join(folder(), 'central')
  cpSync(CENTRAL_MIGRATIONS, later, { recursive: true })
  writeFileSync(join(later, '0900_later.sql'), 'SELECT 1;')
  return later
}

/** Makes a laptop's file one that the Trackside before it has written. */
function makeOlder(file: string): void {
  const sqlite = new Database(file)
  for (const name of Object.keys(NEW_COLUMNS)) sqlite.exec(`ALTER TABLE timing_locations DROP COLUMN ${name}`)
  sqlite.close()
}

const meet = async (...stations: readonly Station[]): Promise<void> => {
  for (let round = 0; round < 3; round++) for (const station of stations) await station.replication.run()
}

const people = (station: Station): void =>
  sync(
    station,
    Array.from({ length: 450 }, (_, n) => said(String(n), { bib_number: String(n) })),
  )

/** Two laptops and what the first has said of its finish, in a feed of several pages; of the second there is the file. */
async function apart(order: 'place first' | 'people first' = 'place first') {
  const database = await migratedDatabase(postgres, ['One'])
  const secrets = createMemorySecrets()
  const file = join(folder(), 'b.db')
  const open = (name: string, options: Parameters<typeof openStation>[1] = {}): Station => {
    const station = openStation(name, options)
    let stopped: Promise<void> | null = null
    const stop = (): Promise<void> => {
      stopped ??= station.stop()
      return stopped
    }
    ends.push(stop)
    return { ...station, stop }
  }
  const a = open('a')
  const b = open('b', { file, secrets })
  for (const station of [a, b]) {
    await station.replication.start()
    await station.replication.join(await codeFor(database))
  }
  bringEvent(a)
  if (order === 'people first') {
    people(a)
    await meet(a)
  }
  const session = openSession(a)
  const id = a.store.write(writer => ensureLocation(writer, session, 'Finish'))
  a.store.write(writer => updateLocation(writer, { id, distanceKm: 5, counts: 'last' }), 'desk')
  await meet(a)
  if (order === 'place first') people(a)
  await meet(a, b)
  return {
    ...{ a, b, id, database },
    change: (station: Station, change: Omit<Parameters<typeof updateLocation>[1], 'id'>): void =>
      station.store.write(writer => updateLocation(writer, { id, ...change }), 'desk'),
    /** Stops the second, and brings it back updated; it is not connected yet. */
    async update(): Promise<Station> {
      await b.stop()
      makeOlder(file)
      const migrations = laterCentral()
      await migrateCentral(database.owner, migrations)
      return open('b', { file, secrets, migrations, localMigrations: laterLocal() })
    },
    at(station: Station) {
      const row = rowWhere(station.store.read, 'timing_locations', 'id = ?', id)
      return row && { distanceKm: row.distanceKm, counts: row.counts, windowMs: row.duplicateWindowMs }
    },
    async atCentre() {
      const { rows } = await database.owner.query(
        'SELECT distance_km AS "distanceKm", counts, duplicate_window_ms::integer AS "windowMs" FROM timing_locations WHERE id = $1',
        [id],
      )
      return rows[0]
    },
  }
}

const WHOLE = { distanceKm: 5, counts: 'last', windowMs: 7_000 }

test.each(['place first', 'people first'] as const)(
  'what is changed after an update and before the feed was read again blanks nothing that others said: %s',
  async order => {
    const { a, change, update, at, atCentre } = await apart(order)
    const updated = await update()
    expect(at(updated)).toMatchObject({ distanceKm: null, counts: 'first' })
    change(updated, { duplicateWindowMs: 7_000 })
    await updated.replication.start()
    await meet(updated, a)
    expect(await atCentre()).toEqual(WHOLE)
    expect(at(updated)).toEqual(WHOLE)
    expect(at(a)).toEqual(WHOLE)
  },
)

test('what an older program changed and could not send any more blanks nothing once it is updated', async () => {
  const { a, b, database, change, update, at, atCentre } = await apart('people first')
  await b.replication.stop()
  change(b, { duplicateWindowMs: 7_000 })
  const updated = await update()
  await updated.replication.start()
  await meet(updated, a)
  expect(await atCentre()).toEqual(WHOLE)
  expect(at(updated)).toEqual(WHOLE)
  expect(at(a)).toEqual(WHOLE)
  const { rows } = await database.owner.query(
    'SELECT count(*)::integer AS people FROM normalized_participants',
  )
  expect(rows).toEqual([{ people: 450 }])
})

test('a word of one’s own in a new column stands, and the others are filled in beside it', async () => {
  const { a, change, update, at, atCentre } = await apart()
  const updated = await update()
  change(updated, { duplicateWindowMs: 7_000, distanceKm: 10 })
  await updated.replication.start()
  await meet(updated, a)
  for (const place of [await atCentre(), at(updated), at(a)])
    expect(place).toEqual({ ...WHOLE, distanceKm: 10 })
})

test('a row that this laptop itself brought last is read again too, in a feed that was tidied', async () => {
  const { a, b, database, change, update, at, atCentre } = await apart()
  change(b, { duplicateWindowMs: 7_000 })
  await meet(b, a)
  await database.owner.query('SELECT tidy_feed()')
  const updated = await update()
  await updated.replication.start()
  await meet(updated)
  expect(at(updated)).toEqual(WHOLE)
  change(updated, { duplicateWindowMs: 8_000 })
  await meet(updated, a)
  for (const place of [await atCentre(), at(updated), at(a)])
    expect(place).toEqual({ ...WHOLE, windowMs: 8_000 })
})

test('a peer that is joined after the update is read before anything is taken for blank', async () => {
  const { a, b, database, change, update, at, atCentre } = await apart('people first')
  const [peer] = b.replication.status().peers
  await b.replication.leave(peer?.id ?? '')
  const updated = await update()
  change(updated, { duplicateWindowMs: 7_000 })
  await updated.replication.start()
  await updated.replication.join(await codeFor(database))
  await meet(updated, a)
  expect(await atCentre()).toEqual(WHOLE)
  expect(at(updated)).toEqual(WHOLE)
})

test('once the feed was read again a blank is a word like any other', async () => {
  const { a, change, update, at, atCentre } = await apart()
  const updated = await update()
  await updated.replication.start()
  await meet(updated)
  expect(at(updated)).toMatchObject({ distanceKm: 5, counts: 'last' })
  change(updated, { distanceKm: null, counts: 'first', duplicateWindowMs: 7_000 })
  await meet(updated, a)
  const blank = { distanceKm: null, counts: 'first', windowMs: 7_000 }
  for (const place of [await atCentre(), at(updated), at(a)]) expect(place).toEqual(blank)
})
