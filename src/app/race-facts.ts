import type { Course } from '../core/course.ts'
import { raceDayOf } from '../store/chip-swaps.ts'
import { createCourses } from '../store/courses.ts'
import { eventsBeside } from '../store/joins.ts'
import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import { createKept } from './kept.ts'

/** What everybody of an event shares, by the event's id: no guns, which come as reads. */
export interface RaceFacts {
  course(eventId: string): Course
  /** Events that share a race day with it, itself among them. */
  beside(eventId: string): readonly string[]
  raceDayId(eventId: string): string | null
  /** Whether a connection brings its people on to scoring. */
  isConnected(eventId: string): boolean
}

/** Each fact looked up at every call. */
export const raceFacts = (reader: Reader): RaceFacts => ({
  course: eventId => createCourses(reader)(eventId),
  beside: eventId => eventsBeside(reader, eventId),
  raceDayId: eventId => raceDayOf(reader, eventId),
  isConnected: eventId =>
    reader.get('SELECT 1 FROM connection_events WHERE normalized_event_id = ? LIMIT 1', eventId) !==
    undefined,
})

/** The same, looked up again only when what they follow from has changed. */
export function createRaceFacts(store: Store): RaceFacts {
  const { course, beside, raceDayId, isConnected } = raceFacts(store.read)
  const ofDay = ['race_day_events', 'race_days'] as const
  const onCourse = ['normalized_events', 'course_points', 'timing_locations', 'timing_sessions'] as const
  return {
    course: createKept(store, [...ofDay, ...onCourse], course),
    beside: createKept(store, ofDay, beside),
    raceDayId: createKept(store, ofDay, raceDayId),
    isConnected: createKept(store, ['connection_events'], isConnected),
  }
}
