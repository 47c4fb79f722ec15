import { countReads, decideLink, type LinkDecision, type LinkLookups } from '../core/linking.ts'
import type { UnlinkedReason } from '../core/model.ts'
import { ensureLocation } from '../store/locations.ts'
import type { Writer } from '../store/writer.ts'
import { createLastPassings, type Group, type LastPassing, NO_PASSING } from './last-passings.ts'
import {
  countLink,
  groupReads,
  type LinkedRead,
  linkedPlaces,
  type NewLink,
  putLinks,
  releaseDuplicates,
  type SessionRead,
} from './link-rows.ts'
import type { LookupCache } from './lookups.ts'

export type Groups = Map<string, Group>

/** What became of a read that was just linked. */
export interface LinkedNow {
  readonly id: number
  readonly sessionId: string
  /** Why it is nobody's; null when it is somebody's. */
  readonly reason: UnlinkedReason | null
  readonly participantId: string | null
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

const groupKey = ({ participantId, locationId }: Omit<Group, 'sessionId'>): string =>
  `${participantId}|${locationId}`

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
  const lasts = createLastPassings()

  /** Decides reads of one transaction. */
  const decider = (writer: Writer): ((read: SessionRead) => LinkDecision | null) => {
    const looks = new Map<string, LinkLookups>()
    return read => {
      const { sessionId } = read
      let look = looks.get(sessionId)
      if (look === undefined) {
        look = lookups.session(sessionId, name => ensureLocation(writer, sessionId, name))
        looks.set(sessionId, look)
      }
      return decideLink(read, look)
    }
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
    const last = counted && passing ? { beganAt: passing.at, countedId: counted.id } : NO_PASSING
    lasts.remember(group, reads.some(read => read.manual) ? null : last)
    return reads.length
  }

  /** @param settle puts the links of reads that came before */
  const lastOf = (writer: Writer, group: Group, settle: () => void): LastPassing | null => {
    const known = lasts.get(group)
    if (known !== undefined) return known
    settle()
    count(writer, group)
    return lasts.get(group) ?? null
  }

  /** Which of these groups have no read yet, found out at once: at a start nearly all. */
  const meetNewGroups = (writer: Writer, groups: ReadonlyMap<string, Group>): void => {
    if (groups.size === 0) return
    const people = new Set([...groups.values()].map(group => group.participantId))
    const places = new Set(linkedPlaces(writer, [...people]).map(groupKey))
    for (const [key, group] of groups) if (!places.has(key)) lasts.remember(group, NO_PASSING)
  }

  return {
    linkNew(writer, reads) {
      lookups.prepare(reads)
      const decide = decider(writer)
      const unknown = new Map<string, Group>()
      const decided = reads.flatMap(read => {
        const link = decide(read)
        if (link === null) return []
        const group = groupOf(read.sessionId, link)
        if (group && lasts.get(group) === undefined) unknown.set(groupKey(group), group)
        return [{ read, link, group }]
      })
      meetNewGroups(writer, unknown)
      const unsettled = new Map<string, Group>()
      let links: NewLink[] = []
      const settle = (): void => {
        putLinks(writer, links)
        links = []
      }
      for (const { read, link, group } of decided) {
        let duplicateOf: number | null = null
        if (group && link.at !== null) {
          const isUnsettled = unsettled.size > 0 && unsettled.has(groupKey(group))
          const last = isUnsettled ? null : lastOf(writer, group, settle)
          const { windowMs, counts } = lookups.placeOf(read.sessionId, group.locationId)
          if (last === null || read.kind === 'manual' || link.at <= last.beganAt)
            unsettled.set(groupKey(group), group)
          else if (link.at - last.beganAt > windowMs)
            lasts.remember(group, { beganAt: link.at, countedId: read.id })
          else if (counts === 'last') unsettled.set(groupKey(group), group)
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
      const decide = decider(writer)
      for (const read of reads) {
        const link = decide(read)
        if (link === null) continue
        const differs = read.was === null || !same(link, read.was)
        const before = read.was && groupOf(read.sessionId, read.was)
        const after = groupOf(read.sessionId, link)
        for (const group of differs || everyGroup ? [before, after] : []) {
          if (group) groups.set(groupKey(group), group)
        }
        if (!differs) continue
        // Until they are counted anew, what is read meanwhile is counted with them.
        for (const group of [before, after]) if (group) lasts.remember(group, null)
        links.push({ read, link, duplicateOf: null })
      }
      putLinks(writer, links)
      releaseDuplicates(
        writer,
        links.map(({ read }) => read.id),
      )
      return links.length
    },
    count,
    forget: lasts.forget,
  }
}
