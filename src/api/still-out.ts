import { z } from 'zod'
import { id, moment, route } from './route.ts'

const person = z.object({
  participantId: id,
  bibNumber: z.string().nullable(),
  name: z.string(),
  eventId: id,
  eventName: z.string(),
  wave: z.string().nullable(),
  note: z.string().nullable(),
  lastLocation: z.string().nullable(),
  lastAt: moment.nullable(),
  gunAt: moment.nullable(),
  /** Whether a phone or an emergency contact is known; what it is, is asked for per person. */
  hasContact: z.boolean(),
})
export type StillOutPerson = z.infer<typeof person>

export const stillOut = {
  list: route(
    'GET',
    '/race-days/{id}/still-out',
    'crew',
    'Read somewhere, at no finish; unseen longest first',
  )
    .input(z.object({ id, eventId: id.optional() }))
    .output(
      z.object({
        /** The longest unseen of them. */
        people: z.array(person),
        total: z.number(),
        at: moment,
      }),
    ),
  contact: route(
    'POST',
    '/participants/{id}/contact',
    'crew',
    'Phone and emergency contact of one person; who looked is kept',
  )
    .input(z.object({ id, reason: z.string().trim().max(500).optional() }))
    .output(z.object({ phone: z.string().nullable(), emergencyContact: z.string().nullable() })),
}
