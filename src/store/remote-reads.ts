import { isNumberedRead, runSuffix } from './lasting-identity.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import { type Content, isSameContent } from './reads.ts'
import type { Writer } from './writer.ts'

const COLUMNS = [
  ...[
    'session_id',
    'identity',
    'kind',
    'source',
    'device',
    'stream_id',
    'stream_location',
    'sequence',
    'chip',
  ],
  ...['bib_number', 'read_at', 'raw_time', 'time_problem', 'antenna', 'rssi', 'lap', 'raw', 'received_at'],
] as const

const INSERT = `INSERT INTO timing_reads (timing_partner_id, ${COLUMNS.join(', ')}, origin)
  VALUES (?, ${COLUMNS.map(() => '?').join(', ')}, ?) ON CONFLICT (session_id, identity) DO NOTHING`

const contentOf = (read: RawRow): Content => ({
  kind: read.kind as Content['kind'],
  chip: read.chip as string | null,
  antenna: read.antenna as string | null,
  rawTime: read.raw_time as string | null,
  readAt: read.read_at as number | null,
  raw: read.raw as string,
})

const isSame = (one: RawRow, other: RawRow): boolean => isSameContent(contentOf(one), contentOf(other))

const stored = (reader: Reader, read: RawRow, identity: string): RawRow | undefined =>
  reader.get<RawRow>(
    `SELECT kind, chip, antenna, raw_time, read_at, raw FROM timing_reads WHERE session_id = ? AND identity = ?`,
    read.session_id,
    identity,
  )

/** Whether it is here under the number alone: two laptops met two reads of one number in another order. */
function isUnderItsNumber(reader: Reader, read: RawRow): boolean {
  const identity = String(read.identity)
  const suffix = runSuffix(read)
  if (!identity.endsWith(suffix)) return false
  const plain = stored(reader, read, identity.slice(0, -suffix.length))
  return plain !== undefined && isSame(plain, read)
}

/**
 * Brings reads of a peer into the journal, each once, as they were received elsewhere. They are linked here, and follow
 * no stream: how far a reader's numbers have come is told by what was read here.
 * @returns how many are new
 */
export function takeReads(writer: Writer, reads: readonly RawRow[], from: string): number {
  let added = 0
  const insert = (read: RawRow, identity: string): boolean => {
    const values = COLUMNS.map(column => (column === 'identity' ? identity : (read[column] ?? null)))
    return writer.run(INSERT, writer.partnerId, ...values, from).changes === 1
  }
  for (const read of reads) {
    const identity = String(read.identity)
    const numbered = isNumberedRead(read)
    if (numbered && isUnderItsNumber(writer, read)) continue
    let isNew = insert(read, identity)
    if (!isNew && numbered) {
      const other = stored(writer, read, identity)
      if (other !== undefined && !isSame(other, read)) isNew = insert(read, identity + runSuffix(read))
    }
    if (isNew) added += 1
  }
  if (added > 0) writer.touched('timing_reads')
  return added
}
