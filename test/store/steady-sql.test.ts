import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { steady } from '../../src/store/steady-sql.ts'

test('every bound value stands behind a plus, and no question mark that is text does', () => {
  expect(
    steady(`SELECT '?' AS "why?", 'it''s ?' -- how?
      FROM t /* ? */ WHERE a = ? AND (b, c) > (?, ?) AND d LIKE '%' || ? || '%' LIMIT ?`),
  ).toBe(`SELECT '?' AS "why?", 'it''s ?' -- how?
      FROM t /* ? */ WHERE a = +? AND (b, c) > (+?, +?) AND d LIKE '%' || +? || '%' LIMIT +?`)
})

test('a value behind a plus is the same value: text that looks like a number, null, bytes, a number for a text column', () => {
  const db = new Database(':memory:')
  db.exec('CREATE TABLE t (n INTEGER, s TEXT, b BLOB)')
  const kept = (sql: string) => {
    db.exec('DELETE FROM t')
    const insert = db.prepare(sql)
    for (const row of [
      ['007', 7, Buffer.from([0, 255])],
      [null, null, null],
      [1.5, '1e3', Buffer.of()],
    ])
      insert.run(...row)
    return db.prepare('SELECT *, typeof(n), typeof(s), typeof(b) FROM t').all()
  }
  const insert = 'INSERT INTO t VALUES (?, ?, ?)'
  expect(kept(steady(insert))).toEqual(kept(insert))
  const find = 'SELECT rowid AS id FROM t WHERE n = ? OR s = ?'
  for (const [n, s] of [
    ['7', 'x'],
    [7, 'x'],
    ['x', 7],
    ['x', '7.0'],
    ['1.5', null],
  ])
    expect(db.prepare(steady(find)).all(n, s), `${n} ${s}`).toEqual(db.prepare(find).all(n, s))
  db.close()
})
