import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NO_VALUES } from '../../src/core/model.ts'
import { auditHash } from '../../src/store/audit.ts'
import { storeEvent } from '../../src/store/events.ts'
import { newId } from '../../src/store/ids.ts'
import { storeParticipants } from '../../src/store/participants.ts'
import { rowsWhere, rowWhere } from '../../src/store/rows.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Row } from '../../src/store/tables.ts'
import { TABLES } from '../../src/store/tables.ts'
import { createTestClock } from '../support/world.ts'

const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
let folder: string
let store: Store
const clock = createTestClock()
const open = () => openStore({ file: join(folder, 'trackside.db'), migrations, clock })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-store-'))
  store = open()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const raceDay = (name: string): Row<'race_days'> => ({
  id: newId(),
  timingPartnerId: 0,
  name,
  raceDate: '2026-05-09',
  timezone: 'UTC',
  fastestKmh: null,
  lastsDays: null,
  clock: '',
  createdAt: 1,
  updatedAt: 1,
})
const audited = (row: Row<'race_days'>) => ({
  action: 'added',
  table: 'race_days' as const,
  rowId: row.id,
  before: null,
  after: { name: row.name },
})

describe('the write door', () => {
  test('commits rows, outbox and audit together', () => {
    const row = raceDay('Harbor')
    store.write(writer => {
      writer.put('race_days', row)
      writer.audit(audited(row))
    }, 'Ann')
    expect(rowWhere(store.read, 'race_days', 'id = ?', row.id)).toEqual(row)
    expect(rowsWhere(store.read, 'outbox', "table_name = 'race_days'")).toMatchObject([{ rowId: row.id }])
    expect(rowsWhere(store.read, 'audit_log', 'row_id = ?', row.id)).toMatchObject([
      { actor: 'Ann', sequence: 1 },
    ])
  })

  test('keeps nothing of a write that throws, and tells nobody', () => {
    const told: string[] = []
    store.onChange(tables => told.push(...tables))
    const row = raceDay('Harbor')
    expect(() =>
      store.write(writer => {
        writer.put('race_days', row)
        writer.audit(audited(row))
        throw new Error('cut')
      }),
    ).toThrow('cut')
    for (const table of ['race_days', 'outbox', 'audit_log'] as const)
      expect(rowsWhere(store.read, table, '1')).toEqual([])
    expect(told).toEqual([])
    store.write(writer => writer.audit(audited(row)))
    expect(rowsWhere(store.read, 'audit_log', '1')).toMatchObject([{ sequence: 1, previousHash: '' }])
  })

  test('tells which tables changed, after the commit', () => {
    const told: string[][] = []
    store.onChange(tables => told.push([...tables]))
    store.write(writer => writer.put('race_days', raceDay('Harbor')))
    expect(told).toEqual([['race_days']])
  })

  test('lets a row that changes twice wait once', () => {
    const row = raceDay('Harbor')
    store.write(writer => writer.put('race_days', row))
    store.write(writer => writer.put('race_days', { ...row, name: 'Bay' }))
    expect(rowsWhere(store.read, 'outbox', '1')).toHaveLength(1)
  })

  test('is the only one: a reader cannot write', () => {
    expect(() => store.read.all('DELETE FROM race_days')).toThrow('use store.write')
  })

  test('does not open inside itself', () => {
    expect(() => store.write(() => store.write(() => {}))).toThrow('inside store.write')
  })

  test('gives each write a later moment, even when the wall clock jumps back or the program starts again', () => {
    const moments: string[] = []
    const take = () => store.write(writer => moments.push(writer.clock))
    take()
    clock.advance(-3_600_000)
    take()
    store.close()
    store = open()
    take()
    clock.advance(3_600_000)
    expect([...moments].sort()).toEqual(moments)
    expect(new Set(moments).size).toBe(3)
  })
})

test('every row of the audit chain carries the hash of the one before', () => {
  for (const name of ['a', 'b', 'c']) {
    const row = raceDay(name)
    store.write(writer => writer.audit(audited(row)))
  }
  const rows = rowsWhere(store.read, 'audit_log', '1 ORDER BY sequence')
  expect(rows.map(row => row.previousHash)).toEqual(['', rows[0]?.hash, rows[1]?.hash])
  for (const { timingPartnerId: _, hash, ...row } of rows) expect(auditHash(row)).toBe(hash)
})

