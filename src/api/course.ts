import { z } from 'zod'
import { COUNTED_READS, LOCATION_KINDS, QUESTION_KINDS } from '../core/model.ts'
import { id, limit, moment, route } from './route.ts'

export const location = z.object({
  id,
  locationName: z.string(),
  kind: z.enum(LOCATION_KINDS),
  duplicateWindowMs: z.number(),
  /** Which read of a passing counts. */
  counts: z.enum(COUNTED_READS),
  /** Km from the start along the course, at the first pass. */
  distanceKm: z.number().nullable(),
  /** Place on the course, ascending. */
  courseOrder: z.number().nullable(),
  /** Somebody said what kind it is. Until then it is guessed from the name, and `other` counts for nothing. */
  defined: z.boolean(),
})

/** What an event does at a location, where it is not the usual: once, at the location's own distance. */
const point = z.object({
  eventId: id,
  eventName: z.string(),
  location: z.string(),
  /** 0: the event does not come there. */
  laps: z.number(),
  /** Km at the first pass; null: the location's own. */
  distanceKm: z.number().nullable(),
})

const course = z.object({
  locations: z.array(location.extend({ sessionId: id, sessionName: z.string() })),
  points: z.array(point),
  /** Faster between two places is questionable. */
  fastestKmh: z.number(),
  fastestIsDefault: z.boolean(),
  /** Days the race takes, the race day's own the first. */
  lastsDays: z.number(),
  lastsIsDefault: z.boolean(),
  /** A read outside of this has a wrong clock. */
  readsFrom: moment,
  readsBefore: moment,
})
export type Course = z.infer<typeof course>

export const question = z.object({
  kind: z.enum(QUESTION_KINDS),
  /** By time; none for a place that was missed. */
  readIds: z.array(z.number()),
  /** Where it shows, or the place that was missed. */
  location: z.string(),
  /** Of somebody who would have been too fast; null where that is not the question. */
  kmh: z.number().nullable(),
})
export type QuestionShown = z.infer<typeof question>

const questionable = z.object({
  participantId: id,
  bibNumber: z.string().nullable(),
  name: z.string(),
  eventId: id,
  eventName: z.string(),
  wave: z.string().nullable(),
  questions: z.array(question),
  /** The reads the questions are about. */
  reads: z.array(
    z.object({
      id: z.number(),
      location: z.string(),
      at: moment,
      chip: z.string().nullable(),
      device: z.string(),
    }),
  ),
})
export type Questionable = z.infer<typeof questionable>

const km = z.number().min(0).max(5000).nullable()
const settings = {
  kind: z.enum(LOCATION_KINDS).optional(),
  duplicateWindowMs: z.number().int().min(0).max(86_400_000).optional(),
  counts: z.enum(COUNTED_READS).optional(),
  distanceKm: km.optional(),
  courseOrder: z.number().int().min(0).max(10_000).nullable().optional(),
}

export const courseContract = {
  show: route('GET', '/race-days/{id}/course', 'crew', 'Locations, laps, and what a read must keep to')
    .input(z.object({ id }))
    .output(course),
  addLocation: route('POST', '/timing/locations', 'crew', 'A location before its first read, and what it is')
    .input(z.object({ sessionId: id, locationName: z.string().trim().min(1).max(200), ...settings }))
    .output(location),
  setLocation: route('PATCH', '/timing/locations/{id}', 'crew', 'Says what a location is')
    .input(z.object({ id, ...settings }))
    .output(location),
  setPoint: route(
    'PUT',
    '/race-days/{id}/course/points',
    'crew',
    "An event's laps and distance at a location",
  )
    .input(
      z.object({
        id,
        eventId: id,
        location: z.string().trim().min(1),
        laps: z.number().int().min(0).max(999).default(1),
        distanceKm: km.default(null),
      }),
    )
    .output(course),
  setLimits: route('PUT', '/race-days/{id}/course/limits', 'crew', 'How fast is too fast, how long it lasts')
    .input(
      z.object({
        id,
        /** Null: as fast as a world record. */
        fastestKmh: z.number().positive().max(500).nullable().optional(),
        lastsDays: z.number().int().min(1).max(60).nullable().optional(),
      }),
    )
    .output(course),
  questionable: route('GET', '/race-days/{id}/questionable', 'crew', 'People whose reads cannot be right')
    .input(
      z.object({
        id,
        eventId: id.optional(),
        kind: z.enum(QUESTION_KINDS).optional(),
        /** `next` of the page before. */
        after: z.string().optional(),
        limit: limit.default(100),
      }),
    )
    .output(z.object({ people: z.array(questionable), next: z.string().nullable() })),
}
