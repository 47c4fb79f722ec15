import type { Joining, PeerState, PeerStatus } from '../replication/replication.ts'
import { ageInWords, count, counted } from './words.ts'

/** Where one line must do; the whole of it is the peer's message. */
const BLOCKED: Readonly<Record<string, string>> = {
  'central.refused': 'login refused',
  'central.certificate': 'certificate not trusted',
  'central.disabled': 'partner disabled',
  'central.no-schema': 'not set up there',
  'central.older': 'older than this app',
  'central.newer': 'newer than this app',
  'central.differs': 'schema changed there',
  'central.old-server': 'PostgreSQL too old there',
  'central.full': 'disk full there',
  'store.unwritable': 'disk full here',
  'secrets.locked': 'keys locked here',
}

/** "1,203 changes and 18,400 reads"; null: none. */
function amountInWords(changes: number, reads: number): string | null {
  const parts = [
    ...(changes > 0 || reads === 0 ? [counted(changes, 'change')] : []),
    ...(reads > 0 ? [counted(reads, 'read')] : []),
  ]
  return changes + reads === 0 ? null : parts.join(' and ')
}

const waits = (amount: string, ofOne: boolean): string => `${amount} ${ofOne ? 'waits' : 'wait'}`

/** "134 changes wait". */
function waitingInWords({ toSend, readsToSend }: PeerStatus): string | null {
  const amount = amountInWords(toSend, readsToSend)
  return amount === null ? null : waits(amount, toSend + readsToSend === 1)
}

const whyInWords = ({ code, message }: PeerStatus): string =>
  BLOCKED[code ?? ''] ?? message?.replace(/\.$/, '') ?? 'it does not say why'

/** How a peer is, after its name: "in step", "offline, 134 changes wait". */
export function peerInWords(peer: PeerStatus): string {
  const waiting = waitingInWords(peer)
  const withWaiting = (words: string): string => (waiting === null ? words : `${words}, ${waiting}`)
  switch (peer.state) {
    case 'connecting':
      return withWaiting('connecting')
    case 'offline':
      return withWaiting('offline')
    case 'in-step':
      return 'in step'
    case 'catching-up': {
      const amount = amountInWords(peer.toSend + (peer.toTake ?? 0), peer.readsToSend)
      const left = peer.etaMs === null ? null : `about ${ageInWords(peer.etaMs)}`
      return ['catching up', amount, left].filter(part => part !== null).join(', ')
    }
    case 'blocked':
      return withWaiting(`blocked: ${whyInWords(peer)}`)
  }
}

/** As above for a status bar: what would not fit there is left to the words beside it. */
export function peerInShort(peer: PeerStatus): string {
  const { state, toSend, readsToSend, toTake, etaMs } = peer
  const waiting =
    toSend > 0 && readsToSend > 0 ? waits(count(toSend + readsToSend), false) : waitingInWords(peer)
  const withWaiting = (words: string): string => (waiting === null ? words : `${words}, ${waiting}`)
  switch (state) {
    case 'connecting':
    case 'offline':
      return withWaiting(state)
    case 'in-step':
      return 'in step'
    case 'catching-up': {
      const left = toSend + readsToSend + (toTake ?? 0)
      if (left === 0) return 'catching up'
      return `catching up, ${count(left)} to go${etaMs === null ? '' : `, about ${ageInWords(etaMs)}`}`
    }
    case 'blocked': {
      const why = BLOCKED[peer.code ?? '']
      return withWaiting(why === undefined ? 'blocked' : `blocked: ${why}`)
    }
  }
}

export const aloneInWords = (pending: number): string =>
  `works alone, ${counted(pending, 'change')} kept here`

/** Of a central database that was named at start. */
export const joiningState = ({ code }: Joining): PeerState =>
  code === null
    ? 'connecting'
    : code === 'central.unreachable' || code.startsWith('network.')
      ? 'offline'
      : 'blocked'

export const joiningInShort = ({ message }: Joining): string =>
  message === null ? 'joining' : 'not joined yet'

/** "not joined yet: The central database at db.example.org does not answer". It is tried again by itself. */
export const joiningInWords = ({ name, message }: Joining): string =>
  message === null
    ? `joining ${name}`
    : `not joined yet, tried again by itself: ${message.replace(/\.$/, '')}`
