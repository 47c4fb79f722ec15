import { dateAt } from '../core/time.ts'
import { createSession } from '../store/links.ts'
import type { Reader } from '../store/reader.ts'
import { type SessionContext, sessionContext } from '../store/reads.ts'
import type { Store } from '../store/store.ts'
import type { RelaySession } from '../timing/relay.ts'

/** The session that is timed now: the newest active one. */
export const currentSession = (reader: Reader): string | null =>
  reader.get<{ id: string }>(
    `SELECT id FROM timing_sessions WHERE status = 'active' ORDER BY started_at DESC, id DESC LIMIT 1`,
  )?.id ?? null

/** Whose reads are handed on: the session that is timed now, or the last one, whose end may not have been taken yet. */
export function sessionToHandOn(reader: Reader): RelaySession | null {
  const row = reader.get<{ id: string; name: string; day: string | null }>(
    `SELECT s.id, s.session_name AS name, d.name AS day FROM timing_sessions s
     LEFT JOIN race_days d ON d.id = s.race_day_id
     ORDER BY s.status = 'active' DESC, s.started_at DESC, s.id DESC LIMIT 1`,
  )
  const context = row ? sessionContext(reader, row.id) : null
  return row && context ? { ...context, name: row.name, description: row.day ?? row.name } : null
}

/**
 * Where a reader's lines go. A reader that connects before anybody made a session gets one:
 * of today's race day where there is just one, else of none yet. No read waits for a form.
 */
export function sessionForReaders(store: Store, now: number): SessionContext {
  const current = currentSession(store.read)
  const known = current === null ? null : sessionContext(store.read, current)
  if (known !== null) return known
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  const today = store.read
    .all<{ id: string; name: string; race_date: string; timezone: string }>(
      'SELECT id, name, race_date, timezone FROM race_days',
    )
    .filter(day => day.race_date === dateAt(now, day.timezone))
  const [day] = today
  const only = today.length === 1 && day !== undefined ? day : null
  const id = store.write(writer =>
    createSession(writer, {
      name: only?.name ?? `Reads of ${dateAt(now, here)}`,
      timezone: only?.timezone ?? here,
      raceDayId: only?.id ?? null,
    }),
  )
  const made = sessionContext(store.read, id)
  if (made === null) throw new Error('a session just made is not there')
  return made
}
