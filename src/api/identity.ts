import { z } from 'zod'
import { id, limit, moment, route } from './route.ts'

const work = z.object({
  /** Whether this Trackside keeps people and feed in order: the one that the office runs as a service. */
  keeps: z.boolean(),
  state: z.enum(['resting', 'working', 'waits', 'elsewhere', 'failed']),
  message: z.string().nullable(),
  /** Of the work under way, or of the last. */
  registrations: z.number(),
  people: z.number(),
  lastDoneAt: moment.nullable(),
  feedTidiedAt: moment.nullable(),
  feedTidied: z.number(),
})
export type OfficeWork = z.infer<typeof work>

const registration = z.object({
  id,
  name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  city: z.string().nullable(),
  eventName: z.string(),
  eventDate: z.string().nullable(),
  provider: z.string(),
  /** What ties it to the person's others; null: it is alone. */
  evidence: z.string().nullable(),
})
export type KnownRegistration = z.infer<typeof registration>

const person = z.object({
  id,
  name: z.string(),
  /** 0 to 1, of the weakest tie. */
  confidence: z.number(),
  registrations: z.array(registration),
})
export type KnownPerson = z.infer<typeof person>

const word = z.object({
  id,
  /** same: they are one person. apart: it is nobody else's. */
  kind: z.enum(['same', 'apart']),
  /** Of the registrations it is about. */
  names: z.array(z.string()),
  reason: z.string(),
  decidedAt: moment,
  withdrawnAt: moment.nullable(),
})
export type PersonWord = z.infer<typeof word>

const reason = z.string().trim().min(3, 'Say why, in a few words.').max(500)
const decided = z.object({ decisionId: id })

export const identity = {
  work: route('GET', '/people/work', 'crew', 'How far it is computed who is one person over events').output(
    work,
  ),
  compute: route('POST', '/people/compute', 'manager', 'Compares who is one person now').output(work),
  cancel: route('POST', '/people/cancel', 'manager', 'Stops comparing; what was written stays').output(work),
  find: route(
    'GET',
    '/people',
    'manager',
    'People over events by the beginnings of their names or e-mail address',
  )
    .input(z.object({ q: z.string().trim().min(2, 'Two letters at least.'), limit: limit.default(20) }))
    .output(z.object({ people: z.array(person) })),
  join: route(
    'POST',
    '/people/join',
    'manager',
    'Two registrations are one person’s, whatever the evidence says',
  )
    .input(z.object({ registrationId: id, otherId: id, reason }))
    .output(decided),
  split: route(
    'POST',
    '/people/split',
    'manager',
    'A registration is nobody else’s, whatever the evidence says',
  )
    .input(z.object({ registrationId: id, reason }))
    .output(decided),
  words: route('GET', '/people/decisions', 'manager', 'What was joined and split by hand, newest first')
    .input(z.object({ limit: limit.default(50) }))
    .output(z.object({ decisions: z.array(word) })),
  undo: route('DELETE', '/people/decisions/{id}', 'manager', 'Takes a joining or a splitting back')
    .input(z.object({ id }))
    .output(z.object({ success: z.literal(true) })),
}
