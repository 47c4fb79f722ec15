import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bibKey, chipKey, contentIdentity, foldName } from '../../src/core/identity.ts'
import { ageOn, parseTimeOfDay, parseWall, readWall } from '../../src/core/time.ts'

describe('chips and bibs', () => {
  test('one chip is one chip, padded or not', () => {
    expect(chipKey('009573')).toBe(chipKey('9573'))
    expect(chipKey(' kv8658 ')).toBe('KV8658')
    expect(chipKey('000')).toBe('0')
    expect(chipKey('0x1f')).toBe('0X1F')
  })
  test('a bib keeps its zeros: 007 may be somebody else than 7', () => {
    expect(bibKey('007')).not.toBe(bibKey('7'))
  })
  test('two antennas seeing one chip in the same hundredth are two reads', () => {
    const read = { chip: '9573', time: '1', device: 'A', antenna: '1', rssi: '-60' }
    expect(contentIdentity(read)).not.toBe(contentIdentity({ ...read, antenna: '2' }))
    expect(contentIdentity(read)).toBe(contentIdentity({ ...read, chip: '009573' }))
  })
})

test.each([
  ['Zoë Müller-Ortiz', 'zoe muller ortiz'],
  ['Anne-Marie O’Neil', 'anne marie oneil'],
  ['Søren Kiø', 'soren kio'],
  ['Łukasz Weiß', 'lukasz weiss'],
  ['李 Müller', '李 muller'],
])('%s is searched as %s', (name, folded) => expect(foldName(name)).toBe(folded))

test('a name without accents is searched the same beside one that has them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), name => {
      expect(foldName(`${name} é`)).toBe(`${foldName(name)} e`.trim())
    }),
  )
})

describe('wall-clock times', () => {
  test('are read with the site’s zone, on both sides of a clock change', () => {
    expect(readWall('2026-03-08T01:59:59.99', 'America/New_York').at).toBe(
      Date.parse('2026-03-08T06:59:59.990Z'),
    )
    expect(readWall('2026-03-08T03:00:00.00', 'America/New_York').at).toBe(
      Date.parse('2026-03-08T07:00:00.000Z'),
    )
  })
  test('may pass 24 hours', () => {
    expect(parseWall('2026-05-09T25:30:00')).toBe(Date.parse('2026-05-10T01:30:00Z'))
    expect(parseTimeOfDay('102:12:32.37')).toBe(((102 * 60 + 12) * 60 + 32) * 1000 + 370)
  })
  test('that are none say so', () => {
    expect(readWall('2026-02-30T10:00:00', 'UTC')).toEqual({
      at: null,
      problem: '"2026-02-30T10:00:00" is not a time',
    })
    expect(parseTimeOfDay('10:61:00')).toBeNull()
  })
})

test('an age needs a real birth date', () => {
  expect(ageOn('2000-02-29', '2026-02-28')).toBe(25)
  expect(ageOn('XXXX-XX-XX', '2026-02-28')).toBeNull()
  expect(ageOn('2030-01-01', '2026-02-28')).toBeNull()
})
