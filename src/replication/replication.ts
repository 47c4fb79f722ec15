import type { Service } from '../core/runtime.ts'

export type PeerState = 'connecting' | 'offline' | 'catching-up' | 'in-step' | 'blocked'

export interface PeerStatus {
  readonly id: string
  readonly kind: 'central' | 'hub'
  /** As shown: host without secrets. */
  readonly name: string
  readonly state: PeerState
  /** AppError code when offline or blocked. */
  readonly code: string | null
  /** In words, what to do. */
  readonly message: string | null
  /** Changes waiting here for it. */
  readonly toSend: number
  readonly readsToSend: number
  /** Null: not known. */
  readonly toTake: number | null
  readonly etaMs: number | null
  /** Age of the oldest change not there yet. */
  readonly lagMs: number | null
  readonly lastInStepAt: number | null
  readonly nextTryAt: number | null
}

/** Keeps this laptop and its peers in step, by itself and when asked. */
export interface Replication extends Service {
  status(): { readonly peers: readonly PeerStatus[]; readonly pending: number }
  onChange(listener: () => void): () => void
  run(signal?: AbortSignal): Promise<void>
  join(code: string): Promise<PeerStatus>
  leave(peerId: string): Promise<void>
}
