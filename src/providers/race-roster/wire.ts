import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import { list, listOf, number, object, text } from '../loose.ts'

/** What Race Roster really answers; keys it adds pass. */

/** A nested collection is `{"data": […]}`; a bare list is one too. */
const nested = <T extends z.ZodType>(element: T) =>
  z
    .unknown()
    .optional()
    .transform((value): unknown =>
      typeof value === 'object' && value !== null && 'data' in value ? value.data : value,
    )
    .pipe(listOf(element))

/** `{"data":[{…}]}`, `{"data":{…}}` or the token itself: each was met by a client. */
export const tokenWire = z.looseObject({
  access_token: text.pipe(z.string()),
  refresh_token: text,
  /** Seconds. */
  expires_in: number,
})

/** How refusals are worded: `message` or `error`, and on a login `error_description` and `hint`. */
export const errorWire = z.looseObject({
  message: text,
  error: z.unknown().optional(),
  error_description: text,
})

const metadataWire = z.looseObject({ metadata: object.pipe(z.looseObject({ totalResults: number })) })

const coded = object.pipe(z.looseObject({ code: text, name: text }))

export const subEventWire = z.looseObject({
  subEventId: text,
  name: text,
  maxParticipants: number,
  subEventDistance: object.pipe(z.looseObject({ label: text, value: text, unit: text, inMeters: number })),
  distance: text,
  distanceType: text,
  customSubEventDate: text,
})
export type SubEventWire = z.infer<typeof subEventWire>

export const eventWire = z.looseObject({
  eventId: text.pipe(z.string()),
  type: text,
  name: text,
  city: text,
  region: coded,
  country: coded,
  startDate: text,
  timeZone: text,
  registrationOpenDate: text,
  registrationCloseDate: text,
  subEvents: nested(object.pipe(subEventWire)),
})
export type EventWire = z.infer<typeof eventWire>

/** What paging reads of an item. */
export const eventKeyWire = z.looseObject({ eventId: text })
export const participantKeyWire = z.looseObject({ participantId: text })

/**
 * Where a participant may name its sub-events. INFERRED: nobody showed one; `subEventId` and `subEvent` are the likely
 * names, `subEvents` is how an event has them.
 */
export const subEventLinkWire = z.looseObject({
  subEventId: text,
  subEvent: z.unknown().optional(),
  subEvents: nested(z.unknown()),
})

/** The fields that were seen in use. */
export const participantWire = z.looseObject({
  participantId: text,
  subEventId: text,
  firstName: text,
  lastName: text,
  profile: object.pipe(z.looseObject({ email: text })),
  bibNumber: text,
  gender: text,
  registrationDate: text,
  isActive: text,
})
export type ParticipantWire = z.infer<typeof participantWire>

/** The items of an answer, bare or under `data`, with how many there are in all; null if it is no such answer. */
export function sliceOf(
  body: Json,
): { readonly rows: readonly Json[]; readonly total: number | null } | null {
  if (Array.isArray(body)) return { rows: body as readonly Json[], total: null }
  if (typeof body !== 'object' || body === null || !('data' in body)) return null
  const { data } = body
  if (typeof data !== 'object' || data === null) return null
  return { rows: list.parse(data), total: metadataWire.parse(body).metadata.totalResults }
}

/** The one thing of an answer that is about one: under `data`, alone in a list there, or bare. */
export const oneOf = (body: Json): Json => sliceOf(body)?.rows[0] ?? body
