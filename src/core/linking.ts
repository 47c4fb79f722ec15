import { bibKey } from './identity.ts'
import type { CountedRead, LinkRoute, LinkState, NobodysChip, ReadKind, UnlinkedReason } from './model.ts'

/** Of a read, what decides whose it is. */
export interface ReadToLink {
  readonly id: number
  readonly identity: string
  readonly kind: ReadKind
  readonly device: string
  readonly streamLocation: string | null
  /** chipKey. */
  readonly chip: string | null
  /** Of a read keyed by hand. */
  readonly bibNumber: string | null
  readonly readAt: number | null
}

export interface Candidate {
  readonly participantId: string
  readonly normalizedEventId: string | null
  /** Neither withdrawn, deferred, transferred nor gone. */
  readonly registered: boolean
  readonly bibDecidedAt: number | null
}

/** All that is known of a chip in a race day, successors followed. */
export interface ChipFacts {
  /** The crew's, by fromAt ascending; null: from then on nobody's. */
  readonly assignments: readonly { readonly fromAt: number; readonly participantId: string | null }[]
  /** Who has it as a chip of their own. */
  readonly owners: readonly Candidate[]
  /** Who wears the bib that the supplier put it on; null when no supplier names it. */
  readonly bibWearers: readonly Candidate[] | null
  /** Who wears its number as a bib. */
  readonly namesakes: readonly Candidate[]
}

/** What links are made from. `at` says which day's people are meant, where a session has no race day. */
export interface LinkLookups {
  /** The crew's word on a read; undefined when there is none, null when it is nobody's on purpose. */
  readonly assigned: (identity: string) => string | null | undefined
  /** Of a chip that is nobody's on purpose. */
  readonly nobodysChip: (chip: string) => NobodysChip | null
  /** Ms to add to what a device's clock said then. */
  readonly offsetOf: (device: string, readAt: number) => number
  /** Whether the race can have been then. Else the reader's clock is wrong: 1980, or tomorrow. */
  readonly isOfRace: (at: number) => boolean
  /** Id of the location where a device stood at that time, by rule or by the stream's word. */
  readonly locationOf: (device: string, at: number | null, streamLocation: string | null) => string | null
  readonly chip: (chip: string, at: number) => ChipFacts
  readonly bib: (bib: string, at: number) => readonly Candidate[]
  /** Somebody the crew named, successors followed. */
  readonly person: (participantId: string) => Candidate
}

export interface LinkDecision {
  readonly state: Exclude<LinkState, 'duplicate'>
  readonly reason: UnlinkedReason | null
  readonly route: LinkRoute | null
  readonly participantId: string | null
  readonly normalizedEventId: string | null
  readonly locationId: string | null
  /** Ms UTC with the reader's offset. */
  readonly at: number | null
}

/** Kinds of which it is asked whose they are. */
const isLinkable = (kind: ReadKind): boolean => kind === 'chip' || kind === 'manual'

/**
 * bibKeys that a chip may name when its number is the bib itself, as on ChronoTrack tags (8 characters): the number,
 * then the same with leading zeros, which boxes add and drop at will.
 */
export function bibsOfChip(chip: string): readonly string[] {
  const bib = bibKey(chip)
  if (!/^\d{1,7}$/.test(bib)) return [bib]
  return Array.from({ length: 9 - bib.length }, (_, zeros) => '0'.repeat(zeros) + bib)
}

/** The one of several: registered before those who left, then whose bib was decided last. */
export function choose(candidates: readonly Candidate[]): Candidate | 'nobody' | 'ambiguous' {
  const registered = candidates.filter(candidate => candidate.registered)
  const left = registered.length > 0 ? registered : candidates
  const [first] = left
  if (first === undefined) return 'nobody'
  if (left.length === 1) return first
  const latest = Math.max(...left.map(candidate => candidate.bibDecidedAt ?? Number.NEGATIVE_INFINITY))
  const last = left.filter(candidate => candidate.bibDecidedAt === latest)
  return last.length === 1 && last[0] !== undefined ? last[0] : 'ambiguous'
}

