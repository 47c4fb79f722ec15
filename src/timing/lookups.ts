import { chipKey } from '../core/identity.ts'
import type { Candidate, ChipFacts, LinkLookups } from '../core/linking.ts'
import type { CountedRead, NobodysChip } from '../core/model.ts'
import { holdsAt, offsetAt } from '../core/offsets.ts'
import { dateAt } from '../core/time.ts'
import { lastingIdentity } from '../store/lasting-identity.ts'
import { nobodysChips } from '../store/nobodys-chips.ts'
import type { Reader } from '../store/reader.ts'
import type { TableName } from '../store/tables.ts'
import { bibWearers, chipFacts, linkPerson } from './chip-facts.ts'
import {
  dateScope,
  type LinkScope,
  raceDayScope,
  type SessionFacts,
  sessionFacts,
  sessionRaceDay,
} from './link-facts.ts'
import type { SessionRead } from './link-rows.ts'

/** Chips that are remembered; a race has fewer, a store over the years has more. */
const REMEMBERED = 100_000

/** Tables that say who somebody is; when one changes, what was remembered of people is asked again. */
const PEOPLE: readonly TableName[] = [
  'effective_participants',
  'normalized_participants',
  'participant_chips',
  'bib_chips',
  'chip_assignments',
  'test_chips',
  'race_days',
  'race_day_events',
  'normalized_events',
  'timing_sessions',
]
const PLACES: readonly TableName[] = [
  'timing_sessions',
  'timing_locations',
  'location_rules',
  'reader_offsets',
  'read_assignments',
]

/** What linking asks of the store, remembered between batches. */
export interface LookupCache {
  /** @param ensure makes the location of that name and gives its id */
  session(sessionId: string, ensure: (name: string) => string): LinkLookups
  /** Asks for the chips of these reads together, where they are not known yet. */
  prepare(reads: readonly SessionRead[]): void
  /** How reads at a location are counted. */
  placeOf(sessionId: string, locationId: string): Counting
  changed(tables: ReadonlySet<TableName>): void
  forget(): void
}

export interface Counting {
  readonly windowMs: number
  readonly counts: CountedRead
}

const NOWHERE: Counting = { windowMs: 0, counts: 'first' }

interface SessionCache {
  readonly facts: SessionFacts
  readonly locations: Map<string, string>
  /** Of the session's race day; null: each day has its own. */
  readonly scope: ScopeCache | null
  readonly days: Map<string, ScopeCache>
}

interface ScopeCache {
  readonly scope: LinkScope
  readonly chips: Map<string, ChipFacts>
}

export function createLookupCache(reader: Reader): LookupCache {
  const sessions = new Map<string, SessionCache>()
  const scopes = new Map<string, ScopeCache>()
  let crewChips: ReadonlyMap<string, NobodysChip> | null = null

  const scopeCache = (key: string, make: () => LinkScope): ScopeCache => {
    const known = scopes.get(key)
    if (known) return known
    const made = { scope: make(), chips: new Map<string, ChipFacts>() }
    scopes.set(key, made)
    return made
  }
  const cacheOf = (sessionId: string): SessionCache => {
    const known = sessions.get(sessionId)
    if (known) return known
    const facts = sessionFacts(reader, sessionId)
    const raceDay = sessionRaceDay(reader, sessionId)
    const scope = raceDay === null ? null : scopeCache(`day|${raceDay}`, () => raceDayScope(reader, raceDay))
    const made = { facts, scope, locations: new Map(facts.locations), days: new Map<string, ScopeCache>() }
    sessions.set(sessionId, made)
    return made
  }
  const scopeAt = (cache: SessionCache, at: number): ScopeCache => {
    if (cache.scope) return cache.scope
    const date = dateAt(at, cache.facts.timezone)
    return scopeCache(`date|${date}`, () => dateScope(reader, date))
  }
  const learn = (
    { scope, chips }: ScopeCache,
    unknown: readonly string[],
  ): ReadonlyMap<string, ChipFacts> => {
    if (chips.size + unknown.length > REMEMBERED) chips.clear()
    const facts = chipFacts(reader, scope, unknown)
    for (const [chip, known] of facts) chips.set(chip, known)
    return facts
  }
  const chipOf = ({ scope, chips }: ScopeCache, chip: string): ChipFacts => {
    const known = chips.get(chip)
    if (known) return known
    const facts = learn({ scope, chips }, [chip]).get(chip)
    if (facts === undefined) throw new Error(`nothing learnt of chip ${chip}`)
    return facts
  }
  const forget = (): void => {
    sessions.clear()
    scopes.clear()
    crewChips = null
  }

  return {
    session(sessionId, ensure) {
      const cache = cacheOf(sessionId)
      const { facts, locations } = cache
      return {
        assigned(identity) {
          if (!facts.assignedNumbers.has(identity)) return facts.assigned.get(identity)
          const lasting = lastingIdentity(reader, sessionId, identity)
          return facts.assigned.get(facts.assigned.has(lasting) ? lasting : identity)
        },
        nobodysChip(chip) {
          crewChips ??= new Map(nobodysChips(reader).map(row => [row.chip, row.kind]))
          return crewChips.size === 0 ? null : (crewChips.get(chipKey(chip)) ?? null)
        },
        offsetOf: (device, at) => offsetAt(facts.offsets.get(device) ?? [], at),
        isOfRace: at => facts.span === null || (at >= facts.span.from && at < facts.span.before),
        locationOf(device, at, name) {
          const rules = at === null ? undefined : facts.rules.get(device)
          const rule = rules?.find(one => at !== null && holdsAt(one, at))
          if (rule) return rule.locationId
          if (name === null || name === '') return null
          const known = locations.get(name)
          if (known !== undefined) return known
          const made = ensure(name)
          locations.set(name, made)
          return made
        },
        chip: (chip, at) => chipOf(scopeAt(cache, at), chip),
        bib: (bib, at): readonly Candidate[] => bibWearers(reader, scopeAt(cache, at).scope, bib),
        person: participantId => linkPerson(reader, participantId),
      }
    },
    prepare(reads) {
      const unknown = new Map<ScopeCache, Set<string>>()
      for (const { sessionId, chip, readAt } of reads) {
        if (chip === null || readAt === null) continue
        const cache = scopeAt(cacheOf(sessionId), readAt)
        if (cache.chips.has(chip)) continue
        const chips = unknown.get(cache) ?? new Set()
        unknown.set(cache, chips.add(chip))
      }
      for (const [cache, chips] of unknown) learn(cache, [...chips])
    },
    placeOf(sessionId, locationId) {
      const known = cacheOf(sessionId).facts.places.get(locationId)
      if (known !== undefined) return known
      // Made in this very transaction, or of another session: read it again.
      sessions.delete(sessionId)
      return cacheOf(sessionId).facts.places.get(locationId) ?? NOWHERE
    },
    changed(tables) {
      if (PEOPLE.some(table => tables.has(table))) forget()
      else if (PLACES.some(table => tables.has(table))) sessions.clear()
    },
    forget,
  }
}
