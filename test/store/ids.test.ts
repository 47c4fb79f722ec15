import fc from 'fast-check'
import { v5 } from 'uuid'
import { expect, test } from 'vitest'
import { idOf } from '../../src/store/ids.ts'

test('an id from keys is the UUIDv5 that any other program makes of them', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer())),
      (table, keys) => {
        const name = [table, ...keys].map(key => encodeURIComponent(String(key))).join('/')
        expect(idOf(table, ...keys)).toBe(v5(name, '5b3f4f0e-6c1f-5d5e-9d3a-7c0e5a1d2b90'))
      },
    ),
  )
})
