import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { conflicts } from '../../src/store/conflicts.ts'
import { decide } from '../../src/store/decisions.ts'
import { waitingFor, waitingReads, waitingRows } from '../../src/store/outbox.ts'
import { forgetPeer, movePeer, peerById, peers, putPeer, sentThrough } from '../../src/store/peers.ts'
import { takeReads } from '../../src/store/remote-reads.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import { rowWhere } from '../../src/store/rows.ts'
import {
  act,
  bringEvent,
  DEED_KINDS,
  EVENT,
  effectiveState,
  type Laptop,
  NOON,
  openLaptop,
  openSession,
  person,
  said,
  sync,
} from '../support/laptop.ts'

const opened: Laptop[] = []
afterEach(async () => {
  for (const laptop of opened.splice(0)) await laptop.close()
})

/** Laptops that know each other as peers; each has a clock of its own. */
function laptops(offsets: readonly number[], now: () => number): readonly Laptop[] {
  const all = offsets.map((offset, n) => openLaptop('abc'[n] ?? '?', () => now() + offset))
  opened.push(...all)
  for (const one of all)
    for (const other of all)
      if (one !== other)
        one.store.write(writer =>
          putPeer(writer, { peerId: other.name, kind: 'hub', name: other.name, target: {} }),
        )
  return all
}

interface Sending {
  readonly limit: number
  readonly doubled: boolean
  /** It arrived and nobody heard so. */
  readonly cut: boolean
}

/** Sends the next rows and reads of one laptop to another. Returns how many there were. */
function send(from: Laptop, to: Laptop, { limit, doubled, cut }: Sending): number {
  const peer = peerById(from.store.read, to.name)
  if (peer === null) throw new Error('no peer')
  const rows = waitingRows(from.store.read, sentThrough(peer), limit)
  const reads = waitingReads(from.store.read, sentThrough(peer), limit)
  for (let n = 0; n < (doubled ? 2 : 1); n++)
    to.store.write(writer => {
      expect(takeRows(writer, rows.items, from.name).refused).toEqual([])
      takeReads(writer, reads.items, from.name)
    }, 'replication')
  if (!cut)
    from.store.write(writer => movePeer(writer, to.name, { sequence: rows.through, readId: reads.through }))
  return rows.items.length + reads.items.length
}

const WHOLE = { limit: 500, doubled: false, cut: false }

function settle(all: readonly Laptop[]): void {
  for (let round = 0; round < 12; round++) {
    let sent = 0
    for (const from of all) {
      from.linker.linkNow()
      for (const to of all) if (from !== to) sent += send(from, to, WHOLE)
    }
    if (sent === 0) return
  }
  throw new Error('they never come to rest')
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      laptop: fc.nat(2),
      deed: fc.record({ what: fc.nat(DEED_KINDS - 1), who: fc.nat(5), value: fc.nat(40) }),
      ms: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      from: fc.nat(2),
      to: fc.nat(2),
      how: fc.record({ limit: fc.integer({ min: 1, max: 12 }), doubled: fc.boolean(), cut: fc.boolean() }),
    }),
  },
)

const seed = process.env.SEED === undefined ? Date.now() % 1_000_000 : Number(process.env.SEED)
const runs = Number(process.env.RUNS ?? 15)

test(
  `three laptops that meet in whatever order hold the same at the end (seed ${seed})`,
  () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.tuple(fc.constantFrom(0, 3_600_000, -3_600_000), fc.constantFrom(0, 5, 400 * 86_400_000)),
        (steps, [second, third]) => {
          try {
            let now = NOON
            const all = laptops([0, second, third], () => now)
            const [first] = all
            if (!first) return
            bringEvent(first)
            sync(
              first,
              ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
            )
            openSession(first)
            for (const [n, each] of steps.entries()) {
              if (each.kind === 'act') {
                now += each.ms
                const laptop = all[each.laptop]
                if (laptop) act(laptop, each.deed, n + 1)
              } else if (each.from !== each.to) {
                const [from, to] = [all[each.from], all[each.to]]
                if (from && to) send(from, to, each.how)
              }
            }
            settle(all)
            const [one, ...others] = all.map(effectiveState)
            for (const other of others) expect(other).toEqual(one)
          } finally {
            for (const laptop of opened.splice(0)) void laptop.close()
          }
        },
      ),
      { seed, numRuns: runs },
    )
  },
  60_000 + runs * 2000,
)

