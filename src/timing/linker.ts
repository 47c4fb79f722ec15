import type { Log, Service } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import type { Group } from './last-passings.ts'
import { createReadLinker, type Groups, type LinkedNow } from './link-reads.ts'
import {
  doingKey,
  dropStale,
  isBegun,
  lastLinked,
  putLinks,
  readsAfter,
  readsWithLinks,
  type SessionRead,
  staleKeys,
  staleReads,
  staleWalk,
  type Walk,
  walkedReads,
} from './link-rows.ts'
import { createLookupCache } from './lookups.ts'

export interface LinkerParts {
  readonly store: Store
  readonly log: Log
}

export interface Linker extends Service {
  /** Links all that waits, new reads and what changed, in one go. */
  linkNow(): void
  /** Links the next few new reads; false when there are none. */
  linkSome(): boolean
  /** Says what became of reads linked for the first time, after the commit. */
  onLinked(listener: (links: readonly LinkedNow[]) => void): () => void
}

// Sizes of a transaction, so that none holds the event loop for more than some 20 ms.
const NEW_READS = 2000
/** So many at once are a flood: the next wait for more, since a commit of many takes little more than one of few. */
const FLOOD = 400
const GATHER_MS = 40
const READS_AGAIN = 300
const READS_COUNTED = 2000
const KEYS = 100
const IDS_WALKED = 5000
const RETRY_MS = 1000

/** Links of a stale key that has more reads than one transaction takes. */
interface LongJob {
  readonly key: string
  readonly walk: Walk | null
  /** Reads still to decide, where they are not walked. */
  ids: readonly number[]
  walked: number
  readonly to: number
  readonly groups: Groups
  /** Which groups count anew cannot be told by what differs: all are. */
  readonly everyGroup: boolean
}

const NOBODY = {
  ...({ state: 'unlinked', reason: 'unknown-chip', route: null } as const),
  ...{ participantId: null, normalizedEventId: null, locationId: null, at: null },
}

/** Trouble of the database itself, which the next try may not have. */
const isDatabaseTrouble = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('SQLITE_')

/**
 * Links reads to people, after the journal and in the journal's order, in transactions of its own: whatever goes wrong
 * here, the read is kept, and what a crash left unlinked is caught up. What changed meanwhile (stale_links) is linked
 * again in small pieces; new reads go first.
 */