/** Whose a read is, where and when. Null for a kind that is nobody's by nature. */
export function decideLink(read: ReadToLink, look: LinkLookups): LinkDecision | null {
  if (!isLinkable(read.kind)) return null
  const at = read.readAt === null ? null : read.readAt + look.offsetOf(read.device, read.readAt)
  const place = { locationId: look.locationOf(read.device, at, read.streamLocation), at }
  const unlinked = (reason: UnlinkedReason, route: LinkRoute | null = null): LinkDecision => ({
    ...{ state: 'unlinked', reason, route, participantId: null, normalizedEventId: null },
    ...place,
  })
  const linked = (who: Candidate, route: LinkRoute): LinkDecision => ({
    ...{ state: 'linked', reason: null, route },
    ...{ participantId: who.participantId, normalizedEventId: who.normalizedEventId },
    ...place,
  })
  const chosen = (who: readonly Candidate[], route: LinkRoute, nobody: UnlinkedReason): LinkDecision => {
    const one = choose(who)
    if (one === 'nobody') return unlinked(nobody)
    return one === 'ambiguous' ? unlinked('ambiguous') : linked(one, route)
  }

  const assigned = look.assigned(read.identity)
  // Nobody's on purpose: unknown, and the route says that the crew wants it so.
  if (assigned === null) return unlinked(read.kind === 'manual' ? 'unknown-bib' : 'unknown-chip', 'crew')
  if (assigned !== undefined) return linked(look.person(assigned), 'crew')
  const nobodys = read.chip === null ? null : look.nobodysChip(read.chip)
  if (nobodys !== null) return unlinked(`${nobodys}-chip`)
  if (at === null || !look.isOfRace(at)) return unlinked('no-time')
  if (place.locationId === null) return unlinked('unknown-location')
  if (read.kind === 'manual') return chosen(look.bib(read.bibNumber ?? '', at), 'bib', 'unknown-bib')
  if (read.chip === null) return unlinked('unknown-chip')

  const facts = look.chip(read.chip, at)
  const assignment = facts.assignments.findLast(each => each.fromAt <= at)
  if (assignment) {
    return assignment.participantId === null
      ? unlinked('unknown-chip', 'chip-assignment')
      : linked(look.person(assignment.participantId), 'chip-assignment')
  }
  if (facts.owners.length > 0) return chosen(facts.owners, 'chip', 'unknown-chip')
  // A chip that a supplier put on a bib is not a bib by its own number.
  if (facts.bibWearers !== null) return chosen(facts.bibWearers, 'bib-chip', 'unknown-bib')
  return chosen(facts.namesakes, 'bib', 'unknown-chip')
}

/** A linked read of one person at one location. */
export interface ReadToCount {
  readonly id: number
  readonly identity: string
  readonly at: number
  /** Keyed by hand: it yields to a chip's read. */
  readonly manual: boolean
}

const inOrder = (a: ReadToCount, b: ReadToCount): number =>
  a.at - b.at || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0)

/**
 * Which reads of one person at one location count, whatever order they came in: id → the read it is a duplicate of,
 * null where it counts. Reads within the window of the first of them are one passing, of which the first or the last
 * counts; equal times are ordered by identity. A manual read within the window of a chip's counted read, before or
 * after, is its duplicate.
 */
export function countReads(
  reads: readonly ReadToCount[],
  windowMs: number,
  which: CountedRead = 'first',
): ReadonlyMap<number, number | null> {
  const ordered = [...reads].sort(inOrder)
  const counts = new Map<number, number | null>()
  const counted = (of: readonly ReadToCount[]): readonly ReadToCount[] =>
    passings(of, windowMs).flatMap(passing => {
      const one = passing.at(which === 'first' ? 0 : -1)
      if (!one) return []
      for (const read of passing) counts.set(read.id, read === one ? null : one.id)
      return [one]
    })
  const byChip = counted(ordered.filter(read => !read.manual))
  const left = ordered.filter(read => {
    const stronger = read.manual && byChip.find(other => Math.abs(other.at - read.at) <= windowMs)
    if (stronger) counts.set(read.id, stronger.id)
    return read.manual && !stronger
  })
  counted(left)
  return counts
}

/** Reads by time, cut where one lies beyond the window of the first since the last cut. */
function passings(ordered: readonly ReadToCount[], windowMs: number): readonly (readonly ReadToCount[])[] {
  const all: ReadToCount[][] = []
  for (const read of ordered) {
    const first = all.at(-1)?.[0]
    if (first && read.at - first.at <= windowMs) all.at(-1)?.push(read)
    else all.push([read])
  }
  return all
}
