import { AppError } from '../core/errors.ts'
import { type OverrideField, RACE_STATUSES, REGISTRATION_STATUSES } from '../core/model.ts'
import type { Json } from '../core/runtime.ts'
import { refreshEffective } from './effective-rows.ts'
import { idOf } from './ids.ts'
import { rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

function personAndEvent(writer: Writer, participantId: string) {
  const participant = rowWhere(writer, 'normalized_participants', 'id = ?', participantId)
  if (participant === null) throw new AppError('not-found', `There is no participant ${participantId}.`)
  const event = rowWhere(writer, 'normalized_events', 'id = ?', participant.normalizedEventId)
  return { participant, eventDate: event?.eventDate ?? null }
}

const isTexts = (value: Json): boolean =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

/** @throws AppError input.invalid when the value cannot stand in that field */
function fitting(field: OverrideField, value: Json): Json {
  const bad = (wanted: string): never => {
    throw new AppError('input.invalid', `${field}: ${wanted}, not ${JSON.stringify(value)}.`, {
      details: { field },
    })
  }
  switch (field) {
    case 'chips':
      return isTexts(value) ? value : bad('a list of chips')
    case 'race_status':
      return RACE_STATUSES.some(status => status === value)
        ? value
        : bad(`one of ${RACE_STATUSES.join(', ')}`)
    case 'registration_status':
      return REGISTRATION_STATUSES.some(status => status === value)
        ? value
        : bad(`one of ${REGISTRATION_STATUSES.join(', ')}`)
    case 'age':
    case 'race_distance':
    case 'checked_in_at':
      return value === null || (typeof value === 'number' && Number.isFinite(value))
        ? value
        : bad('a number or null')
    case 'date_of_birth':
    case 'registration_date':
      return value === null || (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value))
        ? value
        : bad('YYYY-MM-DD or null')
    default: {
      if (value === null) return null
      if (typeof value !== 'string' && typeof value !== 'number') return bad('text or null')
      const text = String(value).trim()
      return text === '' ? null : text
    }
  }
}

const FIELD_WORDS: { readonly [field in OverrideField]?: string } = {
  bib_number: 'bib',
  chips: 'chips',
  checked_in_at: 'check-in',
  race_status: 'race status',
}

/** The crew's decision about one field; the last one counts, the one before stays in the audit log. */
export function decide(
  writer: Writer,
  participantId: string,
  field: OverrideField,
  value: Json,
  reason: string | null,
): void {
  const { participant, eventDate } = personAndEvent(writer, participantId)
  const before = rowWhere(
    writer,
    'participant_overrides',
    'participant_id = ? AND field = ?',
    participantId,
    field,
  )
  const row: Row<'participant_overrides'> = {
    id: idOf('participant_overrides', participantId, field),
    timingPartnerId: writer.partnerId,
    participantId,
    field,
    value: fitting(field, value),
    reason,
    decidedBy: writer.actor,
    decidedAt: writer.at,
    withdrawn: false,
    clock: writer.clock,
    seenClock: null,
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  }
  writer.put('participant_overrides', row)
  writer.audit({
    action: `${FIELD_WORDS[field] ?? field} changed`,
    table: 'participant_overrides',
    rowId: participantId,
    before: { [field]: before === null || before.withdrawn ? null : before.value },
    after: { [field]: row.value },
    reason,
  })
  refreshEffective(writer, participant, eventDate)
}

/** Takes a decision back: the source counts again. */
export function takeBack(writer: Writer, participantId: string, field: OverrideField): void {
  const { participant, eventDate } = personAndEvent(writer, participantId)
  const before = rowWhere(
    writer,
    'participant_overrides',
    'participant_id = ? AND field = ?',
    participantId,
    field,
  )
  if (before === null || before.withdrawn) return
  writer.put('participant_overrides', {
    ...before,
    withdrawn: true,
    clock: writer.clock,
    updatedAt: writer.at,
  })
  writer.audit({
    action: `${FIELD_WORDS[field] ?? field} taken back`,
    table: 'participant_overrides',
    rowId: participantId,
    before: { [field]: before.value },
    after: { [field]: null },
  })
  refreshEffective(writer, participant, eventDate)
}
