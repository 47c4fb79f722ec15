import type { ClientBase } from 'pg'
import type { OldTables } from './old-tables.ts'

/** What became of the old rows of one kind. All of them: added + changed + unchanged + kept + folded + refused. */
export interface KindReport {
  readonly partner: number
  readonly kind: string
  readonly rowsRead: number
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** A laptop synced it since: its row stays. */
  readonly kept: number
  /** The same registration twice, or another bracket of the same result. */
  readonly folded: number
  readonly refused: number
  readonly finished: boolean
}

export interface Refusal {
  readonly partner: number
  readonly kind: string
  readonly rowKey: string
  readonly reason: string
  /** The row is there all the same, without the value that could not be read. */
  readonly taken: boolean
}

export interface ImportReport {
  readonly source: string
  readonly kinds: readonly KindReport[]
  readonly refusals: readonly Refusal[]
  /** Old rows that name no partner, by table. */
  readonly nobodys: Readonly<Record<string, number>>
}

/** What the last import of each partner and kind came to. */
export async function reportOf(
  central: ClientBase,
  old: OldTables,
  partners: readonly number[],
): Promise<ImportReport> {
  const { rows: imports } = await central.query<Record<string, string | number | null>>(
    `SELECT timing_partner_id, kind, rows_read, added, changed, unchanged, kept, folded, refused, finished_at::text
     FROM trackside.legacy_imports WHERE source = $1 AND timing_partner_id = ANY ($2) ORDER BY 1, started_at`,
    [old.source, partners],
  )
  const kinds = imports.map(row => ({
    partner: Number(row.timing_partner_id),
    kind: String(row.kind),
    rowsRead: Number(row.rows_read),
    added: Number(row.added),
    changed: Number(row.changed),
    unchanged: Number(row.unchanged),
    kept: Number(row.kept),
    folded: Number(row.folded),
    refused: Number(row.refused),
    finished: row.finished_at !== null,
  }))
  const nobodys: Record<string, number> = {}
  for (const kind of new Set(kinds.map(one => one.kind))) {
    const rows = await old.nobodys(kind)
    if (rows > 0) nobodys[kind] = rows
  }
  return { source: old.source, kinds, refusals: await refusalsOf(central, old.source, partners), nobodys }
}

async function refusalsOf(
  central: ClientBase,
  source: string,
  partners: readonly number[],
): Promise<readonly Refusal[]> {
  const { rows } = await central.query<{
    timing_partner_id: number
    kind: string
    row_key: string
    reason: string
    taken: boolean
  }>(
    `SELECT timing_partner_id, kind, row_key, reason, taken FROM trackside.legacy_refusals
     WHERE source = $1 AND timing_partner_id = ANY ($2) ORDER BY taken, 1, 2, 3`,
    [source, partners],
  )
  return rows.map(row => ({
    partner: row.timing_partner_id,
    kind: row.kind,
    rowKey: row.row_key,
    reason: row.reason,
    taken: row.taken,
  }))
}
