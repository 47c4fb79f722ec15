import type { Peer, ReplicationStatus } from '../../api/replication.ts'
import { count, counted } from './numbers.ts'
import type { Tone } from './said.ts'
import { ago, duration, inFuture } from './time.ts'

const TONES: Readonly<Record<ReplicationStatus['state'], Tone>> = {
  'not-set-up': 'plain',
  connecting: 'info',
  offline: 'warn',
  'catching-up': 'info',
  'in-step': 'good',
  blocked: 'bad',
}

export const peerTone = (state: ReplicationStatus['state']): Tone => TONES[state]

export const peerKind = (kind: Peer['kind']): string => (kind === 'central' ? 'Central' : 'Hub')

const STATES: Readonly<Record<Peer['state'], string>> = {
  connecting: 'connecting',
  offline: 'offline',
  'catching-up': 'catching up',
  'in-step': 'in step',
  blocked: 'blocked',
}

export const peerState = (state: Peer['state']): string => STATES[state]

/** Terms and figures of a peer. */
export function peerFacts(
  peer: Peer,
  now: number,
): readonly { readonly term: string; readonly words: string }[] {
  const reads = peer.readsToSend > 0 ? ` and ${counted(peer.readsToSend, 'read')}` : ''
  return [
    { term: 'Waits here', words: `${counted(peer.toSend, 'change')}${reads}` },
    { term: 'Waits there', words: peer.toTake === null ? 'not known' : counted(peer.toTake, 'change') },
    { term: 'Lag', words: peer.lagMs === null ? 'none' : duration(peer.lagMs) },
    { term: 'In step', words: peer.lastInStepAt === null ? 'never yet' : ago(peer.lastInStepAt, now) },
    ...(peer.etaMs === null ? [] : [{ term: 'Left', words: `about ${duration(peer.etaMs)}` }]),
    ...(peer.nextTryAt === null || peer.state === 'in-step'
      ? []
      : [{ term: 'Next try', words: inFuture(peer.nextTryAt, now) }]),
  ]
}

/** What leaving would leave behind. */
export function leavingInWords({ toSend, readsToSend }: Peer): string {
  if (toSend + readsToSend === 0) return 'Everything of this laptop is there. All of it stays here too.'
  const what =
    readsToSend === 0
      ? counted(toSend, 'change')
      : `${counted(toSend, 'change')} and ${counted(readsToSend, 'read')}`
  return `${what} of this laptop did not get there yet. They stay on this laptop only.`
}

/** A short name where a host would not fit. */
export const peersInWords = (peers: readonly Peer[]): string =>
  peers.length === 0 ? 'works alone' : `${count(peers.length)} joined`
