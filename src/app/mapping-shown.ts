import type { MappingShown } from '../api/mapping.ts'
import {
  isEntryField,
  isMappedField,
  MAPPED_FIELDS,
  type MappingConfig,
  ourText,
  sourceRule,
  targetRules,
} from '../core/mapping.ts'
import { checkMapping } from '../core/mapping-check.ts'
import { type ConnectionRow, mappingOf } from '../store/connections.ts'
import { type Between, between, type MappedPerson, mappedPerson, peopleToSend } from './mapped-people.ts'
import type { AppParts } from './parts.ts'

/** Real people shown beside the mapping. */
const SHOWN = 5

type Row = MappingShown['rows'][number]
type Cell = MappingShown['people'][number]['cells'][number]

/** The mapping, saved or tried, with a few real people through each step. */
export function mappingShown(
  parts: AppParts,
  connection: ConnectionRow,
  wanted: number,
  tried: MappingConfig | null,
): MappingShown {
  const { read } = parts.store
  const saved = mappingOf(read, connection.id)
  const mapping = tried ?? saved.mapping
  const sides = between(connection, mapping)
  const ids = peopleToSend(parts, connection)
  const row = Math.max(0, Math.min(wanted, ids.length - SHOWN))
  const rows = rowsOf(sides)
  return {
    version: saved.version,
    mappingConfig: { source: { ...mapping.source }, target: { ...mapping.target } },
    problems: [...checkMapping(mapping, sides.target.fields)],
    rows,
    people: ids.slice(row, row + SHOWN).flatMap(id => {
      const person = mappedPerson(read, sides, id)
      if (person === null) return []
      const { participantId, name, bibNumber, eventName } = person
      return [{ participantId, name, bibNumber, eventName, cells: rows.map(one => cellOf(one, person)) }]
    }),
    row,
    total: ids.length,
  }
}

/** The target's fields in its own order, then those of ours that none of them takes first. */
function rowsOf({ source, target, mapping }: Between): Row[] {
  const sourceOf = (ours: string | null): Row['source'] =>
    ours === null || !isMappedField(ours)
      ? null
      : { rule: sourceRule(source.fields, mapping, ours), chosen: Object.hasOwn(mapping.source, ours) }
  const taken = targetRules(target.fields, mapping).map(({ field, rule }): Row => {
    const ours = rule?.inputs.find(isEntryField) ?? null
    return {
      target: {
        field: field.name,
        label: field.label,
        required: field.required ?? false,
        maxLength: field.maxLength ?? null,
        codes: field.codes === undefined ? null : [...field.codes],
        rule,
        chosen: Object.hasOwn(mapping.target, field.name),
      },
      ours,
      source: sourceOf(ours),
    }
  })
  const left = MAPPED_FIELDS.filter(field => !taken.some(row => row.ours === field))
  return [...taken, ...left.map((ours): Row => ({ target: null, ours, source: sourceOf(ours) }))]
}

function cellOf(row: Row, person: MappedPerson): Cell {
  const { ours, source, target } = row
  const refusals = person.refusals.filter(
    refusal => refusal.field === target?.field || (source !== null && refusal.field === ours),
  )
  return {
    said: ours === null ? null : person.said(source?.rule?.inputs ?? [], ours),
    ours: ours !== null && isEntryField(ours) ? ourText(person.ours, ours) : null,
    sent: target === null ? null : (person.sent[target.field] ?? null),
    refusal: refusals.length === 0 ? null : refusals.map(refusal => refusal.reason).join('; '),
    overridden: ours !== null && person.overridden.has(ours),
  }
}
