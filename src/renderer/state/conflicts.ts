import { create } from 'zustand'
import { persist } from 'zustand/middleware'

interface ConflictsState {
  /** What was noticed until then has been looked at in this window. */
  readonly seenUntil: number
  see(until: number): void
}

export const useConflictsSeen = create<ConflictsState>()(
  persist(set => ({ seenUntil: 0, see: seenUntil => set({ seenUntil }) }), { name: 'trackside-conflicts' }),
)
