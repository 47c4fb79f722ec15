import type { ProviderContext } from '../provider.ts'
import { sameName } from './normalize.ts'
import type { RowWire } from './wire.ts'

/** Categories the crew wants as events of their own. Haku is not known to list them. */
export function namedCategories(context: ProviderContext): readonly string[] {
  const names = (context.settings.event_categories ?? '').split(/[,;\n]/).map(name => name.trim())
  return names.filter(
    (name, index) => name !== '' && names.findIndex(other => sameName(other, name)) === index,
  )
}

/**
 * Whether a row of the list says that somebody is in other categories of the crew and not in this one, so that no call is
 * spent on them. INFERRED: how `event_category_info` is written was not seen; what cannot be read there is asked for.
 */
export function elsewhere(row: RowWire, wanted: string | null, categories: readonly string[]): boolean {
  if (wanted === null) return false
  const said = textsIn(row.event_category_info)
  const says = (name: string): boolean => said.some(text => sameName(text, name))
  return !says(wanted) && categories.some(says)
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value, ...value.split(/[,;|]/)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
