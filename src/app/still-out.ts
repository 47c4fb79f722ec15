import { eventsOfDay } from '../store/race-day-events.ts'
import type { Reader } from '../store/reader.ts'
import { lastSeen, type OutRow } from '../store/still-out.ts'
import { giveWay } from './counting/give-way.ts'
import type { RaceTally } from './counting/race-tally.ts'

/** More is no list that anybody works through; the others are counted. */
const LISTED = 1000
const ASKED_AT_ONCE = 100

/** Unseen longest first; who has no time at all before them. */
const byUnseen = (a: number | null, b: number | null): number =>
  a === null || b === null ? Number(b === null) - Number(a === null) : a - b

/** Who is still out of a race day or of one of its events: the longest unseen, and how many there are. */
export async function stillOut(
  reader: Reader,
  raceDayId: string,
  eventId: string | null,
  tally: RaceTally,
): Promise<{ readonly people: readonly OutRow[]; readonly total: number }> {
  const events = new Set(eventsOfDay(reader, raceDayId))
  const out = tally.out.filter(one => (eventId === null ? events.has(one.eventId) : one.eventId === eventId))
  const listed = out.toSorted((a, b) => byUnseen(a.at, b.at)).slice(0, LISTED)
  const people: OutRow[] = []
  for (let from = 0; from < listed.length; from += ASKED_AT_ONCE) {
    const ids = listed.slice(from, from + ASKED_AT_ONCE).map(one => one.id)
    people.push(...lastSeen(reader, raceDayId, ids))
    await giveWay()
  }
  people.sort((a, b) => byUnseen(a.at, b.at) || (a.nameFolded < b.nameFolded ? -1 : 1))
  return { people, total: out.length }
}
