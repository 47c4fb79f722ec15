import { afterEach, expect, test } from 'vitest'
import { assignRead } from '../../src/store/links.ts'
import { journal } from '../../src/store/reads.ts'
import {
  bringEvent,
  type Laptop,
  NOON,
  openSession,
  person,
  said,
  streamRead,
  sync,
} from '../support/laptop.ts'
import { closeLaptops, laptops, send, WHOLE } from '../support/meeting.ts'

afterEach(closeLaptops)

/** A read of a chip that nobody wears, which the crew gave to the first person. */
function giveRead(laptop: Laptop): void {
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
}

const linkedTo = ({ store, linker }: Laptop): string | null => {
  linker.linkNow()
  return store.read.get<{ id: string | null }>('SELECT participant_id AS id FROM read_links')?.id ?? null
}

test('a read that the crew gave to somebody follows them, also when they go elsewhere than they had gone', () => {
  const [here, there] = laptops([0, 0], () => NOON)
  if (!here || !there) throw new Error('two laptops')
  giveRead(here)
  const where = (): readonly (string | null)[] => {
    send(here, there, WHOLE)
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
