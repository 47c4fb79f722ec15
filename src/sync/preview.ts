import { AppError } from '../core/errors.ts'
import {
  type ConnectionRow,
  connectionById,
  connectionEvent,
  mappingOf,
  scoredEvents,
} from '../store/connections.ts'
import { storeEvent } from '../store/events.ts'
import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import { type AccountParts, openSide } from './account.ts'
import { breath } from './breath.ts'
import { dryRun } from './dry-run.ts'
import { changedAt, watchChanges } from './preview-changes.ts'
import { type FetchedAll, fetchAll } from './preview-fetched.ts'
import { createPeopleSeen, type Outcomes } from './preview-people.ts'
import { type Piece, piecesOf } from './preview-pieces.ts'

export interface SyncPreview extends Outcomes {
  readonly inferred: boolean
  readonly calls: number
}

/** How far a preview is. */
export interface PreviewProgress {
  /** What it is doing, in words. */
  readonly step: string
  /** People of this step so far. */
  readonly fetched: number
  readonly calls: number
}

type EventRow = Row<'normalized_events'>

/** People who are looked at between two turns of the event loop. */
const PIECE = 250
/** Times that whoever changed meanwhile is looked at between turns; after that, all at once. */
const ROUNDS = 5

/**
 * What a run would do, by the run's own path: the same pages are fetched, stored, mapped and compared, a piece at a time
 * in transactions that are taken back. Only the push is left out. Whoever changed meanwhile is looked at again in the
 * last turn, so that the answer is of one moment: its end.
 * @param fresh false leaves the provider alone: what the store holds against what the target last accepted
 * @throws AppError cancelled; conflict when the mapping was changed meanwhile
 */
export async function previewSync(
  store: Store,
  parts: AccountParts,
  connectionId: string,
  fresh: boolean,
  signal: AbortSignal,
  onProgress: (progress: PreviewProgress) => void = () => {},
): Promise<SyncPreview> {
  const connection = connectionById(store.read, connectionId)
  if (connection === null) throw new AppError('not-found', 'There is no such connection.')
  const target = parts.providerById(connection.targetProvider)
  let progress: PreviewProgress = { step: 'Fetching events', fetched: 0, calls: 0 }
  const tell = (change: Partial<PreviewProgress>): void => {
    progress = { ...progress, ...change }
    onProgress(progress)
  }
  const all = fresh ? await fetched(store, parts, connection, signal, () => progress, tell) : NOTHING
  const { mapping, version } = mappingOf(store.read, connection.id)
  const seen = createPeopleSeen({ connection, target, mapping })
  const prepared = prepare(connection, all)
  let events: readonly EventRow[] = []
  dryRun(store, writer => {
    prepared(writer, null)
    events = scoredEvents(writer, connection, parts.clock())
  })
  const changes = watchChanges({ store, clock: parts.clock, targetProvider: target.id, events, seen })
  const next = async (people: number): Promise<void> => {
    tell({ fetched: progress.fetched + people })
    await breath()
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled: the preview')
  }
  try {
    tell({ step: `Comparing with ${target.name}`, fetched: 0 })
    /** Who is not yet as the provider says, by id. */
    const pieceOf = new Map<string, Piece>()
    const lookAt = (piece: Piece): void => {
      dryRun(store, writer => {
        for (const event of new Set(piece.people.map(one => one.event))) prepared(writer, event)
        piece.store(writer)
        for (const [event, ids] of touchedBy(writer, piece, events)) {
          for (const id of ids) pieceOf.set(id, piece)
          seen.look(writer, event, [...ids])
        }
      })
    }
    for (const piece of await piecesOf(store, all.fetched)) {
      lookAt(piece)
      await next(piece.people.length)
    }
    for (const event of events) {
      const ids = idsOf(store.read, event).filter(id => !pieceOf.has(id))
      for (let at = 0; at < ids.length; at += PIECE) {
        const some = ids.slice(at, at + PIECE)
        seen.look(store.read, event, some)
        await next(some.length)
      }
    }
    for (let round = 1; ; round += 1) {
      const people = changes.take()
      const pieces = new Set(people.flatMap(({ id }) => pieceOf.get(id) ?? []))
      const others = people.filter(({ id }) => !pieceOf.has(id))
      const atOnce = round > ROUNDS || (pieces.size <= 1 && others.length <= 2 * PIECE)
      for (const piece of pieces) {
        lookAt(piece)
        if (!atOnce) await next(0)
      }
      for (const [event, some] of Map.groupBy(others, one => one.event)) {
        for (let at = 0; at < some.length; at += PIECE) {
          seen.look(
            store.read,
            event,
            some.slice(at, at + PIECE).map(({ id }) => id),
          )
          if (!atOnce) await next(0)
        }
      }
      if (atOnce) break
    }
    if (mappingOf(store.read, connection.id).version !== version)
      throw new AppError('conflict', 'The mapping was changed while this was worked out. Preview it again.')
    return {
      ...seen.outcomes(all.fetched),
      inferred: target.evidence.push === 'inferred',
      calls: progress.calls,
    }
  } finally {
    changes.stop()
  }
}

const NOTHING: FetchedAll = { newEvents: [], fetched: [] }

async function fetched(
  store: Store,
  parts: AccountParts,
  connection: ConnectionRow,
  signal: AbortSignal,
  now: () => PreviewProgress,
  tell: (change: Partial<PreviewProgress>) => void,
): Promise<FetchedAll> {
  const called = (): void => tell({ calls: now().calls + 1 })
  const source = await openSide(parts, connection, 'source', { signal, urgent: true, called })
  return fetchAll(store, connection, source, change =>
    tell('people' in change ? { fetched: now().fetched + change.people } : change),
  )
}

/** Events that are not known here yet, as a run would store them: one of them, or all. */
function prepare(connection: ConnectionRow, { newEvents }: FetchedAll) {
  return (writer: Writer, only: EventRow | null): void => {
    for (const source of newEvents) {
      if (only !== null && only.sourceEventId !== source.sourceEventId) continue
      connectionEvent(writer, connection.id, storeEvent(writer, connection.sourceProvider, source).id)
    }
  }
}

/** Whom storing a piece may have changed, by event. */
function touchedBy(
  writer: Writer,
  piece: Piece,
  events: readonly EventRow[],
): ReadonlyMap<EventRow, ReadonlySet<string>> {
  const byId = new Map(events.map(event => [event.id, event]))
  const touched = new Map<EventRow, Set<string>>()
  const add = (eventId: string, id: string): void => {
    const event = byId.get(eventId)
    if (event === undefined) return
    const ids = touched.get(event)
    if (ids === undefined) touched.set(event, new Set([id]))
    else ids.add(id)
  }
  for (const { event, id } of piece.people) add(event.id, id)
  for (const { event, id } of changedAt(writer, events, '=', writer.at)) add(event.id, id)
  return touched
}

const idsOf = (reader: Reader, event: EventRow): readonly string[] =>
  reader
    .all<{ id: string }>(
      'SELECT participant_id AS id FROM effective_participants WHERE normalized_event_id = ?',
      event.id,
    )
    .map(({ id }) => id)
