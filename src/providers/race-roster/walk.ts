import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'

/** Part of a list, with how many it says there are in all. */
export interface Slice {
  readonly rows: readonly Json[]
  readonly total: number | null
}

/** Where a walk stands: the next offset, and the rows just before its end, with which the next page must begin. */
export const placeWire = z.union([
  z.object({
    kind: z.literal('in-order'),
    offset: z.number(),
    tail: z.array(z.string()),
    order: z.enum(['up', 'down']).nullable(),
    page: z.string(),
  }),
  z.object({ kind: z.literal('any-order') }),
])
export type Place = z.infer<typeof placeWire>
type InOrder = Extract<Place, { readonly kind: 'in-order' }>

export const START: InOrder = { kind: 'in-order', offset: 0, tail: [], order: null, page: '' }

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
 * A row removed behind us moves the rest up, and the next page would skip one. So each page begins with the last rows
 * of the one before. Where the list is in the order of its ids, which never change, finding one of those again proves
 * that nothing was skipped: what comes after it came after it then. Who is new stands at one of the ends.
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
    const { rows, total } = await list.slice(at.offset)
    const ids = rows.map(list.idOf)
    const order = orderOf(at.order, ids)
    if (order === 'none') return 'any-order'
    const fresh = afterTail(ids, at.tail)
    if (fresh === null) {
      // More rows than the overlap went: from the beginning.
      at = START
      tries += 1
      continue
    }
    if (isEnd(ids, at.tail)) {
      checkTotal(total, at.offset + rows.length)
      yield { rows: [], place: null }
      return 'done'
    }
    at = { ...next(at, ids), order }
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
      const { rows, total } = await list.slice(at.offset)
      const ids = rows.map(list.idOf)
      const there = distinct(ids)
      const asExpected = at.tail.every((id, index) => there[index] === id)
      if (at.offset === 0) expected = total
      if (!asExpected || total !== expected) calm = false
      if (rows.length === 0 || isEnd(ids, at.tail)) {
        checkTotal(total, at.offset + rows.length)
        break
      }
      const fresh = asExpected ? rows.slice(afterTail(ids, at.tail) ?? 0) : rows
      for (const row of fresh) {
        const text = JSON.stringify(row)
        if (seen.has(text)) calm = false
        seen.add(text)
      }
      at = next(at, ids)
      yield { rows: fresh, place: { kind: 'any-order' } }
    }
    if (calm) {
      yield { rows: [], place: null }
      return
    }
  }
  throw restless()
}

/** The index of the first row that comes after those known; null where none of them is left. */
function afterTail(ids: readonly (string | null)[], tail: readonly string[]): number | null {
  if (tail.length === 0) return 0
  for (const id of tail.toReversed()) {
    const index = ids.indexOf(id)
    if (index >= 0) return index + 1
  }
  return null
}

/** Ids once each, where they stand first; what has none counts each time. */
function distinct(ids: readonly (string | null)[]): readonly (string | null)[] {
  const met = new Set<string>()
  return ids.filter(id => id === null || (!met.has(id) && met.add(id)))
}

const isEnd = (ids: readonly (string | null)[], tail: readonly string[]): boolean =>
  distinct(ids).length <= tail.length && ids.every(id => id !== null && tail.includes(id))

function next(at: InOrder, ids: readonly (string | null)[]): InOrder {
  const page = JSON.stringify([ids.length, ids[0], ids.at(-1)])
  // Or somebody registered ahead of a last page of two: then it is another one the next time.
  if (page === at.page)
    throw new AppError(
      'provider.unreadable',
      'Race Roster answered the same page again: the list cannot be walked safely',
      { retriable: true },
    )
  // A row that came twice counts once: going on too early costs a call, too late a person.
  const there = distinct(ids)
  const overlap = Math.floor(Math.min(2 * OVERLAP, there.length) / 2)
  const tail = there.slice(there.length - overlap).filter(id => id !== null)
  return { kind: 'in-order', offset: at.offset + there.length - overlap, tail, order: at.order, page }
}

/** The order that these ids keep to, after the order so far; null while they say nothing of it. */
function orderOf(
  known: 'up' | 'down' | null,
  ids: readonly (string | null)[],
): 'up' | 'down' | 'none' | null {
  const there = ids.filter(id => id !== null)
  if (!there.every(id => /^\d+$/.test(id))) return 'none'
  const steps = there.slice(1).map((id, index) => Math.sign(Number(id) - Number(there[index])))
  const up = known === 'up' || steps.includes(1)
  const down = known === 'down' || steps.includes(-1)
  if (up && down) return 'none'
  return up ? 'up' : down ? 'down' : null
}

function checkTotal(total: number | null, given: number): void {
  if (total !== null && total > given)
    throw new AppError('provider.unreadable', `Race Roster speaks of ${total} rows and gives ${given}`)
}

const restless = (): AppError =>
  new AppError(
    'provider.unreadable',
    'The list of Race Roster changed every time it was read. What was read is kept; nobody is called gone',
    { retriable: true },
  )
