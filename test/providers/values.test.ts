import { describe, expect, test } from 'vitest'
import { baseAddress } from '../../src/providers/address.ts'
import { csvText } from '../../src/providers/csv.ts'
import { distanceKm } from '../../src/providers/distance.ts'
import { providerById, providers } from '../../src/providers/index.ts'
import { dayText, list, number, text, wallText } from '../../src/providers/loose.ts'
import { troubleOf } from './outside.ts'

test('providers are found by id, and an unknown one is said', async () => {
  for (const provider of providers) expect(providerById(provider.id)).toBe(provider)
  expect((await troubleOf(() => providerById('nobody'))).code).toBe('not-found')
})

test('a provider declares what it has evidence for, and no field twice', () => {
  for (const provider of providers) {
    const names = provider.fields.map(field => field.name)
    expect(new Set(names).size).toBe(names.length)
    expect(provider.evidence.check).toBeDefined()
    expect(provider.settings.some(setting => setting.secret)).toBe(true)
    expect(provider.evidence.push === undefined).toBe(provider.entries === undefined)
  }
})

test.each([
  ['5K', 5],
  ['10 km', 10],
  ['3.2 Miles', 5.1499],
  ['1 mile', 1.6093],
  ['Half Marathon', 21.0975],
  ['Marathon', 42.195],
  ['13.1 Miles', 21.0824],
  ['5K (3.1 miles)', 5],
  ['10,000 m', 10],
  ['21,1 km', 21.1],
  ['400 meters', 0.4],
  ['750m / 20K / 5K', null],
  ['5m', null],
  ['Marathon Relay', null],
  ['Fun run', null],
  ['', null],
  [null, null],
])('the distance %s is %s km', (said, km) => {
  expect(distanceKm(said)).toBe(km)
})

test('times are read in both of a provider’s ways, and no others', () => {
  expect(wallText('9/7/2021 15:15')).toBe('2021-09-07T15:15:00')
  expect(wallText('2021-09-07 15:15:09')).toBe('2021-09-07T15:15:09')
  expect(dayText('05/17/2025')).toBe('2025-05-17')
  expect(wallText('2/30/2025 08:00')).toBeNull()
  expect(dayText('17.5.2025')).toBeNull()
})

test('text, numbers and lists are taken however they are written', () => {
  expect([12, ' 12 ', '', null, undefined, {}].map(value => text.parse(value))).toEqual([
    '12',
    '12',
    null,
    null,
    null,
    null,
  ])
  expect([35, '35', 'x', '', null].map(value => number.parse(value))).toEqual([35, 35, null, null, null])
  expect([[1], { a: 1 }, { '0': 'x', '1': 'y' }, null, ''].map(value => list.parse(value))).toEqual([
    [1],
    [{ a: 1 }],
    ['x', 'y'],
    [],
    [],
  ])
})

describe('a base address', () => {
  const ofRsu = (typed?: string) => baseAddress(typed, 'https://runsignup.com/Rest', '/Rest')

  test('is taken with or without scheme, path and closing slash', () => {
    expect(ofRsu()).toBe('https://runsignup.com/Rest')
    expect(ofRsu(' ')).toBe('https://runsignup.com/Rest')
    expect(ofRsu('https://test.runsignup.com')).toBe('https://test.runsignup.com/Rest')
    expect(ofRsu('test.runsignup.com/rest/')).toBe('https://test.runsignup.com/rest')
    expect(ofRsu('http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000/Rest')
  })

  test('is refused where keys would travel in the clear, or where it is none', async () => {
    for (const typed of [
      'http://runsignup.com/Rest',
      'ftp://runsignup.com',
      'https://',
      'https://me:pw@host',
    ])
      expect((await troubleOf(() => ofRsu(typed))).code).toBe('input.invalid')
  })
})

test('CSV quotes what must be quoted, doubles quotes, ends rows with CRLF and has no byte-order mark', () => {
  expect(
    csvText([
      ['a', 'b'],
      ['x, "y"', 'line\nbreak'],
      ['', ' led'],
      ['Zoë', '=1+1'],
    ]),
  ).toBe('a,b\r\n"x, ""y""","line\nbreak"\r\n," led"\r\nZoë,=1+1\r\n')
})
