import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'

/** What a read's number does not say: with it, another read under the same number is known by its content. */
export const runSuffix = (read: RawRow): string => `|${read.chip}|${read.raw_time}|${read.antenna}`

/** A new location's number is not one of its stream. */
export const isNumberedRead = (read: RawRow): boolean =>
  read.stream_id !== null && read.sequence !== null && read.kind !== 'new-location'

/** Chip, time and antenna, as runSuffix says them. */
const SUFFIX_PARTS = 3

const READ = `SELECT identity, kind, stream_id, sequence, chip, raw_time, antenna FROM timing_reads
  WHERE session_id = ? AND identity = ?`

/**
 * How a decision names a read. Of two reads under one number each laptop knows the one by the number alone that it met
 * first; with its content a read has one name everywhere.
 * @param identity as the journal here has it
 */
export function lastingIdentity(reader: Reader, sessionId: string, identity: string): string {
  const read = reader.get<RawRow>(READ, sessionId, identity)
  if (read === undefined || !isNumberedRead(read)) return identity
  const suffix = runSuffix(read)
  return identity.endsWith(suffix) ? identity : identity + suffix
}

/** By the number alone, as the read may be known here. */
export const identityByNumber = (lasting: string): string =>
  lasting.split('|').slice(0, -SUFFIX_PARTS).join('|')
