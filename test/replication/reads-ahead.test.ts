import { afterEach, expect, test } from 'vitest'
import { createReadsAhead, type ReadsPage } from '../../src/replication/reads-ahead.ts'
import type { Reader } from '../../src/store/reader.ts'
import { journal } from '../../src/store/reads.ts'
import { type Laptop, NOON, openLaptop, openSession, streamRead } from '../support/laptop.ts'

const opened: Laptop[] = []
afterEach(async () => {
  for (const laptop of opened.splice(0)) await laptop.close()
})

function laptopWith(reads: number) {
  const laptop = openLaptop('a', () => NOON)
  opened.push(laptop)
  const session = openSession(laptop)
  let sequence = 0
  const read = (more: number): void => {
    laptop.store.write(writer => {
      const page = Array.from({ length: more }, () => streamRead(++sequence, 'C1', NOON))
      journal(writer, session, page, writer.at)
    })
  }
  read(reads)
  return { reader: laptop.store.read, read }
}

const from = (readId: number) => ({ peerId: 'hub', sequence: 0, readId })
const NEVER = new Promise<never>(() => {})

/** All that waits behind a read, page by page. */
function rest(next: (readId: number) => ReadsPage, readId = 0): readonly string[] {
  const lines: string[] = []
  for (let at = readId; ; ) {
    const page = next(at)
    lines.push(...page.text.split('\n').slice(0, -1))
    expect(page.count).toBe(page.text.split('\n').length - 1)
    if (page.last) return lines
    at = page.through
  }
}

test('pages that were made ready say what the journal says, each read once', async () => {
  const { reader } = laptopWith(3_500)
  const plain = createReadsAhead(reader, 7)
  const all = rest(readId => plain.next(from(readId), 1_000))
  expect(new Set(all).size).toBe(3_500)
  expect(all.every(line => line.startsWith('7\t'))).toBe(true)
  const ahead = createReadsAhead(reader, 7)
  await ahead.prepare(from(0), 10_000, NEVER)
  expect(rest(readId => ahead.next(from(readId), 1_000))).toEqual(all)
})

test('reads that come in after pages were made ready are not passed over', async () => {
  const { reader, read } = laptopWith(1_500)
  const ahead = createReadsAhead(reader, 7)
  await ahead.prepare(from(0), 10_000, NEVER)
  read(700)
  expect(rest(readId => ahead.next(from(readId), 1_000)).length).toBe(2_200)
})

test('a peer that stands elsewhere, or takes less, gets what is behind its own place', async () => {
  const { reader } = laptopWith(2_600)
  const ahead = createReadsAhead(reader, 7)
  const all = rest(readId => createReadsAhead(reader, 7).next(from(readId), 1_000))
  await ahead.prepare(from(0), 10_000, NEVER)
  const few = ahead.next(from(0), 10)
  expect(few.count).toBe(10)
  expect(rest(readId => ahead.next(from(readId), 1_000), few.through)).toEqual(all.slice(10))
  await ahead.prepare(from(few.through), 10_000, NEVER)
  expect(rest(readId => ahead.next(from(readId), 1_000), 0)).toEqual(all)
})

test('nothing more is made ready once the peer has answered, or is gone', async () => {
  const { reader } = laptopWith(5_500)
  let asked = 0
  const counted: Reader = {
    ...reader,
    all: (sql, ...values) => {
      asked += 1
      return reader.all(sql, ...values)
    },
  }
  for (const answered of [() => Promise.resolve(), () => Promise.reject(new Error('away'))]) {
    asked = 0
    await createReadsAhead(counted, 7).prepare(from(0), 10_000, answered())
    expect(asked).toBeLessThanOrEqual(1)
  }
  asked = 0
  await createReadsAhead(counted, 7).prepare(from(0), 10_000, NEVER)
  expect(asked).toBe(6)
})
