import { z } from 'zod'
import { OPERATION_STATUSES, OPERATION_TYPES } from '../core/model.ts'
import { anyway, flag, id, limit, moment, route } from './route.ts'

export const operation = z.object({
  id,
  connectionId: id,
  operationType: z.enum(OPERATION_TYPES),
  syncDirection: z.string(),
  triggerType: z.enum(['manual', 'scheduled', 'retry']),
  full: z.boolean(),
  status: z.enum(OPERATION_STATUSES),
  step: z.string().nullable(),
  startedBy: z.string(),
  startedAt: moment,
  completedAt: moment.nullable(),
  /** A waiting one goes on by itself then. */
  resumeAt: moment.nullable(),
  totalRecords: z.number().nullable(),
  processedRecords: z.number(),
  successRecords: z.number(),
  errorRecords: z.number(),
  addedRecords: z.number(),
  changedRecords: z.number(),
  goneRecords: z.number(),
  pushedRecords: z.number(),
  heldRecords: z.number(),
  /** Of a reconciliation: share of all people who are not the same in both systems. */
  discrepancyPercent: z.number().nullable(),
  calls: z.number(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
})
export type Operation = z.infer<typeof operation>

const recordError = z.object({
  id,
  participantId: id.nullable(),
  sourceParticipantId: z.string().nullable(),
  name: z.string().nullable(),
  stage: z.enum(['fetch', 'normalize', 'map', 'push']),
  /** Names of the fields it is about, where it is about fields. */
  field: z.string().nullable(),
  code: z.string(),
  message: z.string(),
})

const started = z.object({
  success: z.boolean(),
  message: z.string(),
  operationId: id,
  /** With `wait`: the operation as it ended, and its counts once more where the plan has them. */
  operation: operation.nullable(),
  status: z.enum(OPERATION_STATUSES).optional(),
  totalRecords: z.number().nullable().optional(),
  processedRecords: z.number().optional(),
  successRecords: z.number().optional(),
  errorRecords: z.number().optional(),
  calls: z.number().optional(),
})

const change = z.object({ field: z.string(), old: z.unknown(), new: z.unknown() })
const previewRow = z.object({
  participantId: id,
  name: z.string(),
  bibNumber: z.string().nullable(),
  eventName: z.string(),
})
const leftAtTarget = z.object({
  participantId: id,
  name: z.string(),
  bibNumber: z.string().nullable(),
  eventName: z.string(),
  registrationStatus: z.string(),
})

/** Counts are whole; rows are the first hundred of each kind. */
const previewPart = z.object({ count: z.number(), rows: z.array(previewRow) })
export const preview = z.object({
  added: previewPart,
  changed: z.object({ count: z.number(), rows: z.array(previewRow.extend({ changes: z.array(change) })) }),
  gone: previewPart,
  conflicting: z.object({ count: z.number(), rows: z.array(previewRow.extend({ message: z.string() })) }),
  refused: z.object({
    count: z.number(),
    rows: z.array(previewRow.extend({ code: z.string(), field: z.string().nullable(), message: z.string() })),
  }),
  unchanged: z.number(),
  /** Nobody has confirmed how the target takes entries: a run stops short of it unless the connection allows it. */
  inferred: z.boolean(),
  calls: z.number(),
})
export type Preview = z.infer<typeof preview>

const lookChange = z.object({
  participantId: id,
  name: z.string(),
  bib: z.string().nullable(),
  /** Of a changed bib: what it would be. */
  newBib: z.string().nullable(),
})
/** Counts are whole; rows are the first hundred of each kind. */
const lookPart = z.object({ count: z.number(), rows: z.array(lookChange) })
/** What a run would do to an event shortly before its start, which somebody must look at. */
const look = z.object({
  id,
  eventName: z.string(),
  /** fetch: here. push: at the scoring provider. */
  stage: z.enum(['fetch', 'push']),
  people: z.number(),
  allowed: z.number(),
  bibs: lookPart,
  gone: lookPart,
  at: moment,
  decision: z.enum(['go-on', 'cancelled', 'later-run']).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: moment.nullable(),
})
export type Look = z.infer<typeof look>

/** Null: pushing is not frozen. */
const freeze = z.object({ frozen: z.object({ since: moment, by: z.string() }).nullable() })

export const sync = {
  manual: route('POST', '/sync/manual', 'crew', 'Runs a connection now')
    .input(
      z.object({
        connectionId: id,
        operation: z.enum(['events', 'participants', 'results']).default('participants'),
        full: z.boolean().default(false),
        wait: z.boolean().default(false),
        anyway,
      }),
    )
    .output(started),
  status: route(
    'GET',
    '/sync/status/{connectionId}',
    'crew',
    'Last operations of a connection and when it is next due',
  )
    .input(z.object({ connectionId: id }))
    .output(
      z.object({
        connectionId: id,
        recentOperations: z.array(operation),
        lastSuccess: moment.nullable(),
        nextScheduled: moment.nullable(),
      }),
    ),
  preview: route('POST', '/sync/preview', 'crew', 'What a run would do, on the same path, without doing it')
    .input(z.object({ connectionId: id, fresh: flag.default(true) }))
    .output(preview),
  previewProgress: route('GET', '/sync/preview/{connectionId}', 'crew', 'How far a preview that runs is')
    .input(z.object({ connectionId: id }))
    .output(
      z.object({
        /** Null: none runs. */
        progress: z.object({ step: z.string(), fetched: z.number(), calls: z.number() }).nullable(),
      }),
    ),
  operations: route('GET', '/sync/operations', 'crew', 'History, newest first')
    .input(
      z.object({
        connectionId: id.optional(),
        limit: limit.default(50),
        after: z.coerce.number().optional(),
      }),
    )
    .output(z.object({ operations: z.array(operation), next: z.number().nullable() })),
  operation: route('GET', '/sync/operations/{id}', 'crew', 'One operation with its refused records')
    .input(z.object({ id }))
    .output(operation.extend({ errors: z.array(recordError), looks: z.array(look) })),
  goOn: route(
    'POST',
    '/sync/operations/{id}/go-on',
    'crew',
    'Lets a run go on that needed a look; cancel ends it',
  )
    .input(z.object({ id, wait: z.boolean().default(false), anyway }))
    .output(started),
  freeze: route('GET', '/sync/freeze', 'crew', 'Whether all pushing is frozen').output(freeze),
  setFreeze: route('PUT', '/sync/freeze', 'crew', 'Freezes all pushing of this laptop, or lets it go')
    .input(z.object({ frozen: z.boolean() }))
    .output(freeze),
  leftAtTarget: route(
    'GET',
    '/provider-connections/{connectionId}/left-at-target',
    'crew',
    'Who is no longer registered and still in scoring; nobody is deleted there',
  )
    .input(z.object({ connectionId: id }))
    .output(z.object({ count: z.number(), people: z.array(leftAtTarget) })),
  cancel: route('POST', '/sync/operations/{id}/cancel', 'crew', 'Stops it after the page it is on')
    .input(z.object({ id }))
    .output(operation),
  retryFailed: route('POST', '/sync/operations/{id}/retry-failed', 'crew', 'Tries its refused records again')
    .input(z.object({ id, wait: z.boolean().default(false), anyway }))
    .output(started),
}
