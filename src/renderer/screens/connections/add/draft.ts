import type { ProviderInfo } from '../../../../api/connections.ts'
import type { Inputs } from '../../../client.ts'
import { filled, lacking, type Texts } from '../form/SideForm.tsx'

/** A connection that is being made up. */
export interface Draft {
  readonly sourceProvider: string
  readonly targetProvider: string
  readonly name: string
  readonly sourceSettings: Texts
  readonly targetSettings: Texts
  readonly sourceCredentials: Texts
  readonly targetCredentials: Texts
  readonly schedule: { readonly mode: 'event' | 'interval'; readonly intervalMinutes: number | null }
  readonly automatic: boolean
  readonly inferredAllowed: boolean
}

export const EMPTY_DRAFT: Draft = {
  sourceProvider: '',
  targetProvider: '',
  name: '',
  sourceSettings: {},
  targetSettings: {},
  sourceCredentials: {},
  targetCredentials: {},
  schedule: { mode: 'event', intervalMinutes: null },
  automatic: true,
  inferredAllowed: false,
}

export const keysOf = (draft: Draft): Inputs['connections']['tryOut'] => ({
  sourceProvider: draft.sourceProvider,
  targetProvider: draft.targetProvider,
  sourceSettings: filled(draft.sourceSettings),
  targetSettings: filled(draft.targetSettings),
  sourceCredentials: filled(draft.sourceCredentials),
  targetCredentials: filled(draft.targetCredentials),
})

/** Made paused: nothing runs before the events are chosen. */
export const connectionOf = (draft: Draft, name: string): Inputs['connections']['create'] => ({
  ...keysOf(draft),
  connectionName: name,
  schedule: draft.schedule,
  autoSyncEnabled: false,
  inferredAllowed: draft.inferredAllowed,
})

/** What both sides need and nobody typed. */
export const lackingIn = (draft: Draft, source: ProviderInfo, target: ProviderInfo): readonly string[] => [
  ...lacking(source, draft.sourceSettings, draft.sourceCredentials, []),
  ...lacking(target, draft.targetSettings, draft.targetCredentials, []),
]
