import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { request } from '../../src/providers/http.ts'
import { letGo } from '../../src/providers/read-body.ts'
import { answering, contextFor, troubleOf } from './outside.ts'

/** What a call is answered with, byte by byte. */
async function received(bytes: Buffer): Promise<string> {
  const { url } = await answering((_, response) => response.writeHead(200).end(bytes))
  return (await request(contextFor(), { method: 'GET', url: new URL(url), pausesMs: [] })).text()
}

test('an answer that is packed without saying so is unpacked', async () => {
  const text = JSON.stringify({ name: 'Íñigo', long: 'x'.repeat(200_000) })
  expect(await received(gzipSync(text))).toBe(text)
  expect(await received(Buffer.from(text))).toBe(text)
  expect(await received(Buffer.alloc(0))).toBe('')
})

test('one that is packed and damaged is said as such, and may come whole the next time', async () => {
  const packed = gzipSync('x'.repeat(1000))
  const cut = await troubleOf(() => received(packed.subarray(0, packed.length - 6)))
  expect([cut.code, cut.retriable, cut.message]).toEqual([
    'provider.unreadable',
    true,
    expect.stringContaining('packed data that is damaged'),
  ])
  expect((await troubleOf(() => received(Buffer.from([0x1f, 0x8b, 1])))).code).toBe('provider.unreadable')
})

test('one that unpacks to more than there is room for is not read to its end', async () => {
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(100_000)
  expect((await troubleOf(() => received(bomb))).message).toContain('more than 64 MB')
})

test('a long body that is let go gives its memory back at once, a short one disturbs nobody', () => {
  const long = Buffer.alloc(100_000, 'a')
  letGo(long)
  expect([long.length, long.buffer.byteLength]).toEqual([0, 0])
  const [short, neighbour] = [Buffer.from('short'), Buffer.from('neighbour')]
  letGo(short)
  expect([short.toString(), neighbour.toString()]).toEqual(['short', 'neighbour'])
})
