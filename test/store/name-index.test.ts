import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NO_VALUES, type SourceEvent } from '../../src/core/model.ts'
import { decide, takeBack } from '../../src/store/decisions.ts'
import { storeEvent } from '../../src/store/events.ts'
import { findByName } from '../../src/store/lookup.ts'
import { addWalkUp } from '../../src/store/participants.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Row } from '../../src/store/tables.ts'
import { createTestClock } from '../support/world.ts'

const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
const clock = createTestClock()
const race: SourceEvent = {
  ...{ sourceEventId: '1', sourceRaceId: '1', raceName: 'Harbor Run', eventName: '5K', timezone: 'UTC' },
  ...{ startAt: null, startText: null, eventDate: '2026-05-09', eventType: null, distanceKm: 5 },
  ...{ city: null, state: null, country: null, maxParticipants: null, registrationOpenDate: null },
  ...{ registrationCloseDate: null, raw: null },
}
let folder: string
let store: Store
let event: Row<'normalized_events'>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-names-'))
  store = openStore({ file: join(folder, 'trackside.db'), migrations, clock })
  event = store.write(writer => storeEvent(writer, 'test', race))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const add = (id: string, first: string, last: string, times = 1): void =>
  store.write(writer => {
    for (let n = 0; n < times; n++) {
      const own = `${id}${n || ''}`
      const values = { ...NO_VALUES, first_name: first, last_name: `${last}${n || ''}` }
      addWalkUp(writer, event, own, {
        sourceParticipantId: own,
        sourceVersion: null,
        successorId: null,
        values,
      })
    }
  })
const find = (typed: string): readonly string[] =>
  findByName(store.read, { raceDayId: null, eventId: event.id }, typed, 20)

test('a name is found in the tick it was written in, under the new name only, whatever the clock says', () => {
  add('a', 'Zoë', 'Müller-Ortiz')
  expect(find('mulelr')).toEqual(['a'])
  clock.advance(-3_600_000)
  store.write(writer => decide(writer, 'a', 'last_name', 'Quade', null))
  expect([find('müller'), find('quade')]).toEqual([[], ['a']])
  store.write(writer => takeBack(writer, 'a', 'last_name'))
  expect([find('müller'), find('quade')]).toEqual([['a'], []])
  add('b', 'Bo', 'Quade', 1500)
  expect(find('quade1499')).toContain('b1499')
})

test('what was rolled back is not found, even when it was searched within', () => {
  add('a', 'Zoë', 'Müller')
  expect(find('zoe')).toEqual(['a'])
  expect(() =>
    store.write(writer => {
      decide(writer, 'a', 'first_name', 'Quentin', null)
      expect(findByName(writer, { raceDayId: null, eventId: event.id }, 'quentin', 5)).toEqual(['a'])
      throw new Error('no')
    }),
  ).toThrow('no')
  expect([find('quentin'), find('zoe')]).toEqual([[], ['a']])
})

test('those who fit better come first, and typos are only thought of when they leave room', () => {
  add('part', 'Pat', 'Goldman')
  add('begins', 'Manuel', 'Ruiz')
  add('whole', 'Ann', 'Man')
  add('typo', 'Nam', 'Tran')
  expect(find('man')).toEqual(['whole', 'begins', 'part', 'typo'])
  expect(findByName(store.read, { raceDayId: null, eventId: null }, 'man', 3)).not.toContain('typo')
})
