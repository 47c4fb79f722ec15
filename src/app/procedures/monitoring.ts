import type { WatchedConnection } from '../../api/monitoring.ts'
import { allConnections } from '../../store/connections.ts'
import {
  type HourOfSyncs,
  partnerSummaries,
  peopleByEvents,
  providersUsed,
  reconciliationsSince,
  type SyncCounts,
  syncsByHour,
  totals,
} from '../../store/monitoring.ts'
import { accountBudgets } from '../account-budgets.ts'
import { discrepancyOverTime } from '../discrepancy-over-time.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

const HOURS = 24
const DAY_MS = HOURS * 3_600_000
const DISCREPANCY_DAYS = 30

const NONE: SyncCounts = { total: 0, successful: 0, failed: 0, manual: 0 }

const plus = (one: SyncCounts, other: SyncCounts): SyncCounts => ({
  total: one.total + other.total,
  successful: one.successful + other.successful,
  failed: one.failed + other.failed,
  manual: one.manual + other.manual,
})

/** All 24, those without a sync too; what begins this very ms is in the last. */
const hoursOf = (found: readonly HourOfSyncs[]): readonly SyncCounts[] =>
  Array.from({ length: HOURS }, (_, hour) =>
    found.filter(one => Math.min(one.hour, HOURS - 1) === hour).reduce(plus, NONE),
  )

export function monitoringProcedures(parts: AppParts) {
  const { store, config } = parts
  const dayAgo = (): number => config.clock() - DAY_MS
  return {
    syncSummary: os.monitoring.syncSummary.handler(() => {
      const { events, participants } = totals(store.read)
      return {
        summary: partnerSummaries(store.read, dayAgo()),
        totalEvents: events,
        totalParticipants: participants,
      }
    }),
    participantTracking: os.monitoring.participantTracking.handler(() => {
      const counted = Map.groupBy(peopleByEvents(store.read), ({ partnerId }) => partnerId)
      return {
        tracking: providersUsed(store.read).map(({ partnerId, name, providers }) => {
          const byEvents = counted.get(partnerId) ?? []
          const people = byEvents.reduce((sum, one) => sum + one.people, 0)
          const entries = byEvents.reduce((sum, one) => sum + one.people * one.events, 0)
          return {
            timingPartnerName: name,
            uniqueParticipants: people,
            avgEventsPerParticipant: people === 0 ? null : entries / people,
            providersUsed: providers,
            byEvents: byEvents.map(one => ({ events: one.events, participants: one.people })),
          }
        }),
      }
    }),
    connections: os.monitoring.connections.handler(() => {
      const at = config.clock()
      const found = Map.groupBy(syncsByHour(store.read, at - DAY_MS), one => one.connectionId)
      return {
        at,
        connections: allConnections(store.read).map((connection): WatchedConnection => {
          const hours = hoursOf(found.get(connection.id) ?? [])
          const compared = reconciliationsSince(store.read, connection.id, at - DISCREPANCY_DAYS * DAY_MS)
          return {
            connectionId: connection.id,
            connectionName: connection.connectionName,
            active: connection.autoSyncEnabled,
            lastSuccessAt: connection.lastSuccessAt,
            ...hours.reduce(plus, NONE),
            hours: [...hours],
            discrepancy: [...discrepancyOverTime(compared)],
          }
        }),
      }
    }),
    budgets: os.monitoring.budgets.handler(async () => ({
      budgets: (await accountBudgets(parts, allConnections(store.read))).map(
        ({ account: _, connectionNames, ...budget }) => ({
          ...budget,
          connectionNames: [...connectionNames],
        }),
      ),
    })),
  }
}
