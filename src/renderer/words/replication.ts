import type { Peer, ReplicationStatus } from '../../api/replication.ts'
import { count, counted } from './numbers.ts'
import type { Tone } from './said.ts'
import { ago, duration, inFuture } from './time.ts'
import { sentence, todoFor } from './trouble.ts'

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
    { term: 'Behind by', words: peer.lagMs === null ? 'nothing' : duration(peer.lagMs) },
    {
      term: peer.state === 'in-step' ? 'Checked' : 'Last in step',
      words: peer.lastInStepAt === null ? 'never yet' : ago(peer.lastInStepAt, now),
    },
    ...(peer.etaMs === null ? [] : [{ term: 'Left', words: `about ${duration(peer.etaMs)}` }]),
    ...(peer.nextTryAt === null || peer.state === 'in-step'
      ? []
      : [{ term: 'Next try', words: inFuture(peer.nextTryAt, now) }]),
  ]
}

/** What to do about a hub, where it is not what is done about a central database. */
const AT_A_HUB: Readonly<Record<string, string>> = {
  'central.refused': 'Give out another code for this laptop at the hub.',
  'central.certificate': 'Give out another code for this laptop at the hub.',
  'central.full': 'Make room on the hub’s laptop. Nothing is lost.',
}

/** What keeps a peer, and what to do. */
export function peerTrouble({ kind, code, message }: Peer): string | null {
  if (message === null) return null
  const usual = code === null ? null : todoFor(code, message)
  // Where the message says it already there is no more to say of a hub either.
  const todo = usual !== null && kind === 'hub' ? (AT_A_HUB[code ?? ''] ?? usual) : usual
  return [sentence(message), todo].filter(part => part !== null).join(' ')
}

/** What leaving would leave behind, and how one comes back. */
export function leavingInWords({ kind, toSend, readsToSend }: Peer): string {
  const what =
    readsToSend === 0
      ? counted(toSend, 'change')
      : `${counted(toSend, 'change')} and ${counted(readsToSend, 'read')}`
  const behind =
    toSend + readsToSend === 0
      ? 'Everything of this laptop is there. All of it stays here too.'
      : `${what} of this laptop did not get there yet. They stay on this laptop only.`
  const others = kind === 'hub' ? 'the other laptops of the site' : 'the other laptops'
  return `${behind} From then on this laptop and ${others} do not see each other’s changes. To come back it takes another code.`
}

/** A short name where a host would not fit. */
export const peersInWords = (peers: readonly Peer[]): string =>
  peers.length === 0 ? 'works alone' : `${count(peers.length)} joined`
