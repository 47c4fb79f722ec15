import { AppError } from '../core/errors.ts'
import type { SourceEvent } from '../core/model.ts'
import type { Cursor } from '../providers/provider.ts'
import { type ConnectionRow, connectionEventOf, eventsOf, mappingOf } from '../store/connections.ts'
import { storeEvent } from '../store/events.ts'
import type { SourceRow } from '../store/participants.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { dryRun } from './dry-run.ts'
import { eventRef, normalizePage } from './pull.ts'

/** What a provider said of an event, not stored. */
export interface Fetched {
  readonly event: Row<'normalized_events'>
  readonly rows: readonly SourceRow[]
  readonly refused: readonly { readonly code: string; readonly message: string }[]
  /** Everybody was fetched: who is not in it would be called gone. */
  readonly whole: boolean
}

export interface FetchedAll {
  /** Of this connection, and not known here yet. */
  readonly newEvents: readonly SourceEvent[]
  readonly fetched: readonly Fetched[]
}

/** Items of a page that are read between two turns of the event loop. */
const PIECE = 250

/** The pages a run would fetch. */
export async function fetchAll(
  store: Store,
  connection: ConnectionRow,
  source: Account,
  tell: (progress: { readonly step: string } | { readonly people: number }) => void,
): Promise<FetchedAll> {
  const fetched: Fetched[] = []
  const fetchOne = async (event: Row<'normalized_events'>): Promise<void> => {
    tell({ step: `Fetching ${event.eventName}` })
    fetched.push(await fetchEvent(store, connection, event, source, people => tell({ people })))
  }
  const offered: SourceEvent[] = []
  if (connection.eventsSyncedAt === null) {
    for await (const page of source.provider.events(source.context)) offered.push(...page.items)
  }
  const newEvents = offered.filter(
    event => connection.events === 'all' || connection.events.includes(event.sourceEventId),
  )
  const known = eventsOf(store.read, connection)
  for (const event of known) await fetchOne(event)
  const unknown: Row<'normalized_events'>[] = []
  dryRun(store, writer => {
    for (const event of newEvents) unknown.push(storeEvent(writer, source.provider.id, event))
  })
  for (const event of unknown) if (!known.some(other => other.id === event.id)) await fetchOne(event)
  return { newEvents, fetched }
}

async function fetchEvent(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  source: Account,
  came: (people: number) => void,
): Promise<Fetched> {
  const state = connectionEventOf(store.read, connection.id, event.id)
  const since: Cursor | null = state?.cursor ?? null
  const { mapping } = mappingOf(store.read, connection.id)
  const rows: SourceRow[] = []
  const refused: { code: string; message: string }[] = []
  if (!source.provider.participants)
    throw new AppError('provider.unsupported', `${source.provider.name} gives no participants.`)
  for await (const page of source.provider.participants.pull(source.context, eventRef(event), since)) {
    came(page.items.length)
    for (let at = 0; at < page.items.length; at += PIECE) {
      const normalized = normalizePage(source, page.items.slice(at, at + PIECE), mapping)
      rows.push(...normalized.rows)
      refused.push(...normalized.refused)
      await breath()
    }
  }
  return { event, rows, refused, whole: since === null }
}
