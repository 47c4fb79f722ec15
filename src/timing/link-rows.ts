import { chipKey } from '../core/identity.ts'
import type { LinkDecision, ReadToLink } from '../core/linking.ts'
import type { LinkState } from '../core/model.ts'
import { bulkInsert, inBlocks, type Values } from '../store/bulk-insert.ts'
import type { Reader } from '../store/reader.ts'
import { manualIdentityPrefix } from '../store/reads.ts'
import { somebodysLinks } from '../store/somebodys-links.ts'
import type { Writer } from '../store/writer.ts'

// The rows of read_links, and of stale_links.

export type SessionRead = ReadToLink & { readonly sessionId: string }

const READ_TO_LINK = `SELECT r.id, r.session_id AS sessionId, r.identity, r.kind, r.device, r.chip,
  r.stream_location AS streamLocation, r.bib_number AS bibNumber, r.read_at AS readAt`

/** The next reads of the journal after an id, in its order. */
export const readsAfter = (reader: Reader, after: number, limit: number): readonly SessionRead[] =>
  reader.all<SessionRead>(
    `${READ_TO_LINK} FROM timing_reads r WHERE r.id > ? ORDER BY r.id LIMIT ?`,
    after,
    limit,
  )

export type LinkedRead = SessionRead & {
  readonly was: (LinkDecision & { readonly id: number }) | null
}

/** Reads by id, with the link each has now. */
export function readsWithLinks(reader: Reader, ids: readonly number[]): readonly LinkedRead[] {
  const list = JSON.stringify(ids)
  const links = reader.all<LinkDecision & { id: number }>(
    `SELECT read_id AS id, CASE state WHEN 'duplicate' THEN 'linked' ELSE state END AS state, reason, route,
     participant_id AS participantId, normalized_event_id AS normalizedEventId, location_id AS locationId, at
     FROM read_links WHERE read_id IN (SELECT value FROM json_each(?))`,
    list,
  )
  const byId = new Map(links.map(link => [link.id, link]))
  return reader
    .all<SessionRead>(
      `${READ_TO_LINK} FROM timing_reads r WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id`,
      list,
    )
    .map(read => ({ ...read, was: byId.get(read.id) ?? null }))
}

const COLUMNS = [
  ...[
    'read_id',
    'session_id',
    'state',
    'reason',
    'route',
    'participant_id',
    'normalized_event_id',
    'location_id',
  ],
  ...['duplicate_of', 'at'],
]

const putBlock = bulkInsert('read_links', COLUMNS, {
  alike: ['session_id', 'state', 'reason', 'route', 'normalized_event_id', 'location_id', 'duplicate_of'],
  onConflict: `ON CONFLICT (read_id) DO UPDATE SET ${COLUMNS.slice(1)
    .map(column => `${column} = excluded.${column}`)
    .join(', ')}`,
})

/** A read and what becomes of it. */
export interface NewLink {
  readonly read: { readonly id: number; readonly sessionId: string }
  readonly link: LinkDecision
  /** The read it is a duplicate of, which makes its state. */
  readonly duplicateOf: number | null
}

const valuesOf = ({ read, link, duplicateOf }: NewLink): Values => [
  read.id,
  read.sessionId,
  duplicateOf === null ? link.state : 'duplicate',
  link.reason,
  link.route,
  link.participantId,
  link.normalizedEventId,
  link.locationId,
  duplicateOf,
  link.at,
]

/** In place of those that the reads have, if any. */
export function putLinks(writer: Writer, links: readonly NewLink[]): void {
  for (const block of inBlocks(links)) putBlock(writer, block.map(valuesOf))
}

/** Says of a linked read whether it counts. */
export function countLink(writer: Writer, readId: number, duplicateOf: number | null): void {
  const state: LinkState = duplicateOf === null ? 'linked' : 'duplicate'
  writer.run(
    'UPDATE read_links SET state = ?, duplicate_of = ? WHERE read_id = ?',
    state,
    duplicateOf,
    readId,
  )
}

/** Of reads that are somebody else's from now on: their duplicates repeat them no more, and are to be counted anew. */
export function releaseDuplicates(writer: Writer, readIds: readonly number[]): void {
  writer.run(
    `UPDATE read_links SET state = 'linked', duplicate_of = NULL
     WHERE duplicate_of IN (SELECT value FROM json_each(?))`,
    JSON.stringify(readIds),
  )
}

export interface GroupRead {
  readonly id: number
  readonly identity: string
  readonly at: number
  readonly manual: boolean
  readonly duplicateOf: number | null
}

/** The linked reads of one person at one location that have a time, by time. */
export const groupReads = (reader: Reader, participantId: string, locationId: string): readonly GroupRead[] =>
  reader
    .all<Omit<GroupRead, 'manual'> & { kind: string }>(
      `SELECT l.read_id AS id, l.at, l.duplicate_of AS duplicateOf, r.identity, r.kind
       FROM ${somebodysLinks('= ?')} l CROSS JOIN timing_reads r ON r.id = l.read_id
       WHERE l.location_id = ? AND l.at IS NOT NULL ORDER BY l.at`,
      participantId,
      participantId,
      locationId,
    )
    .map(({ kind, ...read }) => ({ ...read, manual: kind === 'manual' }))

