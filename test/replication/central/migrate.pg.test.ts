import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkSchema, migrateCentral } from '../../../src/replication/central/migrate.ts'
import { readMigrations } from '../../../src/replication/central/migrations.ts'
import { startPostgres } from '../../support/postgres.ts'

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'drizzle', 'central')
const postgres = startPostgres()

/** The migrations, with one changed or added. */
function withFile(name: string, sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const migration of readMigrations(FOLDER)) writeFileSync(join(folder, migration.name), migration.sql)
  writeFileSync(join(folder, name), sql)
  return folder
}

test('an empty database gets all of it, and a second time nothing', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  expect(await migrateCentral(client, FOLDER)).toEqual(readMigrations(FOLDER).map(({ name }) => name))
  expect(await migrateCentral(client, FOLDER)).toEqual([])
  await checkSchema(client, FOLDER)
})

test('of two runners at once one waits, and each step is done once', async () => {
  const url = await postgres.freshDatabase()
  const [first, second] = [await postgres.connect(url), await postgres.connect(url)]
  const applied = await Promise.all([migrateCentral(first, FOLDER), migrateCentral(second, FOLDER)])
  expect(applied.flat().sort()).toEqual(readMigrations(FOLDER).map(({ name }) => name))
})

test('a migration that fails leaves nothing of itself, and what stood before it stays', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  const broken = withFile('0900_broken.sql', 'CREATE TABLE trackside.half (id integer); SELECT 1 / 0')
  await expect(migrateCentral(client, broken)).rejects.toThrow('division by zero')
  const { rows } = await client.query(`SELECT to_regclass('trackside.half') AS half`)
  expect(rows).toEqual([{ half: null }])
  expect(await migrateCentral(client, FOLDER)).toEqual([])
})

test('a database that a newer program made is left alone, in words', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  await migrateCentral(client, withFile('0900_newer.sql', 'CREATE TABLE trackside.newer (id integer)'))
  await expect(migrateCentral(client, FOLDER)).rejects.toMatchObject({ code: 'central.newer' })
  // It only added something: this program goes on working with it.
  await checkSchema(client, FOLDER)
  await client.query('UPDATE trackside.installation SET oldest_program = 900')
  await expect(checkSchema(client, FOLDER)).rejects.toMatchObject({ code: 'central.newer' })
})

test('a database whose migrations are others is left alone', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  const [first] = readMigrations(FOLDER)
  await migrateCentral(client, withFile(first?.name ?? '', `${first?.sql}\n-- edited`))
  await expect(migrateCentral(client, FOLDER)).rejects.toMatchObject({ code: 'central.differs' })
})

test('a database whose migration was put in other words since, with the same outcome, goes on', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  await migrateCentral(client, FOLDER)
  const last = readMigrations(FOLDER).at(-1)
  const reworded = `-- Replaces: ${last?.hash}, which said it otherwise.\n${last?.sql}`
  expect(await migrateCentral(client, withFile(last?.name ?? '', reworded))).toEqual([])
  await expect(
    migrateCentral(client, withFile(last?.name ?? '', `${reworded}\n-- edited`.replace('Replaces', 'Was'))),
  ).rejects.toMatchObject({ code: 'central.differs' })
})

test('a database without Trackside, or with an older one, is said in words', async () => {
  const client = await postgres.connect(await postgres.freshDatabase())
  await expect(checkSchema(client, FOLDER)).rejects.toMatchObject({ code: 'central.no-schema' })
  await migrateCentral(client, FOLDER)
  const newer = withFile('0900_newer.sql', 'SELECT 1')
  await expect(checkSchema(client, newer)).rejects.toMatchObject({ code: 'central.older' })
})

test('a login that does not own the database is told who should migrate', async () => {
  const url = await postgres.freshDatabase()
  const owner = await postgres.connect(url)
  await owner.query(`CREATE ROLE somebody LOGIN PASSWORD 'x'`)
  const other = new URL(url)
  other.username = 'somebody'
  other.password = 'x'
  const client = await postgres.connect(other.href)
  await expect(migrateCentral(client, FOLDER)).rejects.toMatchObject({ code: '42501' })
  expect(readFileSync(join(FOLDER, readMigrations(FOLDER)[0]?.name ?? ''), 'utf8')).toContain('trackside')
})
