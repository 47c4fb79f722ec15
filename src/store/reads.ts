import { bibKey } from '../core/identity.ts'
import type { LinkRoute, LinkState, ReadKind, UnlinkedReason } from '../core/model.ts'
import { dateAt } from '../core/time.ts'
import { bulkInsert, inBlocks, type Values } from './bulk-insert.ts'
import type { Reader } from './reader.ts'
import { followNumbers } from './stream-numbers.ts'
import type { Writer } from './writer.ts'

/** A read as a line protocol, a file or a hand made it. Columns of timing_reads. */
export interface JournalRead {
  readonly kind: ReadKind
  readonly identity: string
  readonly source: string
  readonly device: string
  readonly streamId: string | null
  readonly streamLocation: string | null
  readonly sequence: number | null
  readonly chip: string | null
  readonly bibNumber: string | null
  readonly readAt: number | null
  readonly rawTime: string | null
  readonly timeProblem: string | null
  readonly antenna: string | null
  readonly rssi: number | null
  readonly lap: number | null
  readonly raw: string
}

export interface Journalled {
  /** Ids of the reads that were not there before, ascending. */
  readonly added: readonly number[]
  /** Reads that the journal had already. */
  readonly redelivered: number
}

const insertReads = bulkInsert(
  'timing_reads',
  [
    ...[
      'timing_partner_id',
      'session_id',
      'identity',
      'kind',
      'source',
      'device',
      'stream_id',
      'stream_location',
    ],
    ...[
      'sequence',
      'chip',
      'bib_number',
      'read_at',
      'raw_time',
      'time_problem',
      'antenna',
      'rssi',
      'lap',
      'raw',
    ],
    'received_at',
  ],
  {
    alike: [
      ...['timing_partner_id', 'session_id', 'kind', 'source', 'device', 'stream_id', 'stream_location'],
      ...['bib_number', 'time_problem', 'rssi', 'received_at'],
    ],
    onConflict: 'ON CONFLICT (session_id, identity) DO NOTHING',
  },
)

const IDENTITIES_AFTER = 'SELECT id, identity FROM timing_reads WHERE id > ?'

/** Whether two reads under one number are one. A line that says the same in another time format is. */
export const isSameContent = (read: Content, other: Content): boolean =>
  read.raw === other.raw ||
  (read.kind === other.kind &&
    read.chip === other.chip &&
    read.antenna === other.antenna &&
    (read.rawTime === other.rawTime || (read.readAt !== null && read.readAt === other.readAt)))

export type Content = Pick<JournalRead, 'kind' | 'chip' | 'antenna' | 'rawTime' | 'readAt' | 'raw'>

const CONTENT = `SELECT kind, chip, antenna, raw_time AS rawTime, read_at AS readAt, raw FROM timing_reads
  WHERE session_id = ? AND identity = ?`

/** A new location's number is not one of its stream: resumed from there, the reads before it would be lost. */
const isNumbered = (
  read: JournalRead,
): read is JournalRead & { readonly streamId: string; readonly sequence: number } =>
  read.streamId !== null && read.sequence !== null && read.kind !== 'new-location'

/** The identity of a read whose number another read has: reader and stream began their numbers anew. */
const identityInItsRun = (read: JournalRead): string =>
  `${read.identity}|${read.chip}|${read.rawTime}|${read.antenna}`

/**
 * Keeps reads, each once, and how far their streams have come. Nothing else is done to a read before this. A number
 * that comes again with other content is another read: it is kept beside the first, and known again by its content.
 */
export function journal(
  writer: Writer,
  sessionId: string,
  reads: readonly JournalRead[],
  receivedAt: number,
): Journalled {
  const added: number[] = []
  const numbers = followNumbers(writer, sessionId, receivedAt)
  const valuesOf = (read: JournalRead, identity: string): Values => [
    writer.partnerId,
    sessionId,
    identity,
    read.kind,
    read.source,
    read.device,
    read.streamId,
    read.streamLocation,
    read.sequence,
    read.chip,
    read.bibNumber,
    read.readAt,
    read.rawTime,
    read.timeProblem,
    read.antenna,
    read.rssi,
    read.lap,
    read.raw,
    receivedAt,
  ]
  let lastId = writer.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0
  /** The ids that reads were given, in their order; null for one whose identity the journal has. */
  const insert = (block: readonly JournalRead[], identityOf: (read: JournalRead) => string) => {
    const values = block.map(read => valuesOf(read, identityOf(read)))
    const before = lastId
    const { changes, lastInsertRowid } = insertReads(writer, values)
    if (changes === 0) return block.map(() => null)
    lastId = lastInsertRowid
    if (changes === block.length) return block.map((_, n) => lastId - changes + 1 + n)
    const rows = writer.all<{ id: number; identity: string }>(IDENTITIES_AFTER, before)
    const ids = new Map(rows.map(({ id, identity }) => [identity, id]))
    return block.map(read => {
      const id = ids.get(identityOf(read)) ?? null
      // Twice in one block, it is new once.
      ids.delete(identityOf(read))
      return id
    })
  }
  for (const block of inBlocks(reads)) {
    const ids = insert(block, read => read.identity)
    added.push(...ids.filter(id => id !== null))
    for (const [n, read] of block.entries()) {
      if (!isNumbered(read)) continue
      let id = ids[n] ?? null
      if (id === null) {
        const stored = writer.get<Content>(CONTENT, sessionId, read.identity)
        if (stored !== undefined && !isSameContent(read, stored)) {
          ;[id = null] = insert([read], identityInItsRun)
          if (id !== null) added.push(id)
        }
      }
      const { device, streamId, streamLocation, sequence } = read
      numbers.came({ device, streamId, location: streamLocation ?? '', sequence }, id !== null)
    }
  }
  numbers.keep()
  if (added.length > 0) writer.touched('timing_reads')
  return { added, redelivered: reads.length - added.length }
}

