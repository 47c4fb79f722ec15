import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createLinker } from '../../src/timing/linker.ts'
import { A_READ, act, DEED_KINDS } from '../support/deeds.ts'
import { bringEvent, effectiveState, type Laptop, NOON, openSession, said, sync } from '../support/laptop.ts'
import { closeLaptops, laptops, send, settle } from '../support/meeting.ts'

afterEach(closeLaptops)

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** What happens in a run: few kinds of deeds, to few people, so that they meet. */
const world = fc.record({
  deeds: fc.subarray(
    Array.from({ length: DEED_KINDS }, (_, n) => n),
    { minLength: 4, maxLength: 10 },
  ),
  people: fc.integer({ min: 2, max: 6 }),
  offsets: fc.tuple(
    fc.constant(0),
    fc.constantFrom(0, 3_600_000, -3_600_000),
    fc.constantFrom(0, 5, 400 * 86_400_000),
  ),
})
type World = typeof world extends fc.Arbitrary<infer one> ? one : never

const laptop = fc.nat(2)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      laptop,
      deed: fc.record({ what: fc.nat(100), who: fc.nat(100), value: fc.nat(40) }),
      ms: fc.nat(3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      laptop,
      to: laptop,
      how: fc.record({ limit: fc.integer({ min: 1, max: 12 }), doubled: fc.boolean(), cut: fc.boolean() }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('link' as const), laptop }) },
)
type Step = typeof step extends fc.Arbitrary<infer one> ? one : never

function take(all: readonly Laptop[], { deeds, people }: World, each: Step, count: number): void {
  const here = all[each.laptop]
  if (here === undefined) return
  switch (each.kind) {
    case 'act': {
      const what = deeds[each.deed.what % (deeds.length + 1)] ?? A_READ
      act(here, { what, who: each.deed.who % people, value: each.deed.value }, count)
      return
    }
    case 'send': {
      const to = all[each.to]
      if (to !== undefined && to !== here) send(here, to, each.how)
      return
    }
    case 'link':
      here.linker.linkNow()
  }
}

const linksOf = ({ store }: Laptop): readonly unknown[] =>
  store.read.all(
    'SELECT l.*, r.chip, r.identity FROM read_links l JOIN timing_reads r ON r.id = l.read_id ORDER BY l.read_id',
  )

/** Every read linked as if for the first time, by what is known now. */
function linksAnew(laptop: Laptop): readonly unknown[] {
  laptop.store.write(writer => {
    writer.run('DELETE FROM read_links')
    writer.run('DELETE FROM stale_links')
  })
  const linker = createLinker({ store: laptop.store, log: silent })
  linker.linkNow()
  void linker.stop()
  return linksOf(laptop)
}

function compare(all: readonly Laptop[]): void {
  settle(all)
  const [one, ...others] = all.map(effectiveState)
  for (const other of others) expect(other).toEqual(one)
  for (const laptop of all) expect(linksOf(laptop)).toEqual(linksAnew(laptop))
}

/** So many steps, and they meet. */
const STEPS = 40

async function meet(of: World, steps: readonly Step[]): Promise<void> {
  let now = NOON
  const all = laptops(of.offsets, () => now)
  try {
    const [first] = all
    if (!first) return
    bringEvent(first)
    sync(
      first,
      ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
    )
    openSession(first)
    for (const [n, each] of steps.entries()) {
      if (each.kind === 'act') now += each.ms
      take(all, of, each, n + 1)
      if (n % STEPS === STEPS - 1) compare(all)
    }
    compare(all)
  } finally {
    await closeLaptops()
  }
}

const seed = process.env.SEED === undefined ? Date.now() % 1_000_000 : Number(process.env.SEED)
const runs = Number(process.env.RUNS ?? 15)

test(
  `three laptops that meet in whatever order hold the same, and each read is linked as if for the first time (seed ${seed})`,
  { timeout: 60_000 + runs * 4000 },
  () =>
    fc.assert(fc.asyncProperty(world, fc.array(step, { minLength: 15, maxLength: 300, size: 'max' }), meet), {
      seed,
      numRuns: runs,
      endOnFailure: process.env.SHRINK === undefined,
    }),
)
