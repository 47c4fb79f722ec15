import type { ReconciliationRow } from '../store/reconciliations.ts'

type Compared = Pick<
  ReconciliationRow,
  | 'operationId'
  | 'normalizedEventId'
  | 'readAt'
  | 'people'
  | 'entries'
  | 'inBoth'
  | 'onlyHere'
  | 'onlyThere'
  | 'differing'
  | 'goneHere'
>

/** Share of everybody in either system who is not the same in both. */
export function discrepancyPercent(rows: readonly Compared[]): number {
  const sum = (of: (row: Compared) => number): number => rows.reduce((all, row) => all + of(row), 0)
  const everybody = sum(row => row.people + row.entries - row.inBoth)
  const apart = sum(row => row.onlyHere + row.onlyThere + row.differing + row.goneHere)
  return everybody === 0 ? 0 : (100 * apart) / everybody
}

/**
 * One point a comparison, over all events as each was last read until then.
 * @param rows of one connection, the oldest first
 */
export function discrepancyOverTime(
  rows: readonly Compared[],
): readonly { readonly at: number; readonly percent: number }[] {
  const last = new Map<string, Compared>()
  return [...Map.groupBy(rows, row => row.operationId).values()].map(read => {
    for (const row of read) last.set(row.normalizedEventId, row)
    return {
      at: Math.max(...read.map(row => row.readAt)),
      percent: discrepancyPercent([...last.values()]),
    }
  })
}
