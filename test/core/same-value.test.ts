import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeDate } from '../../src/core/date-format.ts'
import type { ProviderField } from '../../src/core/mapping.ts'
import { sameValue } from '../../src/core/same-value.ts'

const field = (more: Partial<ProviderField> = {}): ProviderField => ({
  name: 'f',
  label: 'F',
  ours: null,
  ...more,
})
const born = field({ format: 'date' })
const bib = field({ ours: 'bib_number' })
const phone = field({ ours: 'phone' })
const sex = field({
  transforms: [{ kind: 'codes', table: [{ from: 'Female', to: 'F' }], otherwise: 'keep' }],
})

const day = fc.date({ min: new Date('1930-01-01'), max: new Date('2026-01-01'), noInvalidDate: true })
const wall = (date: Date) => ({
  year: date.getUTCFullYear(),
  month: date.getUTCMonth() + 1,
  day: date.getUTCDate(),
  ...{ hour: 0, minute: 0, second: 0 },
})
const written = fc.constantFrom('YYYY-MM-DD', 'M/D/YYYY', 'D.M.YYYY', 'D MMM YYYY', 'YYYYMMDD')

describe('a value', () => {
  test('is the same in other case, blanks and composition of letters', () => {
    expect(sameValue(field(), 'Zoë  van Dam', ' ZOE\u0308 VAN DAM ')).toBe(true)
    expect(sameValue(undefined, 'Ann', 'Anne')).toBe(false)
  })

  test('is the same day however it is written', () => {
    fc.assert(
      fc.property(day, written, written, (date, one, other) => {
        expect(sameValue(born, writeDate(wall(date), one), writeDate(wall(date), other))).toBe(true)
      }),
    )
    expect(sameValue(born, '1990-05-09', '1990-05-09T00:00:00Z')).toBe(true)
  })

  test('is another day where both are written alike, though the other way of reading would fit', () => {
    fc.assert(
      fc.property(day, day, fc.constantFrom('YYYY-MM-DD', 'YYYYMMDD'), (one, other, format) => {
        const [left, right] = [writeDate(wall(one), format), writeDate(wall(other), format)]
        expect(sameValue(born, left, right)).toBe(left === right)
      }),
    )
    expect(sameValue(born, '1990-05-09', '1990-09-05')).toBe(false)
    expect(sameValue(born, '5/9/1990', '9/5/1990')).toBe(false)
  })

  test('goes through what the field’s own words go through', () => {
    expect(sameValue(sex, 'F', 'female')).toBe(true)
    expect(sameValue(sex, 'F', 'M')).toBe(false)
  })

  test('of a bib keeps its leading zeros, of a number does not', () => {
    expect(sameValue(bib, '007', '7')).toBe(false)
    expect(sameValue(field({ format: 'number' }), '41', '041')).toBe(true)
    expect(sameValue(field({ format: 'number' }), '41', '')).toBe(false)
  })

  test('of a telephone is its digits, with or without the country', () => {
    expect(sameValue(phone, '555-123-4567', '+1 (555) 123 4567')).toBe(true)
    expect(sameValue(phone, '555-123-4567', '555-123-4568')).toBe(false)
    expect(sameValue(phone, '4567', '555-123-4567')).toBe(false)
  })

  test('is as much the same one way as the other', () => {
    const texts = fc.constantFrom(
      '1990-05-09',
      '9/5/1990',
      '5/9/1990',
      '09.05.1990',
      'Female',
      'f',
      '007',
      '7',
    )
    fc.assert(
      fc.property(fc.constantFrom(born, bib, phone, sex), texts, texts, (of, one, other) => {
        expect(sameValue(of, one, other)).toBe(sameValue(of, other, one))
        expect(sameValue(of, one, one)).toBe(true)
      }),
    )
  })
})
