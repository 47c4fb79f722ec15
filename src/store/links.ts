import { AppError } from '../core/errors.ts'
import { chipKey } from '../core/identity.ts'
import type { UnlinkedReason } from '../core/model.ts'
import { isTimeZone } from '../core/time.ts'
import { idOf, newId } from './ids.ts'
import type { Reader } from './reader.ts'
import type { Row } from './tables.ts'
import { auditable, type Writer } from './writer.ts'

/** chipKeys whose reads are nobody's, on purpose. */
export const testChips = (reader: Reader): readonly string[] =>
  reader
    .all<{ chip: string }>('SELECT chip FROM test_chips WHERE removed = 0 ORDER BY chip')
    .map(row => row.chip)

// For the screens.

export interface UnlinkedGroup {
  /** The chip, or the bib of reads keyed by hand; '' while that is to come. */
  readonly chip: string
  /** Keyed by hand: 1. */
  readonly keyed: 0 | 1
  readonly reason: UnlinkedReason
  readonly reads: number
  readonly locations: readonly string[]
  readonly firstAt: number | null
  readonly lastAt: number | null
  readonly lastReadId: number
}

/** Reads nobody was found for, by chip and reason, the latest first. What the crew left to nobody is not among them. */
export const unlinkedGroups = (reader: Reader, sessionId: string, limit = 500): readonly UnlinkedGroup[] =>
  reader
    .all<Omit<UnlinkedGroup, 'locations'> & { locations: string }>(
      `SELECT COALESCE(r.chip, r.bib_number, '') AS chip, r.chip IS NULL AS keyed, l.reason, COUNT(*) AS reads, MIN(l.at) AS firstAt,
       MAX(l.at) AS lastAt, MAX(l.read_id) AS lastReadId,
       json_group_array(DISTINCT COALESCE(t.location_name, r.stream_location, '')) AS locations
       FROM read_links l CROSS JOIN timing_reads r ON r.id = l.read_id
       LEFT JOIN timing_locations t ON t.id = l.location_id
       WHERE l.session_id = ? AND l.state = 'unlinked' AND l.route IS NULL
       GROUP BY COALESCE(r.chip, r.bib_number, ''), r.chip IS NULL, l.reason ORDER BY lastReadId DESC LIMIT ?`,
      sessionId,
      limit,
    )
    .map(({ locations, ...group }) => ({
      ...group,
      locations: (JSON.parse(locations) as string[]).filter(name => name !== ''),
    }))

// What the crew decides. Each is called within the caller's own store.write.

type Audited =
  | 'read_assignments'
  | 'chip_assignments'
  | 'timing_sessions'
  | 'timing_locations'
  | 'location_rules'
  | 'reader_offsets'

/** Puts a row with its audit entry. */
function decide<name extends Audited>(
  writer: Writer,
  table: name,
  action: string,
  before: unknown,
  row: Row<name>,
  reason: string | null,
): void {
  writer.put(table, row)
  const was = auditable((before as Readonly<Record<string, unknown>> | undefined) ?? null)
  const after = auditable(row as Readonly<Record<string, unknown>>)
  writer.audit({ action, table, rowId: String(row.id), before: was, after, reason })
}

const stamps = (writer: Writer, createdAt: number | undefined) => ({
  timingPartnerId: writer.partnerId,
  clock: writer.clock,
  createdAt: createdAt ?? writer.at,
  updatedAt: writer.at,
})

/**
 * The crew's word on one read: somebody's, nobody's (null), or taken back (undefined).
 * @throws AppError not-found
 */
export function assignRead(
  writer: Writer,
  readId: number,
  participantId: string | null | undefined,
  reason: string | null,
): void {
  const read = writer.get<{ sessionId: string; identity: string }>(
    'SELECT session_id AS sessionId, identity FROM timing_reads WHERE id = ?',
    readId,
  )
  if (!read) throw new AppError('not-found', `There is no read ${readId}.`)
  const id = idOf('read_assignments', read.sessionId, read.identity)
  const before = writer.get<{ participantId: string | null; withdrawn: number; createdAt: number }>(
    'SELECT participant_id AS participantId, withdrawn, created_at AS createdAt FROM read_assignments WHERE id = ?',
    id,
  )
  const row: Row<'read_assignments'> = {
    id,
    sessionId: read.sessionId,
    readIdentity: read.identity,
    participantId: participantId ?? null,
    reason,
    decidedBy: writer.actor,
    decidedAt: writer.at,
    withdrawn: participantId === undefined,
    ...stamps(writer, before?.createdAt),
  }
  decide(
    writer,
    'read_assignments',
    participantId === undefined ? 'read released' : 'read assigned',
    before,
    row,
    reason,
  )
  writer.staleLink(`read|${read.sessionId}|${read.identity}`)
}

