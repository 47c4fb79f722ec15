import type { Json, JsonObject } from '../core/runtime.ts'
import { laptopOf, wallOf } from './hybrid-clock.ts'
import { eventsBeside } from './joins.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import { type ClockedRow, wereApart } from './seen-clock.ts'
import type { TableName } from './tables.ts'
import type { Writer } from './writer.ts'

// Two laptops decided without having seen each other's word: the later stands, the other stays in the audit chain.

const DECIDED_TWICE = 'decided on two laptops'
const BIB_TWICE = 'bib given on two laptops'
/** As the index audit_log_apart says it. */
export const APART = `action IN ('${DECIDED_TWICE}', '${BIB_TWICE}')`

const LATER_STANDS = 'Decided on two laptops that had not seen each other’s word: the later one stands.'
const LATER_LINKS = 'Given on two laptops: the reads go to whom it was given last.'
const NOBODY_LINKS =
  'Given on two laptops in the same moment: the reads are nobody’s until one bib is changed.'

/** Whose and when, not what: of these alone two words do not differ. */
const NOT_SAID: ReadonlySet<string> = new Set([
  ...['clock', 'seen_clock', 'created_at', 'updated_at', 'decided_at', 'decided_by', 'reason'],
  ...['timing_partner_id', 'id'],
])

const clocked = (row: RawRow): ClockedRow => ({
  clock: String(row.clock ?? ''),
  seenClock: typeof row.seen_clock === 'string' ? row.seen_clock : null,
})

/** A row's values for the audit chain, JSON read. */
function word(row: RawRow): JsonObject {
  const said: Record<string, Json> = {}
  for (const [name, value] of Object.entries(row)) {
    if (['timing_partner_id', 'seen_clock', 'created_at', 'updated_at', 'id'].includes(name)) continue
    said[name] = name === 'value' && typeof value === 'string' ? (JSON.parse(value) as Json) : value
  }
  return said
}

const isNoted = (reader: Reader, table: TableName, rowId: string, lost: string, kept: string): boolean =>
  reader.get(
    `SELECT 1 FROM audit_log WHERE table_name = ? AND row_id = ? AND ${APART}
     AND json_extract("before", '$.clock') = ? AND json_extract("after", '$.clock') = ?`,
    table,
    rowId,
    lost,
    kept,
  ) !== undefined

/** Notes it where a peer's version of a decision and ours were made apart, once, by who made one of them. */
export function noteApart(writer: Writer, table: TableName, here: RawRow, there: RawRow): void {
  const [one, other] = [clocked(here), clocked(there)]
  if (one.clock === other.clock || !wereApart(one, other)) return
  if (laptopOf(one.clock) !== writer.laptopId && laptopOf(other.clock) !== writer.laptopId) return
  const differs = Object.keys(there).some(name => !NOT_SAID.has(name) && (here[name] ?? null) !== there[name])
  if (!differs) return
  const [kept, lost] = one.clock > other.clock ? [here, there] : [there, here]
  const rowId = String(table === 'participant_overrides' ? kept.participant_id : kept.id)
  if (isNoted(writer, table, rowId, String(lost.clock), String(kept.clock))) return
  writer.audit({
    ...{ action: DECIDED_TWICE, table, rowId, reason: LATER_STANDS },
    ...{ before: word(lost), after: word(kept) },
  })
}

interface GivenBib {
  readonly participantId: string
  readonly bib: string
  readonly decidedBy: string
  readonly decidedAt: number
  readonly clock: string
}

const GIVEN = `SELECT e.participant_id AS participantId, e.bib_number AS bib, o.decided_by AS decidedBy,
  o.decided_at AS decidedAt, o.clock FROM effective_participants e CROSS JOIN participant_overrides o
  ON o.participant_id = e.participant_id AND o.field = 'bib_number' AND o.withdrawn = 0`

const given = ({ participantId, bib, decidedBy, decidedAt, clock }: GivenBib): JsonObject => ({
  ...{ participant_id: participantId, bib_number: bib },
  ...{ decided_by: decidedBy, decided_at: decidedAt, clock },
})

/** Notes it where somebody's bib came from a peer and another laptop gave it to somebody else of the race day. */
export function noteBibTwice(writer: Writer, participantId: string): void {
  const own = writer.get<GivenBib & { bibKey: string | null; eventId: string }>(
    `${GIVEN.replace(' FROM', ', e.bib_key AS bibKey, e.normalized_event_id AS eventId FROM')}
     WHERE e.participant_id = ? AND e.registration_status = 'registered'`,
    participantId,
  )
  if (own === undefined || own.bibKey === null) return
  const others = writer.all<GivenBib>(
    `${GIVEN} WHERE e.bib_key = ? AND e.participant_id <> ? AND e.registration_status = 'registered'
     AND +e.normalized_event_id IN (SELECT value FROM json_each(?))`,
    own.bibKey,
    participantId,
    JSON.stringify(eventsBeside(writer, own.eventId)),
  )
  for (const other of others) {
    const [one, two] = [laptopOf(own.clock), laptopOf(other.clock)]
    if (one === two || (one !== writer.laptopId && two !== writer.laptopId)) continue
    const ownLast =
      own.decidedAt > other.decidedAt || (own.decidedAt === other.decidedAt && own.clock > other.clock)
    const [kept, lost] = ownLast ? [own, other] : [other, own]
    if (isNoted(writer, 'participant_overrides', lost.participantId, lost.clock, kept.clock)) continue
    writer.audit({
      ...{ action: BIB_TWICE, table: 'participant_overrides', rowId: lost.participantId },
      ...{ before: given(lost), after: given(kept) },
      reason: kept.decidedAt === lost.decidedAt ? NOBODY_LINKS : LATER_LINKS,
    })
  }
}

/** One laptop's word. */
export interface Word {
  readonly participantId: string | null
  /** Columns with their values. */
  readonly said: JsonObject
  readonly decidedBy: string | null
  readonly decidedAt: number
  readonly laptopId: string
}

/** Two laptops' words on one matter, worth a look. */
export interface Conflict {
  readonly kind: 'decision' | 'bib'
  readonly table: string
  readonly noticedAt: number
  readonly kept: Word
  readonly lost: Word
  /** Who won and why. */
  readonly why: string
}

function wordOf(json: string): Word {
  const {
    clock,
    decided_by: by,
    decided_at: at,
    participant_id: participantId,
    ...said
  } = JSON.parse(json) as Record<string, Json>
  return {
    participantId: typeof participantId === 'string' ? participantId : null,
    said,
    decidedBy: typeof by === 'string' ? by : null,
    decidedAt: typeof at === 'number' ? at : wallOf(String(clock)),
    laptopId: laptopOf(String(clock)),
  }
}

/** What two laptops decided apart, the last noticed first. Both may have noticed it; it is one. */
export function conflicts(reader: Reader, limit: number): readonly Conflict[] {
  const rows = reader.all<{
    action: string
    table: string
    at: number
    lost: string
    kept: string
    reason: string
  }>(
    `SELECT action, table_name AS "table", MIN(at) AS at, "before" AS lost, "after" AS kept, reason
     FROM audit_log WHERE ${APART} GROUP BY table_name, row_id, json_extract("before", '$.clock'),
     json_extract("after", '$.clock') ORDER BY at DESC LIMIT ?`,
    limit,
  )
  return rows.map(({ action, table, at, lost, kept, reason }) => ({
    kind: action === BIB_TWICE ? 'bib' : 'decision',
    ...{ table, noticedAt: at, why: reason, kept: wordOf(kept), lost: wordOf(lost) },
  }))
}
