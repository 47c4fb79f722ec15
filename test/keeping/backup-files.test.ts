import { expect, test } from 'vitest'
import { backupName, newestOf, surplus } from '../../src/keeping/backup-files.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.parse('2026-05-09T11:59:30Z')
const LAPTOP = '0190b3a0-0000-7000-8000-0000003f9a1c'

const every5min = (days: number) =>
  Array.from({ length: (days * DAY) / (5 * MINUTE) }, (_, index) => {
    const at = NOW - index * 5 * MINUTE
    return { name: backupName(at, LAPTOP), at, bytes: 1 }
  })

const kept = (files: ReturnType<typeof every5min>, now: number) => {
  const dropped = new Set(surplus(files, now))
  return files.filter(file => !dropped.has(file))
}

test('the last 12 are kept, then one an hour for two days, then one a day for 30', () => {
  const left = kept(every5min(40), NOW)
  expect(left.slice(0, 12).map(({ at }) => (NOW - at) / MINUTE)).toEqual([
    0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55,
  ])
  const older = left.slice(12)
  const hours = older.filter(({ at }) => NOW - at <= 2 * DAY)
  expect(hours).toHaveLength(48)
  expect(new Set(hours.map(({ at }) => Math.floor(at / HOUR))).size).toBe(48)
  const days = older.filter(({ at }) => NOW - at > 2 * DAY)
  expect(days).toHaveLength(28)
  expect(new Set(days.map(({ at }) => Math.floor(at / DAY))).size).toBe(28)
  expect(left).toHaveLength(12 + 48 + 28)
})

test('dropping after every copy leaves what dropping once leaves', () => {
  let files: ReturnType<typeof every5min> = []
  for (const file of every5min(4).reverse()) files = kept([...files, file], file.at)
  expect(files.map(({ name }) => name).sort()).toEqual(
    kept(every5min(4), NOW)
      .map(({ name }) => name)
      .sort(),
  )
})

test('a name says when and by whom, and others are no backups', () => {
  const name = backupName(NOW, LAPTOP)
  expect(name).toBe('trackside-2026-05-09T11-59-30-000Z-3f9a1c.db')
  expect(newestOf(['notes.db', name, 'before-migration-2027-01-01.db', `${name}.part`])).toBe(NOW)
  expect(newestOf([])).toBeNull()
})