/** Where people have a link already, by participant id and location id. */
export const linkedPlaces = (
  reader: Reader,
  participantIds: readonly string[],
): readonly { readonly participantId: string; readonly locationId: string }[] =>
  reader.all(
    `SELECT DISTINCT l.participant_id AS participantId, l.location_id AS locationId
     FROM json_each(?) j CROSS JOIN read_links l ON l.participant_id = j.value
     WHERE l.location_id IS NOT NULL AND l.duplicate_of IS NULL`,
    JSON.stringify(participantIds),
  )

/** The last read that has a link row: links are made in the journal's order, so all before it have one. */
export const lastLinked = (reader: Reader): number =>
  reader.get<{ id: number | null }>('SELECT MAX(read_id) AS id FROM read_links')?.id ?? 0

// What changed, until it was read again.

const DOING = 'doing|'

/** A stale key in work keeps this name, so that the same key written meanwhile is not lost with it. */
export const doingKey = (key: string): string => (key.startsWith(DOING) ? key : `${DOING}${key}`)

/** The next of them; a crew's word on a read goes before what a sync of thousands brought. */
export function staleKeys(reader: Reader, limit: number): readonly string[] {
  const reads = "SELECT key FROM stale_links WHERE key >= 'read|' AND key < 'read}' LIMIT ?"
  const first = reader.all<{ key: string }>(reads, limit)
  const rows =
    first.length > 0 ? first : reader.all<{ key: string }>('SELECT key FROM stale_links LIMIT ?', limit)
  return rows.map(row => row.key)
}

export function dropStale(writer: Writer, key: string): void {
  writer.run('DELETE FROM stale_links WHERE key = ?', key)
}

/** Whether a key was in work already: what was begun, and not counted by then, is not known. */
export const isBegun = (key: string): boolean => key.startsWith(DOING)

const plainKey = (key: string): string => (key.startsWith(DOING) ? key.slice(DOING.length) : key)

/** Reads that are walked in the journal's order: all of a session, or those of one of its devices. */
export interface Walk {
  readonly sessionId: string
  readonly device: string | null
}

/** What a key that means more reads than may be listed means; null for all others. */
export function staleWalk(key: string): Walk | null {
  const plain = plainKey(key)
  if (plain.startsWith('session|')) return { sessionId: plain.slice('session|'.length), device: null }
  if (!plain.startsWith('device|')) return null
  const [, sessionId = '', ...device] = plain.split('|')
  return { sessionId, device: device.join('|') }
}

const idsOf = (rows: readonly { readonly id: number }[]): readonly number[] => rows.map(row => row.id)

const BIB_OF = 'SELECT bib_key AS bibKey FROM effective_participants WHERE participant_id = ?'

/** Ids of the reads that a stale key means; those of a walk come by `walkedReads`. */
export function staleReads(reader: Reader, key: string): ReadonlySet<number> {
  const plain = plainKey(key)
  const cut = plain.indexOf('|')
  const kind = plain.slice(0, cut)
  const value = plain.slice(cut + 1)
  const found = new Set<number>()
  const sessions = reader.all<{ id: string }>('SELECT id FROM timing_sessions').map(row => row.id)
  const add = (ids: readonly number[]): void => {
    for (const id of ids) found.add(id)
  }
  const byChip = (chip: string): void => {
    for (const session of sessions) {
      add(idsOf(reader.all('SELECT id FROM timing_reads WHERE session_id = ? AND chip = ?', session, chip)))
    }
  }
  const byBib = (bib: string): void => {
    byChip(chipKey(bib))
    for (const { chip } of reader.all<{ chip: string }>(
      `SELECT DISTINCT chip FROM bib_chips WHERE bib_number = ? AND race_day_id IN (SELECT id FROM race_days)`,
      bib,
    )) {
      byChip(chip)
    }
    const prefix = manualIdentityPrefix(bib)
    for (const session of sessions) {
      const sql = 'SELECT id FROM timing_reads WHERE session_id = ? AND identity >= ? AND identity < ?'
      add(idsOf(reader.all(sql, session, prefix, `${prefix.slice(0, -1)}}`)))
    }
  }
  if (kind === 'chip') byChip(value)
  if (kind === 'bib') byBib(value)
  if (kind === 'participant') {
    const links = `SELECT read_id AS id FROM ${somebodysLinks('= ?')}`
    add(idsOf(reader.all(links, value, value)))
    const chips = reader.all<{ chip: string }>(
      'SELECT chip FROM participant_chips WHERE participant_id = ?',
      value,
    )
    for (const { chip } of chips) byChip(chip)
    const bib = reader.get<{ bibKey: string | null }>(BIB_OF, value)?.bibKey
    if (bib) byBib(bib)
  }
  if (kind === 'read') {
    const end = value.indexOf('|')
    const sql = 'SELECT id FROM timing_reads WHERE session_id = ? AND identity = ?'
    add(idsOf(reader.all(sql, value.slice(0, end), value.slice(end + 1))))
  }
  return found
}

/** Ids of a walk's reads with from < id ≤ to. Bounded by the range, whatever other sessions hold. */
export const walkedReads = (
  reader: Reader,
  { sessionId, device }: Walk,
  from: number,
  to: number,
  limit: number,
): readonly number[] =>
  idsOf(
    reader.all(
      `SELECT id FROM timing_reads WHERE id > ? AND id <= ? AND +session_id = ? AND (? IS NULL OR device = ?)
       ORDER BY id LIMIT ?`,
      from,
      to,
      sessionId,
      device,
      device,
      limit,
    ),
  )
