import fc from 'fast-check'
import { expect, test } from 'vitest'
import { undoubled } from '../../../src/providers/copernico/double-encoded.ts'

const doubled = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

test('a text that was encoded twice is what it was, whatever its script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(undoubled(doubled(text))).toBe(text)
    }),
  )
  for (const text of ['José Núñez', 'Łukasz Żak', 'Снежная семёрка', '山田太郎', 'Zoë “Z” Ørsted'])
    expect(undoubled(doubled(text))).toBe(text)
})

test('so is one whose bytes were taken for those of Windows', () => {
  expect(undoubled('Ã‰mile Å’uvre â€“ Maratâ€™on')).toBe('Émile Œuvre – Marat’on')
})

test('a text that was encoded once stays as it is', () => {
  for (const text of ['José', 'São Ângela', 'Zoë', 'Müller-Ortiz', 'Ñandú', 'Â', '20 €', 'Ана', ''])
    expect(undoubled(text)).toBe(text)
})
