/** Rows shown of each kind; counts are whole. */
const SHOWN = 100

/** The first of many by an order, and how many there are. */
export interface FirstRows<row> {
  /** @param row made only where it may be shown */
  offer(order: string, row: () => row): void
  part(): { readonly count: number; readonly rows: row[] }
}

export function firstOf<row>(): FirstRows<row> {
  let count = 0
  let first: { readonly order: string; readonly row: row }[] = []
  /** Of the last that is shown, once there are enough. */
  let last: string | null = null
  const cut = (): void => {
    first.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    first = first.slice(0, SHOWN)
    last = first.length === SHOWN ? (first.at(-1)?.order ?? null) : null
  }
  return {
    offer(order, row) {
      count += 1
      if (last !== null && order >= last) return
      first.push({ order, row: row() })
      if (first.length >= 2 * SHOWN) cut()
    },
    part() {
      cut()
      return { count, rows: first.map(({ row }) => row) }
    },
  }
}
