import type { Clock } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import type { TableName } from '../store/tables.ts'
import { type Appointment, agendaOf, type PullsResults, resultsKey } from './agenda.ts'
import type { Budget } from './budget.ts'
import type { ConnectionAccounts } from './connection-accounts.ts'

/** Calls are kept for a race from here on, so that they are there when its minutes begin. */
const NEAR_MS = 5 * 60 * 60_000
const OVER_MS = 60 * 60_000
const AGENDA_TABLES = [
  'provider_connections',
  'normalized_events',
  'connection_events',
  'event_turns',
] as const
/** The agenda is made anew at least this often: turns follow the clock, and what somebody changes. */
const AGENDA_MS = 10_000

/** Whose turn it is. */
export interface Due {
  /** Those who are not under way; turns that changed since the agenda was made are looked at anew. */
  now(): readonly Appointment[]
  changed(tables: ReadonlySet<TableName>): void
}

export function createDue(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly accounts: ConnectionAccounts
  readonly budget: Budget
  readonly pullsResults: PullsResults
}): Due {
  const { store, clock, accounts, budget, pullsResults } = parts
  let agenda: { readonly madeAt: number; readonly turns: readonly Appointment[]; changed: boolean } | null =
    null

  /** Accounts with a race that is near keep calls for it. */
  const keepForNear = (turns: readonly Appointment[], now: number): void => {
    const near = new Set<string>()
    for (const { connectionId, startAt } of turns) {
      if (startAt === null || startAt - now > NEAR_MS || now - startAt > OVER_MS) continue
      for (const account of accounts.of(connectionId) ?? []) near.add(account)
    }
    budget.keepFor(near)
  }

  const makeAgenda = (now: number): readonly Appointment[] => {
    const turns = agendaOf(store.read, now, pullsResults)
    agenda = { madeAt: now, turns, changed: false }
    keepForNear(turns, now)
    return turns
  }

  /** Turns that wait or run already: `connection|event`, or those of all events of a connection. */
  const underWay = (): ReadonlySet<string> =>
    new Set(
      store.read
        .all<{ connectionId: string; eventIds: string | null; operationType: string }>(
          `SELECT connection_id AS connectionId, event_ids AS eventIds, operation_type AS operationType
           FROM sync_operations WHERE operation_type IN ('events', 'participants', 'results')
           AND id IN (SELECT operation_id FROM sync_queue)`,
        )
        .flatMap(({ connectionId, eventIds, operationType }) => {
          if (operationType === 'events') return [`${connectionId}|`]
          const ids = eventIds === null ? null : (JSON.parse(eventIds) as readonly string[] | null)
          const results = operationType === 'results'
          if (ids === null) return [results ? resultsKey(connectionId) : connectionId]
          return ids.map(id => `${connectionId}|${results ? resultsKey(id) : id}`)
        }),
    )

  return {
    now() {
      const now = clock()
      const isOld = agenda === null || now - agenda.madeAt >= AGENDA_MS || now < agenda.madeAt
      const turns = isOld || agenda === null ? makeAgenda(now) : agenda.turns
      const due = turns.filter(turn => turn.dueAt <= now)
      if (due.length === 0) return due
      const already = underWay()
      const isFree = ({ connectionId, eventId, results }: Appointment): boolean => {
        const all = results ? resultsKey(connectionId) : connectionId
        const own = results ? resultsKey(eventId ?? '') : (eventId ?? '')
        return !already.has(all) && !already.has(`${connectionId}|${own}`)
      }
      const free = due.filter(isFree)
      if (free.length === 0 || !agenda?.changed) return free
      return makeAgenda(now).filter(turn => turn.dueAt <= now && isFree(turn))
    },
    changed(tables) {
      if (agenda !== null && AGENDA_TABLES.some(table => tables.has(table))) agenda.changed = true
    },
  }
}