export function createLinker({ store, log }: LinkerParts): Linker {
  const lookups = createLookupCache(store.read)
  const linker = createReadLinker(lookups)
  const listeners = new Set<(links: readonly LinkedNow[]) => void>()
  /** All reads up to this id have their links. */
  let linkedTo: number | null = null
  let job: LongJob | null = null
  let soon: NodeJS.Immediate | null = null
  let waiting: NodeJS.Timeout | null = null
  let running = false
  let turns = 0
  /** More reads follow at once: the next batch is given the time to fill. */
  let gathering = false
  let keysAtOnce = KEYS

  const forget = (): void => {
    lookups.forget()
    linker.forget()
  }
  /** One transaction; when it fails, what was remembered within it never happened. Lost, links are made again. */
  const write = <T>(work: (writer: Writer) => T): T => {
    try {
      return store.write(work, 'linker', 'later')
    } catch (error) {
      forget()
      throw error
    }
  }
  const linkBatch = (reads: readonly SessionRead[]): readonly LinkedNow[] =>
    write(writer => {
      writer.touched('read_links')
      return linker.linkNew(writer, reads)
    })

  /** A read that cannot be linked stays unlinked and is said; the others go on. */
  const linkEach = (reads: readonly SessionRead[]): readonly LinkedNow[] =>
    reads.flatMap(read => {
      try {
        return linkBatch([read])
      } catch (error) {
        if (isDatabaseTrouble(error)) throw error
        log.error({ readId: read.id, error: String(error) }, 'a read could not be linked')
        write(writer => putLinks(writer, [{ read, link: NOBODY, duplicateOf: null }]))
        return []
      }
    })

  const linkSome = (): boolean => {
    linkedTo ??= lastLinked(store.read)
    const reads = readsAfter(store.read, linkedTo, NEW_READS)
    const last = reads.at(-1)
    gathering = reads.length >= FLOOD && reads.length < NEW_READS
    if (!last) return false
    let links: readonly LinkedNow[]
    try {
      links = linkBatch(reads)
    } catch (error) {
      if (isDatabaseTrouble(error)) throw error
      links = linkEach(reads)
    }
    linkedTo = last.id
    if (links.length > 0) for (const listener of [...listeners]) listener(links)
    return true
  }

  const startJob = (key: string, ids: readonly number[]): void => {
    const name = doingKey(key)
    write(writer => {
      dropStale(writer, key)
      writer.staleLink(name)
    })
    const walk = staleWalk(key)
    // A window of the session may have changed; of a device only the times and places have.
    const everyGroup = walk?.device === null || isBegun(key)
    job = { key: name, walk, ids, walked: 0, to: linkedTo ?? 0, groups: new Map(), everyGroup }
  }

  const nextIds = (of: LongJob): readonly number[] => {
    if (of.walk === null) {
      const ids = of.ids.slice(0, READS_AGAIN)
      of.ids = of.ids.slice(READS_AGAIN)
      return ids
    }
    const to = Math.min(of.walked + IDS_WALKED, of.to)
    const ids = walkedReads(store.read, of.walk, of.walked, to, READS_AGAIN)
    of.walked = ids.length === READS_AGAIN ? (ids.at(-1) ?? to) : to
    return ids
  }

  const goOn = (of: LongJob): void => {
    write(writer => {
      if (of.walk === null ? of.ids.length > 0 : of.walked < of.to) {
        const reads = readsWithLinks(writer, nextIds(of))
        if (linker.decideAgain(writer, reads, of.groups, of.everyGroup) > 0) writer.touched('read_links')
        return
      }
      let counted = 0
      for (const [key, group] of of.groups) {
        counted += 1 + linker.count(writer, group)
        of.groups.delete(key)
        if (counted >= READS_COUNTED) break
      }
      writer.touched('read_links')
      if (of.groups.size > 0) return
      dropStale(writer, of.key)
      job = null
    })
  }

  /** Keys whose reads fit into one transaction, all at once. */
  const linkShort = (keys: readonly string[], ids: readonly number[]): void => {
    write(writer => {
      const groups = new Map<string, Group>()
      linker.decideAgain(writer, readsWithLinks(writer, ids), groups, keys.some(isBegun))
      for (const group of groups.values()) linker.count(writer, group)
      for (const key of keys) dropStale(writer, key)
      if (ids.length > 0) writer.touched('read_links')
    })
  }

  /** A piece of what changed; false when nothing did. */
  const linkStale = (): boolean => {
    linkedTo ??= lastLinked(store.read)
    if (job) {
      goOn(job)
      return true
    }
    const short: string[] = []
    const ids = new Set<number>()
    const keys = staleKeys(store.read, keysAtOnce)
    for (const key of keys) {
      // Reads that were never linked come by linkSome: a link ahead of the journal's order would hide them.
      const through = linkedTo
      const found = [...staleReads(store.read, key)].filter(id => id <= through)
      if (staleWalk(key) === null && ids.size + found.length <= READS_AGAIN) {
        short.push(key)
        for (const id of found) ids.add(id)
        continue
      }
      if (short.length === 0) startJob(key, found)
      break
    }
    if (short.length > 0) linkShort(short, [...ids])
    return keys.length > 0
  }

  /** A key that cannot be worked on would stop all others: it is found alone, said and left. */
  const linkStaleSafely = (): boolean => {
    const key = job?.key ?? null
    try {
      return linkStale()
    } catch (error) {
      // A job in memory is behind its transaction now; its key is still there and begins it anew.
      job = null
      if (isDatabaseTrouble(error)) throw error
      const left = key ?? (keysAtOnce === 1 ? staleKeys(store.read, 1)[0] : undefined)
      keysAtOnce = left === undefined ? 1 : KEYS
      if (left === undefined) return true
      log.error({ key: left, error: String(error) }, 'links could not be made again')
      write(writer => dropStale(writer, left))
      return true
    }
  }

  /** New reads first, but not only: every fourth turn begins with what changed. */
  const work = (): boolean => {
    turns += 1
    gathering = false
    return turns % 4 === 0 ? linkStaleSafely() || linkSome() : linkSome() || linkStaleSafely()
  }

  const later = (ms: number): void => {
    waiting ??= setTimeout(() => {
      waiting = null
      wake()
    }, ms)
  }

  const turn = (): void => {
    soon = null
    const rest = store.rest()
    if (rest !== null) {
      void rest.then(wake)
      return
    }
    try {
      const worked = work()
      if (!running) return
      if (gathering) later(GATHER_MS)
      else if (worked) wake()
    } catch (error) {
      log.error({ error: String(error) }, 'linking waits for the database')
      later(RETRY_MS)
    }
  }

  function wake(): void {
    if (running && soon === null && waiting === null) soon = setImmediate(turn)
  }

  const hear = (): (() => void) =>
    store.onChange(tables => {
      lookups.changed(tables)
      if (tables.has('timing_reads') || tables.has('stale_links')) wake()
    })
  let hearing: (() => void) | null = hear()

  return {
    async start() {
      forget()
      hearing ??= hear()
      running = true
      wake()
    },
    async stop() {
      running = false
      if (soon) clearImmediate(soon)
      if (waiting) clearTimeout(waiting)
      soon = null
      waiting = null
      hearing?.()
      hearing = null
    },
    linkNow() {
      if (!hearing) forget()
      while (work());
    },
    linkSome,
    onLinked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
