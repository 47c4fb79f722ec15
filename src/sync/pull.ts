import { AppError, isAppError } from '../core/errors.ts'
import type { MappingConfig } from '../core/mapping.ts'
import type { Json } from '../core/runtime.ts'
import type { Page } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent, mappingOf } from '../store/connections.ts'
import { storeEvent } from '../store/events.ts'
import { participantId } from '../store/ids.ts'
import { markGone, type SourceRow, storeParticipants } from '../store/participants.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { changesOfFetch, demandLook, isNear } from './look.ts'
import type { Progress } from './operations.ts'
import { sourceRow } from './source-rows.ts'

/** A page is stored in smaller transactions, so that reads and the window are served in between. */
const CHUNK = 100

/** Brings the account's events into the store. */
export async function pullEvents(
  store: Store,
  connection: ConnectionRow,
  source: Account,
  progress: Progress,
): Promise<void> {
  progress.step('Fetching events')
  const wanted = connection.events
  for await (const page of source.provider.events(source.context)) {
    store.write(writer => {
      for (const event of page.items) {
        if (wanted !== 'all' && !wanted.includes(event.sourceEventId)) continue
        const row = storeEvent(writer, source.provider.id, event)
        connectionEvent(writer, connection.id, row.id)
      }
    })
    await breath()
  }
  store.write(writer => {
    const row = rowWhere(writer, 'provider_connections', 'id = ?', connection.id)
    if (row !== null) writer.put('provider_connections', { ...row, eventsSyncedAt: writer.at })
  })
}

/** The next page is asked for while this one is stored: the provider's time and ours run side by side. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncGenerator<T, void> {
  const walk = pages[Symbol.asyncIterator]()
  let next = walk.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = walk.next()
      // Its trouble is met when it is its turn; until then it must not be an unhandled rejection.
      next.catch(() => {})
      yield value
    }
  } finally {
    await walk.return?.()
  }
}

export interface Normalized {
  readonly rows: readonly SourceRow[]
  readonly refused: readonly {
    readonly code: string
    readonly message: string
    readonly sourceParticipantId: string | null
  }[]
}

/** A page's items as ours; an item that cannot be read is trouble with one record. */
export function normalizePage(source: Account, items: readonly Json[], mapping: MappingConfig): Normalized {
  const { participants } = source.provider
  if (!participants)
    throw new AppError('provider.unsupported', `${source.provider.name} gives no participants.`)
  const rows: SourceRow[] = []
  const refused: { code: string; message: string; sourceParticipantId: string | null }[] = []
  for (const raw of items) {
    try {
      rows.push(sourceRow(participants, source.provider.fields, raw, mapping))
    } catch (error) {
      if (!isAppError(error)) throw error
      refused.push({ code: error.code, message: error.message, sourceParticipantId: null })
    }
  }
  return { rows, refused }
}

/**
 * Places of a page's items in the order in which their rows lie in the store, where their keys are told: what is written
 * together lies together then, and takes a third less of the log. Items of one key keep their order.
 */
export function storedOrder(
  event: Pick<Row<'normalized_events'>, 'sourceProvider' | 'sourceEventId'>,
  { items, keys }: Pick<Page<Json>, 'items' | 'keys'>,
): readonly number[] {
  const places = Array.from({ length: items.length }, (_, at) => at)
  if (keys === undefined) return places
  const ids = keys.map(key => participantId(event.sourceProvider, event.sourceEventId, key))
  const idAt = (place: number): string => ids[place] ?? ''
  return places.sort((one, other) => {
    const [id, otherId] = [idAt(one), idAt(other)]
    return id === otherId ? 0 : id < otherId ? -1 : 1
  })
}

/** What a provider is asked for an event. */
export const eventRef = (event: Row<'normalized_events'>) => ({
  sourceEventId: event.sourceEventId,
  sourceRaceId: event.sourceRaceId,
  timezone: event.timezone,
})

/**
 * Brings an event's participants into the store, page by page. Each page's cursor commits with its last rows,
 * so a run that is cut goes on where it stopped. Only a fetch that began from nothing and came to its end says who is gone.
 */
