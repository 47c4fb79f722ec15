import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Reader } from '../store/reader.ts'

const MINUTE = 60_000
/** Places of people looked at in one go: some ms. */
const AT_ONCE = 4000

const EVENTS = 'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

type PeopleCounts = Readonly<Record<'registered' | 'checkedIn' | 'withoutBib', number>>

const peopleCounts = (read: Reader, raceDayId: string): PeopleCounts =>
  read.get<PeopleCounts>(
    `SELECT COUNT(*) AS registered, COUNT(checked_in_at) AS checkedIn, COALESCE(SUM(bib_key IS NULL), 0) AS withoutBib
     FROM effective_participants WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS})`,
    raceDayId,
  ) ?? { registered: 0, checkedIn: 0, withoutBib: 0 }

/** The plus keeps to the index that has the bibs in their order. */
const doubledBibs = (read: Reader, raceDayId: string): number =>
  read.get<{ bibs: number }>(
    `SELECT COUNT(*) AS bibs FROM (SELECT bib_key FROM effective_participants
       WHERE bib_key IS NOT NULL AND registration_status = 'registered' AND +normalized_event_id IN (${EVENTS})
       GROUP BY bib_key HAVING COUNT(*) > 1)`,
    raceDayId,
  )?.bibs ?? 0

/** People of whom no read is awaited any more, whatever their reads say. */
const outOfRace = (read: Reader, raceDayId: string): ReadonlySet<string> =>
  new Set(
    read
      .all<{ id: string }>(
        `SELECT participant_id AS id FROM effective_participants
         WHERE normalized_event_id IN (${EVENTS}) AND race_status <> 'none'`,
        raceDayId,
      )
      .map(row => row.id),
  )

interface Place {
  readonly id: string
  readonly name: string
  readonly kind: string
}

const placesOf = (read: Reader, raceDayId: string): readonly Place[] =>
  read.all<Place>(
    `SELECT t.id, t.location_name AS name, t.kind FROM timing_locations t
     JOIN timing_sessions s ON s.id = t.session_id AND s.race_day_id = ?
     ORDER BY t.kind = 'finish', t.kind <> 'start', t.location_name`,
    raceDayId,
  )

interface Seen {
  readonly person: string
  /** Null: nobody said yet where it was read. */
  readonly place: string | null
  readonly at: number | null
}

/** Who counts where, and when first, by person: on the index alone. */
const seenAfter = (read: Reader, last: Seen | null): readonly Seen[] =>
  read.all<Seen>(
    `SELECT participant_id AS person, location_id AS place, MIN(at) AS at FROM read_links INDEXED BY read_links_person
     WHERE participant_id >= ? AND (participant_id > ? OR COALESCE(location_id, '') > ?) AND state = 'linked'
     GROUP BY participant_id, location_id ORDER BY participant_id, location_id LIMIT ${AT_ONCE}`,
    last?.person ?? '',
    last?.person ?? '',
    last?.place ?? '',
  )

/** Whether a read without a place is of the day. */
const withoutPlace = (read: Reader, raceDayId: string, person: string): boolean =>
  read.get(
    `SELECT 1 FROM read_links WHERE participant_id = ? AND location_id IS NULL AND state = 'linked'
       AND session_id IN (SELECT id FROM timing_sessions WHERE race_day_id = ?) LIMIT 1`,
    person,
    raceDayId,
  ) !== undefined

/** How a race day stands, of distinct people. Looked up in pieces: reads are taken and bibs are found in between. */
export async function raceDayCounts(read: Reader, raceDayId: string) {
  const people = peopleCounts(read, raceDayId)
  await nextTurn()
  const duplicateBibs = doubledBibs(read, raceDayId)
  await nextTurn()
  const out = outOfRace(read, raceDayId)
  const places = placesOf(read, raceDayId)
  const placeById = new Map(places.map(place => [place.id, place]))
  // By name and kind: two sessions of a day may have the same place.
  const locations = new Map(
    places.map(({ name, kind }) => [`${kind}|${name}`, { location: name, kind, people: 0 }]),
  )
  const minutes = new Map<number, number>()
  let started = 0
  let finished = 0
  let stillOut = 0

  const count = (person: string, seen: readonly Seen[]): void => {
    const here = seen.filter(({ place }) =>
      place === null ? withoutPlace(read, raceDayId, person) : placeById.has(place),
    )
    if (here.length === 0) return
    started += 1
    const at = here.flatMap(({ place }) => (place === null ? [] : (placeById.get(place) ?? [])))
    for (const key of new Set(at.map(({ kind, name }) => `${kind}|${name}`))) {
      const location = locations.get(key)
      if (location) location.people += 1
    }
    const finishes = here.filter(({ place }) => place !== null && placeById.get(place)?.kind === 'finish')
    if (finishes.length === 0) {
      if (!out.has(person)) stillOut += 1
      return
    }
    finished += 1
    const times = finishes.flatMap(finish => finish.at ?? [])
    if (times.length === 0) return
    const minute = Math.floor(Math.min(...times) / MINUTE) * MINUTE
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }

  let person: Seen[] = []
  let last: Seen | null = null
  while (true) {
    const piece = seenAfter(read, last)
    for (const seen of piece) {
      if (last !== null && seen.person !== last.person) {
        count(last.person, person)
        person = []
      }
      person.push(seen)
      last = seen
    }
    if (piece.length < AT_ONCE) break
    await nextTurn()
  }
  if (last !== null) count(last.person, person)
  return {
    ...people,
    started,
    finished,
    stillOut,
    duplicateBibs,
    locations: [...locations.values()],
    finishPerMinute: [...minutes].sort(([a], [b]) => a - b).map(([at, found]) => ({ at, people: found })),
  }
}
