import { AppError } from '../core/errors.ts'
import type { SourceEvent } from '../core/model.ts'
import type { Cursor } from '../providers/provider.ts'
import {
  type ConnectionRow,
  connectionById,
  connectionEvent,
  connectionEventOf,
  eventsOf,
  mappingOf,
  scoredEvents,
} from '../store/connections.ts'
import { effectiveValues, overridesOf } from '../store/effective-rows.ts'
import { storeEvent } from '../store/events.ts'
import { markGone, type SourceRow, storeParticipants } from '../store/participants.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import { type Account, type AccountParts, openSide } from './account.ts'
import { type Desired, desiredEntries, isDue, leftAtTarget } from './entries.ts'
import { eventRef, normalizePage } from './pull.ts'

/** Rows shown of each kind; counts are whole. */
const SHOWN = 100

interface PreviewRow {
  readonly participantId: string
  readonly name: string
  readonly bibNumber: string | null
  readonly eventName: string
}

interface Part<extra = unknown> {
  count: number
  rows: (PreviewRow & extra)[]
}

export interface SyncPreview {
  readonly added: Part
  readonly changed: Part<{ changes: { field: string; old: unknown; new: unknown }[] }>
  readonly gone: Part
  readonly conflicting: Part<{ message: string }>
  readonly refused: Part<{ code: string; message: string }>
  unchanged: number
  readonly inferred: boolean
  calls: number
}

/** Thrown to take a preview's writes back: nothing of it stays. */
const takenBack = Symbol('preview')

interface Fetched {
  readonly event: Row<'normalized_events'>
  readonly rows: readonly SourceRow[]
  readonly refused: readonly { readonly code: string; readonly message: string }[]
  /** Everybody was fetched: who is not in it would be called gone. */
  readonly whole: boolean
}

async function fetchEvent(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  source: Account,
): Promise<Fetched> {
  const state = connectionEventOf(store.read, connection.id, event.id)
  const since: Cursor | null = state?.cursor ?? null
  const { mapping } = mappingOf(store.read, connection.id)
  const rows: SourceRow[] = []
  const refused: { code: string; message: string }[] = []
  if (!source.provider.participants)
    throw new AppError('provider.unsupported', `${source.provider.name} gives no participants.`)
  for await (const page of source.provider.participants.pull(source.context, eventRef(event), since)) {
    const normalized = normalizePage(source, page.items, mapping)
    rows.push(...normalized.rows)
    refused.push(...normalized.refused)
  }
  return { event, rows, refused, whole: since === null }
}

/**
 * What a run would do, by the run's own path: the same pages are fetched, stored, mapped and compared,
 * in a transaction that is taken back. Only the push is left out.
 * @param fresh false leaves the provider alone: what the store holds against what the target last accepted
 */
export async function previewSync(
  store: Store,
  parts: AccountParts,
  connectionId: string,
  fresh: boolean,
  signal: AbortSignal,
): Promise<SyncPreview> {
  const connection = connectionById(store.read, connectionId)
  if (connection === null) throw new AppError('not-found', 'There is no such connection.')
  const target = parts.providerById(connection.targetProvider)
  const preview: SyncPreview = {
    added: { count: 0, rows: [] },
    changed: { count: 0, rows: [] },
    gone: { count: 0, rows: [] },
    conflicting: { count: 0, rows: [] },
    refused: { count: 0, rows: [] },
    unchanged: 0,
    inferred: target.evidence.push === 'inferred',
    calls: 0,
  }
  const fetched: Fetched[] = []
  const newEvents: SourceEvent[] = []
  if (fresh) {
    const called = () => {
      preview.calls += 1
    }
    const source = await openSide(parts, connection, 'source', { signal, urgent: true, called })
    if (connection.eventsSyncedAt === null) {
      for await (const page of source.provider.events(source.context)) newEvents.push(...page.items)
    }
    const wanted = newEvents.filter(
      event => connection.events === 'all' || connection.events.includes(event.sourceEventId),
    )
    const known = eventsOf(store.read, connection)
    for (const event of known) fetched.push(await fetchEvent(store, connection, event, source))
    const unknown: Row<'normalized_events'>[] = []
    dryRun(store, writer => {
      for (const event of wanted) unknown.push(storeEvent(writer, source.provider.id, event))
    })
    for (const event of unknown.filter(event => !known.some(other => other.id === event.id))) {
      fetched.push(await fetchEvent(store, connection, event, source))
    }
    newEvents.splice(0, newEvents.length, ...wanted)
  }
  dryRun(store, writer => {
    for (const event of newEvents)
      connectionEvent(writer, connection.id, storeEvent(writer, connection.sourceProvider, event).id)
    for (const { event, rows, refused, whole } of fetched) {
      storeParticipants(writer, event, rows)
      if (whole && rows.length > 0) markGone(writer, event, writer.at)
      for (const error of refused) {
        add(preview.refused, {
          participantId: event.id,
          name: '(unreadable)',
          bibNumber: null,
          eventName: event.eventName,
          ...error,
        })
      }
    }
    for (const event of scoredEvents(writer, connection, parts.clock()))
      compare(writer, connection, event, target, preview)
  })
  return preview
}

