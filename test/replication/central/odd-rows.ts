import type { Kind, LocalValue } from '../../../src/replication/central/columns.ts'
import type { LocalRow } from '../../../src/replication/central/rows.ts'
import type { CentralTable } from '../../../src/replication/central/tables.ts'

const ID = '0190a0a0-1111-7abc-8def-00000000000'

/** Values that a laptop may hold, common and odd, by kind. */
const VALUES: Readonly<Record<Kind, readonly LocalValue[]>> = {
  text: [
    null,
    '',
    'Zoë “Zed” O’Neil\t\n\\N',
    'a\0b',
    '␀',
    '👟',
    'x'.repeat(3_000),
    "'; DROP TABLE --",
    '{"a":1}',
  ],
  integer: [null, 0, -1, 34.5, Number.MAX_SAFE_INTEGER, 2 ** 60, 'forty'],
  number: [null, 0.1, 42.195, 1e-300, Number.MIN_VALUE, 1e21, Number.POSITIVE_INFINITY, 'far'],
  moment: [
    null,
    0,
    1,
    -1,
    1_790_000_000_123,
    Date.UTC(9999, 11, 31),
    -62_135_596_800_000,
    8.64e15,
    -8.64e15,
    1e17,
    'now',
    1.5,
  ],
  date: [
    null,
    '2024-02-29',
    '2023-02-29',
    '0001-01-01',
    '0000-00-00',
    '1990',
    '',
    '12/31/1990',
    '9999-12-31',
  ],
  flag: [null, 0, 1, 2],
  json: [
    null,
    'null',
    '{"b":1,"a":{"10":1.0,"9":1e400},"b":2}',
    '[ 1 ,  2 ]',
    '"\\u0000\\ud800"',
    '{"é":"\u2028"}',
    '{broken',
    '"x"',
  ],
  uuid: [null, `${ID}1`, 'not-a-uuid', ID.toUpperCase(), ''],
}

/** Enough rows for every value of every kind to be in each column that may have it. */
export function oddRows(table: CentralTable, partner: number): readonly LocalRow[] {
  const most = Math.max(...Object.values(VALUES).map(values => values.length))
  return Array.from({ length: most }, (_, row) =>
    Object.fromEntries(
      table.columns.map(({ name, kind, keyed }) => {
        const values = VALUES[kind].filter(value => !keyed || value !== null)
        const value = values[row % values.length] ?? null
        if (name === 'timing_partner_id') return [name, partner]
        if (keyed && kind === 'uuid')
          return [name, row % 2 === 0 ? `${ID}${row.toString(16)}` : `odd id ${row}`]
        // What is unique differs from row to row.
        if (keyed && kind === 'text') return [name, `${row} ${value}`]
        if (keyed && kind === 'integer') return [name, row]
        return [name, value]
      }),
    ),
  )
}
