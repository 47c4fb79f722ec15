import { createCourses } from './courses.ts'
import { gunOf, startWindow } from './guns.ts'
import type { Reader } from './reader.ts'

const EVENTS = 'SELECT normalized_event_id AS id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

/** Of each event, '' for wave, and of each wave that has a start of its own: from when on its reads count. */
function raceBegins(reader: Reader, raceDayId: string): readonly (readonly [string, string, number])[] {
  const window = startWindow(reader)
  const places = reader.all<{ eventId: string; wave: string }>(
    `SELECT id AS eventId, '' AS wave FROM (${EVENTS})
     UNION SELECT normalized_event_id, wave FROM starts WHERE normalized_event_id IN (${EVENTS})`,
    raceDayId,
    raceDayId,
  )
  return places.flatMap(({ eventId, wave }) => {
    const gun = gunOf(reader, eventId, wave)
    return gun === null ? [] : [[eventId, wave, gun - window] as const]
  })
}

/** Of each event the finishes that it passes otherwise than once. */
function lapsAtFinishes(reader: Reader, raceDayId: string): readonly (readonly [string, string, number])[] {
  const courses = createCourses(reader)
  return reader
    .all<{ id: string }>(EVENTS, raceDayId)
    .flatMap(({ id }) =>
      [...courses(id).places.values()]
        .filter(({ kind, laps }) => kind === 'finish' && laps !== 1)
        .map(({ name, laps }) => [id, name, laps] as const),
    )
}

/** What decides who has finished: the counted read that completes the event's laps at a finish, since the own gun. */
export interface FinishRules {
  /** From when on somebody's reads count, ms UTC; null while nobody knows a gun. */
  begins(eventId: string, wave: string | null): number | null
  /** How often an event passes a finish of that name until it is the end. */
  laps(eventId: string, location: string): number
  /** All that they follow from, written out: as long as it is the same, so are they. */
  readonly basis: string
}

const keyOf = (one: string, other: string): string => JSON.stringify([one, other])

/** lapsOf in core says the same of one person. */
export function finishRules(reader: Reader, raceDayId: string): FinishRules {
  const atFinishes = lapsAtFinishes(reader, raceDayId)
  const ofStarts = raceBegins(reader, raceDayId)
  const laps = new Map(atFinishes.map(([event, location, count]) => [keyOf(event, location), count]))
  const begins = new Map(ofStarts.map(([event, wave, at]) => [keyOf(event, wave), at]))
  return {
    basis: JSON.stringify([atFinishes, ofStarts]),
    begins: (event, wave) => begins.get(keyOf(event, wave ?? '')) ?? begins.get(keyOf(event, '')) ?? null,
    laps: (event, location) => laps.get(keyOf(event, location)) ?? 1,
  }
}
