import { isDeepStrictEqual } from 'node:util'
import {
  array,
  assert,
  constantFrom,
  dictionary,
  jsonValue,
  letrec,
  oneof,
  property,
  string,
  stringMatching,
} from 'fast-check'
import { expect, test } from 'vitest'
import { contract } from '../../src/api/contract.ts'
import { fromWire, OPAQUE, toCamel, toSnake, toWire } from '../../src/server/snake-case.ts'

const camel = stringMatching(/^[a-z]{1,6}([A-Z][a-z]{0,5}|[0-9]{1,2}[a-z]{1,3}){0,3}$/)
const snake = stringMatching(/^[a-z]{1,6}(_[a-z]{1,6}|_[0-9]{1,2}[a-z]{1,3}){0,3}$/)
const tree = (key: typeof camel) =>
  letrec(tie => ({
    node: dictionary(key, tie('value'), { maxKeys: 5 }),
    value: oneof(
      { maxDepth: 3 },
      string(),
      dictionary(key, tie('value'), { maxKeys: 4 }),
      array(tie('value'), { maxLength: 3 }),
    ),
  })).node
/** fast-check's dictionaries may have no prototype; ours have one. */
const plain = (value: unknown): unknown => structuredClone(value)

test('there and back is where it began, from either side', () => {
  assert(property(tree(camel), value => isDeepStrictEqual(fromWire(toWire(value)), plain(value))))
  assert(property(tree(snake), value => isDeepStrictEqual(toWire(fromWire(value)), plain(value))))
})

test('no two names become one', () => {
  assert(property(camel, camel, (a, b) => a === b || toSnake(a) !== toSnake(b)))
})

test('what is in an opaque map passes', () => {
  assert(
    property(constantFrom(...OPAQUE), jsonValue(), (name, value) => {
      expect(toWire({ [toCamel(name)]: value })).toEqual({ [name]: value })
      expect(fromWire({ [name]: value })).toEqual({ [toCamel(name)]: value })
    }),
  )
})

test('figures, files and odd keys', () => {
  expect(toSnake('successRate24h')).toBe('success_rate_24h')
  expect(toCamel('success_rate_24h')).toBe('successRate24h')
  const file = new File(['x'], 'x')
  expect(fromWire({ my_file: file })).toEqual({ myFile: file })
  const odd = JSON.parse('{"__proto__":{"is_admin":true}}') as unknown
  expect(Object.getPrototypeOf(fromWire(odd))).toBe(Object.prototype)
})

test('every name of the contract comes back from the wire', () => {
  const names = new Set(
    JSON.stringify(contract, (_, v) => v)
      .match(/"([a-zA-Z0-9]+)":/g)
      ?.map(n => n.slice(1, -2)),
  )
  for (const name of names) expect(toCamel(toSnake(name))).toBe(name)
})
