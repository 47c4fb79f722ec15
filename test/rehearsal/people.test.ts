import { describe, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createWallClock } from '../../src/rehearsal/wall-clock.ts'

describe('people', () => {
  test('are the same for the same seed, and others for another', () => {
    const roster = makePeople({ seed: 7, year: 2026, count: 300 })
    expect(makePeople({ seed: 7, year: 2026, count: 300 })).toEqual(roster)
    expect(makePeople({ seed: 8, year: 2026, count: 300 })).not.toEqual(roster)
  })

  test('carry the bibs given, in their order', () => {
    const roster = makePeople({ seed: 1, year: 2026, bibs: ['9573', null, '12'] })
    expect(roster.map(person => person.bib)).toEqual(['9573', null, '12'])
  })

  test('have accents, apostrophes, hyphens, CJK, three genders and zip codes with a leading zero', () => {
    const roster = makePeople({ seed: 2, year: 2026, count: 3000 })
    const names = roster.map(person => `${person.firstName} ${person.lastName}`).join(' ')
    for (const piece of ['é', 'Ø', "O'Neill", 'O’Brien', 'Jean-Luc', '佐藤']) expect(names).toContain(piece)
    expect(names).not.toMatch(/\p{Extended_Pictographic}/u)
    expect(new Set(roster.map(person => person.gender))).toEqual(new Set(['F', 'M', 'X']))
    expect(roster.some(person => person.zip.startsWith('0'))).toBe(true)
  })

  test('are well formed and share a mail address within a family', () => {
    const roster = makePeople({ seed: 3, year: 2026, count: 3000 })
    for (const person of roster) {
      expect(person.dob).toMatch(/^(19|20)\d\d-\d\d-\d\d$/)
      expect(person.phone).toMatch(/^\d{3}-555-01\d\d$/)
      expect(person.email).toMatch(/^[a-z.0-9]+@example\.com$/)
    }
    expect(new Set(roster.map(person => person.email)).size).toBeLessThan(roster.length)
  })
})

test('a wall clock follows its zone over the change to summer time', () => {
  const wall = createWallClock('America/New_York')
  expect(wall.iso(Date.UTC(2026, 2, 8, 6, 59, 59, 990))).toBe('2026-03-08T01:59:59.99')
  expect(wall.iso(Date.UTC(2026, 2, 8, 7, 0, 0, 0))).toBe('2026-03-08T03:00:00.00')
  expect(wall.slashed(Date.UTC(2026, 10, 5, 14, 5))).toBe('11/5/2026 09:05')
  expect(wall.dashed(Date.UTC(2026, 10, 5, 14, 5))).toBe('2026-11-05 09:05:00')
})
