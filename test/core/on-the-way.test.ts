import { expect, test } from 'vitest'
import { onTheWay } from '../../src/core/on-the-way.ts'

const MINUTE = 60_000
const seen = (participantId: string, location: string, minute: number) => ({
  participantId,
  location,
  at: minute * MINUTE,
})
const newestFirst = <T extends { readonly at: number }>(reads: readonly T[]): T[] =>
  reads.toSorted((a, b) => b.at - a.at)
const names = (reads: readonly { readonly participantId: string }[]) => reads.map(read => read.participantId)

test('who came here is on the way no more, and who was seen first comes first', () => {
  const reads = newestFirst([
    seen('a', '9K', 1),
    seen('b', '9K', 2),
    seen('a', 'FINISH', 6),
    seen('c', '9K', 3),
  ])
  expect(names(onTheWay(reads, ['9K'], ['FINISH'], 7 * MINUTE))).toEqual(['b', 'c'])
})

test('the longer way counts: somebody far out for long comes after somebody just before the line', () => {
  const came = Array.from({ length: 6 }, (_, index) => [
    seen(`f${index}`, '5K', 10 + index),
    seen(`f${index}`, '9K', 30 + index),
    seen(`f${index}`, 'FINISH', 35 + index),
  ]).flat()
  const reads = newestFirst([...came, seen('far', '5K', 38), seen('near', '9K', 40)])
  expect(names(onTheWay(reads, ['5K', '9K'], ['FINISH'], 41 * MINUTE))).toEqual(['near', 'far'])
})

test('who should long be here is not waited for, once it is known how long it takes', () => {
  const few = [seen('lost', '9K', 1), seen('x', '9K', 2), seen('x', 'FINISH', 7)]
  expect(names(onTheWay(newestFirst(few), ['9K'], ['FINISH'], 60 * MINUTE))).toEqual(['lost'])
  const many = Array.from({ length: 6 }, (_, index) => [
    seen(`f${index}`, '9K', 2 + index),
    seen(`f${index}`, 'FINISH', 7 + index),
  ]).flat()
  const reads = newestFirst([...few, ...many, seen('next', '9K', 58)])
  expect(names(onTheWay(reads, ['9K'], ['FINISH'], 60 * MINUTE))).toEqual(['next'])
})
