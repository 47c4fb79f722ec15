import type { PeerStatus } from '../replication/replication.ts'
import { ageInWords, counted } from './words.ts'

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
      return withWaiting(`blocked: ${(peer.message ?? 'it does not say why').replace(/\.$/, '')}`)
  }
}

export const aloneInWords = (pending: number): string =>
  `works alone, ${counted(pending, 'change')} kept here`
