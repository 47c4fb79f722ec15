import { expect } from 'vitest'
import { waitingReads, waitingRows } from '../../src/store/outbox.ts'
import { movePeer, peerById, putPeer, sentThrough } from '../../src/store/peers.ts'
import { takeReads } from '../../src/store/remote-reads.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import { type Laptop, openLaptop } from './laptop.ts'

const opened: Laptop[] = []

/** Closes those that are open. */
export async function closeLaptops(): Promise<void> {
  for (const laptop of opened.splice(0)) await laptop.close()
}

/** Laptops that know each other as peers; each has a clock of its own. */
export function laptops(offsets: readonly number[], now: () => number): readonly Laptop[] {
  const all = offsets.map((offset, n) => openLaptop('abc'[n] ?? '?', () => now() + offset))
  opened.push(...all)
  for (const one of all)
    for (const other of all)
      if (one !== other)
        one.store.write(writer =>
          putPeer(writer, { peerId: other.name, kind: 'hub', name: other.name, target: {} }),
        )
  return all
}

export interface Sending {
  readonly limit: number
  readonly doubled: boolean
  /** It arrived and nobody heard so. */
  readonly cut: boolean
}

/** Sends the next rows and reads of one laptop to another. Returns how many there were. */
export function send(from: Laptop, to: Laptop, { limit, doubled, cut }: Sending): number {
  const peer = peerById(from.store.read, to.name)
  if (peer === null) throw new Error('no peer')
  const rows = waitingRows(from.store.read, sentThrough(peer), limit)
  const reads = waitingReads(from.store.read, sentThrough(peer), limit)
  for (let n = 0; n < (doubled ? 2 : 1); n++)
    to.store.write(writer => {
      expect(takeRows(writer, rows.items, from.name).refused).toEqual([])
      takeReads(writer, reads.items, from.name)
    }, 'replication')
  if (!cut)
    from.store.write(writer => movePeer(writer, to.name, { sequence: rows.through, readId: reads.through }))
  return rows.items.length + reads.items.length
}

export const WHOLE = { limit: 500, doubled: false, cut: false }

export function settle(all: readonly Laptop[]): void {
  for (let round = 0; round < 12; round++) {
    let sent = 0
    for (const from of all) {
      from.linker.linkNow()
      for (const to of all) if (from !== to) sent += send(from, to, WHOLE)
    }
    if (sent === 0) return
  }
  throw new Error('they never come to rest')
}
