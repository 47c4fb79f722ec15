import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { madeWhenAsked, rowsIn } from '../../src/providers/json-rows.ts'

const rowsOf = (text: string) => {
  const found = rowsIn(Buffer.from(text), 'participants', ['registration_id', 'event_id'])
  if (found === null) return null
  const places = Array.from({ length: found.count }, (_, at) => at)
  return {
    around: found.around,
    rows: places.map(found.row),
    ids: places.map(at => found.value(at, 'registration_id')),
  }
}

describe('rows of a long answer', () => {
  const row = fc.dictionary(
    fc.oneof(fc.constantFrom('registration_id', 'event_id', 'user', 'participants'), fc.string()),
    fc.jsonValue(),
  )
  const around = fc.dictionary(
    fc.string().filter(name => name !== 'participants'),
    fc.jsonValue(),
  )
  const indent = fc.constantFrom(undefined, 1, '\t')

  test('are those that the whole answer holds, however it is written', () => {
    fc.assert(
      fc.property(
        around,
        fc.array(row),
        around,
        fc.boolean(),
        indent,
        (before, rows, after, inList, space) => {
          const body = { ...before, participants: rows, ...after }
          const text = JSON.stringify(inList ? [body] : body, null, space)
          const whole = JSON.parse(text)
          const { participants, ...others } = inList ? whole[0] : whole
          const found = rowsOf(text)
          // A name written with an escape is left to whoever reads it as a whole.
          if (found === null) {
            expect(text).toContain('\\')
            return
          }
          expect(found.rows).toEqual(participants)
          expect(found.ids).toEqual(
            participants.map((one: Record<string, unknown>) =>
              Object.hasOwn(one, 'registration_id') ? one.registration_id : undefined,
            ),
          )
          const plain = { ...others, participants: [] }
          expect(found.around).toEqual(inList ? [plain] : plain)
        },
      ),
    )
  })

  test('of an answer that broke off are not given, wherever it broke', () => {
    const text = JSON.stringify([
      { event: { event_id: 7 }, participants: [{ registration_id: 1 }, { a: '}' }] },
    ])
    for (let length = 0; length < text.length; length += 1) expect(rowsOf(text.slice(0, length))).toBeNull()
    expect(rowsOf(text)?.ids).toEqual([1, undefined])
  })

  test.each([
    ['no list', '{"event":{}}'],
    ['a list of something else', '{"participants":[1,2]}'],
    ['an object instead of a list', '{"participants":{"0":{}}}'],
    ['two lists', '{"participants":[{}],"participants":[{}]}'],
    ['two elements', '[{"participants":[{}]},{"participants":[{}]}]'],
    ['something behind it', '{"participants":[{}]} <html>'],
    ['a comma too many', '{"participants":[{},]}'],
    ['a page', '<html>'],
    ['nothing', ''],
  ])('of %s are left to whoever reads it as a whole', (_, text) => {
    expect(rowsOf(text)).toBeNull()
  })

  test('of which one is no JSON throw when that one is asked for', () => {
    const found = rowsIn(Buffer.from('{"participants":[{"a":1},{"a":tru}]}'), 'participants', [])
    expect(found?.row(0)).toEqual({ a: 1 })
    expect(() => found?.row(1)).toThrow(SyntaxError)
  })
})

test('what is made when it is asked for is a list like any other', () => {
  let made = 0
  const list = madeWhenAsked(3, at => {
    made += 1
    return at * at + 1
  })
  expect([list.length, made]).toEqual([3, 0])
  expect(list.slice(1)).toEqual([2, 5])
  expect(made).toBe(2)
  expect([...list]).toEqual([1, 2, 5])
  expect([[0], list].flat()).toEqual([0, 1, 2, 5])
  expect(list.map(one => one + 1)).toEqual([2, 3, 6])
  expect([list[3], list.at(-1), list.includes(2)]).toEqual([undefined, 5, true])
})
