import { z } from 'zod'

/**
 * Where a pass over the list stands. The list has who changed last on top, so that whoever is edited while it is read
 * goes to its front, behind us.
 */
export const passWire = z.object({
  kind: z.literal('pass'),
  /** Whoever has not changed since then is known already; null: nobody is. */
  floor: z.number().nullable(),
  /** The floor this fetch began with: the next fetch begins no lower. */
  since: z.number().nullable(),
  /** The floor of the next pass: when the first one of this pass was changed. */
  mark: z.number().nullable(),
  /** When the first page of this pass was given, by Haku's clock. */
  at: z.number().nullable(),
  page: z.number(),
  /** Pages read in this pass. */
  reads: z.number(),
  /** Registrations of the page that are still to be asked for, in the list's order. */
  todo: z.array(z.string()),
  /** The last ones that were read off the list. */
  known: z.array(z.string()),
  /** When the last one that was asked for had changed. */
  low: z.number().nullable(),
  /** Whether anybody came. */
  brought: z.boolean(),
})
export type Pass = z.infer<typeof passWire>

export const beginPass = (floor: number | null, since: number | null): Pass => ({
  kind: 'pass',
  floor,
  since,
  mark: null,
  at: null,
  page: 1,
  reads: 0,
  todo: [],
  known: [],
  low: null,
  brought: false,
})

export interface Listed {
  readonly id: string
  /** It need not be asked for when everybody is. */
  readonly elsewhere: boolean
}

export interface List {
  /** @param number from 1 */
  page(number: number): Promise<{ readonly rows: readonly Listed[]; readonly at: number | null }>
  /** When a registration changed last; null if nobody knows. */
  changedAt(id: string): Promise<number | null>
  /** @throws AppError */
  samePage(): never
}

/** Of the rows read last so many are remembered: as many edits may move the list on between two of its pages. */
const remembered = (rows: number): number => 4 * Math.max(rows, 25)

const same = (rows: readonly Listed[], others: readonly Listed[]): boolean =>
  rows.length === others.length && rows.every(({ id }, index) => id === others[index]?.id)

/**
 * Reads on to rows that were not read yet; null: there are no more.
 *
 * A registration taken out behind us moves the rest up, and the next page would skip one. So the page we were at is read
 * again, before and after the next one: only when it holds known rows alone, the same both times, does the next one go on
 * from there.
 */
export async function readOn(list: List, at: Pass): Promise<Pass | null> {
  const known = new Set(at.known)
  let reads = at.reads
  const read = async (page: number): Promise<Awaited<ReturnType<List['page']>>> => {
    reads += 1
    return list.page(page)
  }
  const place = known.size === 0 ? { page: 1, ...(await read(1)) } : await findKnown(list, at, known, read)
  // None of those we knew is left where they were: from the front.
  if (place === null) return readOn(list, beginPass(at.floor, at.since))
  let { page, rows } = place
  const asked = at.reads === 0 ? place.at : at.at
  if (rows.length === 0) return null
  for (;;) {
    const fresh = notRead(rows, at.known)
    if (fresh.length > 0) {
      // Its first rows say from when the next pass has to look: they are asked for in any case.
      const skips = at.floor === null && at.mark !== null
      return {
        ...at,
        at: asked,
        page,
        reads,
        todo: fresh.flatMap(({ id, elsewhere }) => (skips && elsewhere ? [] : [id])),
        known: [...at.known, ...fresh.map(({ id }) => id)].slice(-remembered(rows.length)),
      }
    }
    const { rows: next } = await read(page + 1)
    if (same(next, rows)) list.samePage()
    const { rows: again } = await read(page)
    if (!same(again, rows)) return readOn(list, { ...at, page, reads, at: asked })
    if (next.length === 0) return null
    page += 1
    rows = next
  }
}

/** Rows we do not know, but for those above the first one we remember: they were read before it, or went to the front. */
function notRead(rows: readonly Listed[], known: readonly string[]): readonly Listed[] {
  const first = rows.findIndex(({ id }) => known.includes(id))
  const isOldest = known.indexOf(rows[first]?.id ?? '') < rows.length
  return rows.slice(first > 0 && isOldest ? first : 0).filter(({ id }) => !known.includes(id))
}

interface Place {
  readonly page: number
  readonly rows: readonly Listed[]
  readonly at: number | null
}

/** The page that has a row we know: where we were, or further on if many were edited, or back if many were taken out. */
async function findKnown(
  list: List,
  at: Pass,
  known: ReadonlySet<string>,
  read: (page: number) => ReturnType<List['page']>,
): Promise<Place | null> {
  let step: 1 | -1 | null = null
  for (let page = at.page; page > 0; ) {
    const { rows, at: given } = await read(page)
    if (rows.some(({ id }) => known.has(id))) return { page, rows, at: given }
    const [top] = rows
    if (top === undefined) {
      if (step === 1) return null
      step = -1
    } else if (step === null) {
      const changed = await list.changedAt(top.id)
      // Who changed after the last one we asked for was before it in the list.
      step = changed !== null && at.low !== null && changed > at.low ? 1 : -1
    }
    page += step ?? -1
  }
  return null
}
