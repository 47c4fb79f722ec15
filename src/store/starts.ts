import { AppError } from '../core/errors.ts'
import { START_WINDOW } from './guns.ts'
import { idOf } from './ids.ts'
import { lastingIdentity } from './lasting-identity.ts'
import { OFFSET_OF_READ } from './offset-of-read.ts'
import type { Reader } from './reader.ts'
import type { JournalRead } from './reads.ts'
import { rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

/** What changes of a start; what is left out stays. Wave '' is the event's own. */
export interface StartChange {
  readonly eventId: string
  readonly wave: string
  readonly plannedAt?: number | null | undefined
  /** Ms UTC; stands above every gun read. */
  readonly correctedAt?: number | null | undefined
  /** A read of kind gun. Chosen, it counts: a correction before it is gone. */
  readonly gunReadId?: number | null | undefined
  readonly reason?: string | undefined
}

/** @throws AppError not-found */
function gunRead(writer: Writer, id: number): { readonly identity: string; readonly at: number } {
  const read = writer.get<{ sessionId: string; identity: string; at: number | null }>(
    `SELECT session_id AS sessionId, identity, read_at AS at FROM timing_reads WHERE id = ? AND kind = 'gun'`,
    id,
  )
  if (read?.at == null) throw new AppError('not-found', `There is no gun read ${id} that has a time.`)
  return { identity: lastingIdentity(writer, read.sessionId, read.identity), at: read.at }
}

function put(writer: Writer, before: Row<'starts'> | null, row: Row<'starts'>, action: string): void {
  writer.put('starts', row)
  writer.audit({
    action,
    table: 'starts',
    rowId: row.id,
    before: auditable(before),
    after: auditable(row),
    reason: row.reason,
  })
}

/** The crew's word on a start. @throws AppError not-found */
export function changeStart(writer: Writer, change: StartChange): void {
  const id = idOf('starts', change.eventId, change.wave)
  const before = rowWhere(writer, 'starts', 'id = ?', id)
  const { gunReadId } = change
  const gun = gunReadId == null ? null : gunRead(writer, gunReadId)
  const keptGun = gunReadId === undefined
  const planOnly = keptGun && change.correctedAt === undefined
  const corrected = gun ? null : (before?.correctedAt ?? null)
  const row: Row<'starts'> = {
    id,
    timingPartnerId: writer.partnerId,
    normalizedEventId: change.eventId,
    wave: change.wave,
    plannedAt: change.plannedAt === undefined ? (before?.plannedAt ?? null) : change.plannedAt,
    gunReadIdentity: keptGun ? (before?.gunReadIdentity ?? null) : (gun?.identity ?? null),
    gunAt: keptGun ? (before?.gunAt ?? null) : (gun?.at ?? null),
    correctedAt: change.correctedAt === undefined ? corrected : change.correctedAt,
    decidedBy: planOnly ? (before?.decidedBy ?? null) : writer.actor,
    reason: change.reason ?? (planOnly ? (before?.reason ?? null) : null),
    clock: writer.clock,
    seenClock: null,
    createdAt: before?.createdAt ?? writer.at,
    updatedAt: writer.at,
  }
  put(
    writer,
    before,
    row,
    gun ? 'gun chosen' : change.correctedAt == null ? 'start changed' : 'gun corrected',
  )
}

/** Takes back what was chosen and corrected: the gun read nearest to the plan counts again. The plan stays. */
export function takeBackStart(writer: Writer, eventId: string, wave: string): void {
  const before = rowWhere(writer, 'starts', 'id = ?', idOf('starts', eventId, wave))
  if (before === null) return
  const nothing = { gunReadIdentity: null, gunAt: null, correctedAt: null, reason: null }
  const row = { ...before, ...nothing, decidedBy: writer.actor, clock: writer.clock, updatedAt: writer.at }
  put(writer, before, row, 'gun taken back')
}

/** A gun pressed at the laptop. The same id again is the same gun. */
export const gunByHand = (gun: {
  readonly id: string
  readonly at: number
  readonly by: string
}): JournalRead => ({
  kind: 'gun',
  identity: `g|${gun.id}`,
  source: 'by-hand',
  device: 'by-hand',
  streamId: null,
  streamLocation: null,
  sequence: null,
  chip: 'guntime',
  bibNumber: null,
  readAt: gun.at,
  rawTime: null,
  timeProblem: null,
  antenna: null,
  rssi: null,
  lap: null,
  raw: `pressed by ${gun.by}`,
})

/** Ms before the own gun from which a read at a start counts, on this laptop. */
export function setStartWindow(writer: Writer, ms: number): void {
  const before = writer.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', START_WINDOW)
  writer.put('settings', { key: START_WINDOW, value: ms, updatedAt: writer.at })
  writer.audit({
    action: 'start window changed',
    table: 'settings',
    rowId: START_WINDOW,
    before: before ? Number(before.value) : null,
    after: ms,
  })
}

/** A gun read of a race day's sessions, with its reader's offset. */
export interface GunRow {
  readonly id: number
  readonly at: number | null
  readonly rawTime: string | null
  readonly timeProblem: string | null
  readonly source: string
  readonly device: string
  readonly location: string | null
  readonly raw: string
  readonly receivedAt: number
}

/** Every gun of a race day: announced by a stream, from a box's markers, pressed by hand. Earliest first. */
export const gunsOfDay = (reader: Reader, raceDayId: string): GunRow[] =>
  reader.all<GunRow>(
    `SELECT r.id, r.read_at + ${OFFSET_OF_READ} AS at, r.raw_time AS rawTime, r.time_problem AS timeProblem,
     r.source, r.device, r.stream_location AS location, r.raw, r.received_at AS receivedAt
     FROM timing_reads r INDEXED BY timing_reads_gun JOIN timing_sessions s ON s.id = r.session_id AND s.race_day_id = ?
     WHERE r.kind = 'gun' ORDER BY 2, r.id LIMIT 500`,
    raceDayId,
  )

/** An event of a race day, or a wave of registered people in it. */
export interface StartPlace {
  readonly eventId: string
  readonly eventName: string
  readonly eventStartAt: number | null
  /** '' is the event's own. */
  readonly wave: string
  readonly people: number
}

const EVENTS = 'SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0'

/** Every start there is to be: the events, then their waves, by the plan. */
export const startPlaces = (reader: Reader, raceDayId: string): StartPlace[] =>
  reader.all<StartPlace>(
    `SELECT v.id AS eventId, v.event_name AS eventName, v.start_at AS eventStartAt, w.wave, MAX(w.people) AS people
     FROM race_day_events d JOIN normalized_events v ON v.id = d.normalized_event_id JOIN (
       SELECT normalized_event_id AS event, '' AS wave, COUNT(*) AS people FROM effective_participants
         WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS}) GROUP BY 1
       UNION ALL SELECT normalized_event_id, wave, COUNT(*) FROM effective_participants
         WHERE registration_status = 'registered' AND normalized_event_id IN (${EVENTS}) AND wave <> '' GROUP BY 1, 2
       UNION ALL SELECT normalized_event_id, wave, 0 FROM starts
       UNION ALL SELECT id, '', 0 FROM normalized_events
     ) w ON w.event = v.id
     WHERE d.race_day_id = ? AND d.removed = 0 GROUP BY v.id, w.wave
     ORDER BY v.start_at IS NULL, v.start_at, v.event_name, v.id, w.wave`,
    raceDayId,
    raceDayId,
    raceDayId,
  )
