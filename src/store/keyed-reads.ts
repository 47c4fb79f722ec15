import { AppError } from '../core/errors.ts'
import { bibKey } from '../core/identity.ts'
import type { LinkState, UnlinkedReason } from '../core/model.ts'
import { assignRead } from './links.ts'
import type { Reader } from './reader.ts'
import { journal, manualIdentityPrefix, manualRead } from './reads.ts'
import type { Writer } from './writer.ts'

// Reads keyed by hand while a reader is dead. The time is kept first, its bib may come later. A read is never edited:
// a bib that comes later is a read of its own with the same press, and the one without a bib becomes nobody's.

export interface Press {
  readonly sessionId: string
  /** Makes the read; the same press again is the same read. */
  readonly pressId: string
  readonly location: string
  /** Ms UTC. */
  readonly at: number
  /** '' while it is not known. */
  readonly bib: string
}

interface Kept {
  readonly id: number
  readonly sessionId: string
  readonly identity: string
  readonly bib: string
  readonly at: number
  readonly location: string | null
}

const KEPT = `SELECT id, session_id AS sessionId, identity, bib_number AS bib, read_at AS at,
  stream_location AS location FROM timing_reads`

const pressOf = (identity: string): string => identity.slice(identity.lastIndexOf('|') + 1)

const keptAs = (reader: Reader, sessionId: string, identity: string): Kept | undefined =>
  reader.get<Kept>(`${KEPT} WHERE session_id = ? AND identity = ?`, sessionId, identity)

/** @throws AppError not-found */
function keyedById(reader: Reader, id: number): Kept {
  const read = reader.get<Kept>(`${KEPT} WHERE id = ? AND kind = 'manual'`, id)
  if (!read) throw new AppError('not-found', `There is no keyed read ${id}.`)
  return read
}

const isAssigned = (reader: Reader, read: Kept): boolean =>
  reader.get(
    'SELECT 1 FROM read_assignments WHERE session_id = ? AND read_identity = ? AND withdrawn = 0',
    read.sessionId,
    read.identity,
  ) !== undefined

/** Keeps a press; one that was taken back counts again. Returns the read's id. */
export function keyRead(writer: Writer, press: Press): number {
  const { sessionId, pressId, ...said } = press
  const made = manualRead({ ...said, id: pressId, by: writer.actor })
  journal(writer, sessionId, [made], writer.at)
  const kept = keptAs(writer, sessionId, made.identity)
  if (!kept) throw new Error('a read just kept is not there')
  if (isAssigned(writer, kept)) assignRead(writer, kept.id, undefined, null)
  return kept.id
}

/** Says the bib of a read that was keyed without one, or another bib. Returns the id of the read that counts now. */
export function finishKeyed(writer: Writer, id: number, bib: string): number {
  const read = keyedById(writer, id)
  if (read.bib === bibKey(bib)) return id
  const { sessionId, at, location } = read
  const now = keyRead(writer, {
    sessionId,
    pressId: pressOf(read.identity),
    ...{ location: location ?? '', at, bib },
  })
  assignRead(writer, id, null, `keyed as bib ${bibKey(bib)}`)
  return now
}

/** One step back: a bib given later is unknown again; a press is nobody's. */
export function takeBackKeyed(writer: Writer, id: number): void {
  const read = keyedById(writer, id)
  assignRead(writer, id, null, 'keyed read taken back')
  if (read.bib === '') return
  const open = keptAs(writer, read.sessionId, `${manualIdentityPrefix('')}${pressOf(read.identity)}`)
  if (open) assignRead(writer, open.id, undefined, null)
}

export interface KeyedRow {
  readonly id: number
  readonly sessionId: string
  readonly at: number
  readonly location: string | null
  /** '' while it is not known. */
  readonly bib: string
  readonly by: string
  /** Null while it is not linked yet. */
  readonly state: LinkState | null
  readonly reason: UnlinkedReason | null
  readonly participantId: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly eventName: string | null
}

/** Keyed reads of a session that were not taken back, those without a bib first, then the latest. */
export const keyedReads = (reader: Reader, sessionId: string, limit: number): KeyedRow[] =>
  reader.all<KeyedRow>(
    `SELECT r.id, r.session_id AS sessionId, r.read_at AS at, COALESCE(t.location_name, r.stream_location) AS location,
     COALESCE(r.bib_number, '') AS bib, substr(r.raw, 10) AS by, l.state, l.reason, l.participant_id AS participantId,
     e.first_name AS firstName, e.last_name AS lastName, v.event_name AS eventName
     FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id
     LEFT JOIN timing_locations t ON t.id = l.location_id
     LEFT JOIN effective_participants e ON e.participant_id = l.participant_id
     LEFT JOIN normalized_events v ON v.id = l.normalized_event_id
     LEFT JOIN read_assignments a ON a.session_id = r.session_id AND a.read_identity = r.identity AND a.withdrawn = 0
     WHERE r.session_id = ? AND r.identity >= 'h|' AND r.identity < 'h}' AND (a.id IS NULL OR a.participant_id IS NOT NULL)
     ORDER BY r.bib_number = '' AND a.id IS NULL DESC, r.read_at DESC, r.id DESC LIMIT ?`,
    sessionId,
    limit,
  )

/** How many of a session's keyed reads still have no bib. */
export const keyedWaiting = (reader: Reader, sessionId: string): number =>
  reader.get<{ reads: number }>(
    `SELECT COUNT(*) AS reads FROM timing_reads r LEFT JOIN read_assignments a
       ON a.session_id = r.session_id AND a.read_identity = r.identity AND a.withdrawn = 0
     WHERE r.session_id = ? AND r.identity >= 'h||' AND r.identity < 'h|}' AND a.id IS NULL`,
    sessionId,
  )?.reads ?? 0
