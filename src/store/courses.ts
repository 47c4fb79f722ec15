import { type Course, type CourseLocation, type CoursePoint, courseOf } from '../core/course.ts'
import type { Reader } from './reader.ts'

/** The course of an event on its race day, each looked up once. */
export function createCourses(reader: Reader): (eventId: string) => Course {
  const known = new Map<string, Course>()
  return eventId => {
    const found = known.get(eventId) ?? eventCourse(reader, eventId)
    known.set(eventId, found)
    return found
  }
}

function eventCourse(reader: Reader, eventId: string): Course {
  const event = reader.get<{ raceDayId: string; raceKm: number | null; fastestKmh: number | null }>(
    `SELECT d.id AS raceDayId, v.race_distance AS raceKm, d.fastest_kmh AS fastestKmh
     FROM race_day_events m JOIN race_days d ON d.id = m.race_day_id JOIN normalized_events v ON v.id = m.normalized_event_id
     WHERE m.normalized_event_id = ? AND m.removed = 0 ORDER BY m.updated_at DESC, m.id LIMIT 1`,
    eventId,
  )
  if (!event) return courseOf([], [], null, null)
  const points = reader.all<CoursePoint>(
    `SELECT location_name AS name, laps, distance_km AS distanceKm FROM course_points
     WHERE race_day_id = ? AND normalized_event_id = ?`,
    event.raceDayId,
    eventId,
  )
  return courseOf(courseLocations(reader, event.raceDayId), points, event.raceKm, event.fastestKmh)
}

/** A race day's locations; of those with one name in several sessions the newest session's. */
const courseLocations = (reader: Reader, raceDayId: string): readonly CourseLocation[] =>
  reader.all<CourseLocation>(
    `SELECT t.location_name AS name, t.kind, t.distance_km AS distanceKm, t.course_order AS "order"
     FROM timing_locations t JOIN timing_sessions s ON s.id = t.session_id AND s.race_day_id = ?
     ORDER BY s.started_at, s.id, t.location_name`,
    raceDayId,
  )
