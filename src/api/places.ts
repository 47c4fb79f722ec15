import { z } from 'zod'
import { id, moment, route } from './route.ts'

/** Where a box stood, from when to when. Null times are open ends; of spans that overlap the one begun last holds. */
const span = z.object({ id, locationId: id, fromAt: moment.nullable(), toAt: moment.nullable() })
export type Span = z.infer<typeof span>

const box = z.object({
  device: z.string(),
  reads: z.number(),
  firstAt: moment.nullable(),
  lastAt: moment.nullable(),
  /** What its stream or files call the place: holds wherever no span does. */
  named: z.array(z.string()),
  spans: z.array(span),
  /** Reads by bin, oldest first; bins without reads are left out. */
  bins: z.array(z.object({ at: moment, reads: z.number() })),
  /** When it may have been moved: its own words, and long pauses. */
  turns: z.array(z.object({ at: moment, words: z.string() })),
})
export type Box = z.infer<typeof box>

const places = z.object({
  timezone: z.string(),
  binMs: z.number(),
  locations: z.array(z.object({ id, locationName: z.string() })),
  boxes: z.array(box),
})
export type Places = z.infer<typeof places>

export const placesContract = {
  list: route(
    'GET',
    '/timing/sessions/{id}/places',
    'crew',
    'The boxes of a session, when each read, and where it stood when',
  )
    .input(z.object({ id }))
    .output(places),
  place: route('POST', '/timing/sessions/{id}/spans', 'crew', 'Where a box stood, from when to when')
    .input(
      z.object({
        id,
        /** The span that is changed; a new one without it. */
        spanId: id.optional(),
        device: z.string().trim().min(1),
        locationId: id,
        fromAt: moment.nullable(),
        toAt: moment.nullable(),
      }),
    )
    .output(places),
  removeSpan: route('DELETE', '/timing/spans/{spanId}', 'crew', 'A span that was not so')
    .input(z.object({ spanId: id }))
    .output(places),
}
