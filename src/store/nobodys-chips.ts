import { chipKey } from '../core/identity.ts'
import type { NobodysChip } from '../core/model.ts'
import { stamps } from './decided.ts'
import { idOf } from './ids.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export interface NobodysChipRow {
  /** chipKey. */
  readonly chip: string
  readonly kind: NobodysChip
  readonly note: string | null
}

/** Chips whose reads are nobody's, on purpose. */
export const nobodysChips = (reader: Reader): readonly NobodysChipRow[] =>
  reader.all<NobodysChipRow>('SELECT chip, kind, note FROM test_chips WHERE removed = 0 ORDER BY chip')

export interface NobodysChipsChange {
  readonly added: number
  readonly changed: number
  readonly removed: number
}

/** Puts chips into the partner's list, and takes those that are not named out of it where it `replaces`. */
export function putNobodysChips(
  writer: Writer,
  chips: readonly NobodysChipRow[],
  replaces: boolean,
): NobodysChipsChange {
  const before = nobodysChips(writer)
  const known = new Map(before.map(row => [row.chip, row]))
  const wanted = new Map<string, NobodysChipRow>()
  for (const { chip, ...said } of chips) {
    const key = chipKey(chip)
    if (key !== '') wanted.set(key, { chip: key, ...said })
  }
  const put = (row: NobodysChipRow, removed: boolean): void => {
    const id = idOf('test_chips', row.chip)
    const stored = writer.get<{ createdAt: number }>(
      'SELECT created_at AS createdAt FROM test_chips WHERE id = ?',
      id,
    )
    writer.put('test_chips', { id, ...row, removed, ...stamps(writer, stored?.createdAt) })
    writer.staleLink(`chip|${row.chip}`)
  }
  const added = [...wanted.values()].filter(({ chip }) => !known.has(chip))
  const changed = [...wanted.values()].filter(({ chip, kind, note }) => {
    const was = known.get(chip)
    return was !== undefined && (was.kind !== kind || was.note !== note)
  })
  const removed = replaces ? before.filter(({ chip }) => !wanted.has(chip)) : []
  for (const row of [...added, ...changed]) put(row, false)
  for (const row of removed) put(row, true)
  if (added.length + changed.length + removed.length > 0) {
    const listed = (rows: readonly NobodysChipRow[]) => rows.map(row => ({ ...row }))
    writer.audit({
      action: 'nobody’s chips',
      table: 'test_chips',
      rowId: 'test-chips',
      before: listed(before),
      after: listed(nobodysChips(writer)),
    })
  }
  return { added: added.length, changed: changed.length, removed: removed.length }
}
