import { AppError, isAppError } from '../core/errors.ts'
import type { Json } from '../core/runtime.ts'
import type { Provider } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent } from '../store/connections.ts'
import { type ResultItem, storeResults, withdrawResults } from '../store/results.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { mayUse } from './evidence.ts'
import type { Progress } from './operations.ts'
import { ahead } from './pull.ts'
import { targetOf } from './push.ts'
import { linkResults } from './result-people.ts'

/** Results of one transaction: reads and the window are served in between. */
const CHUNK = 200

/** Nobody has proven that a provider says every change: now and then everything is fetched. */
const ALL_EVERY_MS = 15 * 60_000

/** @throws AppError provider.unsupported */
export function resultsOf(provider: Provider): NonNullable<Provider['results']> {
  if (provider.results) return provider.results
  throw new AppError('provider.unsupported', `${provider.name} gives no results.`)
}

/** Whether how the provider gives them was confirmed, or the connection allows it all the same. */
export const mayPullResults = (connection: ConnectionRow, provider: Provider): boolean =>
  provider.results !== undefined && (provider.evidence.results !== 'inferred' || connection.inferredAllowed)

/**
 * Brings an event's results from scoring. A fetch that was cut begins anew; only one that began from nothing, came to its
 * end and could be read whole says which results are withdrawn.
 */
export async function pullResults(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  scoring: Account,
  options: { readonly full: boolean; readonly onlyEvent: boolean },
  progress: Progress,
): Promise<void> {
  const results = resultsOf(scoring.provider)
  if (!mayUse(store.read, connection, scoring, 'results'))
    throw new AppError(
      'provider.unconfirmed',
      `Nobody has confirmed how ${scoring.provider.name} gives results. Allow it in the connection.`,
    )
  const race = await targetOf(store, connection, event, scoring, options.onlyEvent)
  let state = store.write(writer => {
    const known = connectionEvent(writer, connection.id, event.id)
    const fullAt = known.resultsFullAt ?? 0
    const anew = options.full || known.resultsCursor === null || writer.at - fullAt >= ALL_EVERY_MS
    if (!anew) return known
    const begun = { ...known, resultsCursor: null, resultsFullStartedAt: writer.at, clock: writer.clock }
    writer.put('connection_events', begun)
    return begun
  })
  let seen = 0
  let unread = 0
  for await (const page of ahead(results.pull(scoring.context, race, state.resultsCursor))) {
    for (let start = 0; start === 0 || start < page.items.length; start += CHUNK) {
      const items = normalized(results, page.items.slice(start, start + CHUNK), progress)
      const last = start + CHUNK >= page.items.length
      seen += items.length
      unread += Math.min(CHUNK, page.items.length - start) - items.length
      store.write(writer => {
        const counts = storeResults(writer, event.id, scoring.provider.id, items)
        progress.add('addedRecords', counts.added)
        progress.add('changedRecords', counts.changed)
        progress.add('successRecords', items.length)
        if (!last || !page.complete) return
        state = {
          ...connectionEvent(writer, connection.id, event.id),
          resultsCursor: page.cursor,
          resultsPulledAt: writer.at,
          clock: writer.clock,
          updatedAt: writer.at,
        }
        if (state.resultsFullStartedAt !== null) {
          const began = state.resultsFullStartedAt
          if (unread === 0)
            progress.add('goneRecords', withdrawResults(writer, event.id, scoring.provider.id, began, seen))
          state = { ...state, resultsFullStartedAt: null, resultsFullAt: began }
        }
        writer.put('connection_events', state)
      })
      await breath()
    }
    progress.add('processedRecords', page.items.length)
    progress.save()
  }
  store.write(writer => linkResults(writer, event.id, scoring.provider.id))
}

/** An item that cannot be read is trouble with one record. */
function normalized(
  results: NonNullable<Provider['results']>,
  items: readonly Json[],
  progress: Progress,
): readonly ResultItem[] {
  return items.flatMap(raw => {
    try {
      return [{ result: results.normalize(raw), raw }]
    } catch (error) {
      if (!isAppError(error)) throw error
      progress.refused({ stage: 'normalize', code: error.code, message: error.message })
      return []
    }
  })
}