export interface ChipDecision {
  readonly raceDayId: string
  readonly chip: string
  /** Null: from then on nobody's. Undefined: the decision of that moment is taken back. */
  readonly participantId: string | null | undefined
  /** Ms UTC. */
  readonly fromAt: number
  readonly reason: string | null
}

/** Whose a chip is from a moment on: personal chips and swaps. */
export function assignChip(writer: Writer, decision: ChipDecision): void {
  const chip = chipKey(decision.chip)
  const id = idOf('chip_assignments', decision.raceDayId, chip, decision.fromAt)
  const before = writer.get<{ participantId: string | null; withdrawn: number; createdAt: number }>(
    'SELECT participant_id AS participantId, withdrawn, created_at AS createdAt FROM chip_assignments WHERE id = ?',
    id,
  )
  const row: Row<'chip_assignments'> = {
    id,
    raceDayId: decision.raceDayId,
    chip,
    fromAt: decision.fromAt,
    participantId: decision.participantId ?? null,
    reason: decision.reason,
    decidedBy: writer.actor,
    withdrawn: decision.participantId === undefined,
    ...stamps(writer, before?.createdAt),
  }
  const action = decision.participantId === undefined ? 'chip released' : 'chip assigned'
  decide(writer, 'chip_assignments', action, before, row, decision.reason)
  writer.staleLink(`chip|${chip}`)
}

/** The partner's test chips, all of them: one that is not in the list is none any more. */
export function setTestChips(writer: Writer, chips: readonly string[], note: string | null): void {
  const wanted = new Set(chips.map(chipKey).filter(chip => chip !== ''))
  const before = testChips(writer)
  const keep = (chip: string, removed: boolean): void => {
    const id = idOf('test_chips', chip)
    const row = writer.get<{ createdAt: number }>(
      'SELECT created_at AS createdAt FROM test_chips WHERE id = ?',
      id,
    )
    writer.put('test_chips', { id, chip, removed, ...stamps(writer, row?.createdAt) })
    writer.staleLink(`chip|${chip}`)
  }
  const added = [...wanted].filter(chip => !before.includes(chip))
  const removed = before.filter(chip => !wanted.has(chip))
  for (const chip of added) keep(chip, false)
  for (const chip of removed) keep(chip, true)
  if (added.length + removed.length === 0) return
  const after = [...wanted].sort()
  writer.audit({
    action: 'test chips',
    table: 'test_chips',
    rowId: 'test-chips',
    before,
    after,
    reason: note,
  })
}

type Location = Row<'timing_locations'>

const KIND_WORDS: readonly (readonly [RegExp, Location['kind']])[] = [
  [/start/i, 'start'],
  [/finish|ziel|arriv/i, 'finish'],
  [/\d|split|half|turn|lap|km|mile/i, 'split'],
]

/** Two of somebody's reads at a place within this many ms are one passing, unless the crew says otherwise. */
const DUPLICATE_WINDOW_MS = 30_000

/** The id of a session's location, made if there is none of that name yet; its kind is guessed from the name. */
export function ensureLocation(writer: Writer, sessionId: string, name: string): string {
  const id = idOf('timing_locations', sessionId, name)
  if (writer.get('SELECT 1 FROM timing_locations WHERE id = ?', id)) return id
  const kind = KIND_WORDS.find(([word]) => word.test(name))?.[1] ?? 'other'
  writer.put('timing_locations', {
    ...{ id, sessionId, locationName: name, kind, duplicateWindowMs: DUPLICATE_WINDOW_MS },
    ...stamps(writer, undefined),
  })
  return id
}

/** Changes what a location is; a window changes which reads count. @throws AppError not-found, input.invalid */
export function updateLocation(
  writer: Writer,
  change: { readonly id: string; readonly kind?: Location['kind']; readonly duplicateWindowMs?: number },
): void {
  const { id, ...values } = change
  const before = writer.get<Location>(
    `SELECT session_id AS sessionId, location_name AS locationName, kind, duplicate_window_ms AS duplicateWindowMs,
     created_at AS createdAt FROM timing_locations WHERE id = ?`,
    id,
  )
  if (!before) throw new AppError('not-found', 'There is no such location.')
  const row: Location = { ...before, id, ...values, ...stamps(writer, before.createdAt) }
  if (!(row.duplicateWindowMs >= 0)) throw new AppError('input.invalid', 'A duplicate window is 0 or more.')
  decide(writer, 'timing_locations', 'location changed', before, row, null)
  if (row.duplicateWindowMs !== before.duplicateWindowMs) writer.staleLink(`session|${row.sessionId}`)
}

