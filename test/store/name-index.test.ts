import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { editsToPart } from '../../bench/nearness.ts'
import { NO_VALUES, type SourceEvent } from '../../src/core/model.ts'
import { createRandom } from '../../src/rehearsal/random.ts'
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
const best = (typed: string): string | undefined => find(typed)[0]

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

test('names are read a piece at a time, and who changes, comes or leaves meanwhile is found as they are now', () => {
  add('a', 'Bo', 'Quade', 2500)
  const shelf = [event.id]
  expect(store.read.names.readOn(shelf)).toBe(true)
  // Of those that were read, of those that were not, one more; and the clock is set back.
  clock.advance(-3_600_000)
  store.write(writer => {
    decide(writer, 'a', 'first_name', 'Early', null)
    decide(writer, 'a2400', 'first_name', 'Late', null)
    decide(writer, 'a2401', 'note', 'moves in that order, under the same name', null)
    writer.run('DELETE FROM effective_participants WHERE participant_id IN (?, ?)', 'a1', 'a2402')
  })
  add('b', 'Ann', 'Newcomer')
  expect(store.read.names.readOn(shelf)).toBe(true)
  expect([best('early'), best('late quade'), best('newcomer')]).toEqual(['a', 'a2400', 'b'])
  expect(best('bo quade2401')).toBe('a2401')
  expect(best('bo quade2399')).toBe('a2399')
  expect(find('bo quade1')).not.toContain('a1')
  expect(find('bo quade2402')).not.toContain('a2402')
  expect(store.read.names.readOn(shelf)).toBe(false)
})

test('after a change of many they are read in pieces again, and those who left are not found', () => {
  add('a', 'Bo', 'Quade', 1500)
  expect(best('bo quade1499')).toBe('a1499')
  store.write(writer => {
    writer.run(`UPDATE effective_participants SET name_folded = 'ann' || substr(name_folded, 3)`)
    writer.run('DELETE FROM effective_participants WHERE participant_id = ?', 'a1498')
  })
  expect(store.read.names.readOn([event.id])).toBe(true)
  expect(store.read.names.readOn([event.id])).toBe(true)
  expect(store.read.names.readOn([event.id])).toBe(false)
  expect(best('ann quade1499')).toBe('a1499')
  expect(find('ann quade1498')).not.toContain('a1498')
})

test('what is read in the middle of a transaction that is rolled back is read again', () => {
  add('a', 'Bo', 'Quade', 1500)
  expect(store.read.names.readOn([event.id])).toBe(true)
  expect(() =>
    store.write(writer => {
      writer.run(`UPDATE effective_participants SET name_folded = 'ann' || substr(name_folded, 3)`)
      writer.run('DELETE FROM effective_participants WHERE participant_id = ?', 'a1498')
      const [first] = findByName(writer, { raceDayId: null, eventId: event.id }, 'ann quade1499', 5)
      expect(first).toBe('a1499')
      throw new Error('no')
    }),
  ).toThrow('no')
  expect([best('bo quade1499'), best('bo quade1498')]).toEqual(['a1499', 'a1498'])
  expect(find('ann quade1499')).not.toContain('a1499')
})

test('those who fit better come first, and typos are only thought of when they leave room', () => {
  add('part', 'Pat', 'Goldman')
  add('begins', 'Manuel', 'Ruiz')
  add('whole', 'Ann', 'Man')
  add('typo', 'Nam', 'Tran')
  expect(find('man')).toEqual(['whole', 'begins', 'part', 'typo'])
  expect(findByName(store.read, { raceDayId: null, eventId: null }, 'man', 3)).not.toContain('typo')
})

test('of many whom what was typed fits with a typo alike, those come first whose name says least else', () => {
  for (let n = 0; n < 26; n++) add(`long${n}-`, 'Quentin', `Oberlander${String.fromCharCode(97 + n)}`)
  add('short', 'Quentin', 'Oberl')
  expect(find('quentin oberk')[0]).toBe('short')
  // As it was typed they stand by name: a list that is read.
  expect(find('quentin oberl').indexOf('short')).toBe(0)
  expect(find('quentin oberla')).toHaveLength(20)
  expect(find('quentin oberla')[0]).toBe('long0-')
})

test('with one random typo somebody is among the twenty, but where twenty others are as near', () => {
  const random = createRandom(17)
  const letters = 'abdeilmnorst'
  const word = (length: number): string =>
    Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
  const firsts = Array.from({ length: 12 }, () => word(5))
  const names = Array.from({ length: 1200 }, (_, n) => `${firsts[n % 12]} ${word(3 + (n % 5))}`)
  for (const [n, name] of names.entries()) add(`p${n}`, ...(name.split(' ') as [string, string]))
  let drowned = 0
  for (let n = 0; n < names.length; n += 6) {
    const name = names[n] ?? ''
    const at = Math.floor(random() * (name.length - 1))
    const typed = [
      name.slice(0, at) + word(1) + name.slice(at),
      name.slice(0, at) + name.slice(at + 1),
      name.slice(0, at) + word(1) + name.slice(at + 1),
      name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2),
    ][Math.floor(random() * 4)]
    if (typed === undefined || find(typed).includes(`p${n}`)) continue
    const near = editsToPart(typed.trim(), name)
    const asNear = names.filter((other, m) => m !== n && editsToPart(typed.trim(), other) <= near).length
    expect(asNear, `${typed} for ${name}`).toBeGreaterThanOrEqual(20)
    drowned += 1
  }
  expect(drowned).toBeLessThan(10)
}, 30_000)
