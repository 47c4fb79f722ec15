import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldName } from '../../src/core/identity.ts'
import { lettersOf, nameFit, nameQuery } from '../../src/core/name-match.ts'

const costOf = (typed: string, name: string, edits = 2): number => {
  const folded = foldName(name)
  return nameFit(nameQuery(foldName(typed)), folded, lettersOf(folded), edits) ?? Number.POSITIVE_INFINITY
}

/** Edits to make one of the other: a letter more, less, another, or two neighbours swapped. */
function distance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) => [i, ...Array<number>(other.length).fill(0)])
  const at = (i: number, j: number): number => (i === 0 ? j : (rows[i]?.[j] ?? 0))
  for (let i = 1; i <= one.length; i++) {
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1)
      const row = rows[i]
      if (row) row[j] = least
    }
  }
  return at(one.length, other.length)
}

const parts = (name: string): string[] =>
  Array.from({ length: name.length + 1 }, (_, from) => from).flatMap(from =>
    Array.from({ length: name.length - from + 1 }, (_, length) => name.slice(from, from + length)),
  )

describe('a name fits what was typed', () => {
  test('better whole than by its beginning, than by a part, than with a typo, than with two', () => {
    const costs = [
      costOf('ortiz', 'Zoë Ortiz'),
      costOf('ortiz', 'Zoë Ortizano'),
      costOf('ortiz', 'Zoë Mortizer'),
      costOf('ortiz', 'Zoë Otriz'),
      costOf('ortiz', 'Zoë Miller'),
    ]
    expect(costs).toEqual([...costs].sort((a, b) => a - b))
    expect(new Set(costs).size).toBe(5)
    expect(costs.at(-1)).toBe(Number.POSITIVE_INFINITY)
    expect(costOf('mullerortz', 'Müller-Ortiz')).toBeLessThan(Number.POSITIVE_INFINITY)
  })

  test('in any order, without accents, case and hyphens, with a space too many or too few', () => {
    for (const typed of ['MULLER zoe', 'zoe müller-o', 'zoemul', 'zo e muller', 'ortiz zeo', 'Zoe O'])
      expect(costOf(typed, 'Zoë Müller-Ortiz'), typed).toBeLessThan(Number.POSITIVE_INFINITY)
  })

  test('by two letters as they are, never by two letters with a typo', () => {
    expect(costOf('zo', 'Zoë')).toBeLessThan(3)
    expect(costOf('zx', 'Zoë')).toBe(Number.POSITIVE_INFINITY)
  })

  test('of one word exactly when some part of it is within the edits that are forgiven', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'n'), minLength: 3, maxLength: 9 })
    fc.assert(
      fc.property(letters, letters, (typed, name) => {
        const least = Math.min(...parts(name).map(part => distance(typed, part)))
        const cost = costOf(typed, name)
        const forgiven = typed.length < 8 ? 1 : 2
        expect(cost < Number.POSITIVE_INFINITY).toBe(least <= forgiven)
        if (least <= forgiven) expect(Math.floor(cost / 100)).toBe(least)
      }),
      { numRuns: 2000 },
    )
  })
})
