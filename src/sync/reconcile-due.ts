import { connectionById } from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'
import { type AccountParts, limitOf } from './account.ts'
import type { ConnectionAccounts } from './connection-accounts.ts'
import type { OperationRequest, OperationRow } from './operations.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** Until then a race has its daily comparison; further off, and where nobody knows the start, one a week. */
const NEAR_MS = 7 * DAY_MS
/** Once more so long before the start, while there is time to put right what it finds. */
const BEFORE_START_MS = 2 * HOUR_MS
const LOOK_EVERY_MS = 60_000

interface Candidate {
  readonly connectionId: string
  readonly eventId: string
  readonly startAt: number | null
  readonly triedAt: number | null
}

/** Events whose entries are at a target that this laptop pushes to, of connections on schedule, and not compared already. */
const CANDIDATES = `SELECT c.connection_id AS connectionId, v.id AS eventId, v.start_at AS startAt,
    c.reconcile_tried_at AS triedAt
  FROM connection_events c
  JOIN provider_connections k ON k.id = c.connection_id AND k.deleted_at IS NULL AND k.auto_sync_enabled = 1
  JOIN normalized_events v ON v.id = c.normalized_event_id
  WHERE c.target_race_id IS NOT NULL AND (v.start_at IS NULL OR v.start_at > ?)
    AND (k.events = '"all"' OR EXISTS (SELECT 1 FROM json_each(k.events) WHERE value = v.source_event_id))
    AND NOT EXISTS (SELECT 1 FROM sync_operations o JOIN sync_queue q ON q.operation_id = o.id
      WHERE o.connection_id = c.connection_id AND o.operation_type = 'reconcile'
        AND (COALESCE(o.event_ids, 'null') = 'null' OR EXISTS (SELECT 1 FROM json_each(o.event_ids) WHERE value = v.id)))`

/** When an event's two sides are next compared. Never tried: at once. */
export function reconcileAt(startAt: number | null, triedAt: number | null, now: number): number {
  if (triedAt === null) return now
  const every = startAt !== null && startAt - now <= NEAR_MS ? DAY_MS : NEAR_MS
  const daily = triedAt + every
  if (startAt === null || triedAt >= startAt - BEFORE_START_MS || now >= startAt) return daily
  return Math.min(daily, startAt - BEFORE_START_MS)
}

/** Comparisons that the clock begins. */
export interface Comparisons {
  /** Those to be begun now; looked for once a minute. */
  due(): readonly OperationRequest[]
}

/** A comparison leaves an account's calls to the pushes: it begins only while at least half of them are left. */
export function createComparisons(parts: {
  readonly store: Store
  readonly accounts: AccountParts
  readonly names: ConnectionAccounts
}): Comparisons {
  const { store, accounts, names } = parts
  let lookedAt = Number.NEGATIVE_INFINITY
  const hasCalls = (connectionId: string): boolean => {
    const connection = connectionById(store.read, connectionId)
    const [, target] = names.of(connectionId) ?? []
    if (connection === null || target === undefined) return false
    const limit = limitOf(accounts.providerById(connection.targetProvider), connection.targetSettings)
    const { left, of } = accounts.budget.left(target, limit)
    return left >= of / 2
  }
  return {
    due() {
      const now = accounts.clock()
      if (Math.abs(now - lookedAt) < LOOK_EVERY_MS) return []
      lookedAt = now
      return store.read
        .all<Candidate>(CANDIDATES, now - HOUR_MS)
        .filter(({ startAt, triedAt }) => reconcileAt(startAt, triedAt, now) <= now)
        .filter(({ connectionId }) => hasCalls(connectionId))
        .map(({ connectionId, eventId }) => ({
          ...{ connectionId, full: false, startedBy: 'schedule' },
          operationType: 'reconcile',
          triggerType: 'scheduled',
          eventIds: [eventId],
          deadlineAt: now + DAY_MS,
        }))
    },
  }
}

/** However it ended: its next turn is counted from here. */
export function noteCompared(writer: Writer, { connectionId, eventIds }: OperationRow): void {
  for (const row of rowsWhere(writer, 'connection_events', 'connection_id = ?', connectionId)) {
    if (eventIds !== null && !eventIds.includes(row.normalizedEventId)) continue
    writer.put('connection_events', {
      ...row,
      reconcileTriedAt: writer.at,
    })
  }
}
