import { expect, test } from 'vitest'
import { COMPUTED_THERE, GREATEST, LAPTOP_ONLY, MERGE_RULES, NEWER_BY } from '../../src/store/merge-rules.ts'
import { TABLES, type TableName } from '../../src/store/tables.ts'

const shapeOf = (name: string) => {
  const shape = TABLES.get(name as TableName)
  if (!shape) throw new Error(`no table ${name}`)
  return shape
}

test('every table that leaves the laptop has a rule for two versions of a row, and no other has', () => {
  const leaving = [...TABLES.values()].filter(({ replicated }) => replicated).map(({ name }) => name)
  expect(Object.keys(MERGE_RULES).sort()).toEqual([...leaving, 'timing_reads'].sort())
})

test('a rule compares columns that its tables have', () => {
  const missing = Object.entries(MERGE_RULES).flatMap(([name, rule]) =>
    [
      ...NEWER_BY[rule],
      ...(GREATEST[name as keyof typeof GREATEST] ?? []),
      ...(LAPTOP_ONLY[name as keyof typeof LAPTOP_ONLY] ?? []),
      ...(COMPUTED_THERE[name as keyof typeof COMPUTED_THERE] ?? []),
    ]
      .filter(wanted => !shapeOf(name).columns.some(column => column.name === wanted))
      .map(wanted => `${name}.${wanted}`),
  )
  expect(missing).toEqual([])
})

test('rows that leave the laptop are known by one id, and say whose they are', () => {
  const others = Object.keys(MERGE_RULES)
    .map(shapeOf)
    .filter(({ name, primaryKey }) => name !== 'timing_partners' && primaryKey.join() !== 'id')
    .map(({ name }) => name)
  expect(others).toEqual([])
  const nobodys = Object.keys(MERGE_RULES)
    .map(shapeOf)
    .filter(
      ({ name, columns }) => name !== 'timing_partners' && !columns.some(c => c.name === 'timing_partner_id'),
    )
    .map(({ name }) => name)
  expect(nobodys).toEqual([])
})

// A laptop that is not updated carries no column of such a row, and one that has the row already takes none in: what is new
// about it belongs in a table beside it. (Of all others it does: src/store/carried-columns.ts, gained-columns.ts.)
test('a row that never changes has these columns for good', () => {
  const columnsOf = (name: string): readonly string[] => shapeOf(name).columns.map(column => column.name)
  const never = Object.entries(MERGE_RULES).filter(([, rule]) => rule === 'append')
  expect(Object.fromEntries(never.map(([name]) => [name, columnsOf(name)]))).toEqual({
    timing_reads: [
      ...['id', 'timing_partner_id', 'session_id', 'identity', 'kind', 'source', 'device', 'stream_id'],
      ...['stream_location', 'sequence', 'chip', 'bib_number', 'read_at', 'raw_time', 'time_problem'],
      ...['antenna', 'rssi', 'lap', 'raw', 'received_at', 'origin'],
    ],
    audit_log: [
      ...[
        'id',
        'timing_partner_id',
        'laptop_id',
        'sequence',
        'at',
        'actor',
        'action',
        'table_name',
        'row_id',
      ],
      ...['before', 'after', 'reason', 'previous_hash', 'hash'],
    ],
  })
})
