import { z } from 'zod'
import { id, moment, route } from './route.ts'

const kind = z.enum(['start', 'split', 'finish', 'other'])
const windowMs = z.number().int().min(0).max(86_400_000)

const location = z.object({ id, locationName: z.string(), kind, duplicateWindowMs: windowMs })
export type Location = z.infer<typeof location>

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
  locations: z.array(location),
  boxes: z.array(box),
})
export type Places = z.infer<typeof places>

export const placesContract = {
  list: route(
    'GET',
    '/timing/sessions/{id}/places',
    'crew',
    'Locations of a session, its boxes, and where each stood when',
  )
    .input(z.object({ id }))
    .output(places),
  addLocation: route('POST', '/timing/sessions/{id}/locations', 'crew', 'A location that no reader named yet')
    .input(
      z.object({ id, locationName: z.string().trim().min(1).max(80), kind, duplicateWindowMs: windowMs }),
    )
    .output(places),
  updateLocation: route('PATCH', '/timing/locations/{locationId}', 'crew', 'What a location is, its window')
    .input(z.object({ locationId: id, kind: kind.optional(), duplicateWindowMs: windowMs.optional() }))
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
