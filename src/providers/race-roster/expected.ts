import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import type { ExpectedPages } from '../expectations.ts'
import { said, watching } from '../expected.ts'
import { text } from '../loose.ts'
import { sliceOf } from './wire.ts'

/** What Race Roster's documents and three clients show. */

const { maybe, oneOrMore } = said
const maybeText = maybe(z.string())
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)$/, 'a time as 2014-02-12T15:19:21+00:00')
const coded = maybe(z.strictObject({ code: maybeText, name: maybeText }))
const id = z.union([z.number(), said.digits])

const subEvent = z.strictObject({
  subEventId: id,
  name: z.string(),
  maxParticipants: maybe(z.number()),
  participantMinAge: maybe(z.number()),
  participantMaxAge: maybe(z.number()),
  subEventDistance: maybe(
    z.strictObject({
      id: z.unknown().optional(),
      type: maybeText,
      label: maybeText,
      value: z.unknown().optional(),
      unit: maybeText,
      inMeters: maybe(z.number()),
    }),
  ),
  distance: z.unknown().optional(),
  distanceType: maybeText,
  customSubEventDate: maybe(moment),
})

const event = z.strictObject({
  eventId: id,
  type: maybeText,
  name: z.string(),
  city: maybeText,
  region: coded,
  country: coded,
  startDate: moment,
  timeZone: z.string(),
  registrationOpenDate: maybe(moment),
  registrationCloseDate: maybe(moment),
  lastModifiedDate: maybe(moment),
  url: maybeText,
  organizerName: maybeText,
  organizerEmail: maybeText,
  organizerPhone: maybeText,
  organizerDashboardUrl: maybeText,
  address: z.unknown().optional(),
  latitude: z.unknown().optional(),
  longitude: z.unknown().optional(),
  locale: maybeText,
  description: maybeText,
  facebook: maybeText,
  twitter: maybeText,
  branding: z.unknown().optional(),
  resultsUrl: maybeText,
  subEvents: z.strictObject({ data: z.array(subEvent) }),
})

/** The fields one client read; which others there are nobody showed. INFERRED: the three ways to name a sub-event. */
const participant = z.strictObject({
  participantId: id,
  firstName: z.string(),
  lastName: z.string(),
  profile: z.looseObject({ email: maybeText }),
  bibNumber: maybe(z.union([z.number(), z.string()])),
  gender: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(8), z.literal(9)]),
  registrationDate: moment,
  isActive: z.boolean(),
  subEventId: maybe(id),
  subEvent: z.unknown().optional(),
  subEvents: z.unknown().optional(),
})

const listed = <T extends z.ZodType>(row: T) =>
  z.strictObject({
    metadata: z.looseObject({ totalResults: z.number() }),
    data: z.array(row),
  })

const pagedBy = (key: string): ExpectedPages => ({
  size: 'limit',
  next: { by: 'offset', word: 'offset' },
  idsOf: body => (sliceOf(body)?.rows ?? []).flatMap(row => idIn(row, key)),
})

function idIn(row: Json, key: string): readonly string[] {
  const found = z.record(z.string(), z.unknown()).safeParse(row).data?.[key]
  const id = text.parse(found)
  return id === null ? [] : [id]
}

/** In a list, alone, or bare: each was met. */
const token = z.looseObject({
  access_token: z.string(),
  token_type: maybeText,
  expires_in: maybe(z.number()),
  refresh_token: maybeText,
})

export const watch = watching({
  answers: [
    {
      method: 'POST',
      path: '/oauth/authorize',
      body: z.union([z.object({ data: oneOrMore(token) }), token]),
    },
    { method: 'GET', path: '/events', body: listed(event), pages: pagedBy('eventId') },
    { method: 'GET', path: '/events/{}', body: z.looseObject({ data: oneOrMore(event) }) },
    {
      method: 'GET',
      path: '/events/{}/participants',
      body: listed(participant),
      pages: pagedBy('participantId'),
    },
  ],
})