const ELSEWHERE = `SELECT r.kind, r.chip, r.antenna, r.raw_time AS rawTime, r.read_at AS readAt, r.raw
  FROM timing_sessions s CROSS JOIN timing_reads r ON r.session_id = s.id AND r.identity = ? WHERE s.id <> ?`

/** The highest number other sessions have of a stream's location, in whichever run. */
const REACHED_ELSEWHERE = `SELECT MAX(last) AS last FROM (
  SELECT last_sequence AS last FROM reader_streams WHERE stream_id = ? AND stream_location = ? AND session_id <> ?
  UNION ALL SELECT from_sequence FROM stream_notices
    WHERE kind = 'restart' AND stream_id = ? AND stream_location = ?)`

/**
 * Reads without those that another session has: a reader that sends again what it sent before the next race day's
 * session began would bring one day's reads into the other. Reads beyond what other sessions have of their stream are
 * new without a look; so is a number of theirs with other content.
 */
export function notElsewhere(
  reader: Reader,
  sessionId: string,
  reads: readonly JournalRead[],
): readonly JournalRead[] {
  if (!reader.get('SELECT 1 FROM timing_sessions WHERE id <> ? LIMIT 1', sessionId)) return reads
  const reached = new Map<string, number>()
  const isBeyond = (read: JournalRead): boolean => {
    if (!isNumbered(read)) return false
    const location = read.streamLocation ?? ''
    const key = `${read.streamId}~${location}`
    let last = reached.get(key)
    if (last === undefined) {
      const row = reader.get<{ last: number | null }>(
        REACHED_ELSEWHERE,
        ...[read.streamId, location, sessionId, read.streamId, location],
      )
      last = row?.last ?? -1
      reached.set(key, last)
    }
    return read.sequence > last
  }
  const isElsewhere = (read: JournalRead): boolean => {
    const there = reader.all<Content>(ELSEWHERE, read.identity, sessionId)
    if (there.length === 0) return false
    return (
      !isNumbered(read) ||
      there.some(stored => isSameContent(read, stored)) ||
      reader.get(ELSEWHERE, identityInItsRun(read), sessionId) !== undefined
    )
  }
  return reads.filter(read => isBeyond(read) || !isElsewhere(read))
}

export interface RefusedLine {
  readonly line: number | null
  readonly reason: string
  readonly text: string
}

/** Keeps lines that were no reads, with their reason. Origin: the peer or the file. */
export function keepRefused(
  writer: Writer,
  sessionId: string,
  origin: string,
  lines: readonly RefusedLine[],
  receivedAt: number,
): void {
  for (const { line, reason, text } of lines) {
    writer.run(
      'INSERT INTO refused_lines (session_id, origin, line, reason, text, received_at) VALUES (?, ?, ?, ?, ?, ?)',
      sessionId,
      origin,
      line,
      reason,
      text.slice(0, 1000),
      receivedAt,
    )
  }
  if (lines.length > 0) writer.touched('refused_lines')
}

/** What the journal starts the identity of reads keyed by hand with, so that those of one bib are found together. */
export const manualIdentityPrefix = (bib: string): string => `h|${bibKey(bib).replaceAll('|', '/')}|`

/** A read keyed by hand. `id` makes it one of its own; the same id again is the same read. */
export const manualRead = (read: {
  readonly id: string
  readonly bib: string
  readonly at: number
  readonly location: string
  readonly by: string
}): JournalRead => ({
  kind: 'manual',
  identity: `${manualIdentityPrefix(read.bib)}${read.id}`,
  source: 'manual',
  device: 'manual',
  streamId: null,
  streamLocation: read.location,
  sequence: null,
  chip: null,
  bibNumber: bibKey(read.bib),
  readAt: read.at,
  rawTime: null,
  timeProblem: null,
  antenna: null,
  rssi: null,
  lap: null,
  raw: `keyed by ${read.by}`,
})

