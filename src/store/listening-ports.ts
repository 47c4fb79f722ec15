import type { Reader } from './reader.ts'
import { rowWhere } from './rows.ts'
import type { Writer } from './writer.ts'

const KEY = 'listening_ports'

type Ports = Readonly<Record<string, number>>

function kept(reader: Reader): Ports {
  const value: unknown = rowWhere(reader, 'settings', 'key = ?', KEY)?.value
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, port]) => (typeof port === 'number' ? [[name, port]] : [])),
  )
}

/** The port that the crew chose for a protocol's readers; null: the one Trackside was started with. */
export const listeningPort = (reader: Reader, protocol: string): number | null =>
  kept(reader)[protocol] ?? null

/** @param port null: the one Trackside was started with */
export function setListeningPort(writer: Writer, protocol: string, port: number | null): void {
  const before = kept(writer)
  const { [protocol]: _, ...others } = before
  const after: Ports = port === null ? others : { ...others, [protocol]: port }
  writer.put('settings', { key: KEY, value: after, updatedAt: writer.at })
  writer.audit({ action: 'ports for readers', table: 'settings', rowId: KEY, before, after, reason: null })
}
