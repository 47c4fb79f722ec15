import { hash } from 'node:crypto'
import { parse, v7 } from 'uuid'

/** Namespace of every id that Trackside derives from keys. Never changes: two laptops must make the same row. */
const NAMESPACE = '5b3f4f0e-6c1f-5d5e-9d3a-7c0e5a1d2b90'

/** Namespace and name, as they are hashed; the name is written behind the namespace anew each time. */
let hashed = Buffer.concat([parse(NAMESPACE), Buffer.alloc(240)])
const NAME_AT = 16

/** UUIDv5 by Node's one-shot hash: the uuid package's way took an eighth of storing somebody. */
function v5(name: string): string {
  const room = NAME_AT + name.length * 3
  if (room > hashed.length) hashed = Buffer.concat([hashed.subarray(0, NAME_AT)], room)
  const length = hashed.write(name, NAME_AT)
  const sha = hash('sha1', hashed.subarray(0, NAME_AT + length), 'hex')
  const variant = VARIANTS[Number.parseInt(sha.charAt(16), 16) & 3]
  const parts = [
    sha.slice(0, 8),
    sha.slice(8, 12),
    `5${sha.slice(13, 16)}`,
    `${variant}${sha.slice(17, 20)}`,
    sha.slice(20, 32),
  ]
  // Joined they are one text at once; a template's pieces stay apart, ten times as large, until somebody reads it.
  return parts.join('-')
}

const VARIANTS = ['8', '9', 'a', 'b']
const NEEDS_ENCODING = /[^\w.!~*'()-]/

const encoded = (key: string | number): string => {
  const text = String(key)
  return NEEDS_ENCODING.test(text) ? encodeURIComponent(text) : text
}

/** A row's id from its keys, for rows that any laptop may make: the same keys make the same id everywhere. */
export function idOf(table: string, ...keys: readonly (string | number)[]): string {
  let name = encoded(table)
  for (const key of keys) name += `/${encoded(key)}`
  return v5(name)
}

/** An id for a row born here; ids of one laptop sort by their birth. */
export const newId = (): string => v7()

export const eventId = (provider: string, sourceEventId: string): string =>
  idOf('normalized_events', provider, sourceEventId)

export const participantId = (provider: string, sourceEventId: string, sourceParticipantId: string): string =>
  idOf('normalized_participants', provider, sourceEventId, sourceParticipantId)
