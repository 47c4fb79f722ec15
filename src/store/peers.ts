import type { Json } from '../core/runtime.ts'
import type { SentThrough } from './outbox.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

export type PeerRow = Row<'replication_cursors'>

export const peers = (reader: Reader): readonly PeerRow[] =>
  rowsWhere(reader, 'replication_cursors', '1 ORDER BY kind, joined_at')

/** Whether this laptop is one of several. */
export const hasPeers = (reader: Reader): boolean =>
  reader.get('SELECT 1 FROM replication_cursors LIMIT 1') !== undefined

export const peerById = (reader: Reader, peerId: string): PeerRow | null =>
  rowWhere(reader, 'replication_cursors', 'peer_id = ?', peerId)

export const sentThrough = (peer: PeerRow): SentThrough => ({
  peerId: peer.peerId,
  sequence: peer.pushedSequence,
  readId: peer.pushedReadId,
  again: { sequence: peer.againSequence ?? 0, readId: peer.againReadId ?? 0 },
})

/** Whether what it lost is not all there again: until then what it says of itself is of before. */
export const isSentAgain = (peer: PeerRow): boolean =>
  peer.pushedSequence < (peer.againSequence ?? 0) || peer.pushedReadId < (peer.againReadId ?? 0)

/** The peer was restored from an older copy: all goes there again that is here now. */
export function sendAgain(writer: Writer, peerId: string): void {
  const before = peerById(writer, peerId)
  if (before === null) return
  writer.put('replication_cursors', {
    ...{ ...before, pushedSequence: 0, pushedReadId: 0, updatedAt: writer.at },
    againSequence: writer.get<{ last: number | null }>('SELECT MAX(sequence) AS last FROM outbox')?.last ?? 0,
    againReadId: writer.get<{ last: number | null }>('SELECT MAX(id) AS last FROM timing_reads')?.last ?? 0,
  })
}

/** A peer that is new begins with everything; of one that is known only how it is reached changes. */
export function putPeer(writer: Writer, peer: Pick<PeerRow, 'peerId' | 'kind' | 'name' | 'target'>): void {
  const before = peerById(writer, peer.peerId)
  const from = before ?? {
    pushedSequence: 0,
    pushedReadId: 0,
    againSequence: null,
    againReadId: null,
    feed: null,
    joinedAt: writer.at,
    lastInStepAt: null,
  }
  writer.put('replication_cursors', { ...from, ...peer, updatedAt: writer.at })
  writer.audit({
    action: before === null ? 'joined' : 'reached otherwise',
    table: 'replication_cursors',
    rowId: peer.peerId,
    before: before === null ? null : { name: before.name },
    after: { kind: peer.kind, name: peer.name },
  })
}

export function forgetPeer(writer: Writer, peerId: string): void {
  const before = peerById(writer, peerId)
  if (before === null) return
  writer.run('DELETE FROM replication_cursors WHERE peer_id = ?', peerId)
  writer.touched('replication_cursors')
  writer.audit({
    action: 'left',
    table: 'replication_cursors',
    rowId: peerId,
    before: { kind: before.kind, name: before.name },
    after: null,
  })
}

/** How far a peer has come; what is left out stays. */
export function movePeer(
  writer: Writer,
  peerId: string,
  to: {
    readonly sequence?: number
    readonly readId?: number
    readonly feed?: Json
    readonly inStep?: boolean
  },
): void {
  const before = peerById(writer, peerId)
  if (before === null) return
  writer.put('replication_cursors', {
    ...before,
    pushedSequence: to.sequence ?? before.pushedSequence,
    pushedReadId: to.readId ?? before.pushedReadId,
    feed: to.feed === undefined ? before.feed : to.feed,
    lastInStepAt: to.inStep === true ? writer.at : before.lastInStepAt,
    updatedAt: writer.at,
  })
}
