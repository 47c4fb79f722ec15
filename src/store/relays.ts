import type { Reader } from './reader.ts'
import { rowWhere } from './rows.ts'
import type { Writer } from './writer.ts'

/** What of a session's reads a relay hands on. */
export interface RelayChoice {
  /** Empty: of all devices. */
  readonly devices: readonly string[]
  /** As the streams name them; empty: of all. */
  readonly locations: readonly string[]
  /** Reads of imported files too. They did not come from a reader's stream. */
  readonly files: boolean
  /** Reads keyed by hand too, under their bib. */
  readonly keyed: boolean
}

/** A scoring program that reads are handed on to. */
export interface Relay extends RelayChoice {
  readonly id: string
  /** What the crew calls it; one of a kind. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly protocol: 'ctp01'
  readonly on: boolean
}

const KEY = 'timing_relays'

const isRelay = (value: unknown): value is Relay =>
  typeof value === 'object' && value !== null && 'id' in value && 'host' in value && 'devices' in value

/** Those that the crew listed, in its order. */
export function relays(reader: Reader): readonly Relay[] {
  const value: unknown = rowWhere(reader, 'settings', 'key = ?', KEY)?.value
  return Array.isArray(value) ? value.filter(isRelay) : []
}

function keep(writer: Writer, after: readonly Relay[]): void {
  writer.put('settings', {
    key: KEY,
    value: after.map(relay => ({ ...relay })),
    updatedAt: writer.at,
  })
}

/** Adds a relay, or replaces the one with its id. */
export function putRelay(writer: Writer, relay: Relay): void {
  const known = relays(writer)
  const before = known.find(({ id }) => id === relay.id)
  keep(
    writer,
    before === undefined ? [...known, relay] : known.map(each => (each.id === relay.id ? relay : each)),
  )
  writer.audit({
    action: 'reads handed on',
    table: 'settings',
    rowId: `${KEY}/${relay.id}`,
    before: before === undefined ? null : { ...before },
    after: { ...relay },
    reason: null,
  })
}

/** False when there is none of that id. */
export function deleteRelay(writer: Writer, id: string): boolean {
  const known = relays(writer)
  const before = known.find(relay => relay.id === id)
  if (before === undefined) return false
  keep(
    writer,
    known.filter(relay => relay !== before),
  )
  writer.audit({
    action: 'reads no longer handed on',
    table: 'settings',
    rowId: `${KEY}/${id}`,
    before: { ...before },
    after: null,
    reason: null,
  })
  return true
}
