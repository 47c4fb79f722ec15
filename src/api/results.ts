import { z } from 'zod'
import { RESULT_STATUSES } from '../core/model.ts'
import { anyway, flag, id, limit, moment, route } from './route.ts'
import { operation } from './sync.ts'

/** `in-doubt`: sent, and no answer came. `left`: published, and scoring says otherwise by now. */
const STATES = [
  'not-published',
  'published',
  'differs',
  'too-fresh',
  'in-doubt',
  'no-registration',
  'refused',
  'left',
  'not-yet',
] as const
export type ResultState = (typeof STATES)[number]

const ms = z.number().nullable()

const result = z.object({
  id,
  participantId: id.nullable(),
  name: z.string().nullable(),
  bibNumber: z.string().nullable(),
  overallPlace: z.number().nullable(),
  genderPlace: z.number().nullable(),
  divisionPlace: z.number().nullable(),
  gunTimeMs: ms,
  chipTimeMs: ms,
  splitTimes: z.array(z.object({ name: z.string(), gunMs: ms, chipMs: ms })),
  resultStatus: z.enum(RESULT_STATUSES),
  withdrawnAt: moment.nullable(),
  changedAt: moment,
  state: z.enum(STATES),
  /** Why it is not published, where there is more to say than the state. */
  message: z.string().nullable(),
})
export type Result = z.infer<typeof result>

const resultsEvent = z.object({
  connectionId: id,
  connectionName: z.string(),
  sourceProvider: z.string(),
  targetProvider: z.string(),
  eventId: id,
  eventName: z.string(),
  raceName: z.string().nullable(),
  eventDate: z.string().nullable(),
  timezone: z.string().nullable(),
  results: z.number(),
  finished: z.number(),
  published: z.number(),
  withdrawn: z.number(),
  /** Null: never. */
  pulledAt: moment.nullable(),
  /** By itself; null: not for now. */
  nextPullAt: moment.nullable(),
  publishedAt: moment.nullable(),
  /** Whether results can be sent, or go as a file only. */
  canPublish: z.boolean(),
  /** Under way or waiting for its event, or for all of the connection. */
  running: operation.nullable(),
})
export type ResultsEvent = z.infer<typeof resultsEvent>

const change = z.object({ field: z.string(), old: z.string().nullable(), new: z.string().nullable() })
/** Counts are whole; rows are the first hundred. */
const part = z.object({
  count: z.number(),
  rows: z.array(
    z.object({
      resultId: id,
      bibNumber: z.string().nullable(),
      name: z.string(),
      message: z.string().nullable(),
      changes: z.array(change),
    }),
  ),
})
const preview = z.object({
  /** Handed back with `asOf`, a publication sends what is said here and nothing else. */
  asOf: moment,
  added: part,
  corrected: part,
  /** Changed in the last five minutes. */
  tooFresh: part,
  noRegistration: part,
  refused: part,
  /** Published, and no longer a result in scoring: nothing takes it back there. */
  left: part,
  unchanged: z.number(),
  /** Runners whom the provider will tell. */
  notifiedOfNew: z.number(),
  notifiedOfCorrections: z.number(),
  /** By the pace that the provider is sent them. */
  msPerResult: z.number(),
  inferred: z.boolean(),
  calls: z.number(),
})
export type PublishPreview = z.infer<typeof preview>

const ofEvent = z.object({ connectionId: id, eventId: id })

export const results = {
  events: route('GET', '/results/events', 'crew', 'Events whose results can be pulled, with counts')
    .input(z.object({ raceDayId: id.optional() }))
    .output(z.object({ events: z.array(resultsEvent) })),
  list: route('GET', '/results', 'crew', 'Results of an event by place, and whether they are published')
    .input(
      z.object({
        eventId: id,
        /** Left out: the first connection that has the event. */
        connectionId: id.optional(),
        limit: limit.default(100),
        after: z.string().optional(),
      }),
    )
    .output(z.object({ results: z.array(result), next: z.string().nullable() })),
  pull: route('POST', '/results/pull', 'crew', 'Brings results from scoring now')
    .input(ofEvent.extend({ full: flag.default(false), wait: z.boolean().default(false) }))
    .output(operation),
  publish: route(
    'POST',
    '/results/publish',
    'manager',
    'Sends to registration what is new and has rested for five minutes; with dry_run only says what that is',
  )
    .input(
      ofEvent.extend({
        dryRun: flag.default(false),
        /** Results that were published before and differ now. */
        includeCorrections: flag.default(false),
        /** Of a dry run: nothing is sent that it did not say. */
        asOf: moment.optional(),
        wait: z.boolean().default(false),
        anyway,
      }),
    )
    .output(z.object({ preview, operationId: id.nullable(), operation: operation.nullable() })),
  file: route('GET', '/results/file', 'crew', 'Results of an event as a file for the registration provider')
    .input(ofEvent)
    .output(z.object({ fileName: z.string(), mediaType: z.string(), text: z.string(), rows: z.number() })),
  history: route('GET', '/results/history', 'crew', 'Pulls and publications of a connection, newest first')
    .input(z.object({ connectionId: id, eventId: id.optional(), limit: limit.default(20) }))
    .output(z.object({ operations: z.array(operation) })),
}
