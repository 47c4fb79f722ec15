import { crossingsAt, type Place, placesOf, sessionsOf, stillRacing } from '../store/counted-reads.ts'
import type { Reader } from '../store/reader.ts'
import { createFinishTally } from './finish-tally.ts'
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

const ASKED_AT_ONCE = 250

/** Somebody who was read. */
interface Met {
  /** Their last counted read; ms UTC. */
  at: number | null
  /** Where they were counted last: places are gone through one after the other. */
  place: string | null
}

const later = (known: number | null, at: number | null): number | null =>
  known === null ? at : at === null ? known : Math.max(known, at)

const keyOf = (place: Pick<Place, 'name' | 'kind'>): string => `${place.kind}|${place.name}`

/** Goes through a race day's counted reads; between pieces the event loop goes on. */
export async function tallyOf(reader: Reader, raceDayId: string): Promise<RaceTally> {
  const places = placesOf(reader, raceDayId)
  const met = new Map<string, Met>()
  const finish = createFinishTally(reader, raceDayId)
  const people = new Map<string, number>()
  const goThrough = async (sessionId: string, place: Place | null): Promise<void> => {
    const here = place === null ? null : keyOf(place)
    for (const piece of crossingsAt(reader, sessionId, place?.id ?? null)) {
      for (const { participantId: id, at } of piece) {
        const known = met.get(id)
        const one = known ?? { at, place: null }
        if (known === undefined) met.set(id, one)
        else known.at = later(known.at, at)
        if (here === null || one.place === here) continue
        one.place = here
        people.set(here, (people.get(here) ?? 0) + 1)
      }
      if (place?.kind === 'finish') finish.add(place.name, piece)
      await giveWay()
    }
  }
  // A place that several sessions have is gone through at once.
  for (const same of Map.groupBy(places, keyOf).values())
    for (const place of same) await goThrough(place.sessionId, place)
  for (const sessionId of sessionsOf(reader, raceDayId)) await goThrough(sessionId, null)
  const unfinished = [...met.keys()].filter(id => !finish.finishes.has(id))
  const out: Out[] = []
  for (let from = 0; from < unfinished.length; from += ASKED_AT_ONCE) {
    for (const one of stillRacing(reader, unfinished.slice(from, from + ASKED_AT_ONCE)))
      out.push({ ...one, at: met.get(one.id)?.at ?? null })
    await giveWay()
  }
  return {
    started: met.size,
    finishes: [...finish.finishes.values()].filter(at => at !== null),
    finished: finish.finishes.size,
    locations: [...new Map(places.map(place => [keyOf(place), place])).values()].map(place => ({
      location: place.name,
      kind: place.kind,
      people: people.get(keyOf(place)) ?? 0,
    })),
    out,
  }
}
