import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName } from '../../src/core/identity.ts'
import { type Compared, type PersonDecision, peopleOf } from '../../src/core/same-person.ts'

const NOBODY: Compared = {
  id: '',
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  city: null,
  state: null,
  dateOfBirth: null,
  age: null,
  eventDate: '2026-05-09',
}

const someone = (id: string, said: Partial<Compared>): Compared => ({ ...NOBODY, id, ...said })

/** Who is together, as sorted lists of ids. */
const groups = (registrations: readonly Compared[], decisions: readonly PersonDecision[] = []): string[] =>
  peopleOf(registrations, decisions)
    .map(({ members }) => members.map(({ id }) => id).join(' '))
    .sort()

const ANA = { firstName: 'Ana', lastName: 'Ruiz', dateOfBirth: '1986-01-06' }

describe('who is the same person', () => {
  test('e-mail, first name and birth date are enough, whatever became of the last name', () => {
    const people = peopleOf([
      someone('a', { ...ANA, email: 'ANA@example.org ' }),
      someone('b', { ...ANA, lastName: 'Ruiz-Olsen', email: 'ana@example.org' }),
    ])
    expect(people).toEqual([
      {
        id: 'a',
        members: [
          { id: 'a', evidence: 'email-name-birth' },
          { id: 'b', evidence: 'email-name-birth' },
        ],
        confidence: 0.99,
      },
    ])
  })

  test('a name and a birth date want another hint: a phone or a place', () => {
    expect(groups([someone('a', ANA), someone('b', ANA)])).toEqual(['a', 'b'])
    expect(
      groups([
        someone('a', { ...ANA, phone: '(555) 010-0199' }),
        someone('b', { ...ANA, phone: '+1 555 0100199' }),
      ]),
    ).toEqual(['a b'])
    expect(
      groups([
        someone('a', { ...ANA, city: 'Salem', state: 'MA' }),
        someone('b', { ...ANA, city: 'salem', state: 'ma' }),
      ]),
    ).toEqual(['a b'])
    expect(
      groups([
        someone('a', { ...ANA, city: 'Salem', state: 'MA' }),
        someone('b', { ...ANA, city: 'Salem', state: 'OR' }),
      ]),
    ).toEqual(['a', 'b'])
  })

  test('a family with one e-mail address stays a family', () => {
    const email = 'ruiz@example.org'
    expect(
      groups([
        someone('a', { ...ANA, email }),
        someone('b', { ...ANA, firstName: 'Bea', email }),
        someone('c', { ...ANA, dateOfBirth: '2014-02-03', email }),
      ]),
    ).toEqual(['a', 'b', 'c'])
  })

  test('without a birth date e-mail and full name tie, unless they might be two people', () => {
    const email = 'ruiz@example.org'
    const father = someone('f', { ...ANA, email })
    const son = someone('s', { ...ANA, dateOfBirth: '2014-02-03', email })
    const unknown = someone('u', { ...ANA, dateOfBirth: null, email })
    expect(groups([father, unknown])).toEqual(['f u'])
    expect(groups([father, son, unknown])).toEqual(['f', 's', 'u'])
    expect(groups([father, { ...unknown, age: 12 }])).toEqual(['f', 'u'])
    expect(groups([father, { ...unknown, age: 39 }])).toEqual(['f u'])
    expect(
      groups([
        { ...unknown, age: 12 },
        { ...unknown, id: 'v', age: 40 },
      ]),
    ).toEqual(['u', 'v'])
  })

  test('a birth date that a form put there is none', () => {
    const place = { city: 'Salem', state: 'MA' }
    for (const dateOfBirth of ['1900-01-01', '1970-01-01', '2026-05-09'])
      expect(
        groups([
          someone('a', { ...ANA, ...place, dateOfBirth }),
          someone('b', { ...ANA, ...place, dateOfBirth }),
        ]),
      ).toEqual(['a', 'b'])
  })

  test("the crew's word counts over all evidence", () => {
    const twins = [
      someone('a', { ...ANA, email: 'x@example.org' }),
      someone('b', { ...ANA, email: 'x@example.org' }),
    ]
    expect(groups(twins, [{ kind: 'apart', participantId: 'b' }])).toEqual(['a', 'b'])
    const others = [someone('a', ANA), someone('b', { firstName: 'Bob' })]
    const joined = peopleOf(others, [{ kind: 'same', participantId: 'a', otherId: 'b' }])
    expect(joined).toMatchObject([
      { id: 'a', confidence: 1, members: [{ evidence: 'crew' }, { evidence: 'crew' }] },
    ])
  })
})

const few = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const compared = fc
  .array(
    fc.record({
      firstName: few('Ana', 'ÁNA', 'Bo', null),
      lastName: few('Ruiz', 'Li', null),
      email: few('x@example.org', 'y@example.org', null),
      phone: few('5550100199', null),
      city: few('Salem', null),
      state: few('MA', 'OR'),
      dateOfBirth: few('1986-01-06', '2014-02-03', null),
      age: few(12, 40, null),
      eventDate: few('2026-05-09', null),
    }),
    { maxLength: 14 },
  )
  .map(all => all.map((one, index): Compared => ({ ...one, id: `p${index}` })))

describe('laws of it', () => {
  test('the order of registrations does not matter', () => {
    fc.assert(
      fc.property(compared, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (all, chance) => {
        const shuffled = all
          .map(one => ({ one, at: Number(chance.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one)
        const sorted = (list: readonly Compared[]) =>
          [...peopleOf(list)].sort((a, b) => (a.id < b.id ? -1 : 1))
        expect(sorted(shuffled)).toEqual(sorted(all))
      }),
      { numRuns: 500 },
    )
  })

  test('nobody of one person has another first name or another birth date, however they came together', () => {
    fc.assert(
      fc.property(compared, all => {
        const byId = new Map(all.map(one => [one.id, one]))
        for (const { members } of peopleOf(all)) {
          const of = members.map(({ id }) => byId.get(id) ?? NOBODY)
          if (of.length === 1) continue
          expect(new Set(of.map(one => foldName(one.firstName ?? ''))).size).toBe(1)
          expect(new Set(of.flatMap(one => one.dateOfBirth ?? [])).size).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('one more registration without a birth date brings no two others together', () => {
    fc.assert(
      fc.property(compared, compared, (all, [extra]) => {
        if (extra === undefined) return
        const together = (list: readonly Compared[]): Set<string> =>
          new Set(
            peopleOf(list).flatMap(({ members }) =>
              members.flatMap(a => members.map(b => `${a.id} ${b.id}`)),
            ),
          )
        const dated = all.filter(one => one.dateOfBirth !== null)
        const before = together(dated)
        const after = together([...dated, { ...extra, id: 'extra', dateOfBirth: null }])
        for (const pair of after) if (!pair.includes('extra')) expect(before).toContain(pair)
      }),
      { numRuns: 500 },
    )
  })

  test('computed by first name they are the people computed from all', () => {
    fc.assert(
      fc.property(compared, all => {
        const parts = [...Map.groupBy(all, one => foldName(one.firstName ?? '')).values()].flatMap(part =>
          groups(part),
        )
        expect(parts.sort()).toEqual(groups(all))
      }),
    )
  })
})
