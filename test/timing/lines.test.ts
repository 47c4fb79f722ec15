import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLineSplitter, LINE_LIMIT } from '../../src/timing/protocols/lines.ts'

const split = (...chunks: readonly (string | Uint8Array)[]) => {
  const splitter = createLineSplitter()
  const lines = chunks.flatMap(chunk => splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  return [...lines, ...splitter.end()].map(line => [
    line.number,
    line.kind === 'line' ? line.text : line.reason,
  ])
}

describe('lines', () => {
  test('end with CR, LF or CRLF, also across chunks; empty ones are counted and left out', () => {
    expect(split('a\rb\nc\r\n\r\n', '\nd\r', '\ne', 'f')).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [6, 'd'],
      [7, 'ef'],
    ])
  })

  test('of the longest length are read, longer ones refused, once', () => {
    const longest = 'x'.repeat(LINE_LIMIT)
    expect(split(`${longest}\n${longest}x\na\n`, longest, 'x', 'xxx', '\nb\n')).toEqual([
      [1, longest],
      [2, 'longer than 4096 bytes'],
      [3, 'a'],
      [4, 'longer than 4096 bytes'],
      [5, 'b'],
    ])
  })

  test('that are not UTF-8 are refused', () => {
    expect(split(Buffer.from([0x61, 0xff, 0x0a, 0xc3]), Buffer.from([0xa9, 0x0a]))).toEqual([
      [1, 'not UTF-8 text'],
      [2, 'é'],
    ])
  })

  test('do not depend on how the bytes are cut', () => {
    const bytes = fc.array(fc.constantFrom(10, 13, 97, 98, 0xc3, 0xa9, 0xff), { maxLength: 60 })
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60), { maxLength: 8 }), (all, cuts) => {
        const whole = Uint8Array.from(all)
        const places = [0, ...cuts.filter(cut => cut <= whole.length).sort((a, b) => a - b), whole.length]
        const pieces = places.slice(1).map((to, index) => whole.subarray(places[index], to))
        expect(split(...pieces)).toEqual(split(whole))
      }),
    )
  })
})
