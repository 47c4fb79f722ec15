import { afterEach, describe, expect, test } from 'vitest'
import { conflicts } from '../../src/store/conflicts.ts'
import { decide } from '../../src/store/decisions.ts'
import { waitingFor, waitingRows } from '../../src/store/outbox.ts'
import { forgetPeer, peerById, peers, putPeer, sentThrough } from '../../src/store/peers.ts'
import { takeRows } from '../../src/store/remote-rows.ts'
import { rowWhere } from '../../src/store/rows.ts'
import { act } from '../support/deeds.ts'
import {
  bringEvent,
  EVENT,
  effectiveState,
  type Laptop,
  NOON,
  openSession,
  person,
  said,
  sync,
} from '../support/laptop.ts'
import { closeLaptops, laptops, send, settle, WHOLE } from '../support/meeting.ts'

afterEach(closeLaptops)

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
