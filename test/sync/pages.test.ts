import { expect, test } from 'vitest'
import { NO_MAPPING } from '../../src/core/mapping.ts'
import type { Json } from '../../src/core/runtime.ts'
import { runsignup } from '../../src/providers/runsignup/index.ts'
import { participantId } from '../../src/store/ids.ts'
import { normalizePage, storedOrder } from '../../src/sync/pull.ts'

const event = { sourceProvider: 'runsignup', sourceEventId: '7' }
const page = (keys: readonly string[]) => ({
  keys,
  items: keys.map((key): Json => ({ registration_id: key })),
})

test('a page is stored in the order of its rows’ ids, and what comes twice in the order it came', () => {
  const keys = Array.from({ length: 50 }, (_, n) => String(1000 + (n % 40)))
  const order = storedOrder(event, page(keys))
  const ids = order.map(at => participantId('runsignup', '7', keys[at] ?? ''))
  expect(ids).toEqual([...ids].sort())
  expect([...order].sort((a, b) => a - b)).toEqual(keys.map((_, at) => at))
  for (let n = 0; n < 10; n += 1) expect(order.indexOf(n)).toBeLessThan(order.indexOf(n + 40))
})

test('a page that tells no keys is stored as it came', () => {
  expect(storedOrder(event, { items: [{ b: 1 }, { a: 1 }, null] })).toEqual([0, 1, 2])
})

// An object with a getter has a shape of its own, which keeps it, and all that the getter sees, from being collected with
// the young.
test('of what is read of a page nothing is made by a getter', () => {
  const source = { provider: runsignup } as Parameters<typeof normalizePage>[0]
  const { rows } = normalizePage(source, page(['1', '2']).items, NO_MAPPING)
  expect(rows.map(row => row.participant.sourceParticipantId)).toEqual(['1', '2'])
  const accessors = rows
    .flatMap(row => [row, row.participant, row.participant.values])
    .flatMap(part => Object.values(Object.getOwnPropertyDescriptors(part)))
    .filter(({ get }) => get !== undefined)
  expect(accessors).toEqual([])
})
