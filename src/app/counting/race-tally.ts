import {
  type Crossed,
  crossingsAt,
  crossingsOf,
  entrantsOf,
  type Place,
  placesOf,
  sessionsOf,
} from '../../store/counted-reads.ts'
import { type FinishRules, finishRules } from '../../store/finishes.ts'
import type { Reader } from '../../store/reader.ts'
import { createFinishTally, type Finisher } from './finish-tally.ts'
import { createFollowed } from './followed.ts'
import { giveWay } from './give-way.ts'

/** Somebody who was read somewhere and has not finished, and of whom nobody said DNS, DNF or DQ. */
export interface Out {
  readonly id: string
  readonly eventId: string
  /** Their last counted read; ms UTC. */
  readonly at: number | null
}

/** Who has been where on a race day: distinct people, of the reads that count. */
export interface RaceTally {
  readonly started: number
  /** When each of them finished, where the time is known. */
  readonly finishes: readonly number[]
  readonly finished: number
  readonly locations: readonly { readonly location: string; readonly kind: string; readonly people: number }[]
  readonly out: readonly Out[]
}

/** Somebody who was read. */
interface Met {
  readonly id: string
  /** Null for whom nobody knows any more. */
  readonly entrant: (Finisher & { readonly racing: boolean }) | null
  /** Their last counted read; ms UTC. */
  at: number | null
}

interface Standing {
  readonly met: Map<string, Met>
  /** Who has been at a place, by its key. */
  readonly been: ReadonlyMap<string, Set<Met>>
}

interface DayFacts {
  /** Where several sessions have a place, it is together. */
  readonly places: readonly Place[]
  readonly sessions: readonly string[]
  readonly rules: FinishRules
  readonly basis: string
}

type Pieces = Iterable<readonly Crossed[]>

const later = (known: number | null, at: number | null): number | null =>
  known === null ? at : at === null ? known : Math.max(known, at)

const keyOf = (place: Pick<Place, 'name' | 'kind'>): string => `${place.kind}|${place.name}`

function factsOf(reader: Reader, raceDayId: string): DayFacts {
  const places = [...Map.groupBy(placesOf(reader, raceDayId), keyOf).values()].flat()
  const sessions = sessionsOf(reader, raceDayId)
  const rules = finishRules(reader, raceDayId)
  return { places, sessions, rules, basis: JSON.stringify([places, sessions, rules.basis]) }
}

/** Adds all counted reads of people of whom none was added before, place by place; null: reads at none. */
function createAdding(reader: Reader, { met, been }: Standing, rules: FinishRules) {
  const passed = createFinishTally(rules)
  const meet = (crossed: readonly Crossed[]): void => {
    const ids = [...new Set(crossed.map(({ participantId }) => participantId))].filter(id => !met.has(id))
    if (ids.length === 0) return
    const entrants = new Map(entrantsOf(reader, ids).map(entrant => [entrant.id, entrant]))
    for (const id of ids) {
      const found = entrants.get(id)
      const entrant = found && {
        ...{ eventId: found.eventId, begins: rules.begins(found.eventId, found.wave) },
        ...{ racing: found.racing === 1, finish: undefined },
      }
      met.set(id, { id, entrant: entrant ?? null, at: null })
    }
  }
  return async (place: Place | null, pieces: Pieces): Promise<void> => {
    const here = place === null ? undefined : been.get(keyOf(place))
    for (const piece of pieces) {
      meet(piece)
      for (const { participantId, at } of piece) {
        const one = met.get(participantId)
        if (one === undefined) continue
        one.at = later(one.at, at)
        here?.add(one)
        if (place?.kind === 'finish' && one.entrant !== null) passed(place.name, one.entrant, at)
      }
      await giveWay()
    }
  }
}

async function everybody(reader: Reader, { places, sessions, rules }: DayFacts): Promise<Standing> {
  const standing = {
    met: new Map<string, Met>(),
    been: new Map(places.map(place => [keyOf(place), new Set<Met>()])),
  }
  const add = createAdding(reader, standing, rules)
  for (const place of places) await add(place, crossingsAt(reader, place.sessionId, place.id))
  for (const sessionId of sessions) await add(null, crossingsAt(reader, sessionId, null))
  return standing
}

async function again(
  reader: Reader,
  { places, sessions, rules }: DayFacts,
  standing: Standing,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const one = standing.met.get(id)
    if (one === undefined) continue
    standing.met.delete(id)
    for (const people of standing.been.values()) people.delete(one)
  }
  const add = createAdding(reader, standing, rules)
  const keyed = (sessionId: string, locationId: string | null): string => `${sessionId}|${locationId ?? ''}`
  const crossed = Map.groupBy(crossingsOf(reader, ids), one => keyed(one.sessionId, one.locationId))
  const addAt = async (place: Place | null, key: string): Promise<void> => {
    const here = crossed.get(key)
    if (here !== undefined) await add(place, [here])
  }
  for (const place of places) await addAt(place, keyed(place.sessionId, place.id))
  for (const sessionId of sessions) await addAt(null, keyed(sessionId, null))
}

function figures({ met, been }: Standing, places: readonly Place[]): RaceTally {
  const finishes: number[] = []
  const out: Out[] = []
  let finished = 0
  for (const { id, entrant, at } of met.values()) {
    if (entrant === null) continue
    const { eventId, finish, racing } = entrant
    if (finish !== undefined) finished += 1
    else if (racing) out.push({ id, eventId, at })
    if (finish != null) finishes.push(finish)
  }
  return {
    ...{ started: met.size, finishes, finished, out },
    locations: [...new Map(places.map(place => [keyOf(place), place])).values()].map(place => ({
      ...{ location: place.name, kind: place.kind },
      people: been.get(keyOf(place))?.size ?? 0,
    })),
  }
}

/** Goes through a race day's counted reads, and later through those of whoever changed; not twice at a time for one. */
export function createRaceTally(reader: Reader): (raceDayId: string) => Promise<RaceTally> {
  const follow = createFollowed<DayFacts, Standing>(reader, {
    facts: raceDayId => factsOf(reader, raceDayId),
    everybody: facts => everybody(reader, facts),
    again: (facts, standing, ids) => again(reader, facts, standing, ids),
  })
  return async raceDayId => {
    const { facts, state } = await follow(raceDayId)
    return figures(state, facts.places)
  }
}
