import { type EffectiveParticipant, effective, type Overrides } from '../core/effective.ts'
import { bibKey, chipKey, foldName } from '../core/identity.ts'
import { BY_HAND, columnsOf, valuesOf } from './participant-columns.ts'
import type { Reader } from './reader.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

/** Decisions that stand, by field. */
export function overridesOf(reader: Reader, participantId: string): readonly Row<'participant_overrides'>[] {
  return rowsWhere(reader, 'participant_overrides', 'participant_id = ? AND withdrawn = 0', participantId)
}

export const asOverrides = (rows: readonly Row<'participant_overrides'>[]): Overrides =>
  Object.fromEntries(rows.map(row => [row.field, row.value]))

/** The stored effective row as values under their column names. */
export const effectiveValues = (row: Row<'effective_participants'>): EffectiveParticipant => ({
  ...valuesOf(row),
  checked_in_at: row.checkedInAt,
  race_status: row.raceStatus,
  note: row.note,
  participant_status: row.participantStatus,
})

/**
 * Computes what everyone sees of a participant again, after its source or a decision changed,
 * and marks the links that follow from its bib and chips.
 */
export function refreshEffective(
  writer: Writer,
  source: Row<'normalized_participants'>,
  eventDate: string | null,
): void {
  const overrides = overridesOf(writer, source.id)
  const before = rowWhere(writer, 'effective_participants', 'participant_id = ?', source.id)
  if (source.sourceProvider === BY_HAND && source.registrationStatus === 'gone') {
    forgetEffective(writer, source.id, before)
    return
  }
  const row = effectiveRow(source, overrides, eventDate, writer.at)
  writer.put('effective_participants', row)
  const chips = chipKeys(row)
  const chipsBefore = before === null ? [] : chipKeys(before)
  if (chips.join() !== chipsBefore.join()) {
    writer.run('DELETE FROM participant_chips WHERE participant_id = ?', source.id)
    for (const chip of chips) writer.put('participant_chips', { chip, participantId: source.id })
  }
  const linksChange =
    before === null ||
    before.bibKey !== row.bibKey ||
    before.bibDecidedAt !== row.bibDecidedAt ||
    before.registrationStatus !== row.registrationStatus ||
    chips.join() !== chipsBefore.join()
  if (!linksChange) return
  for (const key of new Set([row.bibKey, before?.bibKey ?? null]))
    if (key !== null) writer.staleLink(`bib|${key}`)
  for (const chip of new Set([...chips, ...chipsBefore])) writer.staleLink(`chip|${chip}`)
}

/** `refreshEffective` of people nobody sees yet. A decision of theirs may be here before them, from another laptop. */
export function addEffective(
  writer: Writer,
  sources: readonly Row<'normalized_participants'>[],
  eventDate: string | null,
): void {
  const decided = rowsWhere(
    writer,
    'participant_overrides',
    'withdrawn = 0 AND participant_id IN (SELECT value FROM json_each(?))',
    JSON.stringify(sources.map(({ id }) => id)),
  )
  const rows = sources.map(source => {
    const overrides = decided.filter(({ participantId }) => participantId === source.id)
    return effectiveRow(source, overrides, eventDate, writer.at)
  })
  writer.putAll('effective_participants', rows)
  const chips = rows.flatMap(row => chipKeys(row).map(chip => ({ chip, participantId: row.participantId })))
  writer.putAll('participant_chips', chips)
  for (const { bibKey: key } of rows) if (key !== null) writer.staleLink(`bib|${key}`)
  for (const { chip } of chips) writer.staleLink(`chip|${chip}`)
}

const chipKeys = ({ chips }: { readonly chips: readonly string[] }): readonly string[] =>
  chips.length === 0 ? chips : [...new Set(chips.map(chipKey))]

function effectiveRow(
  source: Row<'normalized_participants'>,
  overrides: readonly Row<'participant_overrides'>[],
  eventDate: string | null,
  at: number,
): Row<'effective_participants'> {
  const now = effective(valuesOf(source), asOverrides(overrides), eventDate)
  return {
    participantId: source.id,
    normalizedEventId: source.normalizedEventId,
    ...columnsOf(now),
    checkedInAt: now.checked_in_at,
    raceStatus: now.race_status,
    note: now.note,
    participantStatus: now.participant_status,
    bibKey: now.bib_number === null ? null : bibKey(now.bib_number),
    nameFolded: foldName(`${now.first_name ?? ''} ${now.last_name ?? ''}`),
    bibDecidedAt: overrides.find(override => override.field === 'bib_number')?.decidedAt ?? null,
    changedAt: at,
  }
}

/** A walk-up that was taken back: nobody sees it any more. */
function forgetEffective(writer: Writer, id: string, before: Row<'effective_participants'> | null): void {
  if (before === null) return
  writer.run('DELETE FROM effective_participants WHERE participant_id = ?', id)
  writer.run('DELETE FROM participant_chips WHERE participant_id = ?', id)
  writer.touched('effective_participants')
  if (before.bibKey !== null) writer.staleLink(`bib|${before.bibKey}`)
  for (const chip of before.chips) writer.staleLink(`chip|${chipKey(chip)}`)
}
