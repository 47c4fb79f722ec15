import { z } from 'zod'
import { FINDING_CAUSES, FINDING_KINDS } from '../core/model.ts'
import { anyway, id, limit, moment, route } from './route.ts'
import { operation } from './sync.ts'

const counts = {
  /** Registered here; at the target. */
  people: z.number(),
  entries: z.number(),
  /** With those that differ. */
  inBoth: z.number(),
  onlyInSource: z.number(),
  onlyInTarget: z.number(),
  differing: z.number(),
  /** No longer registered, and still at the target. */
  goneInSource: z.number(),
  /** Share of everybody in either system who is not the same in both. */
  discrepancyPercent: z.number(),
}

const ofEvent = z.object({
  eventId: id,
  eventName: z.string(),
  readAt: moment,
  ...counts,
  /** Last comparisons, the oldest first. */
  history: z.array(z.object({ readAt: moment, discrepancyPercent: z.number() })),
})
export type ReconciledEvent = z.infer<typeof ofEvent>

const report = z.object({
  connectionId: id,
  /** Over all events, each as it was last read. */
  ...counts,
  /** Null: never compared. */
  readAt: moment.nullable(),
  /** People whom a repair would send. */
  toRepair: z.number(),
  /** Differing people by the target's field. */
  fields: z.array(z.object({ field: z.string(), people: z.number() })),
  events: z.array(ofEvent),
  /** The comparison or repair that waits or runs; else the last of them. */
  operation: operation.nullable(),
})
export type Reconciliation = z.infer<typeof report>

const finding = z.object({
  id,
  eventName: z.string(),
  kind: z.enum(FINDING_KINDS),
  cause: z.enum(FINDING_CAUSES),
  participantId: id.nullable(),
  targetEntryId: z.string().nullable(),
  bibNumber: z.string().nullable(),
  name: z.string().nullable(),
  fields: z.array(z.object({ field: z.string(), ours: z.string(), theirs: z.string().nullable() })),
  /** Why it is not sent, what the target said, what became of the registration. */
  message: z.string().nullable(),
  /** The target has accepted it since. */
  repaired: z.boolean(),
  repairAskedAt: moment.nullable(),
  repairAskedBy: z.string().nullable(),
})
export type ReconciliationFinding = z.infer<typeof finding>

const connectionId = z.object({ connectionId: id })

export const reconciliation = {
  run: route(
    'POST',
    '/reconcile/{connectionId}',
    'crew',
    'Reads scoring back and compares it with the people here; sends nothing',
  )
    .input(connectionId.extend({ eventIds: z.array(id).optional(), wait: z.boolean().default(true), anyway }))
    .output(report.extend({ operationId: id })),
  last: route('GET', '/reconcile/{connectionId}', 'crew', 'What was last found, by event and over time')
    .input(connectionId)
    .output(report),
  findings: route('GET', '/reconcile/{connectionId}/findings', 'crew', 'What was found, a row each')
    .input(
      connectionId.extend({
        kind: z.enum(FINDING_KINDS),
        limit: limit.default(100),
        after: z.string().optional(),
      }),
    )
    .output(z.object({ findings: z.array(finding), next: z.string().nullable() })),
  repair: route(
    'POST',
    '/reconcile/{connectionId}/repair',
    'crew',
    'Pushes those again that are ours and differ or are missing; what only scoring holds is left',
  )
    .input(connectionId.extend({ wait: z.boolean().default(false), anyway }))
    .output(operation),
}
