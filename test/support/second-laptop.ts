import { join } from 'node:path'
import { decide } from '../../src/store/decisions.ts'
import { waitingRows } from '../../src/store/outbox.ts'
import { movePeer, peerById, putPeer, sentThrough } from '../../src/store/peers.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const MOST = 10_000

/** Another laptop of the same crew, without a database between the two. */
export function openSecondLaptop(first: Store, clock: () => number) {
  const second = openStore({
    file: ':memory:',
    migrations: join(import.meta.dirname, '..', '..', 'drizzle', 'local'),
    clock,
  })
  const knows = (store: Store, other: Store): void =>
    store.write(writer =>
      putPeer(writer, { peerId: other.laptopId, kind: 'hub', name: 'the other', target: {} }),
    )
  knows(first, second)
  knows(second, first)
  const send = (from: Store, to: Store): void => {
    const peer = peerById(from.read, to.laptopId)
    if (peer === null) throw new Error('no peer')
    const { items, through } = waitingRows(from.read, sentThrough(peer), MOST)
    to.write(writer => takeRows(writer, items, from.laptopId), 'replication')
    from.write(writer => movePeer(writer, to.laptopId, { sequence: through, readId: 0 }))
  }
  return {
    store: second,
    /** Both hear what the other did since they last met. */
    meet(): void {
      send(first, second)
      send(second, first)
      send(first, second)
    },
    giveBib: (participantId: string, bib: string, who: string): void =>
      second.write(writer => decide(writer, participantId, 'bib_number', bib, null), who),
    close: () => second.close(),
  }
}
