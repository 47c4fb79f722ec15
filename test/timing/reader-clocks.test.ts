import { expect, test } from 'vitest'
import { createPeerCounter } from '../../src/timing/peer-status.ts'
import { createReaderClocks } from '../../src/timing/reader-clocks.ts'
import { NOON } from './race.ts'

/** Reads by when they came and how long before that the reader says it read them. */
function behind(...reads: readonly (readonly [at: number, delay: number])[]): number | null | undefined {
  const clocks = createReaderClocks()
  for (const [at, delay] of reads) clocks.heard('B', NOON + at - delay, NOON + at)
  return clocks.read('B')?.behindMs
}

test('a reader’s clock is told by its quickest live reads, before or behind', () => {
  expect(behind([0, 350], [1000, 200], [2000, 900])).toBe(200)
  expect(behind([0, 5350], [1000, 5200], [2000, 5900], [9000, 7000])).toBe(5200)
  expect(behind([0, -4000], [1000, -4200], [2000, -3700])).toBe(-4200)
})

test('too few reads, or all of one burst, do not tell it', () => {
  expect(behind()).toBeUndefined()
  expect(behind([0, 200], [30_000, 200])).toBeNull()
  expect(behind([0, 200], [1, 200], [2, 200], [3, 200])).toBeNull()
})

test('a backlog does not tell it, however long it takes; the live reads after it do', () => {
  // Ten seconds of arrival for ten minutes of reads.
  const backlog = Array.from({ length: 100 }, (_, n) => [n * 100, 600_000 - n * 5900] as const)
  expect(behind(...backlog)).toBeNull()
  expect(behind(...backlog, [11_000, 150], [12_000, 80], [13_000, 400])).toBe(80)
})

test('a clock that was set counts by what came since', () => {
  const off = Array.from({ length: 30 }, (_, n) => [n * 1000, -4000] as const)
  const set = Array.from({ length: 70 }, (_, n) => [30_000 + n * 1000, 100] as const)
  expect(behind(...off, ...set)).toBe(100)
})

test('latency and unknown reads are those of the last minutes, the rest is what was before', () => {
  const counter = createPeerCounter()
  for (const latency of [5, 20, 50]) counter.linked(false, latency, NOON)
  expect(counter.read(NOON + 59_000)).toMatchObject({
    latency: { min: 5, average: 25, max: 50 },
    lately: { reads: 3, unknown: 0 },
  })
  expect(counter.read(NOON + 60_000).latency).toBeNull()
  counter.linked(true, 7, NOON + 121_000)
  expect(counter.read(NOON + 121_000)).toMatchObject({
    ...{ unknown: 1, latency: { min: 7, average: 7, max: 7 } },
    ...{ lately: { reads: 1, unknown: 1 }, before: { reads: 3, unknown: 0 } },
  })
})
