import type { Reader } from './reader.ts'
import { rowWhere } from './rows.ts'
import type { Writer } from './writer.ts'

/** A reader that we call, rather than it us. */
export interface DialedReader {
  readonly protocol: 'race-result'
  /** What the crew calls it; one of a kind. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** Where it stands, unless a rule says otherwise. */
  readonly location: string | null
}

const KEY = 'timing_readers'

const isDialed = (value: unknown): value is DialedReader =>
  typeof value === 'object' && value !== null && 'protocol' in value && 'host' in value && 'port' in value

/** Those that the crew listed, in its order. */
export function dialedReaders(reader: Reader): readonly DialedReader[] {
  const value: unknown = rowWhere(reader, 'settings', 'key = ?', KEY)?.value
  return Array.isArray(value) ? value.filter(isDialed) : []
}

/** Replaces the list. */
export function setDialedReaders(writer: Writer, readers: readonly DialedReader[]): void {
  const before = dialedReaders(writer)
  const after = readers.map(({ protocol, name, host, port, location }) => ({
    ...{ protocol, name, host, port, location },
  }))
  writer.put('settings', { key: KEY, value: after, updatedAt: writer.at })
  writer.audit({
    action: 'readers to call',
    table: 'settings',
    rowId: KEY,
    before: before.map(each => ({ ...each })),
    after,
    reason: null,
  })
}
