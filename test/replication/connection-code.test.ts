import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConnectionCode,
  formatConnectionCode,
  parseConnectionCode,
} from '../../src/replication/connection-code.ts'

const CODE: ConnectionCode = {
  ...{ kind: 'central', name: 'Big Day Timing – Zoë’s laptop', expiresAt: 1_795_789_434_401 },
  login: {
    ...{ hosts: ['db.example.org', '10.0.0.7'], port: 5432, database: 'project88', user: 'trackside_p1_ab' },
    ...{ password: 'p"ä%ss', trust: { kind: 'fingerprint', sha256: 'ab'.repeat(32) } },
  },
}
const TEXT = formatConnectionCode(CODE)

test('a code says all that a laptop needs, and survives what mail programs do to long lines', () => {
  expect(parseConnectionCode(TEXT)).toEqual(CODE)
  expect(parseConnectionCode(` ${TEXT.replace(/.{40}/g, '$&\r\n  ')}\n`)).toEqual(CODE)
  const trusts = [{ kind: 'system' }, { kind: 'authority', pem: '-----BEGIN' }] as const
  for (const trust of trusts) {
    const code = { ...CODE, kind: 'hub', expiresAt: null, login: { ...CODE.login, trust } } as const
    expect(parseConnectionCode(formatConnectionCode(code))).toEqual(code)
  }
})

test('no typo goes through: a letter changed, left out, put in or swapped with its neighbour', () => {
  const letters = fc.constantFrom(...'abcXYZ019-_')
  fc.assert(
    fc.property(fc.nat(TEXT.length - 1), letters, fc.nat(3), (at, letter, how) => {
      const before = TEXT.slice(0, at)
      const typo = [
        before + letter + TEXT.slice(at + 1),
        before + TEXT.slice(at + 1),
        before + letter + TEXT.slice(at),
        before + (TEXT[at + 1] ?? '') + (TEXT[at] ?? '') + TEXT.slice(at + 2),
      ][how]
      if (typo === undefined || typo === TEXT) return
      expect(() => parseConnectionCode(typo)).toThrow()
      try {
        parseConnectionCode(typo)
      } catch (error) {
        expect(error).toMatchObject({ code: 'input.invalid' })
      }
    }),
    { numRuns: 2_000 },
  )
})

describe('what is wrong is said:', () => {
  const body = Buffer.from('[]').toString('base64url')
  test.each([
    ['nothing', '', 'no connection code'],
    ['something else', 'postgres://x@y/z', 'no connection code'],
    ['the end missing', TEXT.slice(0, -3), 'end of the connection code is missing'],
    ['another version', TEXT.replace('trackside1', 'trackside2'), 'newer Trackside'],
    ['a letter wrong', TEXT.replace(/.\.(?=[^.]*$)/, '_.'), 'wrong, missing or too many'],
    ['an empty one', `trackside1.${body}.${TEXT.slice(-8)}`, 'wrong, missing or too many'],
  ])('%s', (_what, text, said) => {
    expect(() => parseConnectionCode(text)).toThrow(said)
  })
})
