import { expect, test } from 'vitest'
import { displayAddress, imageTypeOf, messageFor } from '../../src/core/display.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('an address is taken in any case, and nothing else is one', () => {
  expect(displayAddress(' abcd2345 ')).toBe('ABCD2345')
  for (const text of ['ABCD234', 'ABCD23456', 'ABCD2340', 'ABCDO345', 'ABCDI345', 'manager-token', ''])
    expect(displayAddress(text), text).toBeNull()
})

test('a message has no hole in it and is the same for the same runner', () => {
  const ann = { name: 'Ann Lee', first: 'Ann', team: null, city: 'Utica' }
  expect(messageFor(['Go {team}!', 'Well done, {first} of {city}!'], '214', ann)).toBe(
    'Well done, Ann of Utica!',
  )
  expect(messageFor(['Go {team}!'], '214', ann)).toBeNull()
  expect(messageFor(['Hello {nobody}'], '214', ann)).toBeNull()
  const lines = ['a', 'b', 'c']
  expect(messageFor(lines, '77', ann)).toBe(messageFor(lines, '77', ann))
})

test('an image is known by what it is, never by its name', () => {
  expect(imageTypeOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13]))).toBe('image/png')
  expect(imageTypeOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg')
  expect(imageTypeOf(bytes('RIFF1234WEBPVP8 '))).toBe('image/webp')
  expect(imageTypeOf(bytes('<?xml version="1.0"?>\n<svg xmlns="x"/>'))).toBe('image/svg+xml')
  for (const text of ['<html><svg/></html>', 'GIF89a', '', '%PDF-1.7'])
    expect(imageTypeOf(bytes(text)), text).toBeNull()
})