describe('what two laptops decided apart', () => {
  /** Two laptops with the same people, each having seen all of the other. */
  function pair(offset = 0): { readonly one: Laptop; readonly other: Laptop; tick(ms: number): void } {
    let now = NOON
    const [one, other] = laptops([0, offset], () => now)
    if (!one || !other) throw new Error('two laptops')
    bringEvent(one)
    sync(
      one,
      ['1', '2', '3'].map(key => said(key, { bib_number: key })),
    )
    settle([one, other])
    return {
      one,
      other,
      tick(ms) {
        now += ms
      },
    }
  }
  const bibOf = (laptop: Laptop, key: string): unknown =>
    rowWhere(laptop.store.read, 'effective_participants', 'participant_id = ?', person(key))?.bibNumber
  const give = (laptop: Laptop, key: string, bib: string): void =>
    laptop.store.write(writer => decide(writer, person(key), 'bib_number', bib, null), `desk ${laptop.name}`)

  test('the later word on a field stands on both, and both see both words, who won and why', () => {
    const { one, other, tick } = pair()
    give(one, '1', '101')
    tick(20_000)
    give(other, '1', '102')
    settle([one, other])
    expect([bibOf(one, '1'), bibOf(other, '1')]).toEqual(['102', '102'])
    for (const laptop of [one, other]) {
      expect(conflicts(laptop.store.read, 10)).toEqual([
        expect.objectContaining({
          kind: 'decision',
          kept: expect.objectContaining({
            decidedBy: 'desk b',
            said: expect.objectContaining({ value: '102' }),
          }),
          lost: expect.objectContaining({
            decidedBy: 'desk a',
            said: expect.objectContaining({ value: '101' }),
          }),
          why: expect.stringContaining('the later one stands'),
        }),
      ])
    }
  })

  test('one bib given to two people in the same minute is told on both', () => {
    const { one, other, tick } = pair()
    give(one, '1', '500')
    tick(30_000)
    give(other, '2', '500')
    settle([one, other])
    for (const laptop of [one, other]) {
      expect(conflicts(laptop.store.read, 10)).toEqual([
        expect.objectContaining({
          kind: 'bib',
          kept: expect.objectContaining({ participantId: person('2'), laptopId: other.store.laptopId }),
          lost: expect.objectContaining({ participantId: person('1'), laptopId: one.store.laptopId }),
        }),
      ])
    }
  })

  test('a word that had seen the other one is no conflict', () => {
    const { one, other, tick } = pair()
    give(one, '1', '101')
    settle([one, other])
    tick(1000)
    give(other, '1', '102')
    settle([one, other])
    tick(1000)
    give(one, '1', '103')
    settle([one, other])
    expect(bibOf(other, '1')).toBe('103')
    expect(conflicts(other.store.read, 10)).toEqual([])
  })

  test('a laptop whose clock is a year ahead is outdone by whoever decides after having seen it', () => {
    const { one, other, tick } = pair(365 * 86_400_000)
    give(other, '1', '102')
    settle([one, other])
    tick(1000)
    give(one, '1', '103')
    settle([one, other])
    expect([bibOf(one, '1'), bibOf(other, '1')]).toEqual(['103', '103'])
    const clock = one.store.write(writer => writer.clock)
    expect(Number(clock.slice(0, 15))).toBeLessThan(NOON + 86_400_000)
  })
})

