import { create } from 'zustand'
import type { Connection } from '../../api/connections.ts'

/** One connection of a manual sync: started, or why not. */
export interface Started {
  readonly connection: Connection
  readonly operationId: string | null
  readonly error: unknown
}

interface StartedSyncsState {
  readonly byRaceDay: ReadonlyMap<string, readonly Started[]>
  keep(raceDayId: string, started: readonly Started[]): void
}

/** What a race day's manual sync started, until it is put away: who looks at another screen finds it again. */
export const useStartedSyncs = create<StartedSyncsState>()(set => ({
  byRaceDay: new Map(),
  keep: (raceDayId, started) =>
    set(({ byRaceDay }) => ({ byRaceDay: new Map([...byRaceDay, [raceDayId, started]]) })),
}))
