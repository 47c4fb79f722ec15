import { z } from 'zod'
import { id, moment, route } from './route.ts'

const closingFacts = z.object({
  sessions: z.array(
    z.object({
      id,
      sessionName: z.string(),
      status: z.enum(['active', 'ended']),
      reads: z.number(),
      /** Reads nobody was found for, but those left to nobody on purpose. */
      unlinked: z.number(),
      /** Reads keyed by hand that have no bib yet. */
      keyedWaiting: z.number(),
    }),
  ),
  connections: z.array(
    z.object({
      id,
      connectionName: z.string(),
      autoSyncEnabled: z.boolean(),
      /** People whose last change scoring has not heard of. */
      waiting: z.number(),
      /** Events of other days that it brings as well, from today on. */
      otherEvents: z.number(),
    }),
  ),
  stillOut: z.number(),
  startsWithoutGun: z.array(z.string()),
  closedAt: moment.nullable(),
  closedBy: z.string().nullable(),
  /** The day personal data is to be deleted; only remembered here, nothing is deleted by it. */
  deleteOn: z.iso.date().nullable(),
})
export type ClosingFacts = z.infer<typeof closingFacts>

const file = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  text: z.string(),
  rows: z.number(),
  /** Where the next piece begins; null: this was the last. */
  next: z.number().nullable(),
})
export type FilePiece = z.infer<typeof file>

export const closing = {
  facts: route('GET', '/race-days/{id}/closing', 'crew', 'What is still open before a race is closed')
    .input(z.object({ id }))
    .output(closingFacts),
  readsFile: route(
    'GET',
    '/timing/sessions/{id}/reads-file',
    'crew',
    'All reads of a session with their links as CSV, in pieces',
  )
    .input(z.object({ id, after: z.coerce.number().int().default(0) }))
    .output(file),
  resultsFile: route(
    'GET',
    '/race-days/{id}/results-file',
    'crew',
    'Everybody with gun time, chip time and each location as CSV',
  )
    .input(z.object({ id }))
    .output(file),
  close: route(
    'POST',
    '/race-days/{id}/closing',
    'manager',
    'Ends sessions, turns schedules off, keeps a date',
  )
    .input(
      z.object({
        id,
        endSessions: z.boolean().default(true),
        /** Connections whose schedule is turned off. */
        connectionIds: z.array(id).default([]),
        deleteOn: z.iso.date().nullable().optional(),
      }),
    )
    .output(closingFacts),
}
