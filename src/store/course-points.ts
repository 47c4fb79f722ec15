import { putDecided, stamps } from './decided.ts'
import { idOf } from './ids.ts'
import { rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

/** An event's laps and distance at a location, where they are not the usual. */
export function setCoursePoint(
  writer: Writer,
  point: Pick<
    Row<'course_points'>,
    'raceDayId' | 'normalizedEventId' | 'locationName' | 'laps' | 'distanceKm'
  >,
): void {
  const id = idOf('course_points', point.raceDayId, point.normalizedEventId, point.locationName)
  const before = rowWhere(writer, 'course_points', 'id = ?', id)
  const row = { id, ...point, ...stamps(writer, before?.createdAt) }
  putDecided(writer, 'course_points', 'laps changed', before, row, null)
}
