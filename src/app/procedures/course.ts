import type { z } from 'zod'
import type { Course, location } from '../../api/course.ts'
import { FASTEST_KMH } from '../../core/course.ts'
import { AppError } from '../../core/errors.ts'
import { setCoursePoint } from '../../store/course-points.ts'
import { putRaceDay } from '../../store/events.ts'
import { ensureLocation, updateLocation } from '../../store/locations.ts'
import { raceSpan, USUAL_DAYS } from '../../store/race-span.ts'
import { rowsWhere, rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { raceDayById } from '../race-days.ts'

export const locationShown = (row: Row<'timing_locations'>): z.infer<typeof location> => {
  const { id, locationName, kind, duplicateWindowMs, counts, distanceKm, courseOrder, defined } = row
  return { id, locationName, kind, duplicateWindowMs, counts, distanceKm, courseOrder, defined }
}

export function courseProcedures({ store, count }: AppParts) {
  const { read } = store

  const courseShown = (day: Row<'race_days'>): Course => {
    const sessions = rowsWhere(read, 'timing_sessions', 'race_day_id = ? ORDER BY started_at, id', day.id)
    const span = raceSpan(read, day.id)
    return {
      locations: sessions.flatMap(({ id: sessionId, sessionName }) =>
        rowsWhere(
          read,
          'timing_locations',
          'session_id = ? ORDER BY course_order IS NULL, course_order, distance_km IS NULL, distance_km, location_name',
          sessionId,
        ).map(row => ({ ...locationShown(row), sessionId, sessionName })),
      ),
      points: read.all<Course['points'][number]>(
        `SELECT p.normalized_event_id AS eventId, v.event_name AS eventName, p.location_name AS location, p.laps,
         p.distance_km AS distanceKm FROM course_points p JOIN normalized_events v ON v.id = p.normalized_event_id
         WHERE p.race_day_id = ? ORDER BY v.event_name, v.id, p.location_name`,
        day.id,
      ),
      fastestKmh: day.fastestKmh ?? FASTEST_KMH,
      fastestIsDefault: day.fastestKmh === null,
      lastsDays: day.lastsDays ?? USUAL_DAYS,
      lastsIsDefault: day.lastsDays === null,
      readsFrom: span?.from ?? 0,
      readsBefore: span?.before ?? 0,
    }
  }
  const locationById = (id: string) => {
    const row = rowWhere(read, 'timing_locations', 'id = ?', id)
    if (row === null) throw new AppError('not-found', `There is no location ${id}.`)
    return locationShown(row)
  }

  return {
    show: os.course.show.handler(({ input }) => courseShown(raceDayById(read, input.id))),
    addLocation: os.course.addLocation.handler(async ({ input, context }) => {
      const { sessionId, locationName, ...said } = input
      if (rowWhere(read, 'timing_sessions', 'id = ?', sessionId) === null)
        throw new AppError('not-found', `There is no timing session ${sessionId}.`)
      const id = await store.writeForced(writer => {
        const made = ensureLocation(writer, sessionId, locationName)
        updateLocation(writer, { id: made, ...said })
        return made
      }, context.who.name)
      return locationById(id)
    }),
    setLocation: os.course.setLocation.handler(async ({ input, context }) => {
      await store.writeForced(writer => updateLocation(writer, input), context.who.name)
      return locationById(input.id)
    }),
    setPoint: os.course.setPoint.handler(async ({ input, context }) => {
      const day = raceDayById(read, input.id)
      const held = 'race_day_id = ? AND normalized_event_id = ? AND removed = 0'
      if (rowWhere(read, 'race_day_events', held, day.id, input.eventId) === null)
        throw new AppError('not-found', `This race day has no event ${input.eventId}.`)
      const point = {
        ...{ raceDayId: day.id, normalizedEventId: input.eventId, locationName: input.location },
        ...{ laps: input.laps, distanceKm: input.distanceKm },
      }
      await store.writeForced(writer => setCoursePoint(writer, point), context.who.name)
      return courseShown(day)
    }),
    setLimits: os.course.setLimits.handler(async ({ input, context }) => {
      const { id, name, raceDate, timezone, ...before } = raceDayById(read, input.id)
      const fastestKmh = input.fastestKmh === undefined ? before.fastestKmh : input.fastestKmh
      const lastsDays = input.lastsDays === undefined ? before.lastsDays : input.lastsDays
      await store.writeForced(
        writer => putRaceDay(writer, { id, name, raceDate, timezone, fastestKmh, lastsDays }),
        context.who.name,
      )
      return courseShown(raceDayById(read, id))
    }),
    questionable: os.course.questionable.handler(({ input }) =>
      count('questionable', {
        raceDayId: raceDayById(read, input.id).id,
        ...{ eventId: input.eventId, kind: input.kind, after: input.after, limit: input.limit },
      }),
    ),
  }
}
