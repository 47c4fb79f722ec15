import { type EffectiveParticipant, effective } from '../core/effective.ts'
import { type MappingConfig, type MappingRefusal, mapEntry, sourceText } from '../core/mapping.ts'
import type { ParticipantValues } from '../core/model.ts'
import { providerById } from '../providers/index.ts'
import type { Provider } from '../providers/provider.ts'
import { type ConnectionRow, scoredEvents } from '../store/connections.ts'
import { asOverrides, effectiveValues, overridesOf } from '../store/effective-rows.ts'
import { nameOf } from '../store/participant-columns.ts'
import type { Reader } from '../store/reader.ts'
import { rowWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'
import { storedRow } from '../sync/source-rows.ts'
import type { AppParts } from './parts.ts'

/** A connection's two sides and a mapping between them, saved or tried. */
export interface Between {
  readonly source: Provider
  readonly target: Provider
  readonly mapping: MappingConfig
}

export const between = (connection: ConnectionRow, mapping: MappingConfig): Between => ({
  source: providerById(connection.sourceProvider),
  target: providerById(connection.targetProvider),
  mapping,
})

/** Whose entries the connection sends, by name. */
export function peopleToSend(parts: AppParts, connection: ConnectionRow): readonly string[] {
  const { read } = parts.store
  return scoredEvents(read, connection, parts.config.clock()).flatMap(event =>
    read
      .all<{ id: string }>(
        `SELECT e.participant_id AS id
         FROM effective_participants e JOIN normalized_participants p ON p.id = e.participant_id
         WHERE e.normalized_event_id = ? AND e.registration_status = 'registered' AND p.successor_id IS NULL
         ORDER BY e.name_folded, e.participant_id`,
        event.id,
      )
      .map(({ id }) => id),
  )
}

/** Somebody at each step of a mapping. */
export interface MappedPerson {
  readonly participantId: string
  readonly name: string
  readonly bibNumber: string | null
  readonly eventName: string
  /** What the inputs of one of our fields say. */
  readonly said: (inputs: readonly string[], ours: string) => string | null
  readonly ours: EffectiveParticipant
  readonly sent: Readonly<Record<string, string>>
  readonly refusals: readonly MappingRefusal[]
  readonly overridden: ReadonlySet<string>
}

/** @returns null for who is there no more */
export function mappedPerson(read: Reader, sides: Between, id: string): MappedPerson | null {
  const { source, target, mapping } = sides
  const stored = rowWhere(read, 'normalized_participants', 'id = ?', id)
  const seen = rowWhere(read, 'effective_participants', 'participant_id = ?', id)
  if (stored === null || seen === null) return null
  const event = rowWhere(read, 'normalized_events', 'id = ?', stored.normalizedEventId)
  const overrides = overridesOf(read, id)
  const overridden = new Set<string>(overrides.map(override => override.field))
  const row = stored.sourceProvider === source.id ? storedRow(source, stored, mapping) : null
  const ours =
    row === null
      ? effectiveValues(seen)
      : effective(keptBib(row.participant.values, stored), asOverrides(overrides), event?.eventDate ?? null)
  const entry = mapEntry(ours, target.fields, mapping)
  const unread = (row?.refusals ?? []).filter(refusal => !overridden.has(refusal.field))
  return {
    participantId: id,
    name: nameOf(seen),
    bibNumber: seen.bibNumber,
    eventName: event?.eventName ?? '',
    said: (inputs, field) => {
      const { normalizedData: said } = stored
      if (row === null || said === null || !source.participants) return null
      const { values } = source.participants.normalize(said)
      const texts = inputs.map(input => sourceText(values, said, source.fields, input, field))
      return texts.filter(text => text !== null).join(', ') || null
    },
    ours,
    sent: entry.values,
    refusals: [...unread, ...entry.refusals],
    overridden,
  }
}

/** A bib that the source no longer says is kept, whatever the mapping. */
const keptBib = (values: ParticipantValues, stored: Row<'normalized_participants'>): ParticipantValues => ({
  ...values,
  bib_number: values.bib_number ?? (stored.bibRetained ? stored.bibNumber : null),
})
