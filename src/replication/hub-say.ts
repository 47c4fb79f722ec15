import type { Json } from '../core/runtime.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'

interface Say {
  readonly hub: string
  /** By this laptop's clock. */
  readonly until: number
}

/** By connection: which hub may say whose turn it is while the central database cannot be asked, as that one said last. */
export interface HubSay {
  note(connectionId: string, hub: { readonly id: string; readonly msLeft: number } | null, at: number): void
  decides(connectionId: string, hubId: string, now: number): boolean
}

const SETTING = 'turns_at_hub'
/** It is said anew each time; written down less often, so that a laptop started again believes it no longer than it may. */
const COARSE_MS = 600_000

const isSay = (value: Json | undefined): value is { hub: string; until: number } =>
  typeof value === 'object' && value !== null && 'hub' in value && 'until' in value

export function createHubSay(store: Store): HubSay {
  const read = (): ReadonlyMap<string, Say> => {
    const value = rowWhere(store.read, 'settings', 'key = ?', SETTING)?.value ?? null
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
    return new Map(Object.entries(value).flatMap(([id, say]) => (isSay(say) ? [[id, say] as const] : [])))
  }
  const kept = new Map(read())
  const said = new Map(kept)
  const keep = (): void => {
    kept.clear()
    for (const [id, say] of said) kept.set(id, say)
    const value = Object.fromEntries([...said].map(([id, { hub, until }]) => [id, { hub, until }]))
    store.write(writer => {
      writer.put('settings', { key: SETTING, value, updatedAt: writer.at })
    }, 'replication')
  }
  return {
    note(id, hub, at) {
      if (hub === null) {
        if (said.delete(id)) keep()
        return
      }
      const until = at + hub.msLeft
      const before = kept.get(id)
      said.set(id, { hub: hub.id, until })
      if (before?.hub !== hub.id || Math.abs(until - before.until) > COARSE_MS) keep()
    },
    decides(id, hubId, now) {
      const last = said.get(id)
      return last?.hub === hubId && now < last.until
    },
  }
}
