import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKept } from '../../src/app/kept.ts'
import { type TestStore, testStore } from '../timing/race.ts'

let stage: TestStore
beforeEach(() => {
  stage = testStore()
})
afterEach(() => stage.close())

test('what was worked out is worked out again when one of its tables changes, and not before', () => {
  const { store } = stage
  let work = 0
  const kept = createKept(store, ['settings'], of => {
    work += 1
    return of === 'none'
      ? undefined
      : store.read.all('SELECT key FROM settings WHERE key LIKE ?', `${of}%`).length
  })
  const put = (key: string): void =>
    store.write(writer => writer.put('settings', { key, value: 1, updatedAt: writer.at }))
  expect([kept('a'), kept('a'), kept('b')]).toEqual([0, 0, 0])
  expect(work).toBe(2)
  put('a1')
  expect([kept('a'), kept('b'), kept('a')]).toEqual([1, 0, 1])
  expect(work).toBe(4)
  store.write(writer => writer.touched('displays'))
  expect([kept('a'), kept('none'), kept('none')]).toEqual([1, undefined, undefined])
  expect(work).toBe(5)
})
