import type { Peer, ReplicationStatus } from '../api/replication.ts'
import type { PeerStatus } from '../replication/replication.ts'
import type { AppParts } from './parts.ts'
import { aloneInWords, joiningInWords, joiningState, peerInWords } from './replication-words.ts'

export const peerShown = (peer: PeerStatus): Peer => ({ ...peer, words: peerInWords(peer) })

/** Where it stands with the central database; with the hub where there is no central one; alone where there is none. */
export function replicationShown({
  replication,
  store,
}: Pick<AppParts, 'replication' | 'store'>): ReplicationStatus {
  const { peers, pending, joining } = replication?.status() ?? { peers: [], pending: null, joining: null }
  const first = peers.find(({ kind }) => kind === 'central') ?? peers[0]
  const canJoin = replication !== null
  if (first === undefined) {
    const kept = store.read.get<{ rows: number }>('SELECT COUNT(*) AS rows FROM outbox')?.rows ?? 0
    if (joining !== null)
      return {
        state: joiningState(joining),
        pending: kept,
        words: joiningInWords(joining),
        canJoin,
        peers: [],
      }
    return { state: 'not-set-up', pending: kept, words: aloneInWords(kept), canJoin, peers: [] }
  }
  return {
    state: first.state,
    pending: pending ?? 0,
    words: peerInWords(first),
    canJoin,
    peers: peers.map(peerShown),
  }
}
