import { create } from 'zustand'
import type { Connection } from '../../api/connections.ts'

export interface MappingDraft {
  readonly config: Connection['mappingConfig']
  /** The version it was made from. */
  readonly basedOn: number
}

interface MappingDraftState {
  /** By connection. */
  readonly drafts: Readonly<Record<string, MappingDraft>>
  /** Null: nothing is unsaved any more. */
  keep(connectionId: string, draft: MappingDraft | null): void
}

/** What a crew changed of mappings and has not saved: it outlives a look at another screen. */
export const useMappingDraft = create<MappingDraftState>()(set => ({
  drafts: {},
  keep: (connectionId, draft) =>
    set(({ drafts: { [connectionId]: _, ...others } }) => ({
      drafts: draft === null ? others : { ...others, [connectionId]: draft },
    })),
}))
