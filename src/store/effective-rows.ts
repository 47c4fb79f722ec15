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
  known?: { readonly isNew: boolean },
): void {
  const overrides = known?.isNew ? [] : overridesOf(writer, source.id)
  const now = effective(valuesOf(source), asOverrides(overrides), eventDate)
  const before = known?.isNew
    ? null
    : rowWhere(writer, 'effective_participants', 'participant_id = ?', source.id)
  if (source.sourceProvider === BY_HAND && source.registrationStatus === 'gone') {
    forgetEffective(writer, source.id, before)
    return
  }
  const bib = now.bib_number === null ? null : bibKey(now.bib_number)
  const row: Row<'effective_participants'> = {
    participantId: source.id,
    normalizedEventId: source.normalizedEventId,
    ...columnsOf(now),
    checkedInAt: now.checked_in_at,
    raceStatus: now.race_status,
    note: now.note,
    participantStatus: now.participant_status,
    bibKey: bib,
    nameFolded: foldName(`${now.first_name ?? ''} ${now.last_name ?? ''}`),
    bibDecidedAt: overrides.find(override => override.field === 'bib_number')?.decidedAt ?? null,
    changedAt: writer.at,
  }
  writer.put('effective_participants', row)
  const chips = [...new Set(now.chips.map(chipKey))]
  const chipsBefore = before === null ? [] : [...new Set(before.chips.map(chipKey))]
  if (chips.join() !== chipsBefore.join()) {
    writer.run('DELETE FROM participant_chips WHERE participant_id = ?', source.id)
    for (const chip of chips) writer.put('participant_chips', { chip, participantId: source.id })
  }
  const linksChange =
    before === null ||
    before.bibKey !== bib ||
    before.bibDecidedAt !== row.bibDecidedAt ||
    before.registrationStatus !== row.registrationStatus ||
    chips.join() !== chipsBefore.join()
  if (!linksChange) return
  for (const key of new Set([bib, before?.bibKey ?? null])) if (key !== null) writer.staleLink(`bib|${key}`)
  for (const chip of new Set([...chips, ...chipsBefore])) writer.staleLink(`chip|${chip}`)
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
