import { AppError } from '../core/errors.ts'
import { createSession } from '../store/links.ts'
import type { Reader } from '../store/reader.ts'
import { rowWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'

/** @throws AppError not-found */
export function raceDayById(reader: Reader, id: string): Row<'race_days'> {
  const day = rowWhere(reader, 'race_days', 'id = ?', id)
  if (day === null) throw new AppError('not-found', `There is no race day ${id}.`)
  return day
}

/** The race day's session that is timed now; what is pressed by hand before there is one makes it. */
export function sessionOfDay(writer: Writer, day: Row<'race_days'>): string {
  const session = writer.get<{ id: string }>(
    `SELECT id FROM timing_sessions WHERE race_day_id = ? ORDER BY status = 'active' DESC, started_at DESC, id DESC`,
    day.id,
  )
  return session?.id ?? createSession(writer, { name: day.name, timezone: day.timezone, raceDayId: day.id })
}
