import { AppError } from '../core/errors.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { newId } from '../store/ids.ts'
import type { SourceRow } from '../store/participants.ts'
import type { Reader } from '../store/reader.ts'
import { rowsWhere } from '../store/rows.ts'
import type { LookedAtChange } from '../store/schema/guards.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import type { Desired } from './entries.ts'

export type LookRow = Row<'sync_looks'>
type EventRow = Row<'normalized_events'>

const DAY = 24 * 60 * 60_000
const LEAST_ALLOWED = 5
const SHARE_ALLOWED = 0.01

/** What a run would do to people who are known already. */
export interface Changes {
  readonly bibs: readonly LookedAtChange[]
  readonly gone: readonly LookedAtChange[]
}

/** Whether an event starts or started within a day: until then a mistake is seen before it hurts. */
export const isNear = (event: EventRow, now: number): boolean =>
  event.startAt !== null && Math.abs(event.startAt - now) <= DAY

export const openLooks = (reader: Reader, operationId: string): LookRow[] =>
  rowsWhere(reader, 'sync_looks', 'operation_id = ? AND decision IS NULL ORDER BY at, id', operationId)

interface Known {
  readonly id: string
  readonly key: string
  readonly bib: string | null
  readonly name: string
}

const KNOWN = `p.id, p.source_participant_id AS key, p.bib_number AS bib,
  TRIM(COALESCE(p.first_name, '') || ' ' || COALESCE(p.last_name, '')) AS name`

const REGISTERED = `p.normalized_event_id = ? AND p.source_provider = ? AND p.registration_status = 'registered'`

/**
 * Bibs that a fetch would change and people it would take out; a bib the crew decided does not change by it.
 * @param goneBefore who was not seen since then is gone if the fetch does not hold him; null: it says nobody is
 */
export function changesOfFetch(
  reader: Reader,
  event: EventRow,
  rows: readonly SourceRow[],
  goneBefore: number | null,
): Changes {
  const scope = [event.id, event.sourceProvider]
  const fetched = new Map(rows.map(({ participant }) => [participant.sourceParticipantId, participant]))
  const known = reader.all<Known>(
    `SELECT ${KNOWN} FROM json_each(?) j CROSS JOIN normalized_participants p ON p.source_participant_id = j.value
     WHERE ${REGISTERED}`,
    JSON.stringify([...fetched.keys()]),
    ...scope,
  )
  const unseen =
    goneBefore === null
      ? []
      : reader.all<Known>(
          `SELECT ${KNOWN} FROM normalized_participants p WHERE ${REGISTERED} AND p.synced_at < ?`,
          ...scope,
          goneBefore,
        )
  const personOf = ({ id, name, bib }: Known) => ({ participantId: id, name: name || '(no name)', bib })
  const bibs: LookedAtChange[] = []
  const gone = unseen.filter(({ key }) => !fetched.has(key)).map(personOf)
  for (const one of known) {
    const now = fetched.get(one.key)?.values
    if (now === undefined) continue
    if (now.registration_status !== 'registered') gone.push(personOf(one))
    else if (one.bib === null || now.bib_number === null || now.bib_number === one.bib) continue
    else if (!isDecided(reader, one.id)) bibs.push({ ...personOf(one), newBib: now.bib_number })
  }
  return { bibs, gone }
}

/** Bibs that a push would change at the target, but for those the crew decided. */
export function changesOfPush(
  reader: Reader,
  due: readonly Desired[],
  bibFields: readonly string[],
): Changes {
  const bibs = due.flatMap((desired): LookedAtChange[] => {
    const { receipt, values, participantId, name } = desired
    const field = bibFields.find(
      one => receipt?.accepted[one] !== undefined && receipt.accepted[one] !== values[one],
    )
    if (field === undefined || isDecided(reader, participantId)) return []
    return [{ participantId, name, bib: receipt?.accepted[field] ?? null, newBib: values[field] ?? null }]
  })
  return { bibs, gone: [] }
}

const isDecided = (reader: Reader, participantId: string): boolean =>
  reader.get(
    `SELECT 1 FROM participant_overrides WHERE participant_id = ? AND withdrawn = 0 AND field = 'bib_number'`,
    participantId,
  ) !== undefined

