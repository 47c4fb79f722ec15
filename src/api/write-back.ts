import { z } from 'zod'
import { NUMBER_OUTCOMES } from '../core/model.ts'
import { anyway, flag, id, limit, moment, route } from './route.ts'
import { operation } from './sync.ts'

const word = z.string().nullable()
const row = z.object({
  participantId: id,
  name: z.string(),
  eventName: z.string(),
  /** Why it is not written. */
  message: word,
  changes: z.array(z.object({ field: z.enum(['bib', 'chip']), old: word, new: word })),
})
/** Counts are whole; rows are the first hundred. */
const part = z.object({ count: z.number(), rows: z.array(row) })

const preview = z.object({
  /** Handed back, a write-back writes what is said here and nothing else. */
  agreed: z.string(),
  changed: part,
  refused: part,
  /** Given here, and there already. */
  unchanged: z.number(),
  inferred: z.boolean(),
  msPerRegistration: z.number(),
  calls: z.number(),
})
export type WriteBackPreview = z.infer<typeof preview>

const numbers = z.object({ bib: word, chip: word })
const answer = z.object({
  participantId: id,
  name: z.string(),
  eventName: z.string(),
  before: numbers,
  sent: numbers,
  outcome: z.enum(NUMBER_OUTCOMES),
  message: word,
  sentAt: moment,
})
export type WriteBackAnswer = z.infer<typeof answer>

export const writeBack = {
  write: route(
    'POST',
    '/provider-connections/{connectionId}/write-back',
    'manager',
    'Writes bibs and chips given here to their registrations; with dry_run only says which',
  )
    .input(
      z.object({
        connectionId: id,
        dryRun: flag.default(false),
        /** Of a dry run. */
        agreed: z.string().optional(),
        wait: z.boolean().default(false),
        anyway,
      }),
    )
    .output(z.object({ preview, operationId: id.nullable(), operation: operation.nullable() })),
  answers: route(
    'GET',
    '/provider-connections/{connectionId}/write-back',
    'crew',
    'What registration last said of each of them, newest first',
  )
    .input(z.object({ connectionId: id, limit: limit.default(100) }))
    .output(z.object({ answers: z.array(answer), running: operation.nullable() })),
}
