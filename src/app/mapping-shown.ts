import { effective } from '../core/effective.ts'
import {
  applySourceMapping,
  type EntryField,
  type MappingConfig,
  mapEntry,
  targetFields,
  textOf,
  valueAt,
} from '../core/mapping.ts'
import { SOURCE_FIELDS, type SourceField } from '../core/model.ts'
import type { Json } from '../core/runtime.ts'
import { providerById } from '../providers/index.ts'
import { type ConnectionRow, eventsOf, mappingOf } from '../store/connections.ts'
import { asOverrides, effectiveValues, overridesOf } from '../store/effective-rows.ts'
import { valuesOf } from '../store/participant-columns.ts'
import { rowWhere } from '../store/rows.ts'
import { desiredEntries } from '../sync/entries.ts'
import type { AppParts } from './parts.ts'

const isSourceField = (field: string): field is SourceField => SOURCE_FIELDS.some(known => known === field)

/** The mapping, saved or tried, with one real person's values through each step. */
export function mappingShown(
  parts: AppParts,
  connection: ConnectionRow,
  wanted: number,
  tried: MappingConfig | null,
) {
  const { read } = parts.store
  const source = providerById(connection.sourceProvider)
  const target = providerById(connection.targetProvider)
  const saved = mappingOf(read, connection.id)
  const mapping = tried ?? saved.mapping
  const people = eventsOf(read, connection).flatMap(event =>
    desiredEntries(read, connection, event, target, { mapping }),
  )
  const row = people.length === 0 ? 0 : Math.min(wanted, people.length - 1)
  const id = people[row]?.participantId
  const stored = id === undefined ? null : rowWhere(read, 'normalized_participants', 'id = ?', id)
  const event =
    stored === null ? null : rowWhere(read, 'normalized_events', 'id = ?', stored.normalizedEventId)
  const seen = id === undefined ? null : rowWhere(read, 'effective_participants', 'participant_id = ?', id)
  const overrides = id === undefined ? [] : overridesOf(read, id)
  const raw: Json = stored?.normalizedData ?? null
  const person =
    stored === null || seen === null
      ? null
      : raw === null
        ? effectiveValues(seen)
        : effective(
            applySourceMapping(valuesOf(stored), raw, mapping),
            asOverrides(overrides),
            event?.eventDate ?? null,
          )
  const sent = person === null ? {} : mapEntry(person, target.fields, mapping).values
  const pathOf = (ours: EntryField | null): string | null => {
    if (ours === null || !isSourceField(ours)) return null
    if (Object.hasOwn(mapping.source, ours)) return mapping.source[ours] ?? null
    return source.fields.find(field => field.ours === ours)?.name ?? null
  }
  const rows = targetFields(target.fields, mapping).map(({ field, ours }) => {
    const sourcePath = pathOf(ours)
    return {
      targetField: field.name,
      targetLabel: field.label,
      required: field.required ?? false,
      ours,
      sourcePath,
      sourceValue: sourcePath === null || raw === null ? null : textOf(valueAt(raw, sourcePath)),
      ourValue: ours === null || person === null ? null : textOf((person[ours] ?? null) as Json),
      sentValue: sent[field.name] ?? null,
      overridden: overrides.some(override => override.field === ours),
    }
  })
  return {
    version: saved.version,
    mappingConfig: { source: { ...mapping.source }, target: { ...mapping.target } },
    rows,
    row,
    people: people.length,
    unfit: people.filter(other => other.missing.length > 0).length,
    withoutBib: people.filter(other => other.bibNumber === null).length,
  }
}
