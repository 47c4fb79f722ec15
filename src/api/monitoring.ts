import { z } from 'zod'
import { id, moment, route } from './route.ts'

const syncCounts = {
  /** Within 24 hours. What neither went well nor failed was held, stopped, or is not over. */
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
  /** Begun by a person, a retry included. */
  manual: z.number(),
}

const watched = z.object({
  connectionId: id,
  connectionName: z.string(),
  /** Its schedule is on. */
  active: z.boolean(),
  lastSuccessAt: moment.nullable(),
  ...syncCounts,
  /** 24 of them, the oldest first; the last ends now. */
  hours: z.array(z.object(syncCounts)),
  /** Over all its events, each as it was last compared; 30 days, the oldest first. */
  discrepancy: z.array(z.object({ at: moment, percent: z.number() })),
})
export type WatchedConnection = z.infer<typeof watched>

const budget = z.object({
  provider: z.string(),
  /** Connections whose calls count against it. */
  connectionNames: z.array(z.string()),
  left: z.number(),
  of: z.number(),
  /** What the limit counts over. */
  perMs: z.number(),
  /** The provider asked for patience until then. */
  heldUntil: moment.nullable(),
})
export type RateBudget = z.infer<typeof budget>

const summary = z.object({
  timingPartner: z.string(),
  totalConnections: z.number(),
  activeConnections: z.number(),
  totalSyncs24h: z.number(),
  successfulSyncs24h: z.number(),
  failedSyncs24h: z.number(),
  manualSyncs24h: z.number(),
})

const tracking = z.object({
  timingPartnerName: z.string(),
  uniqueParticipants: z.number(),
  /** Null: nobody yet. */
  avgEventsPerParticipant: z.number().nullable(),
  providersUsed: z.number(),
  byEvents: z.array(z.object({ events: z.number(), participants: z.number() })),
})
export type ParticipantTracking = z.infer<typeof tracking>

export const monitoring = {
  syncSummary: route(
    'GET',
    '/monitoring/sync-summary',
    'manager',
    'Connections and syncs of 24 hours, by timing partner',
  ).output(z.object({ summary: z.array(summary), totalEvents: z.number(), totalParticipants: z.number() })),
  participantTracking: route(
    'GET',
    '/monitoring/participant-tracking',
    'manager',
    'People over events and providers, by timing partner',
  ).output(z.object({ tracking: z.array(tracking) })),
  connections: route(
    'GET',
    '/monitoring/connections',
    'crew',
    'Syncs by the hour and discrepancy over time, by connection',
  ).output(z.object({ at: moment, connections: z.array(watched) })),
  budgets: route('GET', '/monitoring/rate-budgets', 'crew', 'Calls that each account may still make').output(
    z.object({ budgets: z.array(budget) }),
  ),
}
