import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseNext, type Under, type Waiting } from '../../src/sync/next.ts'

const open = () => false
let ids = 0
const waiting = (changes: Partial<Waiting> = {}): Waiting => {
  ids += 1
  return {
    operationId: String(ids).padStart(6, '0'),
    connectionId: `c${ids}`,
    account: `a${ids}`,
    eventIds: [`e${ids}`],
    manual: false,
    urgent: false,
    deadlineAt: 1000,
    ...changes,
  }
}

/** Takes all that may go, one after the other. */
function takeAll(waits: readonly Waiting[], running: readonly Under[] = []): Waiting[] {
  const taken: Waiting[] = []
  for (;;) {
    const left = waits.filter(each => !taken.includes(each))
    const next = chooseNext(left, [...running, ...taken], open)
    if (next === null) return taken
    taken.push(next)
  }
}

describe('who goes next', () => {
  test('is what somebody waits for, then a race that is near, then the earliest deadline', () => {
    const far = waiting({ deadlineAt: 9000 })
    const soon = waiting({ deadlineAt: 2000 })
    const near = waiting({ urgent: true, deadlineAt: 5000 })
    const byHand = waiting({ manual: true, deadlineAt: 9999 })
    expect(takeAll([far, soon, near, byHand])).toEqual([byHand, near, soon, far])
  })

  test('one account’s backlog leaves the places to the others', () => {
    const backlog = Array.from({ length: 50 }, () => waiting({ account: 'slow', deadlineAt: 1 }))
    const others = Array.from({ length: 3 }, () => waiting({ deadlineAt: 5 }))
    expect(takeAll([...backlog, ...others]).map(each => each.account)).toEqual([
      'slow',
      ...others.map(each => each.account),
    ])
  })

  test('a race that is near finds a place however many run', () => {
    const running = Array.from({ length: 4 }, () => waiting())
    const near = waiting({ urgent: true })
    expect(takeAll([waiting(), near], running)).toEqual([near])
  })

  test('an account that is left alone is passed over, but not for a person', () => {
    const closed = waiting({ account: 'down' })
    const byHand = waiting({ account: 'down', manual: true })
    expect(chooseNext([closed], [], each => each.account === 'down')).toBeNull()
    expect(chooseNext([closed, byHand], [], each => each.account === 'down')).toBe(byHand)
  })

  test('no event is in two runs, and all of a connection not twice', () => {
    const one = { connectionId: 'c', account: 'a' }
    const runs = fc.array(
      fc.record({
        ids: fc.option(fc.subarray(['x', 'y', 'z'], { minLength: 1 })),
        manual: fc.boolean(),
        urgent: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(runs, given => {
        const taken = takeAll(
          given.map(({ ids: eventIds, ...lane }) => waiting({ ...one, ...lane, eventIds })),
        )
        const events = taken.flatMap(each => each.eventIds ?? [])
        expect(new Set(events).size).toBe(events.length)
        expect(taken.filter(each => each.eventIds === null).length).toBeLessThanOrEqual(1)
      }),
    )
  })
})
