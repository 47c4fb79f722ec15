import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAppError } from '../../../src/core/errors.ts'
import type { Json } from '../../../src/core/runtime.ts'
import { START, walk } from '../../../src/providers/race-roster/walk.ts'
import { troubleOf } from '../outside.ts'

interface Row {
  readonly id: number
  readonly name: number
}

const rowOf = (id: number): Row => ({ id, name: id })
const many = (count: number): Row[] => Array.from({ length: count }, (_, index) => rowOf(index + 1))
const idOf = (row: Json): string | null => String((row as unknown as Row).id)

/** Walks a list that is changed after each of its slices, and tells whom it brought and how often it asked. */
async function walkOver(
  list: Row[],
  change: (slice: number) => void,
  options: { readonly size?: number; readonly order?: (a: Row, b: Row) => number } = {},
) {
  const got = new Set<number>()
  let slices = 0
  let complete = false
  const slice = async (offset: number) => {
    const rows = (options.order ? list.toSorted(options.order) : list).slice(
      offset,
      offset + (options.size ?? 60),
    )
    const answer = { rows: JSON.parse(JSON.stringify(rows)) as Json[], total: list.length }
    change(slices++)
    return answer
  }
  for await (const step of walk({ slice, idOf }, START)) {
    for (const row of step.rows) got.add(Number(idOf(row)))
    complete = step.place === null
  }
  return { got, slices, complete }
}

const lostOf = (list: readonly Row[], got: ReadonlySet<number>): number[] =>
  list.map(row => row.id).filter(id => !got.has(id))

describe('a walk', () => {
  test('of ascending ids costs a page for all but its overlap, and one more for the end', async () => {
    const list = many(130)
    expect(await walkOver(list, () => {})).toMatchObject({ slices: 4, complete: true })
  })

  test('of ascending ids is not walked again for who comes at its end or goes from its beginning', async () => {
    const list = many(130)
    const { got, slices } = await walkOver(list, slice => {
      list.shift()
      if (slice < 3) list.push(rowOf(1000 + slice))
    })
    expect(lostOf(list, got)).toEqual([])
    expect(slices).toBeLessThanOrEqual(5)
  })

  test('is made again where something came in behind it, though ids ascend', async () => {
    // Sorted by a name that happens to follow the ids, until the one at the end is renamed.
    const list = many(130)
    const { got, complete } = await walkOver(
      list,
      slice => {
        const last = list.findIndex(row => row.id === 130)
        if (slice === 0) list[last] = { id: 130, name: 0 }
      },
      { order: (a, b) => a.name - b.name },
    )
    expect([complete, lostOf(list, got)]).toEqual([true, []])
  })

  test('of descending ids is made again where one of them was carried past it', async () => {
    const list = many(130)
    const { got, complete } = await walkOver(
      list,
      slice => {
        // The first slice told only that the ids do not ascend.
        if (slice !== 1) return
        list.splice(0, 1, { id: 1, name: 1000 })
        list.pop()
      },
      { order: (a, b) => b.name - a.name },
    )
    expect([complete, lostOf(list, got)]).toEqual([true, []])
  })

  test('in another order is made again where as many went as came', async () => {
    const list = many(130)
    const { got, complete } = await walkOver(
      list,
      slice => {
        if (slice !== 1) return
        list.splice(
          list.findIndex(row => row.id === 130),
          1,
        )
        list.push({ id: 500, name: 0 })
      },
      { order: (a, b) => b.name - a.name },
    )
    expect([complete, lostOf(list, got)]).toEqual([true, []])
  })

  test('whose pages have rows twice in no order is never complete', async () => {
    // A database that was told no order may give one row on two pages and another on none.
    const list = many(130).toReversed()
    const slice = async (offset: number) => {
      const rows = list.slice(offset, offset + 60)
      if (offset > 0 && offset < 60) rows[30] = rowOf(130)
      return { rows: JSON.parse(JSON.stringify(rows)) as Json[], total: 130 }
    }
    const completes: boolean[] = []
    const error = await troubleOf(async () => {
      for await (const step of walk({ slice, idOf }, START)) completes.push(step.place === null)
    })
    expect([error.code, completes.includes(true)]).toEqual(['provider.unreadable', false])
  })

  test('never loses who stays, whatever happens in a list by id', async () => {
    const deed = fc.record({ remove: fc.array(fc.nat(200), { maxLength: 30 }), add: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { maxLength: 8 }),
        fc.integer({ min: 2, max: 80 }),
        async (deeds, size) => {
          const list = many(150)
          let next = 1000
          try {
            const { got } = await walkOver(
              list,
              slice => {
                const { remove = [], add = 0 } = deeds[slice] ?? {}
                for (const at of remove) if (at < list.length) list.splice(at, 1)
                for (let made = 0; made < add; made++) list.push(rowOf(next++))
              },
              { size },
            )
            expect(lostOf(list, got).filter(id => id < 1000)).toEqual([])
          } catch (error) {
            if (!isAppError(error)) throw error
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
