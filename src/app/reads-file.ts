import { AppError } from '../core/errors.ts'
import { instantToWall } from '../core/time.ts'
import { csvText } from '../providers/csv.ts'
import { createGuns } from '../store/guns.ts'
import type { Reader } from '../store/reader.ts'
import { READ_ROW, type ReadRow, WITH_PEOPLE } from '../store/reads.ts'
import { rowWhere } from '../store/rows.ts'

/** Rows of one piece: what one turn of the event loop may take. */
const PIECE = 4000

const COLUMNS = [
  'read_id',
  'kind',
  'state',
  'reason',
  'linked_by',
  'bib',
  'first_name',
  'last_name',
  'event',
  'location',
  'local_time',
  'utc_time',
  'race_time',
  'chip',
  'duplicate_of',
  'device',
  'antenna',
  'rssi',
  'raw_time',
  'received_utc',
  'source',
  'raw_line',
] as const

const utc = (at: number | null): string => (at === null ? '' : new Date(at).toISOString())

/** YYYY-MM-DD hh:mm:ss.mmm at the site. */
export const localTime = (at: number | null, zone: string): string =>
  at === null ? '' : new Date(instantToWall(at, zone)).toISOString().slice(0, 23).replace('T', ' ')

/** h:mm:ss.hh of ms, truncated; before the gun with a minus. */
export function timeSpan(ms: number | null): string {
  if (ms === null) return ''
  const hundredths = Math.floor(Math.abs(ms) / 10)
  const two = (value: number): string => String(value).padStart(2, '0')
  const text = `${Math.floor(hundredths / 360_000)}:${two(Math.floor(hundredths / 6000) % 60)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`
  return ms < 0 ? `-${text}` : text
}

/** For a file's name: what every file system takes. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'race'

/** A piece of a session's reads with their links, in the journal's order. @throws AppError not-found */
export function readsFile(read: Reader, sessionId: string, after: number) {
  const session = rowWhere(read, 'timing_sessions', 'id = ?', sessionId)
  if (session === null) throw new AppError('not-found', `There is no timing session ${sessionId}.`)
  const rows = read.all<ReadRow>(
    `${READ_ROW} FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id ${WITH_PEOPLE}
     WHERE r.id > ? AND +r.session_id = ? ORDER BY r.id LIMIT ?`,
    after,
    sessionId,
    PIECE,
  )
  const gun = createGuns(read)
  const cells = rows.map(row => {
    const at = row.at ?? row.readAt
    const known = row.participantId !== null
    const start = known && row.normalizedEventId !== null ? gun(row.normalizedEventId, row.wave) : null
    return [
      String(row.id),
      row.kind,
      row.state ?? '',
      row.reason ?? '',
      row.route ?? '',
      (known ? row.participantBib : row.bibNumber) ?? '',
      row.firstName ?? '',
      row.lastName ?? '',
      row.eventName ?? '',
      row.locationName ?? row.streamLocation ?? '',
      localTime(at, session.timezone),
      utc(at),
      timeSpan(start === null || at === null ? null : at - start),
      row.chip ?? '',
      row.duplicateOf === null ? '' : String(row.duplicateOf),
      row.device,
      row.antenna ?? '',
      row.rssi === null ? '' : String(row.rssi),
      row.rawTime ?? '',
      utc(row.receivedAt),
      row.source,
      row.raw,
    ]
  })
  return {
    fileName: `${plainName(session.sessionName)}-reads.csv`,
    mediaType: 'text/csv;charset=utf-8',
    text: csvText(after === 0 ? [COLUMNS, ...cells] : cells),
    rows: rows.length,
    next: rows.length < PIECE ? null : (rows.at(-1)?.id ?? null),
  }
}
