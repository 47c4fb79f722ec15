import { readDate } from './date-format.ts'
import type { EffectiveParticipant } from './effective.ts'
import { textOf, valueAt } from './json-path.ts'
import { type ParticipantValues, SOURCE_FIELDS, type SourceField } from './model.ts'
import type { Json } from './runtime.ts'
import { applyTransforms, lengthOf, type Mapped, mapped, refused, type Transform } from './transforms.ts'

/** Where a field's value comes from and what it goes through. */
export interface Rule {
  /**
   * Source: paths in what the registration provider said. Target: our fields.
   * `=name` is what the rule of another field of the same side gives; a source field's own name after it is what the
   * provider itself reads there.
   */
  readonly inputs: readonly string[]
  readonly transforms: readonly Transform[]
}

/** A rule, one input as it is, or on purpose nothing. */
export type Choice = Rule | string | null

/**
 * What a crew chose of a mapping; what it does not name follows the providers' own defaults.
 * source: our field ← the registration provider's. target: the scoring provider's field ← ours.
 */
export interface MappingConfig {
  readonly source: { readonly [ours: string]: Choice }
  readonly target: { readonly [theirs: string]: Choice }
}

export const NO_MAPPING: MappingConfig = { source: {}, target: {} }

/** Our fields a crew may fill by another source field: whether somebody is registered the provider alone says. */
export type MappedField = Exclude<SourceField, 'registration_status'>
export const MAPPED_FIELDS: readonly MappedField[] = SOURCE_FIELDS.filter(
  field => field !== 'registration_status',
)

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
  /** Scoring: more characters are refused. */
  readonly maxLength?: number
  /** Scoring: the only words it takes. */
  readonly codes?: readonly string[]
  /** Scoring: what our value goes through unless the crew says otherwise. */
  readonly transforms?: readonly Transform[]
}

/** A field of somebody that the mapping could not fill. */
export interface MappingRefusal {
  readonly field: string
  readonly code: 'mapping.missing' | 'mapping.refused'
  readonly reason: string
}

export function ruleOf(choice: Choice): Rule | null {
  if (choice === null) return null
  return typeof choice === 'string' ? { inputs: [choice], transforms: [] } : choice
}

/** The field a reference is to; null for what is no reference. */
export const referenceOf = (input: string): string | null => (input.startsWith('=') ? input.slice(1) : null)

const IS_ENTRY_FIELD: ReadonlySet<string> = new Set(ENTRY_FIELDS)
export const isEntryField = (name: string): name is EntryField => IS_ENTRY_FIELD.has(name)
export const isMappedField = (name: string): name is MappedField =>
  MAPPED_FIELDS.some(field => field === name)

/** The scoring provider's fields with the rules that fill them, after the crew's choices. */
export function targetRules(
  fields: readonly ProviderField[],
  mapping: MappingConfig,
): readonly { readonly field: ProviderField; readonly rule: Rule | null }[] {
  return fields.map(field => ({
    field,
    rule: Object.hasOwn(mapping.target, field.name)
      ? ruleOf(mapping.target[field.name] ?? null)
      : field.ours === null
        ? null
        : { inputs: [field.ours], transforms: field.transforms ?? [] },
  }))
}

/** Our field as one text: several chips are joined by commas. */
export function ourText(values: Partial<EffectiveParticipant>, field: EntryField): string | null {
  const value = values[field]
  if (value === undefined || value === null) return null
  return typeof value === 'string' || typeof value === 'number' ? textOf(value) : textOf(value.join(','))
}

/** Rules of one side over one person, each run once; what leads back to itself or to a refusal is refused. */
function createRun(parts: {
  readonly ruleOf: (field: string) => Rule | null | undefined
  readonly read: (input: string, field: string) => string | null
}): (field: string) => Mapped {
  const done = new Map<string, Mapped>()
  const open: string[] = []
  const run = (field: string): Mapped => {
    const known = done.get(field)
    if (known) return known
    if (open.includes(field)) return refused(circle([...open.slice(open.indexOf(field)), field]))
    const rule = parts.ruleOf(field)
    if (!rule) return mapped(null)
    open.push(field)
    let trouble: string | null = null
    const read = (input: string): string | null => {
      const other = referenceOf(input)
      if (other === null || parts.ruleOf(other) === undefined || other === field)
        return parts.read(input, field)
      const given = run(other)
      trouble ??= given.reason
      return given.value
    }
    const result = applyTransforms(rule.inputs.map(read), rule.transforms, read)
    open.pop()
    const outcome = trouble === null ? result : refused(trouble)
    done.set(field, outcome)
    return outcome
  }
  return run
}

export const circle = (fields: readonly string[]): string => `goes round in a circle: ${fields.join(' → ')}`

export interface MappedEntry {
  readonly values: Readonly<Record<string, string>>
  /** With a refusal nothing of that person is to be sent. */
  readonly refusals: readonly MappingRefusal[]
}

/**
 * Participants as the scoring provider's fields. Blank values are left out: a blank never blanks what is there.
 */
