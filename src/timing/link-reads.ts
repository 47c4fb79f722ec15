import { countReads, decideLink, type LinkDecision } from '../core/linking.ts'
import type { UnlinkedReason } from '../core/model.ts'
import { ensureLocation } from '../store/locations.ts'
import type { Writer } from '../store/writer.ts'
import {
  countLink,
  groupReads,
  type LinkedRead,
  linkedPlaces,
  type NewLink,
  putLinks,
  type SessionRead,
} from './link-rows.ts'
import type { LookupCache } from './lookups.ts'

/** One person at one location of a session: the reads among which duplicates are told. */
export interface Group {
  readonly sessionId: string
  readonly participantId: string
  readonly locationId: string
}

export type Groups = Map<string, Group>

/** What became of a read that was just linked. */
export interface LinkedNow {
  readonly id: number
  readonly sessionId: string
  /** Why it is nobody's; null when it is somebody's. */
  readonly reason: UnlinkedReason | null
  readonly participantId: string | null
}

/** The last passing of a group: enough to place any read after its first. */
interface LastPassing {
  readonly beganAt: number
  /** Which of its reads counts. */
  readonly countedId: number
}

export interface ReadLinker {
  /** Links reads that have no link yet, duplicates and all. */
  linkNew(writer: Writer, reads: readonly SessionRead[]): readonly LinkedNow[]
  /** Decides again; groups that may have changed are put into `groups`, to be counted. */
  decideAgain(writer: Writer, reads: readonly LinkedRead[], groups: Groups, everyGroup: boolean): number
  /** Tells a group's duplicates again. Returns how many reads it has. */
  count(writer: Writer, group: Group): number
  forget(): void
}

const REMEMBERED = 300_000

const groupKey = (participantId: string, locationId: string): string => `${participantId}|${locationId}`

const groupOf = (sessionId: string, link: LinkDecision): Group | null =>
  link.state === 'linked' && link.participantId !== null && link.locationId !== null && link.at !== null
    ? { sessionId, participantId: link.participantId, locationId: link.locationId }
    : null

const same = (a: LinkDecision, b: LinkDecision): boolean =>
  a.state === b.state &&
  a.reason === b.reason &&
  a.route === b.route &&
  a.participantId === b.participantId &&
  a.normalizedEventId === b.normalizedEventId &&
  a.locationId === b.locationId &&
  a.at === b.at

export function createReadLinker(lookups: LookupCache): ReadLinker {
  // Null: a group with a read keyed by hand, which is always counted as a whole.
  const lasts = new Map<string, LastPassing | null>()
  const remember = (key: string, last: LastPassing | null): void => {
    if (lasts.size >= REMEMBERED) lasts.clear()
    lasts.set(key, last)
  }

  const decide = (writer: Writer, read: SessionRead): LinkDecision | null => {
    const ensure = (name: string): string => ensureLocation(writer, read.sessionId, name)
    return decideLink(read, lookups.session(read.sessionId, ensure))
  }

  const count = (writer: Writer, group: Group): number => {
    const reads = groupReads(writer, group.participantId, group.locationId)
    const { windowMs, counts: which } = lookups.placeOf(group.sessionId, group.locationId)
    const counts = countReads(reads, windowMs, which)
    for (const { id, duplicateOf } of reads) {
      const now = counts.get(id) ?? null
      if (now !== duplicateOf) countLink(writer, id, now)
    }
    const counted = reads.findLast(read => counts.get(read.id) === null)
    const passing = reads.find(read => read.id === counted?.id || counts.get(read.id) === counted?.id)
    const key = groupKey(group.participantId, group.locationId)
    const last = counted && passing ? { beganAt: passing.at, countedId: counted.id } : NONE
    remember(key, reads.some(read => read.manual) ? null : last)
    return reads.length
  }

  /** @param settle puts the links of reads that came before */
  const lastOf = (writer: Writer, group: Group, key: string, settle: () => void): LastPassing | null => {
    const known = lasts.get(key)
    if (known !== undefined) return known
    settle()
    count(writer, group)
    return lasts.get(key) ?? null
  }

  /** Which of these groups have no read yet, found out at once: at a start nearly all. */
  const meetNewGroups = (writer: Writer, groups: ReadonlyMap<string, Group>): void => {
    const unknown = [...groups].filter(([key]) => !lasts.has(key))
    if (unknown.length === 0) return
    const people = new Set(unknown.map(([, group]) => group.participantId))
    const places = new Set(
      linkedPlaces(writer, [...people]).map(place => groupKey(place.participantId, place.locationId)),
    )
    for (const [key] of unknown) if (!places.has(key)) remember(key, NONE)
  }

  return {
    linkNew(writer, reads) {
      lookups.prepare(reads)
      const groups = new Map<string, Group>()
      const decided = reads.flatMap(read => {
        const link = decide(writer, read)
        if (link === null) return []
        const group = groupOf(read.sessionId, link)
        const key = group && groupKey(group.participantId, group.locationId)
        if (group && key !== null) groups.set(key, group)
        return [{ read, link, group, key }]
      })
      meetNewGroups(writer, groups)
      const unsettled = new Map<string, Group>()
      let links: NewLink[] = []
      const settle = (): void => {
        putLinks(writer, links)
        links = []
      }
      for (const { read, link, group, key } of decided) {
        let duplicateOf: number | null = null
        if (group && key !== null && link.at !== null) {
          const last = unsettled.has(key) ? null : lastOf(writer, group, key, settle)
          const { windowMs, counts } = lookups.placeOf(read.sessionId, group.locationId)
          if (last === null || read.kind === 'manual' || link.at <= last.beganAt) unsettled.set(key, group)
          else if (link.at - last.beganAt > windowMs) remember(key, { beganAt: link.at, countedId: read.id })
          else if (counts === 'last') unsettled.set(key, group)
          // In whatever order: those who stand on a mat are read hundreds of times, by several antennas at once.
          else duplicateOf = last.countedId
        }
        links.push({ read, link, duplicateOf })
      }
      settle()
      for (const group of unsettled.values()) count(writer, group)
      return decided.map(({ read, link }) => ({
        id: read.id,
        sessionId: read.sessionId,
        reason: link.reason,
        participantId: link.participantId,
      }))
    },
    decideAgain(writer, reads, groups, everyGroup) {
      const links: NewLink[] = []
      lookups.prepare(reads)
      for (const read of reads) {
        const link = decide(writer, read)
        if (link === null) continue
        const differs = read.was === null || !same(link, read.was)
        const before = read.was && groupOf(read.sessionId, read.was)
        const after = groupOf(read.sessionId, link)
        for (const group of differs || everyGroup ? [before, after] : []) {
          if (group) groups.set(groupKey(group.participantId, group.locationId), group)
        }
        if (!differs) continue
        links.push({ read, link, duplicateOf: null })
      }
      putLinks(writer, links)
      return links.length
    },
    count,
    forget: () => lasts.clear(),
  }
}

/** Of a group that has no read yet: any read begins a passing. */
const NONE: LastPassing = { beganAt: Number.NEGATIVE_INFINITY, countedId: 0 }
