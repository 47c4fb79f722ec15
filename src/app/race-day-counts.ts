import { finishesOf } from '../store/finishes.ts'
import type { Reader } from '../store/reader.ts'

const MINUTE = 60_000

const EVENTS = 'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

/** How a race day stands, of distinct people. */
export function raceDayCounts(read: Reader, raceDayId: string) {
  const people = read.get<Record<'registered' | 'checkedIn' | 'withoutBib', number>>(
    `SELECT COUNT(*) AS registered, COUNT(checked_in_at) AS checkedIn, COALESCE(SUM(bib_key IS NULL), 0) AS withoutBib
     FROM effective_participants WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS})`,
    raceDayId,
  ) ?? { registered: 0, checkedIn: 0, withoutBib: 0 }
  const doubled = read.get<{ bibs: number }>(
    `SELECT COUNT(*) AS bibs FROM (SELECT bib_key FROM effective_participants
       WHERE registration_status = 'registered' AND bib_key IS NOT NULL AND normalized_event_id IN (${EVENTS})
       GROUP BY bib_key HAVING COUNT(*) > 1)`,
    raceDayId,
  )
  const started = read.get<{ people: number }>(
    `SELECT COUNT(DISTINCT l.participant_id) AS people FROM read_links l
     JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ? WHERE l.state = 'linked'`,
    raceDayId,
  )
  const finish = finishesOf(read, raceDayId)
  const finishes = read.all<{ id: string; at: number | null }>(
    `SELECT participant_id AS id, at FROM (${finish.sql})`,
    ...finish.values,
  )
  const out = read.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM (
       SELECT DISTINCT l.participant_id FROM read_links l
       JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       JOIN effective_participants e ON e.participant_id = l.participant_id AND e.race_status = 'none'
       WHERE l.state = 'linked' AND l.participant_id NOT IN (SELECT value FROM json_each(?)))`,
    raceDayId,
    JSON.stringify(finishes.map(({ id }) => id)),
  )
  const locations = read.all<{ location: string; kind: string; people: number }>(
    `SELECT t.location_name AS location, t.kind, COUNT(DISTINCT l.participant_id) AS people
     FROM timing_locations t JOIN timing_sessions s ON s.id = t.session_id AND s.race_day_id = ?
     LEFT JOIN read_links l ON l.location_id = t.id AND l.state = 'linked'
     GROUP BY t.location_name, t.kind ORDER BY t.kind = 'finish', t.kind <> 'start', t.location_name`,
    raceDayId,
  )
  const minutes = new Map<number, number>()
  for (const { at } of finishes) {
    if (at === null) continue
    const minute = Math.floor(at / MINUTE) * MINUTE
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
  }
  return {
    ...people,
    started: started?.people ?? 0,
    finished: finishes.length,
    stillOut: out?.people ?? 0,
    duplicateBibs: doubled?.bibs ?? 0,
    locations,
    finishPerMinute: [...minutes].sort(([a], [b]) => a - b).map(([at, found]) => ({ at, people: found })),
  }
}
