import { AppError } from '../core/errors.ts'
import { refreshEffective } from './effective-rows.ts'
import { BY_HAND } from './participant-columns.ts'
import { rowWhere } from './rows.ts'
import { somebodysLinks } from './somebodys-links.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

/** What keeps a walk-up from being taken back, in words. */
function whatStands(writer: Writer, row: Row<'normalized_participants'>): readonly string[] {
  const count = (sql: string, ...values: readonly unknown[]): number =>
    writer.get<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${sql}`, row.id, ...values)?.rows ?? 0
  const reads = count(`${somebodysLinks('= ?')} WHERE state IN ('linked', 'duplicate')`, row.id)
  const pushed = count('push_receipts WHERE participant_id = ?')
  const decided = count(
    'participant_overrides WHERE participant_id = ? AND withdrawn = 0 AND decided_by <> ?',
    writer.actor,
  )
  const given =
    count('chip_assignments WHERE participant_id = ? AND withdrawn = 0') +
    count('read_assignments WHERE participant_id = ? AND withdrawn = 0')
  return [
    ...(row.successorId === null ? [] : ['it is joined to a registration; split them first']),
    ...(reads === 0 ? [] : [`${reads} ${reads === 1 ? 'read is' : 'reads are'} linked to it`]),
    ...(pushed === 0 ? [] : ['scoring was told of it']),
    ...(decided === 0 ? [] : ['somebody else decided something of it']),
    ...(given === 0 ? [] : ['a chip or a read was given to it']),
  ]
}

/**
 * Takes back a walk-up that nothing hangs on yet: it is shown and found no more.
 * @throws AppError not-found, conflict
 */
export function takeBackWalkUp(writer: Writer, id: string): void {
  const row = rowWhere(writer, 'normalized_participants', 'id = ?', id)
  if (row === null || row.registrationStatus === 'gone')
    throw new AppError('not-found', `There is no participant ${id}.`)
  const standing =
    row.sourceProvider === BY_HAND ? whatStands(writer, row) : ['it came from a provider, not from the desk']
  if (standing.length > 0) throw new AppError('conflict', `Not taken back: ${standing.join(', ')}.`)
  const after = { ...row, registrationStatus: 'gone' as const, updatedAt: writer.at }
  writer.put('normalized_participants', after)
  refreshEffective(writer, after, null)
  writer.audit({
    action: 'walk-up taken back',
    table: 'normalized_participants',
    rowId: id,
    before: auditable(row),
    after: null,
  })
}