export async function pullParticipants(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  source: Account,
  full: boolean,
  progress: Progress,
): Promise<void> {
  const { participants } = source.provider
  if (!participants)
    throw new AppError('provider.unsupported', `${source.provider.name} gives no participants.`)
  let state = store.write(writer => {
    const known = connectionEvent(writer, connection.id, event.id)
    const anew = known.cursor === null || (full && known.fullFetchStartedAt === null)
    const begun = anew
      ? { ...known, cursor: null, fullFetchStartedAt: writer.at, clock: writer.clock }
      : known
    if (anew) writer.put('connection_events', begun)
    return begun
  })
  /** Shortly before a start nothing is stored before all of it was judged; the event's very first fetch is not kept waiting. */
  async function* judgedPages(pages: AsyncIterable<Page<Json>>): AsyncGenerator<Page<Json>, void> {
    const kept: Page<Json>[] = []
    for await (const page of pages) kept.push(page)
    const { rows } = normalizePage(
      source,
      kept.flatMap(page => page.items),
      mappingOf(store.read, connection.id).mapping,
    )
    const anybody = rows.some(row => row.participant.values.registration_status === 'registered')
    const goneBefore = anybody && kept.at(-1)?.complete === true ? state.fullFetchStartedAt : null
    const changes = changesOfFetch(store.read, event, rows, goneBefore)
    demandLook(store, connection, event, progress.row().id, 'fetch', changes, source.context.clock())
    yield* kept
  }
  let seen = 0
  const pages = ahead(participants.pull(source.context, eventRef(event), state.cursor))
  const judged = isNear(event, source.context.clock()) && state.lastFullAt !== null
  for await (const page of judged ? judgedPages(pages) : pages) {
    const order = storedOrder(event, page)
    for (let start = 0; start === 0 || start < page.items.length; start += CHUNK) {
      // Read anew each time: what is saved while this runs counts for all that comes after.
      const { mapping } = mappingOf(store.read, connection.id)
      const items = order.slice(start, start + CHUNK).map(at => page.items[at] ?? null)
      const { rows, refused } = normalizePage(source, items, mapping)
      const last = start + CHUNK >= page.items.length
      seen += rows.filter(row => row.participant.values.registration_status === 'registered').length
      for (const error of refused) progress.refused({ stage: 'normalize', ...error })
      progress.add('successRecords', rows.length)
      const keep = (writer: Writer): void => {
        const counts = storeParticipants(writer, event, rows)
        progress.add('addedRecords', counts.added)
        progress.add('changedRecords', counts.changed)
        if (!last) return
        const next = {
          // As it stands now: a mapping or a target changed meanwhile wants everybody offered again.
          ...connectionEvent(writer, connection.id, event.id),
          cursor: page.cursor,
          lastPullAt: writer.at,
          clock: writer.clock,
          updatedAt: writer.at,
        }
        if (page.complete && state.fullFetchStartedAt !== null) {
          progress.add('goneRecords', whoIsGone(store, writer, event, state.fullFetchStartedAt, seen))
          state = { ...next, fullFetchStartedAt: null, lastFullAt: writer.at }
        } else state = next
        writer.put('connection_events', state)
      }
      // What the power takes before the page's cursor is on the disk, the page brings again.
      store.write(keep, undefined, last ? 'now' : 'later')
      await breath()
    }
    progress.add('processedRecords', page.items.length)
    page.letGo?.()
    progress.save()
  }
}

/**
 * A provider that all at once knows nobody registered is taken for one in trouble: nobody is called gone by an
 * empty answer.
 */
function whoIsGone(
  store: Store,
  writer: Writer,
  event: Row<'normalized_events'>,
  fetchStartedAt: number,
  seen: number,
): number {
  if (seen > 0) return markGone(writer, event, fetchStartedAt)
  const known = store.read.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM normalized_participants
     WHERE normalized_event_id = ? AND source_provider = ? AND registration_status = 'registered'`,
    event.id,
    event.sourceProvider,
  )
  return (known?.people ?? 0) > 10 ? 0 : markGone(writer, event, fetchStartedAt)
}
