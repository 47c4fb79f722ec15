import { z } from 'zod'
import { OPERATION_STATUSES, OPERATION_TYPES } from '../core/model.ts'
import { flag, id, limit, moment, route } from './route.ts'

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
/** Counts are whole; rows are the first hundred of each kind. */
const previewPart = z.object({ count: z.number(), rows: z.array(previewRow) })
export const preview = z.object({
  added: previewPart,
  changed: z.object({ count: z.number(), rows: z.array(previewRow.extend({ changes: z.array(change) })) }),
  gone: previewPart,
  conflicting: z.object({ count: z.number(), rows: z.array(previewRow.extend({ message: z.string() })) }),
  refused: z.object({
    count: z.number(),
    rows: z.array(previewRow.extend({ code: z.string(), message: z.string() })),
  }),
  unchanged: z.number(),
  /** Nobody has confirmed how the target takes entries: a run stops short of it unless the connection allows it. */
  inferred: z.boolean(),
  calls: z.number(),
})
export type Preview = z.infer<typeof preview>

export const sync = {
  manual: route('POST', '/sync/manual', 'crew', 'Runs a connection now')
    .input(
      z.object({
        connectionId: id,
        operation: z.enum(['events', 'participants', 'results']).default('participants'),
        full: z.boolean().default(false),
        wait: z.boolean().default(false),
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
    .output(operation.extend({ errors: z.array(recordError) })),
  cancel: route('POST', '/sync/operations/{id}/cancel', 'crew', 'Stops it after the page it is on')
    .input(z.object({ id }))
    .output(operation),
  retryFailed: route('POST', '/sync/operations/{id}/retry-failed', 'crew', 'Tries its refused records again')
    .input(z.object({ id, wait: z.boolean().default(false) }))
    .output(started),
}