function dryRun(store: Store, work: (writer: Writer) => void): void {
  try {
    store.write(writer => {
      work(writer)
      throw takenBack
    })
  } catch (error) {
    if (error !== takenBack) throw error
  }
}

function add<extra>(part: Part<extra>, row: PreviewRow & extra): void {
  part.count += 1
  if (part.rows.length < SHOWN) part.rows.push(row)
}

function compare(
  writer: Writer,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: Account['provider'],
  preview: SyncPreview,
): void {
  const desired = desiredEntries(writer, connection, event, target)
  const shown = (person: Desired): PreviewRow => ({
    participantId: person.participantId,
    name: person.name,
    bibNumber: person.bibNumber,
    eventName: event.eventName,
  })
  const byBib = new Map<string, Desired[]>()
  for (const person of desired) {
    if (person.bibNumber !== null)
      byBib.set(person.bibNumber, [...(byBib.get(person.bibNumber) ?? []), person])
    if (!isDue(person)) preview.unchanged += 1
    else if (person.missing.length > 0) {
      add(preview.refused, {
        ...shown(person),
        code: 'mapping.missing',
        message: `${target.name} needs ${person.missing.join(', ')}`,
      })
    } else if (person.receipt === null || person.receipt.acceptedHash === '')
      add(preview.added, shown(person))
    else add(preview.changed, { ...shown(person), changes: changes(person) })
  }
  for (const [bib, people] of byBib) {
    if (people.length < 2) continue
    for (const person of people) {
      const others = people.filter(other => other !== person).map(other => other.name)
      add(preview.conflicting, { ...shown(person), message: `Bib ${bib} is also ${others.join(', ')}` })
    }
  }
  conflictsWithSource(writer, event, preview)
  for (const row of leftAtTarget(writer, event, target)) {
    const { first_name: first, last_name: last } = effectiveValues(row)
    const name = [first, last].filter(Boolean).join(' ')
    add(preview.gone, {
      participantId: row.participantId,
      name,
      bibNumber: row.bibNumber,
      eventName: event.eventName,
    })
  }
}

function changes(person: Desired): { field: string; old: unknown; new: unknown }[] {
  const before = person.receipt?.accepted ?? {}
  const fields = new Set([...Object.keys(before), ...Object.keys(person.values)])
  return [...fields]
    .filter(field => before[field] !== person.values[field])
    .map(field => ({ field, old: before[field] ?? null, new: person.values[field] ?? null }))
}

/** A bib that the crew decided and that the source gives otherwise: the crew's counts, and it is said. */
function conflictsWithSource(writer: Writer, event: Row<'normalized_events'>, preview: SyncPreview): void {
  const rows = rowsWhere(
    writer,
    'normalized_participants',
    `normalized_event_id = ? AND id IN (SELECT participant_id FROM participant_overrides WHERE withdrawn = 0 AND field = 'bib_number')`,
    event.id,
  )
  for (const row of rows) {
    const decided = overridesOf(writer, row.id).find(override => override.field === 'bib_number')
    if (!decided || row.bibNumber === null || row.bibRetained || decided.value === row.bibNumber) continue
    add(preview.conflicting, {
      participantId: row.id,
      name: [row.firstName, row.lastName].filter(Boolean).join(' '),
      bibNumber: typeof decided.value === 'string' ? decided.value : null,
      eventName: event.eventName,
      message: `Bib is ${row.bibNumber} at the source, ${decided.value ?? 'none'} by ${decided.decidedBy}. The crew's counts.`,
    })
  }
}
