import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bibsOfChip,
  type Candidate,
  type ChipFacts,
  choose,
  countReads,
  decideLink,
  type LinkLookups,
  type ReadToCount,
  type ReadToLink,
} from '../../src/core/linking.ts'

const someone = (participantId: string, more: Partial<Candidate> = {}): Candidate => ({
  participantId,
  normalizedEventId: '10K',
  registered: true,
  bibDecidedAt: null,
  ...more,
})

const NOTHING: ChipFacts = { assignments: [], owners: [], bibWearers: null, namesakes: [] }

const look = (facts: Partial<ChipFacts> = {}, more: Partial<LinkLookups> = {}): LinkLookups => ({
  assigned: () => undefined,
  nobodysChip: () => null,
  offsetOf: () => 0,
  isOfRace: () => true,
  locationOf: (_device, _at, name) => name,
  chip: () => ({ ...NOTHING, ...facts }),
  bib: () => [],
  person: id => someone(id),
  ...more,
})

const read: ReadToLink = {
  ...{
    id: 1,
    identity: 'i',
    kind: 'chip',
    device: 'A',
    streamLocation: 'finish',
    chip: '214',
    bibNumber: null,
  },
  readAt: 1000,
}

const said = (reading: Partial<ReadToLink>, lookups: LinkLookups) => {
  const link = decideLink({ ...read, ...reading }, lookups)
  return link && [link.participantId ?? link.reason, link.route]
}

describe('whose a read is', () => {
  test.each(['gun', 'new-location', 'marker'] as const)('a %s is nobody’s by nature', kind => {
    expect(decideLink({ ...read, kind }, look())).toBeNull()
  })

  test('the crew’s word goes before everything', () => {
    const all = { nobodysChip: () => 'test' as const, assigned: () => 'ann' }
    expect(said({ readAt: null, streamLocation: null }, look({}, all))).toEqual(['ann', 'crew'])
    expect(said({}, look({ namesakes: [someone('bo')] }, { assigned: () => null }))).toEqual([
      'unknown-chip',
      'crew',
    ])
    expect(said({ kind: 'manual', chip: null }, look({}, { assigned: () => null }))).toEqual([
      'unknown-bib',
      'crew',
    ])
  })

  test('then test chip, no time, no place', () => {
    expect(
      said({ readAt: null }, look({}, { nobodysChip: chip => (chip === '214' ? 'test' : null) })),
    ).toEqual(['test-chip', null])
    expect(said({ readAt: null, streamLocation: null }, look())).toEqual(['no-time', null])
    expect(said({ streamLocation: null }, look())).toEqual(['unknown-location', null])
  })

  test('then the latest chip assignment that has begun, with the reader’s offset', () => {
    const assignments = [
      { fromAt: 500, participantId: 'ann' },
      { fromAt: 1000, participantId: 'bo' },
      { fromAt: 2000, participantId: null },
    ]
    const at = (readAt: number, offset = 0) =>
      said({ readAt }, look({ assignments, owners: [someone('cy')] }, { offsetOf: () => offset }))
    expect(at(499)).toEqual(['cy', 'chip'])
    expect(at(999)).toEqual(['ann', 'chip-assignment'])
    expect(at(999, 1)).toEqual(['bo', 'chip-assignment'])
    expect(at(2000)).toEqual(['unknown-chip', 'chip-assignment'])
  })

  test('then an own chip, the supplier’s list, the chip’s number', () => {
    const owners = [someone('owner')]
    const namesakes = [someone('namesake')]
    expect(said({}, look({ owners, bibWearers: [someone('wearer')], namesakes }))).toEqual(['owner', 'chip'])
    expect(said({}, look({ bibWearers: [someone('wearer')], namesakes }))).toEqual(['wearer', 'bib-chip'])
    expect(said({}, look({ namesakes }))).toEqual(['namesake', 'bib'])
  })

  test('a listed chip whose bib nobody wears is not taken for a bib', () => {
    expect(said({}, look({ bibWearers: [], namesakes: [someone('wrong')] }))).toEqual(['unknown-bib', null])
    expect(said({}, look())).toEqual(['unknown-chip', null])
  })

  test('a manual read goes by its bib', () => {
    const manual = { kind: 'manual', chip: null, bibNumber: '214' } as const
    expect(said(manual, look({}, { bib: bib => (bib === '214' ? [someone('ann')] : []) }))).toEqual([
      'ann',
      'bib',
    ])
    expect(said(manual, look())).toEqual(['unknown-bib', null])
  })

  test('of several: who is registered, then whose bib was decided last, else nobody can tell', () => {
    const gone = someone('gone', { registered: false, bibDecidedAt: 9 })
    const early = someone('early', { bibDecidedAt: 1 })
    const late = someone('late', { bibDecidedAt: 2 })
    expect(choose([])).toBe('nobody')
    expect(choose([gone])).toBe(gone)
    expect(choose([gone, someone('ann')])).toMatchObject({ participantId: 'ann' })
    expect(choose([early, gone, late, someone('never')])).toBe(late)
    expect(choose([someone('ann'), someone('bo')])).toBe('ambiguous')
    expect(choose([late, someone('too', { bibDecidedAt: 2 })])).toBe('ambiguous')
  })

  test('a chip’s number is a bib with or without leading zeros', () => {
    expect(bibsOfChip('7')).toEqual(['7', '07', '007', '0007', '00007', '000007', '0000007', '00000007'])
    expect(bibsOfChip('KV8658')).toEqual(['KV8658'])
  })
})

describe('which reads count', () => {
  const at = (id: number, ms: number, manual = false): ReadToCount => ({
    id,
    identity: `i${id}`,
    at: ms,
    manual,
  })
  const counted = (reads: readonly ReadToCount[], window = 30_000) =>
    Object.fromEntries(countReads(reads, window))

  test('the first, and the next after the window of the last that counted', () => {
    expect(counted([at(1, 0), at(2, 29_000), at(3, 30_000), at(4, 30_001), at(5, 60_001)])).toEqual({
      ...{ 1: null, 2: 1, 3: 1, 4: null, 5: 4 },
    })
  })

  test('equal times go by identity, not by arrival', () => {
    expect(counted([at(2, 5), at(1, 5)])).toEqual({ 1: null, 2: 1 })
  })

  test('a manual read yields to a chip’s, whichever came first', () => {
    expect(counted([at(1, 0, true), at(2, 10_000)])).toEqual({ 1: 2, 2: null })
    expect(counted([at(1, 0, true), at(2, 10_000, true), at(3, 90_000)])).toEqual({ 1: null, 2: 1, 3: null })
  })

  test('arrival order does not matter', () => {
    const reads = fc.uniqueArray(
      fc
        .record({ id: fc.nat(500), ms: fc.nat(200_000), manual: fc.boolean() })
        .map(one => at(one.id, one.ms, one.manual)),
      { selector: one => one.id, maxLength: 40 },
    )
    fc.assert(
      fc.property(
        reads.chain(list =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(counted(shuffled)).toEqual(counted(list))
        },
      ),
    )
  })
})
