import { rowWhere } from './rows.ts'
import { TABLES } from './tables.ts'
import type { Writer } from './writer.ts'

/** Gives all that a laptop holds to a timing partner. The audit chain's hashes do not say whose it is. */
export function becomePartner(writer: Writer, partner: { readonly id: number; readonly name: string }): void {
  const before = writer.partnerId
  const known = rowWhere(writer, 'timing_partners', 'id = ?', partner.id)
  writer.put('timing_partners', {
    ...partner,
    createdAt: known?.createdAt ?? writer.at,
    updatedAt: writer.at,
  })
  if (before === partner.id) return
  writer.audit({
    action: 'joined a timing partner',
    table: 'timing_partners',
    rowId: String(partner.id),
    before: { id: before },
    after: { id: partner.id, name: partner.name },
  })
  for (const { name, columns } of TABLES.values()) {
    if (!columns.some(column => column.name === 'timing_partner_id')) continue
    const { changes } = writer.run(
      `UPDATE "${name}" SET timing_partner_id = ? WHERE timing_partner_id <> ?`,
      partner.id,
      partner.id,
    )
    if (changes > 0) writer.touched(name)
  }
  writer.run('DELETE FROM timing_partners WHERE id = ?', before)
  writer.run("DELETE FROM outbox WHERE table_name = 'timing_partners'")
  writer.put('settings', { key: 'timing_partner_id', value: partner.id, updatedAt: writer.at })
}
