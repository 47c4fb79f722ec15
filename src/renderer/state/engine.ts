import { create } from 'zustand'

interface EngineState {
  /** Ms UTC of the first call that got no answer; null while it answers. */
  readonly silentSince: number | null
  readonly signInNeeded: boolean
  answered(): void
  silent(): void
  askSignIn(): void
}

/** Whether the engine behind the screens answers at all. */
export const useEngine = create<EngineState>()(set => ({
  silentSince: null,
  signInNeeded: false,
  answered: () => set(state => (state.silentSince === null ? state : { silentSince: null })),
  silent: () => set(state => (state.silentSince === null ? { silentSince: Date.now() } : state)),
  askSignIn: () => set({ signInNeeded: true }),
}))
