import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effective, type Overrides, sourceDiffers } from '../../src/core/effective.ts'
import { NO_VALUES, type ParticipantValues } from '../../src/core/model.ts'

const text = fc.option(fc.string({ minLength: 1 }), { nil: null })
const source: fc.Arbitrary<ParticipantValues> = fc.record({
  ...Object.fromEntries(Object.keys(NO_VALUES).map(field => [field, text])),
  age: fc.option(fc.nat(99), { nil: null }),
  race_distance: fc.option(fc.double({ min: 0.1, max: 200, noNaN: true }), { nil: null }),
  chips: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
  registration_status: fc.constantFrom('registered', 'withdrawn', 'gone'),
}) as unknown as fc.Arbitrary<ParticipantValues>
const overrides: fc.Arbitrary<Overrides> = fc.record(
  {
    bib_number: text,
    first_name: text,
    team_name: text,
    race_status: fc.constantFrom('none', 'dns', 'dnf', 'dq'),
    checked_in_at: fc.option(fc.nat(), { nil: null }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Overrides>

describe('effective', () => {
  test('keeps every override, whatever the source says', () => {
    fc.assert(
      fc.property(source, overrides, (said, decided) => {
        const seen = effective(said, decided, null)
        for (const [field, value] of Object.entries(decided))
          expect(seen[field as keyof typeof seen]).toEqual(value)
      }),
    )
  })

  test('leaves every other field as the source says it', () => {
    fc.assert(
      fc.property(source, overrides, (said, decided) => {
        const seen = effective(said, decided, null)
        for (const field of Object.keys(NO_VALUES) as (keyof ParticipantValues)[]) {
          if (!Object.hasOwn(decided, field)) expect(seen[field]).toEqual(said[field])
        }
      }),
    )
  })

  test('says the age on race day where birth date and event date are known', () => {
    const born = { ...NO_VALUES, date_of_birth: '1990-05-10', age: 99 }
    expect(effective(born, {}, '2026-05-09').age).toBe(35)
    expect(effective(born, {}, '2026-05-10').age).toBe(36)
    expect(effective(born, {}, null).age).toBe(99)
    expect(effective(born, { age: 40 }, '2026-05-09').age).toBe(40)
  })

  test('hides none of the three states behind another', () => {
    const seen = effective(
      { ...NO_VALUES, registration_status: 'withdrawn' },
      { checked_in_at: 5, race_status: 'dnf' },
      null,
    )
    expect(seen).toMatchObject({
      registration_status: 'withdrawn',
      checked_in_at: 5,
      race_status: 'dnf',
      participant_status: 'dnf',
    })
  })

  test('names a decision only where it says something else than the source does now', () => {
    const said = { ...NO_VALUES, bib_number: '1214', city: 'Camden' }
    expect(sourceDiffers(said, { bib_number: '214', city: 'Camden', note: 'x' })).toEqual([
      { field: 'bib_number', source: '1214', decided: '214' },
    ])
  })
})
