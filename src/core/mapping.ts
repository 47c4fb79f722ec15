import type { EffectiveParticipant } from './effective.ts'
import { type ParticipantValues, SOURCE_FIELDS, type SourceField } from './model.ts'
import type { Json } from './runtime.ts'

/**
 * What a crew chose of a mapping; what it does not name follows the providers' own defaults.
 * source: our field ← path in what the registration provider said. target: the scoring provider's field ← our field.
 * Null means: on purpose nothing.
 */
export interface MappingConfig {
  readonly source: { readonly [ours in SourceField]?: string | null }
  readonly target: { readonly [theirs: string]: EntryField | null }
}

export const NO_MAPPING: MappingConfig = { source: {}, target: {} }

/** Our fields a scoring provider may be given. */
export const ENTRY_FIELDS = [...SOURCE_FIELDS, 'participant_status', 'race_status'] as const
export type EntryField = (typeof ENTRY_FIELDS)[number]

/** A field a provider has, with the field of ours that fills it or that it fills unless the crew says otherwise. */
export interface ProviderField {
  /** Registration: a dotted path in an item. Scoring: the name of the entry's field. */
  readonly name: string
  readonly label: string
  readonly ours: EntryField | null
  readonly required?: boolean
  /** YYYY-MM-DD dates, ISO codes and the like, said to the user where a value does not fit. */
  readonly format?: 'date' | 'number' | 'text'
}

/** What is at a dotted path of an item; `a[key=value].b` picks an array's element by one of its fields. */
export function valueAt(item: Json, path: string): Json {
  let here: Json | undefined = item
  for (const step of path.split('.')) {
    const pick = /^([^[]*)(?:\[(\w+)=(.*)\])?$/.exec(step)
    if (!pick) return null
    const [, name = '', key, wanted] = pick
    if (here === null || here === undefined || typeof here !== 'object' || Array.isArray(here)) return null
    here = (here as { readonly [name: string]: Json })[name]
    if (key === undefined) continue
    if (!Array.isArray(here)) return null
    here = here.find(
      (element): boolean =>
        typeof element === 'object' &&
        element !== null &&
        !Array.isArray(element) &&
        String(element[key as never]) === wanted,
    )
  }
  return here ?? null
}

/** The text of a value, trimmed; null for nothing. */
export function textOf(value: Json): string | null {
  if (value === null) return null
  const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim()
  return text === '' ? null : text
}

/** The scoring provider's fields with ours that fill them, after the crew's choices. */
export function targetFields(
  fields: readonly ProviderField[],
  mapping: MappingConfig,
): readonly { readonly field: ProviderField; readonly ours: EntryField | null }[] {
  return fields.map(field => ({
    field,
    ours: Object.hasOwn(mapping.target, field.name) ? (mapping.target[field.name] ?? null) : field.ours,
  }))
}

/** One participant as the scoring provider's fields. Blank values are left out: a blank never blanks what is there. */
export function mapEntry(
  participant: EffectiveParticipant,
  fields: readonly ProviderField[],
  mapping: MappingConfig,
): { readonly values: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const { field, ours } of targetFields(fields, mapping)) {
    const value = ours === null ? null : participant[ours]
    const text = Array.isArray(value) ? textOf(value.join(',')) : textOf((value ?? null) as Json)
    if (text !== null) values[field.name] = text
    else if (field.required) missing.push(field.name)
  }
  return { values, missing }
}

/** A source's values with the crew's own choice of source fields over the provider's. */
export function applySourceMapping(
  values: ParticipantValues,
  item: Json,
  mapping: MappingConfig,
): ParticipantValues {
  const chosen: Record<string, Json> = {}
  for (const field of SOURCE_FIELDS) {
    if (field === 'registration_status' || !Object.hasOwn(mapping.source, field)) continue
    const path = mapping.source[field]
    const text = path ? textOf(valueAt(item, path)) : null
    if (field === 'chips') chosen[field] = text === null ? [] : text.split(/[\s,;]+/).filter(Boolean)
    else if (field === 'age' || field === 'race_distance') {
      const number = text === null ? Number.NaN : Number(text)
      chosen[field] = Number.isFinite(number) ? number : null
    } else chosen[field] = text
  }
  return { ...values, ...chosen }
}
