import type { ChipFacts } from '../core/linking.ts'
import type { CountedRead } from '../core/model.ts'
import { identityByNumber } from '../store/lasting-identity.ts'
import { offsetsOf } from '../store/offsets.ts'
import { type RaceSpan, raceSpan } from '../store/race-span.ts'
import type { Reader } from '../store/reader.ts'
import type { Row } from '../store/tables.ts'

// What links are made from, read by index and within bounds.

/** The people and chips that a session's reads of one day may mean. */
export interface LinkScope {
  readonly raceDayIds: readonly string[]
  readonly eventIds: ReadonlySet<string>
  /** The crew's exceptions, by chip; few. */
  readonly assignments: ReadonlyMap<string, ChipFacts['assignments']>
}

function scopeOf(reader: Reader, raceDayIds: readonly string[], further: readonly string[]): LinkScope {
  const eventIds = new Set(further)
  const assignments = new Map<string, ChipFacts['assignments']>()
  for (const raceDayId of raceDayIds) {
    for (const { id } of reader.all<{ id: string }>(
      'SELECT normalized_event_id AS id FROM race_day_events WHERE race_day_id = ? AND removed = 0',
      raceDayId,
    )) {
      eventIds.add(id)
    }
    for (const { chip, ...from } of reader.all<ChipFacts['assignments'][number] & { chip: string }>(
      `SELECT chip, from_at AS fromAt, participant_id AS participantId FROM chip_assignments
       WHERE race_day_id = ? AND withdrawn = 0`,
      raceDayId,
    )) {
      const all = [...(assignments.get(chip) ?? []), from]
      assignments.set(
        chip,
        all.sort((one, other) => one.fromAt - other.fromAt),
      )
    }
  }
  return { raceDayIds, eventIds, assignments }
}

/** The race day of a session: its own, or the only one there is. Null: the read's date has to tell. */
export function sessionRaceDay(reader: Reader, sessionId: string): string | null {
  const session = reader.get<{ raceDayId: string | null }>(
    'SELECT race_day_id AS raceDayId FROM timing_sessions WHERE id = ?',
    sessionId,
  )
  if (session?.raceDayId) return session.raceDayId
  const days = reader.all<{ id: string }>('SELECT id FROM race_days LIMIT 2')
  return days.length === 1 && days[0] ? days[0].id : null
}

export const raceDayScope = (reader: Reader, raceDayId: string): LinkScope => scopeOf(reader, [raceDayId], [])

/** The events, and the race days' events, of a date YYYY-MM-DD. */
export function dateScope(reader: Reader, date: string): LinkScope {
  const days = reader.all<{ id: string }>('SELECT id FROM race_days WHERE race_date = ? ORDER BY id', date)
  const events = reader.all<{ id: string }>('SELECT id FROM normalized_events WHERE event_date = ?', date)
  return scopeOf(
    reader,
    days.map(day => day.id),
    events.map(event => event.id),
  )
}

/** Where a session's devices stood and what the crew said of its reads. */
export interface SessionFacts {
  readonly timezone: string
  readonly locations: ReadonlyMap<string, string>
  /** Of each location id. */
  readonly places: ReadonlyMap<string, { readonly windowMs: number; readonly counts: CountedRead }>
  readonly rules: ReadonlyMap<string, readonly LocationRule[]>
  readonly offsets: ReadonlyMap<string, readonly Row<'reader_offsets'>[]>
  /** When the race can be; null for a session that was given no race day. */
  readonly span: RaceSpan | null
  /** The crew's words by the lasting identity of their reads; undefined: taken back. */
  readonly assigned: ReadonlyMap<string, string | null | undefined>
  /** Their reads by the number alone, as some may be known here. */
  readonly assignedNumbers: ReadonlySet<string>
}

export interface LocationRule {
  readonly device: string
  /** Null times are open ends; a rule ends before its toAt. */
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly locationId: string
}

export function sessionFacts(reader: Reader, sessionId: string): SessionFacts {
  const session = reader.get<{ timezone: string; raceDayId: string | null }>(
    'SELECT timezone, race_day_id AS raceDayId FROM timing_sessions WHERE id = ?',
    sessionId,
  )
  const locations = reader.all<{ id: string; name: string; windowMs: number; counts: CountedRead }>(
    `SELECT id, location_name AS name, duplicate_window_ms AS windowMs, counts FROM timing_locations
     WHERE session_id = ?`,
    sessionId,
  )
  // Of rules that overlap the one that began last holds: it comes first.
  const rules = reader.all<LocationRule>(
    `SELECT device, from_at AS fromAt, to_at AS toAt, location_id AS locationId FROM location_rules
     WHERE session_id = ? AND removed = 0 ORDER BY from_at DESC, id`,
    sessionId,
  )
  const words = reader.all<{ identity: string; participantId: string | null; withdrawn: 0 | 1 }>(
    `SELECT read_identity AS identity, participant_id AS participantId, withdrawn FROM read_assignments
     WHERE session_id = ?`,
    sessionId,
  )
  return {
    timezone: session?.timezone ?? 'UTC',
    locations: new Map(locations.map(({ name, id }) => [name, id])),
    places: new Map(locations.map(({ id, windowMs, counts }) => [id, { windowMs, counts }])),
    rules: Map.groupBy(rules, rule => rule.device),
    offsets: Map.groupBy(offsetsOf(reader, sessionId), offset => offset.device),
    span: session?.raceDayId ? raceSpan(reader, session.raceDayId) : null,
    assigned: new Map(
      words.map(({ identity, participantId, withdrawn }) => [
        identity,
        withdrawn ? undefined : participantId,
      ]),
    ),
    assignedNumbers: new Set(words.map(({ identity }) => identityByNumber(identity))),
  }
}
