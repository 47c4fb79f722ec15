import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { conflicts } from '../../src/store/conflicts.ts'
import { decide } from '../../src/store/decisions.ts'
import { gainedColumns, noteReadAgain } from '../../src/store/gained-columns.ts'
import { waitingRows } from '../../src/store/outbox.ts'
import { putPeer } from '../../src/store/peers.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { bringEvent, type Laptop, NOON, openLaptop, person, said, sync } from '../support/laptop.ts'
import { laterMigrations } from '../support/later-migrations.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'trackside-gained-'))
  ends.push(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const peerOf = (laptop: Laptop, peerId: string): void =>
  laptop.store.write(writer => putPeer(writer, { peerId, kind: 'hub', name: peerId, target: {} }))

/** A store whose places have no order along the course yet, nor a distance. */
async function olderFile(): Promise<string> {
  const file = join(folder(), 'old.db')
  const laptop = openLaptop('old', () => NOON, file)
  for (const peer of ['one', 'two']) peerOf(laptop, peer)
  await laptop.close()
  const sqlite = new Database(file)
  for (const name of ['distance_km', 'course_order'])
    sqlite.exec(`ALTER TABLE timing_locations DROP COLUMN ${name}`)
  sqlite.close()
  return file
}

const DISTANCE = 'ALTER TABLE timing_locations ADD distance_km real'
const ORDER = 'ALTER TABLE timing_locations ADD course_order integer'

const gainedOf = ({ store }: Laptop, peerId: string): readonly string[] => [
  ...(gainedColumns(store.read, peerId).get('timing_locations')?.keys() ?? []),
]

test('a column that an update brings says nothing to a peer until its feed was read again', async () => {
  const file = await olderFile()
  const laptop = openLaptop('old', () => NOON, file, laterMigrations(join(folder(), 'l'), [DISTANCE, ORDER]))
  ends.push(() => laptop.close())
  expect(gainedOf(laptop, 'one')).toEqual(['distance_km', 'course_order'])
  laptop.store.write(writer => noteReadAgain(writer, 'one'))
  expect(gainedOf(laptop, 'one')).toEqual([])
  expect(gainedOf(laptop, 'two')).toEqual(['distance_km', 'course_order'])
  laptop.store.write(writer => noteReadAgain(writer, 'two'))
  // All there were: whoever is joined from now on hears what is known.
  expect(gainedOf(laptop, 'a new one')).toEqual([])
})

test('an update that was cut off, or another one on top, forgets no column of the first', async () => {
  const file = await olderFile()
  let now = NOON
  const clock = (): number => now++
  const broken = laterMigrations(join(folder(), 'broken'), [DISTANCE, 'ALTER TABLE no_such_table ADD x text'])
  expect(() => openLaptop('old', clock, file, broken)).toThrow()
  const first = laterMigrations(join(folder(), 'first'), [DISTANCE])
  const updated = openLaptop('old', clock, file, first)
  updated.store.write(writer => noteReadAgain(writer, 'one'))
  await updated.close()
  const second = laterMigrations(join(folder(), 'second'), [ORDER], first)
  const twice = openLaptop('old', clock, file, second)
  ends.push(() => twice.close())
  expect(gainedOf(twice, 'one')).toContain('course_order')
  expect(gainedOf(twice, 'two')).toEqual(['distance_km', 'course_order'])
})

test('an update without a new column of what is shared changes nothing', async () => {
  const file = join(folder(), 'a.db')
  await openLaptop('a', () => NOON, file).close()
  const later = laterMigrations(join(folder(), 'l'), ['CREATE TABLE only_here (id text)'])
  const laptop = openLaptop('a', () => NOON, file, later)
  ends.push(() => laptop.close())
  expect(gainedColumns(laptop.store.read, 'one')).toEqual(new Map())
  expect(rowWhere(laptop.store.read, 'settings', 'key = ?', 'columns_before_update')).toBeNull()
})

test('a decision made without a column takes it from the one before, and goes to everybody as the next version', async () => {
  let now = NOON
  const [a, b, third] = ['a', 'b', 'c'].map(name => openLaptop(name, () => now))
  if (!a || !b || !third) throw new Error('three')
  for (const laptop of [a, b, third]) {
    ends.push(() => laptop.close())
    bringEvent(laptop)
    sync(laptop, [said('1', { bib_number: '1' })])
  }
  const wordsOf = (laptop: Laptop) =>
    waitingRows(laptop.store.read, { peerId: 'nobody', sequence: 0, readId: 0 }, 1_000).items.filter(
      ({ table }) => table === 'participant_overrides',
    )
  const decisionAt = (laptop: Laptop) => {
    const row = rowWhere(laptop.store.read, 'participant_overrides', 'participant_id = ?', person('1'))
    return row && { value: row.value, reason: row.reason }
  }
  const take = (laptop: Laptop, from: Laptop, gained?: Parameters<typeof takeRows>[3]): void => {
    laptop.store.write(writer => takeRows(writer, wordsOf(from), from.name, gained), 'replication')
  }
  a.store.write(writer => decide(writer, person('1'), 'bib_number', '70', 'torn'), 'desk')
  // As the program before had taken it.
  const without = wordsOf(a).map(({ table, row: { reason: _, ...row } }) => ({ table, row }))
  b.store.write(writer => takeRows(writer, without, 'a'), 'replication')
  expect(decisionAt(b)).toEqual({ value: '70', reason: null })
  now += 1_000
  b.store.write(writer => decide(writer, person('1'), 'bib_number', '71', null), 'desk')
  take(third, b)
  expect(decisionAt(third)).toEqual({ value: '71', reason: null })

  take(b, a, new Map([['participant_overrides', new Map([['reason', null]])]]))
  const merged = { value: '71', reason: 'torn' }
  expect(decisionAt(b)).toEqual(merged)
  expect(
    waitingRows(b.store.read, { peerId: 'a', sequence: 0, readId: 0 }, 1_000).items.map(({ table }) => table),
  ).toContain('participant_overrides')
  for (const laptop of [a, third]) {
    take(laptop, b)
    expect(decisionAt(laptop)).toEqual(merged)
  }
  for (const laptop of [a, b, third]) expect(conflicts(laptop.store.read, 10)).toEqual([])
  // What is said here from now on is later than that.
  b.store.write(writer => decide(writer, person('1'), 'bib_number', '72', null), 'desk')
  take(a, b)
  expect(decisionAt(a)).toEqual(decisionAt(b))
  expect(decisionAt(a)?.value).toBe('72')
})
