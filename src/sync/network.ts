import type { Clock } from '../core/runtime.ts'

export interface NetworkState {
  readonly state: 'up' | 'down' | 'unknown'
  readonly since: number | null
}

/** What the calls themselves say about the network: down is a normal state, known from trying. */
export interface Network {
  readonly fetch: typeof fetch
  state(): NetworkState
  onChange(listener: () => void): () => void
}

export function createNetwork(parts: { readonly fetch: typeof fetch; readonly clock: Clock }): Network {
  let now: NetworkState = { state: 'unknown', since: null }
  const listeners = new Set<() => void>()
  const become = (state: 'up' | 'down'): void => {
    if (now.state === state) return
    now = { state, since: parts.clock() }
    for (const listener of listeners) listener()
  }
  return {
    fetch: async (input, init) => {
      try {
        const response = await parts.fetch(input, init)
        become('up')
        return response
      } catch (error) {
        if (!init?.signal?.aborted || isTimeout(init.signal.reason)) become('down')
        throw error
      }
    },
    state: () => now,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError'
