/** Rows of one event of the old tables, by its key there; '' for rows that name none. */
export interface KeyCount {
  readonly key: string
  readonly rows: number
}

/** Old rows that are taken in one transaction: whole events, so that all rows of a result come together. */
export interface Batch {
  readonly keys: readonly string[]
  readonly rows: number
  /** Where the import goes on after it. */
  readonly last: string
}

/** As a database orders text by its bytes. */
const byBytes = (a: KeyCount, b: KeyCount): number => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))

/** What is left to take behind a position, in a fixed order. */
export function batchesAfter(counts: readonly KeyCount[], doneTo: string | null, atMost: number): Batch[] {
  const batches: Batch[] = []
  let open: KeyCount[] = []
  let rows = 0
  const close = (): void => {
    const last = open.at(-1)
    if (last !== undefined) batches.push({ keys: open.map(({ key }) => key), rows, last: last.key })
    open = []
    rows = 0
  }
  const mark = doneTo === null ? null : Buffer.from(doneTo)
  for (const count of [...counts].sort(byBytes)) {
    if (mark !== null && Buffer.compare(Buffer.from(count.key), mark) <= 0) continue
    if (rows > 0 && rows + count.rows > atMost) close()
    open.push(count)
    rows += count.rows
  }
  close()
  return batches
}
