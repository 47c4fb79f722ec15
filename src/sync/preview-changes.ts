import type { Clock } from '../core/runtime.ts'
import type { Reader } from '../store/reader.ts'
import type { Store } from '../store/store.ts'
import type { Row, TableName } from '../store/tables.ts'
import type { PeopleSeen } from './preview-people.ts'

type EventRow = Row<'normalized_events'>

export interface Person {
  readonly id: string
  readonly event: EventRow
}

/** Who was computed anew at a moment, or since. */
export const changedAt = (
  reader: Reader,
  events: readonly EventRow[],
  than: '=' | '>=',
  at: number,
): readonly Person[] =>
  events.flatMap(event =>
    reader
      .all<{ id: string }>(
        `SELECT participant_id AS id FROM effective_participants INDEXED BY effective_participants_changed
         WHERE normalized_event_id = ? AND changed_at ${than} ?`,
        event.id,
        at,
      )
      .map(({ id }) => ({ id, event })),
  )

const PEOPLE: readonly TableName[] = ['effective_participants', 'participant_overrides', 'push_receipts']

/** Whoever changed since it was asked last. */
export function watchChanges({
  store,
  clock,
  targetProvider,
  events,
  seen,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly targetProvider: string
  readonly events: readonly EventRow[]
  readonly seen: PeopleSeen
}): { take(): readonly Person[]; stop(): void } {
  let changed = new Set<TableName>()
  let since = clock()
  const stop = store.onChange(tables => {
    for (const table of PEOPLE) if (tables.has(table)) changed.add(table)
  })
  return {
    stop,
    take() {
      const [tables, from] = [changed, since]
      changed = new Set()
      since = clock()
      if (tables.size === 0) return []
      const walkUps = events.flatMap(event => seen.walkUps(event.id).map(id => ({ id, event })))
      const byId = new Map(events.map(event => [event.id, event]))
      const answered = tables.has('push_receipts')
        ? store.read
            .all<{ id: string; eventId: string }>(
              `SELECT e.participant_id AS id, e.normalized_event_id AS eventId
               FROM push_receipts r CROSS JOIN effective_participants e ON e.participant_id = r.participant_id
               WHERE r.target_provider = ? AND r.updated_at >= ?`,
              targetProvider,
              from,
            )
            .flatMap(({ id, eventId }) => {
              const event = byId.get(eventId)
              return event === undefined ? [] : [{ id, event }]
            })
        : []
      const all = [...changedAt(store.read, events, '>=', from), ...walkUps, ...answered]
      return [...new Map(all.map(person => [person.id, person])).values()]
    },
  }
}
