import { isObject } from '@orpc/shared'

/** Maps whose keys are not ours: what is in them passes as it is. */
export const OPAQUE: ReadonlySet<string> = new Set([
  'settings',
  'credentials',
  'source_settings',
  'target_settings',
  'source_credentials',
  'target_credentials',
  'mapping_config',
  'normalized_data',
  'details',
  'evidence',
  'before',
  'after',
  'value',
  'old',
  'new',
  'source',
  'decided',
])

/** raceDayId → race_day_id, successRate24h → success_rate_24h. */
export const toSnake = (name: string): string =>
  name.replace(/[A-Z]|(?<=[a-zA-Z])[0-9]+/g, part => `_${part.toLowerCase()}`)

export const toCamel = (name: string): string =>
  name.replace(/(?<=[a-zA-Z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Names of every level; files, dates and the like are values. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map(item => renamed(item, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      return [rename(key), OPAQUE.has(toSnake(key)) ? item : renamed(item, rename)]
    }),
  )
}

export const fromWire = (value: unknown): unknown => renamed(value, toCamel)
export const toWire = (value: unknown): unknown => renamed(value, toSnake)
