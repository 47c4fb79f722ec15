import { setImmediate as nextTurn } from 'node:timers/promises'
import { lapsOf, type Pass } from '../../core/course.ts'
import { csvText } from '../../providers/csv.ts'
import { createCourses } from '../../store/courses.ts'
import { locationNames } from '../../store/crossings.ts'
import { createGuns, ownStart, startWindow } from '../../store/guns.ts'
import { EVENTS_OF_DAY } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'
import { somebodysLinks } from '../../store/somebodys-links.ts'
import type { Row } from '../../store/tables.ts'
import { localTime, plainName, timeSpan } from '../reads-file.ts'

/** People of one turn of the event loop. */
const AT_ONCE = 500

interface PersonRow {
  readonly id: string
  readonly eventId: string
  readonly eventName: string
  readonly bib: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly gender: string | null
  readonly age: number | null
  readonly wave: string | null
  readonly division: string | null
  readonly raceStatus: string
}

type Passing = Pass & { readonly state: 'linked' | 'duplicate' }

/** A column of times: a location, or one of the laps there. */
interface Column {
  readonly title: string
  readonly location: string
  /** From 1; null where every event passes once. */
  readonly lap: number | null
}

interface Line {
  readonly eventName: string
  readonly gunMs: number | null
  readonly bib: string
  readonly cells: readonly string[]
}

const NO_TIME = Number.POSITIVE_INFINITY
const inOrder = (a: Line, b: Line): number =>
  a.eventName.localeCompare(b.eventName) ||
  (a.gunMs ?? NO_TIME) - (b.gunMs ?? NO_TIME) ||
  a.bib.localeCompare(b.bib, 'en', { numeric: true }) ||
  0

/** Locations by the course, each lap a column of its own where an event has several. */
function columnsOf(read: Reader, raceDayId: string, eventIds: ReadonlySet<string>): readonly Column[] {
  const courses = createCourses(read)
  const places = [...eventIds].flatMap(id => [...courses(id).places.values()])
  return locationNames(read, raceDayId).flatMap(({ name }): readonly Column[] => {
    const laps = Math.max(1, ...places.filter(place => place.name === name).map(place => place.laps))
    if (laps === 1) return [{ title: name, location: name, lap: null }]
    return Array.from({ length: laps }, (_, index) => ({
      ...{ title: `${name} lap ${index + 1}`, location: name, lap: index + 1 },
    }))
  })
}

/**
 * Everybody registered with gun time, chip time and the time of day at each location, by event and gun time.
 * A list of what was read, not a scoring: no places, no categories.
 */
export async function resultsFile(read: Reader, day: Row<'race_days'>) {
  const people = read.all<PersonRow>(
    `SELECT e.participant_id AS id, v.id AS eventId, v.event_name AS eventName, e.bib_number AS bib,
     e.first_name AS firstName, e.last_name AS lastName, e.gender, e.age, e.wave, e.division,
     e.race_status AS raceStatus
     FROM effective_participants e JOIN normalized_events v ON v.id = e.normalized_event_id
     WHERE e.registration_status = 'registered' AND v.id IN (${EVENTS_OF_DAY})`,
    day.id,
  )
  const columns = columnsOf(read, day.id, new Set(people.map(({ eventId }) => eventId)))
  const courseOf = createCourses(read)
  const gunOf = createGuns(read)
  const window = startWindow(read)

  const lineOf = (person: PersonRow): Line => {
    const passings = read.all<Passing>(
      `SELECT l.read_id AS id, t.location_name AS location, t.kind, l.at, l.state
       FROM ${somebodysLinks('= ?')} l JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       JOIN timing_locations t ON t.id = l.location_id
       WHERE l.at IS NOT NULL AND l.state IN ('linked', 'duplicate') ORDER BY l.at LIMIT 5000`,
      person.id,
      person.id,
      day.id,
    )
    const gun = gunOf(person.eventId, person.wave)
    const from = gun === null ? null : gun - window
    const laps = lapsOf(
      passings.filter(({ state }) => state === 'linked'),
      courseOf(person.eventId),
      from,
    )
    const raced = passings.filter(({ at, state }) => state === 'linked' && (from === null || at >= from))
    const finish = raced.find(({ id }) => laps.get(id)?.isFinish)?.at ?? null
    const start = ownStart(passings, finish ?? NO_TIME, from)
    const gunMs = gun === null || finish === null ? null : finish - gun
    const chipMs = start === null || finish === null ? null : finish - start
    const timeAt = ({ location, lap }: Column): string => {
      const passing = raced.find(
        one => one.location === location && (lap === null || laps.get(one.id)?.lap === lap),
      )
      if (!passing) return ''
      return localTime(passing.kind === 'start' ? start : passing.at, day.timezone).slice(11)
    }
    const status =
      person.raceStatus !== 'none' ? person.raceStatus.toUpperCase() : finish === null ? '' : 'FIN'
    return {
      eventName: person.eventName,
      gunMs,
      bib: person.bib ?? '',
      cells: [
        person.bib ?? '',
        person.firstName ?? '',
        person.lastName ?? '',
        person.gender ?? '',
        person.age === null ? '' : String(person.age),
        person.eventName,
        person.wave ?? '',
        person.division ?? '',
        status,
        timeSpan(gunMs),
        timeSpan(chipMs),
        ...columns.map(timeAt),
      ],
    }
  }

  const lines: Line[] = []
  for (let from = 0; from < people.length; from += AT_ONCE) {
    lines.push(...people.slice(from, from + AT_ONCE).map(lineOf))
    await nextTurn()
  }
  const header = 'bib,first_name,last_name,gender,age,event,wave,division,status,gun_time,chip_time'.split(
    ',',
  )
  return {
    fileName: `${plainName(day.name)}-${day.raceDate}-times.csv`,
    mediaType: 'text/csv;charset=utf-8',
    text: csvText([
      [...header, ...columns.map(({ title }) => title)],
      ...lines.sort(inOrder).map(line => line.cells),
    ]),
    rows: lines.length,
    next: null,
  }
}
