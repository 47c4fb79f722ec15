import { expect } from 'vitest'
import { isAppError } from '../../../src/core/errors.ts'
import { valueAt } from '../../../src/core/json-path.ts'
import type { Cursor } from '../../../src/providers/provider.ts'
import { counted, doubled, rewritten, withUnknown } from './between.ts'
import { PEOPLE, smallPages } from './faults.ts'
import { type Driven, nothing, type Outcome, peopleOf, pullInto } from './operations.ts'
import { contextOf, type MakeSite, type Rows, type Site } from './site.ts'

/** The same answers in another spelling say the same. */
export async function sameIn(
  make: MakeSite,
  operation: Driven,
  people: number,
  change: (body: unknown) => unknown,
): Promise<void> {
  const site = await make({ people })
  const plain = nothing()
  const other = nothing()
  await operation.run(site, contextOf(site), plain)
  await operation.run(site, contextOf(site, { fetch: rewritten(fetch, change) }), other)
  expect(plain.said.length + plain.keys.length).toBeGreaterThan(0)
  expect([other.said, other.keys.toSorted()]).toEqual([plain.said, plain.keys.toSorted()])
}

/** A field nobody knows hinders nothing, and is there for the mapping. */
export async function unknownFieldsPass(make: MakeSite, operation: Driven): Promise<void> {
  const site = await make({ people: 3 })
  const outcome = nothing()
  await operation.run(site, contextOf(site, { fetch: rewritten(fetch, withUnknown) }), outcome)
  if (operation.name === 'participants') {
    expect(outcome.raw.map(item => valueAt(item, 'newField.deep'))).toEqual(['kept', 'kept', 'kept'])
  } else expect(outcome.said.length + outcome.keys.length).toBeGreaterThan(0)
}

/** Every row of every page twice: nobody is lost, and the walk ends. */
export async function doubledRows(make: MakeSite, operation: Driven): Promise<void> {
  const site = await make({ people: PEOPLE })
  const outcome = nothing()
  await operation.run(site, contextOf(site, { fetch: rewritten(smallPages(site), doubled) }), outcome)
  expect(outcome.completes.at(-1)).toBe(true)
  const wanted = operation.keys(site)
  if (wanted !== null) expect(new Set(outcome.keys)).toEqual(new Set(wanted))
}

/** What the other side does between two pages. */
export type Hand = (rows: Rows, page: number) => void

/**
 * A fetch while the other side works. Whoever was there from its beginning to its end was brought,
 * or it does not say that it is complete.
 */
export async function whileMoving(make: MakeSite, operation: Driven, hand: Hand): Promise<void> {
  // One that makes its calls before it hands out a page is met at each of its first ones.
  for (const first of operation.gathers ? [1, 2, 3, 4] : [null])
    await movingFrom(make, operation, hand, first)
}

async function movingFrom(
  make: MakeSite,
  operation: Driven,
  hand: Hand,
  firstCall: number | null,
): Promise<void> {
  const site = await make({ people: PEOPLE })
  const rows = rowsOf(operation, site)
  const before = new Set(rows.keys())
  const outcome = nothing()
  const work = (page: number): void => {
    site.advance(1000)
    if (page >= 0) hand(rows, page)
  }
  const atCalls = counted(smallPages(site), call => work(call - (firstCall ?? 0)))
  const fetch = firstCall === null ? smallPages(site) : atCalls
  try {
    await operation.run(site, contextOf(site, { fetch }), outcome, firstCall === null ? work : undefined)
  } catch (error) {
    if (!isAppError(error)) throw error
    expect(outcome.completes).not.toContain(true)
  }
  if (outcome.completes.at(-1) !== true) return
  const got = new Set(outcome.keys)
  const throughout = rows.keys().filter(key => before.has(key))
  expect(throughout.filter(key => !got.has(key))).toEqual([])
}

function rowsOf(operation: Driven, site: Site): Rows {
  const rows = operation.rows?.(site)
  if (rows === undefined) throw new Error(`${operation.name} of ${site.provider.id} walks no rows`)
  return rows
}

export const HANDS: Readonly<Record<string, Hand>> = {
  'the first one is taken out after the first page': (rows, page) => {
    if (page === 0) rows.remove(rows.keys()[0] ?? '')
  },
  'half a page is taken out after the first page': (rows, page) => {
    if (page === 0) for (const key of rows.keys().slice(0, 30)) rows.remove(key)
  },
  'those at the end of a page are taken out after it': (rows, page) => {
    if (page === 0) for (const key of rows.keys().slice(25, 60)) rows.remove(key)
  },
  'somebody is taken out after every page, and somebody registers': (rows, page) => {
    rows.remove(rows.keys()[page] ?? '')
    if (page < 5) rows.add()
  },
  'somebody gets another bib after every page': (rows, page) => {
    rows.edit(rows.keys().at(-1 - page) ?? '', 5000 + page)
  },
}

/** Changes after a fetch are in the next one, however far their clock is from ours. */
export async function nothingMissedBySkew(make: MakeSite, skewMs: number): Promise<void> {
  const site = await make({ people: 20, skewMs })
  const people = peopleOf(site)
  const full = nothing()
  await pullInto(site, contextOf(site), full)
  expect(full.completes.at(-1)).toBe(true)
  const [first = '', second = ''] = people.keys()
  let cursor: Cursor | null = full.cursor
  for (const [round, wait] of [0, 1000, 600_000].entries()) {
    site.advance(wait)
    people.edit(first, 7000 + round)
    const added = people.add()
    const next: Outcome = nothing(cursor)
    await pullInto(site, contextOf(site), next)
    expect(next.keys).toContain(added)
    expect(JSON.stringify(next.said)).toContain(`"bib_number":"${7000 + round}"`)
    cursor = next.cursor
  }
  site.advance(1000)
  people.remove(second)
  const last = nothing(cursor)
  await pullInto(site, contextOf(site), last)
  const registered = last.said.filter(
    person =>
      JSON.stringify(person).includes(`"${second}"`) && JSON.stringify(person).includes('"registered"'),
  )
  expect(registered).toEqual([])
}