describe('opening', () => {
  test('is WAL and synchronous=FULL', () => {
    const sqlite = new Database(store.file, { readonly: true })
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
    sqlite.close()
    expect(store.read.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous).toBe(2)
  })

  test('a damaged database is refused in words and left as it is', () => {
    store.close()
    writeFileSync(store.file, 'this is a photo of a dog'.repeat(500))
    const before = readFileSync(store.file)
    expect(open).toThrow(expect.objectContaining({ code: 'store.damaged' }))
    expect(readFileSync(store.file).equals(before)).toBe(true)
  })

  test('a database of a newer Trackside is refused in words', () => {
    store.close()
    const sqlite = new Database(store.file)
    sqlite
      .prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
      .run('later', Date.now() * 2)
    sqlite.close()
    expect(open).toThrow(expect.objectContaining({ code: 'store.newer' }))
  })

  test('a backup is made before a migration', () => {
    store.write(writer => writer.put('race_days', raceDay('Harbor')))
    store.close()
    const older = join(folder, 'migrations')
    execFileSync('cp', ['-r', migrations, older])
    const journal = JSON.parse(readFileSync(join(older, 'meta', '_journal.json'), 'utf8'))
    const next = {
      idx: journal.entries.length,
      version: '6',
      when: Date.now() + 1e9,
      tag: '9999_next',
      breakpoints: true,
    }
    writeFileSync(join(older, '9999_next.sql'), 'CREATE TABLE later (id integer);')
    writeFileSync(
      join(older, 'meta', '_journal.json'),
      JSON.stringify({ ...journal, entries: [...journal.entries, next] }),
    )
    store = openStore({ file: join(folder, 'trackside.db'), migrations: older, clock })
    const [backup] = readdirSync(join(folder, 'backups'))
    const kept = new Database(join(folder, 'backups', backup ?? ''), { readonly: true })
    expect(kept.prepare('SELECT name FROM race_days').all()).toEqual([{ name: 'Harbor' }])
    expect(kept.prepare("SELECT 1 FROM sqlite_master WHERE name = 'later'").all()).toEqual([])
    kept.close()
  })

  test('a folder that cannot be made is said in words', () => {
    writeFileSync(join(folder, 'a-file'), '')
    expect(() => openStore({ file: join(folder, 'a-file', 'trackside.db'), migrations, clock })).toThrow(
      expect.objectContaining({ code: 'store.unwritable' }),
    )
  })
})

/** Keys by which rows are put again: each must be UNIQUE, or 1,145 calls store nothing (Project88). */
const UPSERT_KEYS: Readonly<Record<string, readonly string[]>> = {
  normalized_events: ['timing_partner_id', 'source_provider', 'source_event_id'],
  normalized_participants: ['normalized_event_id', 'source_provider', 'source_participant_id'],
  normalized_results: ['normalized_event_id', 'source_provider', 'source_result_id'],
  participant_overrides: ['participant_id', 'field'],
  connection_events: ['connection_id', 'normalized_event_id'],
  field_mappings: ['connection_id', 'version'],
  race_day_events: ['race_day_id', 'normalized_event_id'],
  starts: ['normalized_event_id', 'wave'],
  bib_chips: ['race_day_id', 'chip'],
  chip_assignments: ['race_day_id', 'chip', 'from_at'],
  test_chips: ['timing_partner_id', 'chip'],
  timing_locations: ['session_id', 'location_name'],
  timing_reads: ['session_id', 'identity'],
  course_points: ['race_day_id', 'normalized_event_id', 'location_name'],
  read_assignments: ['session_id', 'read_identity'],
  push_receipts: ['participant_id', 'target_provider', 'target_event_id'],
  audit_log: ['laptop_id', 'sequence'],
  outbox: ['table_name', 'row_id'],
}

describe('the catalogue', () => {
  test.each(Object.entries(UPSERT_KEYS))('%s is unique by its key', (table, columns) => {
    const indexes = store.read.all<{ name: string; unique: number }>(`PRAGMA index_list('${table}')`)
    const keys = indexes
      .filter(index => index.unique === 1)
      .map(index =>
        store.read
          .all<{ name: string }>(`PRAGMA index_info('${index.name}')`)
          .map(column => column.name)
          .join(),
      )
    expect(keys).toContain(columns.join())
  })

  test('knows every table the program writes, by the columns it really has', () => {
    for (const [name, shape] of TABLES) {
      const columns = store.read
        .all<{ name: string }>(`PRAGMA table_info('${name}')`)
        .map(column => column.name)
      expect(shape.columns.map(column => column.name).sort(), name).toEqual([...columns].sort())
    }
  })

  test('gives every table that goes elsewhere a partner and an id', () => {
    for (const [name, shape] of TABLES) {
      if (!shape.replicated || name === 'timing_partners') continue
      const columns = shape.columns.map(column => column.name)
      expect(columns, name).toEqual(expect.arrayContaining(['id', 'timing_partner_id']))
    }
  })
})

test('two laptops that hear the same of a provider make the same rows', () => {
  const other = mkdtempSync(join(tmpdir(), 'trackside-other-'))
  const second = openStore({ file: join(other, 'trackside.db'), migrations, clock })
  const heard = {
    sourceEventId: '700101',
    sourceRaceId: '88001',
    raceName: 'Harbor Run',
    eventName: '5K',
    timezone: 'America/New_York',
    startAt: 1000,
    startText: null,
    eventDate: '2026-05-09',
    eventType: null,
    distanceKm: 5,
    city: null,
    state: null,
    country: null,
    maxParticipants: null,
    registrationOpenDate: null,
    registrationCloseDate: null,
    raw: null,
  }
  const person = { sourceParticipantId: '51', sourceVersion: 1, successorId: null, values: NO_VALUES }
  const idsOf = (of: Store) => {
    of.write(writer =>
      storeParticipants(writer, storeEvent(writer, 'some-provider', heard), [
        { participant: person, written: 'null' },
      ]),
    )
    return ['normalized_events', 'normalized_participants', 'race_days', 'race_day_events'].map(
      table => of.read.get<{ id: string }>(`SELECT id FROM ${table}`)?.id,
    )
  }
  expect(idsOf(second)).toEqual(idsOf(store))
  expect(second.laptopId).not.toBe(store.laptopId)
  second.close()
  rmSync(other, { recursive: true, force: true })
})
