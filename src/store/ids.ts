import { v5, v7 } from 'uuid'

/** Namespace of every id that Trackside derives from keys. Never changes: two laptops must make the same row. */
const NAMESPACE = '5b3f4f0e-6c1f-5d5e-9d3a-7c0e5a1d2b90'

/** A row's id from its keys, for rows that any laptop may make: the same keys make the same id everywhere. */
export const idOf = (table: string, ...keys: readonly (string | number)[]): string =>
  v5([table, ...keys].map(key => encodeURIComponent(String(key))).join('/'), NAMESPACE)

/** An id for a row born here; ids of one laptop sort by their birth. */
export const newId = (): string => v7()

export const eventId = (provider: string, sourceEventId: string): string =>
  idOf('normalized_events', provider, sourceEventId)

export const participantId = (provider: string, sourceEventId: string, sourceParticipantId: string): string =>
  idOf('normalized_participants', provider, sourceEventId, sourceParticipantId)