const keyOf = (kind: 'bib' | 'gone', { participantId, newBib }: LookedAtChange): string =>
  `${kind}|${participantId}|${newBib ?? ''}`

/** Changes of an event that a person let go on within the last day. */
function letGo(reader: Reader, connectionId: string, eventId: string, now: number): ReadonlySet<string> {
  const rows = rowsWhere(
    reader,
    'sync_looks',
    `connection_id = ? AND normalized_event_id = ? AND decision = 'go-on' AND decided_at > ?`,
    connectionId,
    eventId,
    now - DAY,
  )
  return new Set(
    rows.flatMap(({ bibs, gone }) => [
      ...bibs.map(one => keyOf('bib', one)),
      ...gone.map(one => keyOf('gone', one)),
    ]),
  )
}

const peopleOf = (reader: Reader, eventId: string): number =>
  reader.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM effective_participants
     WHERE normalized_event_id = ? AND registration_status = 'registered'`,
    eventId,
  )?.people ?? 0

/**
 * Lets a run pass that changes little of an event, or what a person has looked at.
 * @throws AppError sync.needs-a-look when it would change more; what it would do is kept for that person
 */
export function demandLook(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  operationId: string,
  stage: LookRow['stage'],
  { bibs, gone }: Changes,
  now: number,
): void {
  const people = peopleOf(store.read, event.id)
  const allowed = Math.max(LEAST_ALLOWED, Math.floor(people * SHARE_ALLOWED))
  const seen = letGo(store.read, connection.id, event.id, now)
  const unseen =
    bibs.filter(one => !seen.has(keyOf('bib', one))).length +
    gone.filter(one => !seen.has(keyOf('gone', one))).length
  seenAnew(store, connection, event, stage)
  if (unseen <= allowed) return
  store.write(writer =>
    writer.put('sync_looks', {
      id: newId(),
      operationId,
      connectionId: connection.id,
      normalizedEventId: event.id,
      ...{ stage, people, allowed, bibs, gone },
      at: writer.at,
      decision: null,
      decidedBy: null,
      decidedAt: null,
    }),
  )
  throw new AppError('sync.needs-a-look', `${event.eventName} needs a look.`)
}

/** What a run would do that somebody must look at. */
export function looksInWords(reader: Reader, looks: readonly LookRow[]): string {
  const words = looks.map(({ normalizedEventId, bibs, gone, people, allowed }) => {
    const name =
      rowsWhere(reader, 'normalized_events', 'id = ?', normalizedEventId)[0]?.eventName ?? 'An event'
    const parts = [
      bibs.length > 0 ? `change ${bibs.length} ${bibs.length === 1 ? 'bib' : 'bibs'}` : '',
      gone.length > 0 ? `call ${gone.length} gone` : '',
    ].filter(Boolean)
    return `${name}: it would ${parts.join(' and ')} of ${people} people; within a day of the start more than ${allowed} need a look.`
  })
  return `${words.join(' ')} None of it was done.`
}

/** What an event's next run sees stands in the place of what was seen before. */
export function seenAnew(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  stage: LookRow['stage'],
): void {
  const open = rowsWhere(
    store.read,
    'sync_looks',
    'connection_id = ? AND normalized_event_id = ? AND stage = ? AND decision IS NULL',
    connection.id,
    event.id,
    stage,
  )
  if (open.length === 0) return
  store.write(writer => {
    for (const row of open) writer.put('sync_looks', { ...row, decision: 'later-run', decidedAt: writer.at })
  })
}

/**
 * Lets a run go on, or not.
 * @throws AppError conflict when nothing of it waits for anybody
 */
export function decideLooks(writer: Writer, operationId: string, decision: 'go-on' | 'cancelled'): void {
  const open = openLooks(writer, operationId)
  if (open.length === 0)
    throw new AppError('conflict', 'This run waits for nobody: it was decided, or a later run saw it anew.')
  for (const row of open) {
    const decided = { ...row, decision, decidedBy: writer.actor, decidedAt: writer.at }
    writer.put('sync_looks', decided)
    writer.audit({
      action: decision === 'go-on' ? 'run let go on' : 'run cancelled after a look',
      table: 'sync_looks',
      rowId: row.id,
      before: null,
      after: { operation: operationId, bibs: row.bibs.length, gone: row.gone.length, people: row.people },
    })
  }
}
