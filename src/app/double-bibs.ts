import type { DoubleBib } from '../api/desk.ts'
import { choose } from '../core/linking.ts'
import { nameOf } from '../store/participant-columns.ts'
import { eventsOfDay } from '../store/race-day-events.ts'
import type { Reader } from '../store/reader.ts'

interface WearerRow {
  readonly id: string
  readonly bib: string
  readonly bibKey: string
  readonly eventId: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly eventName: string
  readonly decidedAt: number | null
  readonly decidedBy: string | null
  readonly reads: number
}

/** Who wears which of these bibs (bibKeys) in these events, registered. */
export function wearersOf(reader: Reader, bibs: readonly string[], eventIds: readonly string[]): DoubleBib[] {
  const rows = reader.all<WearerRow>(
    `SELECT e.participant_id AS id, e.bib_number AS bib, e.bib_key AS bibKey, e.normalized_event_id AS eventId,
       e.first_name AS firstName, e.last_name AS lastName, v.event_name AS eventName,
       e.bib_decided_at AS decidedAt, o.decided_by AS decidedBy,
       (SELECT COUNT(*) FROM read_links l
         WHERE l.participant_id = e.participant_id AND l.state = 'linked' AND l.duplicate_of IS NULL) AS reads
     FROM effective_participants e JOIN normalized_events v ON v.id = e.normalized_event_id
     LEFT JOIN participant_overrides o
       ON o.participant_id = e.participant_id AND o.field = 'bib_number' AND o.withdrawn = 0
     WHERE e.bib_key IN (SELECT value FROM json_each(?)) AND e.registration_status = 'registered'
       AND +e.normalized_event_id IN (SELECT value FROM json_each(?))
     ORDER BY e.bib_key, e.bib_decided_at IS NULL, e.bib_decided_at DESC, e.name_folded`,
    JSON.stringify(bibs),
    JSON.stringify(eventIds),
  )
  const byBib = new Map<string, WearerRow[]>()
  for (const row of rows) byBib.set(row.bibKey, [...(byBib.get(row.bibKey) ?? []), row])
  return [...byBib.values()].map(wearers => {
    const one = choose(
      wearers.map(({ id, eventId, decidedAt }) => ({
        participantId: id,
        normalizedEventId: eventId,
        registered: true,
        bibDecidedAt: decidedAt,
      })),
    )
    return {
      bib: wearers[0]?.bib ?? '',
      linksTo: typeof one === 'string' ? null : one.participantId,
      wearers: wearers.map(row => ({
        id: row.id,
        name: nameOf(row),
        eventName: row.eventName,
        decidedAt: row.decidedAt,
        decidedBy: row.decidedBy,
        reads: row.reads,
      })),
    }
  })
}

const AT_MOST = 1000

/** Who wears the bibs that several people wear on a race day; at most a thousand bibs. */
export function doubleBibs(reader: Reader, raceDayId: string, doubled: readonly string[]): DoubleBib[] {
  return wearersOf(reader, doubled.slice(0, AT_MOST), eventsOfDay(reader, raceDayId))
}
