import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'

/** Part of a list, with how many it says there are in all. */
export interface Slice {
  readonly rows: readonly Json[]
  readonly total: number | null
}

/** Where a walk stands: the next offset, and the ids of the rows from there on that were read already. */
export const placeWire = z.union([
  z.object({
    kind: z.literal('in-order'),
    offset: z.number(),
    tail: z.array(z.string()),
    page: z.string(),
  }),
  z.object({ kind: z.literal('any-order') }),
])
export type Place = z.infer<typeof placeWire>
type InOrder = Extract<Place, { readonly kind: 'in-order' }>

export const START: InOrder = { kind: 'in-order', offset: 0, tail: [], page: '' }

/** Rows not given before, and where to go on; null: that was everybody. */
export interface Step {
  readonly rows: readonly Json[]
  readonly place: Place | null
}

interface List {
  readonly slice: (offset: number) => Promise<Slice>
  readonly idOf: (row: Json) => string | null
}

/** Rows that a page repeats of the one before. */
const OVERLAP = 25
const TRIES = 3

/**
 * Every row of a list that has only limit and offset, though rows come, go and move while it is read.
 *
 * A row taken out behind us moves the rest up, and the next page would skip one. So each page begins with the last rows
 * of the one before. Where ids ascend, and nothing came in behind us, finding one of those rows again proves that
 * nobody was skipped: ids never change, so what comes after it now came after it then.
 * In any other order an edit may carry a row past us. Then a walk counts only if nothing moved: every page began
 * exactly with the rows expected, no row came twice and the total stayed; else it is walked again.
 * The total is never taken for the end: that is a page with nothing but the rows expected.
 * @throws AppError provider.unreadable when the list cannot be walked safely; what was given until then is good
 */
export async function* walk(list: List, from: Place): AsyncGenerator<Step> {
  const known = from.kind === 'any-order' ? 'any-order' : yield* inOrder(list, from)
  if (known === 'any-order') yield* inAnyOrder(list)
}

async function* inOrder(list: List, from: InOrder): AsyncGenerator<Step, 'done' | 'any-order'> {
  let at = from
  for (let tries = 1; tries <= TRIES; ) {
    const page = await read(list, at.offset)
    const { rows, ids } = page
    const fresh = freshFrom(ids, at.tail)
    if (!ascending(ids) || fresh === 'behind') return 'any-order'
    if (fresh === 'lost') {
      // More rows than the overlap went: from the beginning.
      at = START
      tries += 1
      continue
    }
    if (isEnd(ids, at.tail)) {
      checkTotal(page, at.offset)
      yield { rows: [], place: null }
      return 'done'
    }
    at = next(at, ids)
    yield { rows: rows.slice(fresh), place: at }
  }
  throw restless()
}

async function* inAnyOrder(list: List): AsyncGenerator<Step> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const seen = new Set<string>()
    let at = START
    let calm = true
    let expected: number | null = null
    for (;;) {
      const page = await read(list, at.offset)
      const { rows, ids, texts, total } = page
      if (at.offset === 0) expected = total
      const still = startsWith(ids, at.tail)
      if (!still || total !== expected) calm = false
      if (rows.length === 0 || isEnd(ids, at.tail)) {
        checkTotal(page, at.offset)
        break
      }
      const fresh = still ? at.tail.length : 0
      for (const text of texts.slice(fresh)) {
        if (seen.has(text)) calm = false
        seen.add(text)
      }
      at = next(at, ids)
      yield { rows: rows.slice(fresh), place: { kind: 'any-order' } }
    }
    if (calm) {
      yield { rows: [], place: null }
      return
    }
  }
  throw restless()
}

type Id = string | null

interface PageRead {
  readonly rows: readonly Json[]
  readonly ids: readonly Id[]
  readonly texts: readonly string[]
  /** With those that came twice. */
  readonly received: number
  readonly total: number | null
}

/** A page without the rows that it has twice: they count once, for going on too early costs a call, too late a person. */
async function read(list: List, offset: number): Promise<PageRead> {
  const { rows, total } = await list.slice(offset)
  const byText = new Map(rows.map(row => [JSON.stringify(row), row]))
  const once = [...byText.values()]
  return { rows: once, ids: once.map(list.idOf), texts: [...byText.keys()], received: rows.length, total }
}

const startsWith = (ids: readonly Id[], tail: readonly string[]): boolean =>
  tail.every((id, index) => ids[index] === id)

/**
 * The index of the first row that is not known yet. `behind`: something came in before the known ones;
 * `lost`: none of them is left.
 */
function freshFrom(ids: readonly Id[], tail: readonly string[]): number | 'behind' | 'lost' {
  if (startsWith(ids, tail)) return tail.length
  for (const id of tail.toReversed()) {
    const index = ids.indexOf(id)
    if (index >= 0) return index > tail.indexOf(id) ? 'behind' : index + 1
  }
  return 'lost'
}

const isEnd = (ids: readonly Id[], tail: readonly string[]): boolean =>
  ids.length <= tail.length && ids.every(id => id !== null && tail.includes(id))

function next(at: InOrder, ids: readonly Id[]): InOrder {
  const page = JSON.stringify([ids.length, ids[0], ids.at(-1)])
  // Or somebody registered ahead of a last page of two: then it is another one the next time.
  if (page === at.page)
    throw new AppError(
      'provider.unreadable',
      'Race Roster answered the same page again: the list cannot be walked safely',
      { retriable: true },
    )
  const known = ids.slice(ids.length - Math.floor(Math.min(2 * OVERLAP, ids.length) / 2))
  // A row without an id cannot be found again: the next page begins after it.
  const tail = known.slice(known.lastIndexOf(null) + 1).filter(id => id !== null)
  return { kind: 'in-order', offset: at.offset + ids.length - tail.length, tail, page }
}

function ascending(ids: readonly Id[]): boolean {
  const there = ids.filter(id => id !== null)
  return there.every(
    (id, index) => /^\d+$/.test(id) && (index === 0 || Number(id) >= Number(there[index - 1])),
  )
}

function checkTotal({ total, received }: PageRead, offset: number): void {
  if (total !== null && total > offset + received)
    throw new AppError(
      'provider.unreadable',
      `Race Roster speaks of ${total} rows and gives ${offset + received}`,
    )
}

const restless = (): AppError =>
  new AppError(
    'provider.unreadable',
    'The list of Race Roster changed every time it was read. What was read is kept; nobody is called gone',
    { retriable: true },
  )