describe('rows', () => {
  test('end the same whichever came first: the decision, the person or the event', () => {
    const [from, to] = laptops([0, 0], () => NOON)
    if (!from || !to) throw new Error('two laptops')
    bringEvent(from)
    sync(from, [said('1', { bib_number: '1' })])
    from.store.write(writer => decide(writer, person('1'), 'bib_number', '77', null), 'desk')
    const peer = peerById(from.store.read, 'b')
    if (!peer) throw new Error('no peer')
    const { items } = waitingRows(from.store.read, sentThrough(peer), 100)
    for (const item of [...items].reverse())
      to.store.write(writer => takeRows(writer, [item], 'a'), 'replication')
    const { people: here } = effectiveState(from)
    const { people: there } = effectiveState(to)
    expect(there).toEqual(here)
    expect(here).toEqual([expect.objectContaining({ bib_number: '77', age: 35 })])
  })

  test('of a decision that came before its person count for them, whoever brings the person', () => {
    const [one, other] = laptops([0, 0], () => NOON)
    if (!one || !other) throw new Error('two laptops')
    bringEvent(one)
    sync(one, [said('1', { bib_number: '1', chips: ['A1'] })])
    one.store.write(writer => decide(writer, person('1'), 'bib_number', '214', null), 'desk')
    const rows = waitingRows(one.store.read, { peerId: 'x', sequence: 0, readId: 0 }, 1000).items
    const decisions = rows.filter(row => row.table === 'participant_overrides')
    other.store.write(writer => takeRows(writer, decisions, one.name), 'replication')
    bringEvent(other)
    sync(other, [said('1', { bib_number: '1', chips: ['A1'] })])
    expect(rowWhere(other.store.read, 'effective_participants', 'participant_id = ?', person('1'))).toEqual(
      expect.objectContaining({ bibNumber: '214', bibDecidedAt: NOON }),
    )
  })

  test('that came from a peer go on to the others and never back', () => {
    const [one, two, three] = laptops([0, 0, 0], () => NOON)
    if (!one || !two || !three) throw new Error('three laptops')
    bringEvent(one)
    send(one, two, WHOLE)
    const of = (laptop: Laptop, to: string) => {
      const peer = peerById(laptop.store.read, to)
      return peer === null
        ? []
        : waitingRows(laptop.store.read, sentThrough(peer), 100).items.map(row => row.table)
    }
    expect(of(two, 'a')).not.toContain('normalized_events')
    expect(of(two, 'c')).toContain('normalized_events')
  })

  test('wait until a peer has them, and all of them again for one that left and joins anew', () => {
    const [one, two] = laptops([0, 0], () => NOON)
    if (!one || !two) throw new Error('two laptops')
    bringEvent(one)
    openSession(one)
    act(one, { what: 9, who: 0, value: 1 }, 1)
    const waiting = () => {
      const [peer] = peers(one.store.read)
      return peer === undefined ? null : waitingFor(one.store.read, sentThrough(peer))
    }
    const before = waiting()
    expect(before).toMatchObject({ reads: 1, since: NOON })
    settle([one, two])
    expect(waiting()).toEqual({ rows: 0, reads: 0, since: null })
    one.store.write(writer => forgetPeer(writer, 'b'))
    expect(peers(one.store.read)).toEqual([])
    one.store.write(writer => putPeer(writer, { peerId: 'b', kind: 'hub', name: 'b', target: {} }))
    expect(waiting()?.reads).toBe(1)
    expect(waiting()?.rows).toBeGreaterThanOrEqual(before?.rows ?? 0)
  })

  test('of a newer laptop lose nothing, and an older one fills what it knows', () => {
    const [from, to] = laptops([0, 0], () => NOON)
    if (!from || !to) throw new Error('two laptops')
    bringEvent(from)
    const peer = peerById(from.store.read, 'b')
    if (!peer) throw new Error('no peer')
    const { items } = waitingRows(from.store.read, sentThrough(peer), 100)
    const event = items.find(item => item.table === 'normalized_events')
    if (!event) throw new Error('no event')
    const { race_distance: _, ...older } = event.row
    const take = (row: typeof event.row) =>
      to.store.write(writer => takeRows(writer, [{ table: 'normalized_events', row }], 'a'))
    expect(take({ ...older, colour_of_the_shirt: 'red' }).changed).toBe(1)
    expect(rowWhere(to.store.read, 'normalized_events', 'id = ?', EVENT)?.raceDistance).toBeNull()
    expect(take(event.row).changed).toBe(1)
    expect(rowWhere(to.store.read, 'normalized_events', 'id = ?', EVENT)?.raceDistance).toBe(5)
    expect(take(older).changed).toBe(0)
    expect(rowWhere(to.store.read, 'normalized_events', 'id = ?', EVENT)?.raceDistance).toBe(5)
    expect(
      to.store.write(writer => takeRows(writer, [{ table: 'moon_phases', row: { id: 'x' } }], 'a')).changed,
    ).toBe(0)
  })
})

describe('a laptop that worked alone', () => {
  test('joins a timing partner with all it has, and its ids stay', () => {
    const [alone, other] = laptops([0, 0], () => NOON)
    if (!alone || !other) throw new Error('two laptops')
    bringEvent(alone)
    sync(alone, [said('1', { bib_number: '1' })])
    openSession(alone)
    act(alone, { what: 9, who: 0, value: 1 }, 1)
    const before = effectiveState(alone)
    alone.store.joinPartner({ id: 7, name: 'Fast Timing' })
    expect(alone.store.partnerId).toBe(7)
    const { audit: _, ...same } = effectiveState(alone)
    expect(same).toEqual((({ audit: __, ...rest }) => rest)(before))
    const others = alone.store.read.all(
      'SELECT 1 FROM timing_reads WHERE timing_partner_id <> 7 UNION ALL SELECT 1 FROM normalized_events WHERE timing_partner_id <> 7',
    )
    expect(others).toEqual([])
    other.store.joinPartner({ id: 7, name: 'Fast Timing' })
    settle([alone, other])
    expect(effectiveState(other).reads).toEqual(before.reads)
    expect(() => alone.store.joinPartner({ id: 8, name: 'Slow Timing' })).toThrow(/another data folder/)
  })
})
