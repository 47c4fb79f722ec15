import { afterEach, expect, test } from 'vitest'
import { assignRead } from '../../src/store/links.ts'
import { waitingReads, waitingRows } from '../../src/store/outbox.ts'
import { putPeer } from '../../src/store/peers.ts'
import { journal } from '../../src/store/reads.ts'
import { takeReads } from '../../src/store/remote-reads.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import {
  bringEvent,
  type Laptop,
  NOON,
  openLaptop,
  openSession,
  person,
  said,
  streamRead,
  sync,
} from '../support/laptop.ts'

const opened: Laptop[] = []
afterEach(async () => {
  for (const laptop of opened.splice(0)) await laptop.close()
})

const open = (name: string): Laptop => {
  const laptop = openLaptop(name, () => NOON)
  opened.push(laptop)
  return laptop
}

/** A read of a chip that nobody wears, which the crew gave to the first person. */
function withGivenRead(name: string): Laptop {
  const laptop = open(name)
  bringEvent(laptop)
  sync(
    laptop,
    ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
  )
  openSession(laptop)
  const session = laptop.store.read.get<{ id: string }>('SELECT id FROM timing_sessions')?.id ?? ''
  laptop.store.write(writer => journal(writer, session, [streamRead(1, 'C99', NOON)], writer.at))
  const read = laptop.store.read.get<{ id: number }>('SELECT id FROM timing_reads')?.id ?? 0
  laptop.store.write(writer => assignRead(writer, read, person('1'), null), 'desk')
  return laptop
}

const linkedTo = ({ store, linker }: Laptop): string | null => {
  linker.linkNow()
  return store.read.get<{ id: string | null }>('SELECT participant_id AS id FROM read_links')?.id ?? null
}

function bring(from: Laptop, to: Laptop): void {
  const through = { sequence: 0, readId: 0, peerId: to.name }
  const rows = waitingRows(from.store.read, through, 10_000)
  const reads = waitingReads(from.store.read, through, 10_000)
  to.store.write(writer => {
    expect(takeRows(writer, rows.items, from.name).refused).toEqual([])
    takeReads(writer, reads.items, from.name)
  }, 'replication')
}

test('a read that the crew gave to somebody follows them, also when they go elsewhere than they had gone', () => {
  const here = withGivenRead('a')
  const there = open('b')
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const)
    one.store.write(writer =>
      putPeer(writer, { peerId: other.name, kind: 'hub', name: other.name, target: {} }),
    )
  const where = (): readonly (string | null)[] => {
    bring(here, there)
    return [linkedTo(here), linkedTo(there)]
  }
  expect(where()).toEqual([person('1'), person('1')])
  sync(here, [said('1', { bib_number: null }, 10, '2')])
  expect(where()).toEqual([person('2'), person('2')])
  // On from there, and then another way.
  sync(here, [said('2', { bib_number: null }, 11, '3')])
  expect(where()).toEqual([person('3'), person('3')])
  sync(here, [said('2', { bib_number: null }, 12, '4')])
  expect(where()).toEqual([person('4'), person('4')])
  sync(here, [said('1', { bib_number: null }, 13, '3')])
  expect(where()).toEqual([person('3'), person('3')])
})