/** What reading lines of a session needs of it. */
export interface SessionContext {
  readonly id: string
  /** IANA. */
  readonly timezone: string
  /** YYYY-MM-DD: its race day's, or the day it was started. */
  readonly date: string
}

export function sessionContext(reader: Reader, sessionId: string): SessionContext | null {
  const row = reader.get<{ timezone: string; startedAt: number; raceDate: string | null }>(
    `SELECT s.timezone, s.started_at AS startedAt, d.race_date AS raceDate
     FROM timing_sessions s LEFT JOIN race_days d ON d.id = s.race_day_id WHERE s.id = ?`,
    sessionId,
  )
  if (!row) return null
  return { id: sessionId, timezone: row.timezone, date: row.raceDate ?? dateAt(row.startedAt, row.timezone) }
}

/** A read with its link and its person, as screens show it. */
export interface ReadRow {
  readonly id: number
  readonly sessionId: string
  readonly identity: string
  readonly kind: ReadKind
  readonly source: string
  readonly device: string
  readonly streamLocation: string | null
  readonly chip: string | null
  readonly bibNumber: string | null
  readonly readAt: number | null
  readonly rawTime: string | null
  readonly timeProblem: string | null
  readonly antenna: string | null
  readonly rssi: number | null
  readonly raw: string
  readonly receivedAt: number
  /** Null while it is not linked yet, and for kinds that are nobody's. */
  readonly state: LinkState | null
  readonly reason: UnlinkedReason | null
  readonly route: LinkRoute | null
  readonly duplicateOf: number | null
  /** read_at with the reader's offset. */
  readonly at: number | null
  readonly locationId: string | null
  readonly locationName: string | null
  readonly participantId: string | null
  readonly normalizedEventId: string | null
  readonly eventName: string | null
  readonly participantBib: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly wave: string | null
}

/** Goes with WITH_PEOPLE; answers a ReadRow. */
export const READ_ROW = `SELECT r.id, r.session_id AS sessionId, r.identity, r.kind, r.source, r.device, r.stream_location AS streamLocation, r.chip,
  r.bib_number AS bibNumber, r.read_at AS readAt, r.raw_time AS rawTime, r.time_problem AS timeProblem, r.antenna,
  r.rssi, r.raw, r.received_at AS receivedAt, l.state, l.reason, l.route, l.duplicate_of AS duplicateOf, l.at,
  l.location_id AS locationId, t.location_name AS locationName, l.participant_id AS participantId,
  l.normalized_event_id AS normalizedEventId, v.event_name AS eventName, e.bib_number AS participantBib,
  e.first_name AS firstName, e.last_name AS lastName, e.wave`

export const WITH_PEOPLE = `LEFT JOIN timing_locations t ON t.id = l.location_id
  LEFT JOIN effective_participants e ON e.participant_id = l.participant_id
  LEFT JOIN normalized_events v ON v.id = l.normalized_event_id`

export interface ReadsQuery {
  /** Null: of all sessions. */
  readonly sessionId: string | null
  /** Null: all, with guns and markers. */
  readonly state: LinkState | null
  /** The last id of the page before. */
  readonly after: number | null
  readonly limit: number
}

/** Reads with their links, as they came in, newest first. */
export function readsPage(reader: Reader, query: ReadsQuery): readonly ReadRow[] {
  const before = query.after ?? Number.MAX_SAFE_INTEGER
  // Where there are duplicates they are many: their newest are found by walking the newest ids down.
  if (query.state !== null && query.state !== 'duplicate' && query.sessionId !== null) {
    return reader.all<ReadRow>(
      `${READ_ROW} FROM read_links l CROSS JOIN timing_reads r ON r.id = l.read_id ${WITH_PEOPLE}
       WHERE l.session_id = ? AND l.state = ? AND l.duplicate_of IS NULL AND l.read_id < ?
       ORDER BY l.read_id DESC LIMIT ?`,
      query.sessionId,
      query.state,
      before,
      query.limit,
    )
  }
  // The plus keeps SQLite from sorting a whole session: it walks the newest ids down instead.
  return reader.all<ReadRow>(
    `${READ_ROW} FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id ${WITH_PEOPLE}
     WHERE r.id < ? AND (? IS NULL OR +r.session_id = ?) AND (? IS NULL OR l.state = ?)
     ORDER BY r.id DESC LIMIT ?`,
    before,
    query.sessionId,
    query.sessionId,
    query.state,
    query.state,
    query.limit,
  )
}

/** One read with its link; undefined if there is none of that id. */
export const readById = (reader: Reader, id: number): ReadRow | undefined =>
  reader.get<ReadRow>(
    `${READ_ROW} FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id ${WITH_PEOPLE} WHERE r.id = ?`,
    id,
  )
