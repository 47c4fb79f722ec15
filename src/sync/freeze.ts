import type { Reader } from '../store/reader.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Held } from './operations.ts'

/** Nothing is sent to any provider since then; what comes in is fetched all the same. */
export interface Freeze {
  readonly since: number
  readonly by: string
}

const SETTING = 'push_frozen'

/** Null: pushing is not frozen. */
export function freezeOf(reader: Reader): Freeze | null {
  const value = rowWhere(reader, 'settings', 'key = ?', SETTING)?.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { since, by } = value as { readonly since?: unknown; readonly by?: unknown }
  return typeof since === 'number' && typeof by === 'string' ? { since, by } : null
}

/** Freezes all pushing of this laptop, or lets it go again. */
export function setFreeze(store: Store, frozen: boolean, actor: string): Freeze | null {
  return store.write(writer => {
    const before = freezeOf(writer)
    if ((before !== null) === frozen) return before
    const value = frozen ? { since: writer.at, by: actor } : null
    writer.put('settings', { key: SETTING, value, updatedAt: writer.at })
    writer.audit({
      action: frozen ? 'pushing frozen' : 'pushing unfrozen',
      table: 'settings',
      rowId: SETTING,
      before: before === null ? null : { ...before },
      after: value,
    })
    return value
  }, actor)
}

export const heldByFreeze = ({ by }: Freeze): Held => ({
  code: 'sync.frozen',
  message: `Pushing is frozen by ${by}.`,
})
