import { z } from 'zod'
import { id, moment, route } from './route.ts'

const start = z.object({
  eventId: id,
  eventName: z.string(),
  /** '' is the event's own start. */
  wave: z.string(),
  people: z.number(),
  plannedAt: moment.nullable(),
  /** What race times count from; null while no gun is known. */
  at: moment.nullable(),
  /** nearest: nobody chose, the gun read nearest to the plan. event: a wave without a gun of its own. */
  found: z.enum(['corrected', 'chosen', 'nearest', 'event']).nullable(),
  gunReadId: z.number().nullable(),
  correctedAt: moment.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: moment.nullable(),
  reason: z.string().nullable(),
})
export type StartShown = z.infer<typeof start>

const gun = z.object({
  id: z.number(),
  at: moment.nullable(),
  rawTime: z.string().nullable(),
  timeProblem: z.string().nullable(),
  /** The line protocol or file format it came by; by-hand: pressed at a laptop. */
  source: z.string(),
  device: z.string(),
  location: z.string().nullable(),
  raw: z.string(),
  receivedAt: moment,
})
export type GunShown = z.infer<typeof gun>

const day = z.object({
  starts: z.array(start),
  guns: z.array(gun),
  /** Ms before the own gun from which a read at a start counts as one's start. */
  startWindowMs: z.number(),
})

const which = { id, eventId: id, wave: z.string().default('') }
/** Ms since the key was pressed, for a call that came late or was made again. */
export const agoMs = z.number().min(0).max(3_600_000).default(0)

export const starts = {
  list: route('GET', '/race-days/{id}/starts', 'crew', 'Events and waves, their guns, and which one counts')
    .input(z.object({ id }))
    .output(day),
  decide: route(
    'PUT',
    '/race-days/{id}/starts',
    'crew',
    'Chooses a gun read for a start, or corrects its time',
  )
    .input(
      z.object({
        ...which,
        gunReadId: z.number().int().nullable().optional(),
        correctedAt: moment.nullable().optional(),
        plannedAt: moment.nullable().optional(),
        reason: z.string().trim().max(500).optional(),
      }),
    )
    .output(day),
  takeBack: route('DELETE', '/race-days/{id}/starts', 'crew', 'Takes that back: the nearest gun counts again')
    .input(z.object(which))
    .output(day),
  gunNow: route(
    'POST',
    '/race-days/{id}/guns',
    'crew',
    'A gun pressed here, kept as a read; chosen for a start',
  )
    .input(
      z.object({
        id,
        /** The same press again is the same gun. */
        pressId: z.uuid().optional(),
        agoMs,
        /** Left out: it is kept, and counts where it is nearest to a plan. */
        start: z.object({ eventId: id, wave: z.string().default('') }).optional(),
      }),
    )
    .output(day),
  setWindow: route('PUT', '/start-window', 'crew', 'How long before the own gun a read at a start counts')
    .input(
      z.object({
        startWindowMs: z
          .number()
          .int()
          .min(0)
          .max(6 * 3_600_000),
      }),
    )
    .output(z.object({ startWindowMs: z.number() })),
}
