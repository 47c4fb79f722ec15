import type { Peer, ReplicationStatus } from '../api/replication.ts'
import type { PeerStatus } from '../replication/replication.ts'
import type { AppParts } from './parts.ts'
import {
  aloneInWords,
  joiningInShort,
  joiningInWords,
  joiningState,
  peerInShort,
  peerInWords,
} from './replication-words.ts'

/** @param ownHub the peer that this laptop itself is, as the hub of its site */
export function peerShown(peer: PeerStatus, ownHub: string | null = null): Peer {
  return { ...peer, words: peerInWords(peer), short: peerInShort(peer), own: peer.id === ownHub }
}

/** Where it stands with the central database; with the hub where there is no central one; alone where there is none. */
export function replicationShown({
  replication,
  store,
  hub,
}: Pick<AppParts, 'replication' | 'store' | 'hub'>): ReplicationStatus {
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
        short: joiningInShort(joining),
        canJoin,
        peers: [],
      }
    const words = aloneInWords(kept)
    return { state: 'not-set-up', pending: kept, words, short: words, canJoin, peers: [] }
  }
  return {
    state: first.state,
    pending: pending ?? 0,
    words: peerInWords(first),
    short: peerInShort(first),
    canJoin,
    peers: peers.map(peer => peerShown(peer, hub?.ownPeerId() ?? null)),
  }
}
