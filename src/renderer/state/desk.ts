import { create } from 'zustand'
import type { Decision } from './decision.ts'

interface DeskState {
  readonly raceDayId: string | null
  readonly sessionId: string | null
  readonly personId: string | null
  /** Newest last. */
  readonly decisions: readonly Decision[]
  chooseRaceDay(id: string): void
  chooseSession(id: string): void
  show(personId: string | null): void
  remember(decision: Decision): void
  forget(decision: Decision): void
}

/** What the help desk has before it. */
export const useDesk = create<DeskState>()(set => ({
  raceDayId: null,
  sessionId: null,
  personId: null,
  decisions: [],
  chooseRaceDay: raceDayId => set({ raceDayId, sessionId: null, personId: null }),
  chooseSession: sessionId => set({ sessionId }),
  show: personId => set({ personId }),
  remember: decision => set(state => ({ decisions: [...state.decisions.slice(-49), decision] })),
  forget: decision => set(state => ({ decisions: state.decisions.filter(other => other !== decision) })),
}))