export function entryMapper(
  fields: readonly ProviderField[],
  mapping: MappingConfig,
): (participant: EffectiveParticipant) => MappedEntry {
  const rules = targetRules(fields, mapping)
  const byName = new Map(rules.map(({ field, rule }) => [field.name, rule]))
  return participant => {
    const run = createRun({
      ruleOf: name => byName.get(name),
      read: input => (isEntryField(input) ? ourText(participant, input) : null),
    })
    const values: Record<string, string> = {}
    const refusals: MappingRefusal[] = []
    for (const { field } of rules) {
      const { value, reason } = run(field.name)
      const unfit = reason ?? (value === null ? null : unfitFor(field, value))
      if (unfit !== null) refusals.push({ field: field.name, code: 'mapping.refused', reason: unfit })
      else if (value !== null) values[field.name] = value
      else if (field.required)
        refusals.push({ field: field.name, code: 'mapping.missing', reason: 'needed, but empty' })
    }
    return { values, refusals }
  }
}

/** One participant as the scoring provider's fields. */
export const mapEntry = (
  participant: EffectiveParticipant,
  fields: readonly ProviderField[],
  mapping: MappingConfig,
): MappedEntry => entryMapper(fields, mapping)(participant)

/** Why a scoring provider would not take a value; null where nothing declared speaks against it. */
function unfitFor(field: ProviderField, value: string): string | null {
  if (field.maxLength !== undefined && lengthOf(value) > field.maxLength)
    return `“${value}” has ${lengthOf(value)} characters, ${field.maxLength} fit`
  if (field.codes !== undefined && !field.codes.includes(value))
    return `“${value}” is none of ${field.codes.join(', ')}`
  return null
}

/**
 * What an input of one of our fields says. The path that the provider declares for the field is read by the provider
 * itself, so that a mapping that only repeats its defaults changes nothing.
 */
export function sourceText(
  values: ParticipantValues,
  item: Json,
  fields: readonly ProviderField[],
  input: string,
  ours: string,
): string | null {
  const other = referenceOf(input)
  if (other !== null) return isEntryField(other) ? ourText(values, other) : null
  const own = fields.some(known => known.name === input && known.ours === ours)
  return own && isEntryField(ours) ? ourText(values, ours) : textOf(valueAt(item, input))
}

/** The rule of one of our fields: the crew's, or the provider's own reading. */
export function sourceRule(
  fields: readonly ProviderField[],
  mapping: MappingConfig,
  ours: MappedField,
): Rule | null {
  if (Object.hasOwn(mapping.source, ours)) return ruleOf(mapping.source[ours] ?? null)
  return { inputs: [fields.find(field => field.ours === ours)?.name ?? `=${ours}`], transforms: [] }
}

/** A source's values with the crew's own choice of source fields over the provider's. What is refused is null. */
export function applySourceMapping(
  values: ParticipantValues,
  item: Json,
  mapping: MappingConfig,
  fields: readonly ProviderField[],
): { readonly values: ParticipantValues; readonly refusals: readonly MappingRefusal[] } {
  const chosen = MAPPED_FIELDS.filter(field => Object.hasOwn(mapping.source, field))
  if (chosen.length === 0) return { values, refusals: [] }
  const run = createRun({
    ruleOf: name =>
      Object.hasOwn(mapping.source, name) && isMappedField(name)
        ? ruleOf(mapping.source[name] ?? null)
        : undefined,
    read: (input, field) => sourceText(values, item, fields, input, field),
  })
  const mappedValues: Record<string, Json> = {}
  const refusals: MappingRefusal[] = []
  for (const field of chosen) {
    const { value, reason } = run(field)
    const ours = reason === null ? asOurs(field, value) : { ...asOurs(field, null), reason }
    mappedValues[field] = ours.value
    if (ours.reason !== null) refusals.push({ field, code: 'mapping.refused', reason: ours.reason })
  }
  return { values: { ...values, ...mappedValues }, refusals }
}

type Ours = { readonly value: Json; readonly reason: string | null }

/** A text as our field keeps it. */
function asOurs(field: MappedField, text: string | null): Ours {
  if (field === 'chips') return { value: text?.split(/[\s,;]+/).filter(Boolean) ?? [], reason: null }
  if (text === null) return { value: null, reason: null }
  if (field === 'age' || field === 'race_distance') {
    const number = Number(text)
    return Number.isFinite(number) && number >= 0
      ? { value: number, reason: null }
      : { value: null, reason: `“${text}” is no number` }
  }
  if (field === 'date_of_birth' || field === 'registration_date') {
    return readDate(text, 'YYYY-MM-DD') === null
      ? { value: null, reason: `“${text}” is no date like YYYY-MM-DD` }
      : { value: text, reason: null }
  }
  return { value: text, reason: null }
}

/** What keeps somebody from going, in one sentence. */
export const refusalsInWords = (
  refusals: readonly MappingRefusal[],
  labelOf: (field: string) => string,
): string => refusals.map(({ field, reason }) => `${labelOf(field)}: ${reason}`).join('; ')
