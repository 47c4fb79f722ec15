import { expect, test } from 'vitest'
import { centralNames, selectCentral, toCentral, toLocal } from '../../../src/replication/central/rows.ts'
import { CENTRAL_TABLES } from '../../../src/replication/central/tables.ts'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from './migrated.ts'
import { oddRows } from './odd-rows.ts'

const postgres = startPostgres()

test('every row of every table comes back from the centre as it went, odd values too', async () => {
  const { owner } = await migratedDatabase(postgres)
  expect(CENTRAL_TABLES.size).toBeGreaterThan(25)
  for (const table of CENTRAL_TABLES.values()) {
    const rows = oddRows(table, 7)
    const names = centralNames(table)
    for (const row of rows) {
      const central = toCentral(table, row)
      await owner.query(
        `INSERT INTO ${table.name} (${names.map(name => `"${name}"`).join(', ')})
         VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
        names.map(name => central[name]),
      )
    }
    await owner.query(
      `SET TimeZone = 'America/Chicago'; SET DateStyle = 'SQL, DMY'; SET extra_float_digits = 1`,
    )
    const { rows: held } = await owner.query(`SELECT ${selectCentral(table, 't')} FROM ${table.name} t`)
    const sorted = (list: readonly unknown[]): readonly string[] =>
      list.map(one => JSON.stringify(one)).sort()
    expect(sorted(held.map(row => toLocal(table, row))), table.name).toEqual(sorted(rows))
  }
})

test('an id that is no UUID is the same at the centre from wherever it comes', () => {
  const participants = CENTRAL_TABLES.get('normalized_participants')
  const overrides = CENTRAL_TABLES.get('participant_overrides')
  if (participants === undefined || overrides === undefined) throw new Error('no such tables')
  const person = toCentral(participants, { id: 'walk-up 12' })
  expect(toCentral(overrides, { participant_id: 'walk-up 12' }).participant_id).toBe(person.id)
  expect(toCentral(overrides, { participant_id: 'walk-up 13' }).participant_id).not.toBe(person.id)
})
