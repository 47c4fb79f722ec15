import { hash } from 'node:crypto'
import { parse, v7 } from 'uuid'

/** Namespace of every id that Trackside derives from keys. Never changes: two laptops must make the same row. */
const NAMESPACE = '5b3f4f0e-6c1f-5d5e-9d3a-7c0e5a1d2b90'

const NAMESPACE_BYTES = Buffer.from(parse(NAMESPACE))

/** UUIDv5 by Node's one-shot hash: the uuid package's way took an eighth of storing somebody. */
function v5(name: string): string {
  const sha = hash('sha1', Buffer.concat([NAMESPACE_BYTES, Buffer.from(name)]), 'hex')
  const variant = ((Number.parseInt(sha.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${sha.slice(0, 8)}-${sha.slice(8, 12)}-5${sha.slice(13, 16)}-${variant}${sha.slice(18, 20)}-${sha.slice(20, 32)}`
}

/** A row's id from its keys, for rows that any laptop may make: the same keys make the same id everywhere. */
export const idOf = (table: string, ...keys: readonly (string | number)[]): string =>
  v5([table, ...keys].map(key => encodeURIComponent(String(key))).join('/'))

/** An id for a row born here; ids of one laptop sort by their birth. */
export const newId = (): string => v7()

export const eventId = (provider: string, sourceEventId: string): string =>
  idOf('normalized_events', provider, sourceEventId)

export const participantId = (provider: string, sourceEventId: string, sourceParticipantId: string): string =>
  idOf('normalized_participants', provider, sourceEventId, sourceParticipantId)
