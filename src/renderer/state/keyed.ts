import { create } from 'zustand'

interface KeyedState {
  /** Where reads are keyed; null until somebody says it. */
  readonly location: string | null
  /** Ids of reads that were keyed or given a bib in this window, newest last: one key takes the last one back. */
  readonly done: readonly number[]
  keyAt(location: string): void
  did(id: number): void
  undid(id: number): void
}

/** What the keying of reads remembers while other screens are looked at. */
export const useKeyed = create<KeyedState>()(set => ({
  location: null,
  done: [],
  keyAt: location => set({ location }),
  did: id => set(state => ({ done: [...state.done.slice(-199), id] })),
  undid: id => set(state => ({ done: state.done.filter(other => other !== id) })),
}))
