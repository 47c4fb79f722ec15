import { z } from 'zod'
import { LINK_STATES, UNLINKED_REASONS } from '../core/model.ts'
import { id, limit, moment, route } from './route.ts'
import { agoMs } from './starts.ts'

const keyed = z.object({
  id: z.number(),
  sessionId: id,
  at: moment,
  location: z.string().nullable(),
  /** Null while it is still to come. */
  bibNumber: z.string().nullable(),
  by: z.string(),
  /** duplicate: it yields to a chip's read of the same passing. Null while it is not linked yet. */
  state: z.enum(LINK_STATES).nullable(),
  reason: z.enum(UNLINKED_REASONS).nullable(),
  participantId: id.nullable(),
  name: z.string().nullable(),
  eventName: z.string().nullable(),
})
export type Keyed = z.infer<typeof keyed>

const readId = z.coerce.number().int()

export const keyedReads = {
  list: route('GET', '/timing/keyed', 'crew', 'Reads keyed by hand, those without a bib first')
    .input(z.object({ sessionId: id, limit: limit.default(200) }))
    .output(z.object({ reads: z.array(keyed), waiting: z.number() })),
  press: route('POST', '/timing/keyed', 'crew', 'Keeps the time now at a location; the bib now or later')
    .input(
      z.object({
        sessionId: id,
        location: z.string().trim().min(1),
        bib: z.string().trim().max(100).default(''),
        /** The same press again is the same read. */
        pressId: z.uuid().optional(),
        agoMs,
      }),
    )
    .output(z.object({ id: z.number(), at: moment })),
  finish: route('PUT', '/timing/keyed/{id}/bib', 'crew', 'Says whose a keyed read is, by bib')
    .input(z.object({ id: readId, bib: z.string().trim().min(1).max(100) }))
    .output(z.object({ id: z.number() })),
  takeBack: route('DELETE', '/timing/keyed/{id}', 'crew', 'One step back: the bib, or the press itself')
    .input(z.object({ id: readId }))
    .output(z.object({ id: z.number() })),
}