export interface PlaceDecision {
  /** The rule that is changed; a new one without it. */
  readonly id?: string
  readonly sessionId: string
  readonly device: string
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly locationId: string
  readonly removed?: boolean
}

/** Where a device stood, from when to when. Returns the rule's id. */
export function setLocationRule(writer: Writer, decision: PlaceDecision): string {
  const id = decision.id ?? newId()
  const before = writer.get<{ createdAt: number }>(
    `SELECT device, from_at AS fromAt, to_at AS toAt, location_id AS locationId, removed, created_at AS createdAt
     FROM location_rules WHERE id = ?`,
    id,
  )
  const row = { ...decision, id, removed: decision.removed ?? false, ...stamps(writer, before?.createdAt) }
  decide(writer, 'location_rules', 'reader placed', before, row, null)
  writer.staleLink(`session|${decision.sessionId}`)
  return id
}

/** Ms to add to a device's times, in links only. */
export function setReaderOffset(
  writer: Writer,
  offset: {
    readonly sessionId: string
    readonly device: string
    readonly offsetMs: number
    readonly reason: string | null
  },
): void {
  const id = idOf('reader_offsets', offset.sessionId, offset.device)
  const before = writer.get<{ createdAt: number }>(
    'SELECT offset_ms AS offsetMs, reason, created_at AS createdAt FROM reader_offsets WHERE id = ?',
    id,
  )
  const row = { id, ...offset, decidedBy: writer.actor, ...stamps(writer, before?.createdAt) }
  decide(writer, 'reader_offsets', 'reader offset', before, row, offset.reason)
  writer.staleLink(`session|${offset.sessionId}`)
}

const zoned = (timezone: string): string => {
  if (isTimeZone(timezone)) return timezone
  throw new AppError('input.invalid', `"${timezone}" is not a time zone; use a name like America/New_York.`)
}

/** A timing session of a race day; it becomes active. Returns its id. @throws AppError input.invalid */
export function createSession(
  writer: Writer,
  session: {
    readonly name: string
    /** IANA zone of the readers' clocks. */
    readonly timezone: string
    readonly raceDayId?: string | null
    readonly startedAt?: number
  },
): string {
  const row: Row<'timing_sessions'> = {
    id: newId(),
    raceDayId: session.raceDayId ?? null,
    sessionName: session.name,
    timezone: zoned(session.timezone),
    status: 'active',
    startedAt: session.startedAt ?? writer.at,
    endedAt: null,
    ...stamps(writer, undefined),
  }
  decide(writer, 'timing_sessions', 'session created', null, row, null)
  return row.id
}

/** Changes a session; another race day or zone links its reads again. @throws AppError not-found, input.invalid */
export function updateSession(
  writer: Writer,
  change: {
    readonly id: string
    readonly name?: string
    readonly timezone?: string
    readonly raceDayId?: string | null
    readonly status?: 'active' | 'ended'
  },
): void {
  const before = writer.get<Row<'timing_sessions'>>(
    `SELECT id, race_day_id AS raceDayId, session_name AS sessionName, timezone, status, started_at AS startedAt,
     ended_at AS endedAt, created_at AS createdAt FROM timing_sessions WHERE id = ?`,
    change.id,
  )
  if (!before) throw new AppError('not-found', 'There is no such timing session.')
  const status = change.status ?? before.status
  const row: Row<'timing_sessions'> = {
    ...before,
    raceDayId: change.raceDayId === undefined ? before.raceDayId : change.raceDayId,
    sessionName: change.name ?? before.sessionName,
    timezone: zoned(change.timezone ?? before.timezone),
    status,
    endedAt: status === 'active' ? null : (before.endedAt ?? writer.at),
    ...stamps(writer, before.createdAt),
  }
  decide(writer, 'timing_sessions', 'session changed', before, row, null)
  if (row.raceDayId !== before.raceDayId || row.timezone !== before.timezone)
    writer.staleLink(`session|${row.id}`)
}
