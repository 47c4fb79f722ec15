import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import { isNumberedRead, runSuffix } from './remote-reads.ts'

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
