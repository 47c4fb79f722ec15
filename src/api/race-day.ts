import { z } from 'zod'
import {
  LINK_ROUTES,
  LOCATION_KINDS,
  OVERRIDE_FIELDS,
  RACE_STATUSES,
  READ_KINDS,
  REGISTRATION_STATUSES,
} from '../core/model.ts'
import { question } from './course.ts'
import { id, limit, moment, route } from './route.ts'

const effectiveFields = {
  bibNumber: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  dateOfBirth: z.string().nullable(),
  gender: z.string().nullable(),
  age: z.number().nullable(),
  city: z.string().nullable(),
  state: z.string().nullable(),
  country: z.string().nullable(),
  emergencyContact: z.string().nullable(),
  raceDistance: z.number().nullable(),
  division: z.string().nullable(),
  teamName: z.string().nullable(),
  wave: z.string().nullable(),
  registrationDate: z.string().nullable(),
  chips: z.array(z.string()),
  registrationStatus: z.enum(REGISTRATION_STATUSES),
  checkedInAt: moment.nullable(),
  raceStatus: z.enum(RACE_STATUSES),
  note: z.string().nullable(),
  participantStatus: z.string(),
}

export const participant = z.object({
  id,
  eventId: id,
  eventName: z.string(),
  sourceProvider: z.string(),
  sourceParticipantId: z.string(),
  ...effectiveFields,
  updatedAt: moment,
})
export type Participant = z.infer<typeof participant>

const override = z.object({
  field: z.enum(OVERRIDE_FIELDS),
  value: z.unknown(),
  reason: z.string().nullable(),
  decidedBy: z.string(),
  decidedAt: moment,
})

const personRead = z.object({
  id: z.number(),
  location: z.string().nullable(),
  locationKind: z.enum(LOCATION_KINDS).nullable(),
  at: moment.nullable(),
  rawTime: z.string().nullable(),
  chip: z.string().nullable(),
  kind: z.enum(READ_KINDS),
  state: z.enum(['linked', 'duplicate']),
  route: z.enum(LINK_ROUTES).nullable(),
  device: z.string(),
  /** Ms since the gun of the own wave, or of the event; null while no gun is known. */
  raceTimeMs: z.number().nullable(),
  /** Ms since the own last start read; one earlier than the start window before the own gun is none. */
  chipTimeMs: z.number().nullable(),
  /** Further reads at the same place that were counted as one with this. */
  duplicates: z.number(),
  /** Which of the event's laps this pass completes, from 1; null where no pass is counted. */
  lap: z.number().nullable(),
  /** How many laps the event has there. A pass beyond them is kept and is no finish. */
  laps: z.number().nullable(),
  /** The read that completes the laps at a finish. */
  isFinish: z.boolean(),
})

const another = z.object({
  id,
  name: z.string(),
  bibNumber: z.string().nullable(),
  eventName: z.string(),
})

export const match = participant.extend({
  /** The chip a read of this person comes by: the first own one, or the first on the bib. */
  chip: z.string().nullable(),
  bibChips: z.array(z.string()),
  overrides: z.array(override),
  /** Where the crew decided otherwise than the source says now. */
  sourceDiffers: z.array(z.object({ field: z.string(), source: z.unknown(), decided: z.unknown() })),
  /** Others with the same bib on the race days of the event, the latest decision first. */
  sameBib: z.array(
    z.object({
      id,
      name: z.string(),
      eventName: z.string(),
      decidedAt: moment.nullable(),
      decidedBy: z.string().nullable(),
      reads: z.number(),
    }),
  ),
  /** Whose the reads of the bib are; null: nobody's, as no decision tells between several. */
  bibLinksTo: id.nullable(),
  /** Walk-ups that look like this registration, or registrations that look like this walk-up. */
  joinOffers: z.array(another.extend({ walkUpId: id, registrationId: id, because: z.enum(['bib', 'name']) })),
  /** Walk-ups that were joined to this registration. */
  joined: z.array(another),
  /** Who this one became, after a transfer or a join. */
  successor: another.nullable(),
  chipsSwappedWith: another.nullable(),
  /** A changed person is not at the scoring provider yet. */
  waitsForPush: z.boolean(),
  startAt: moment.nullable(),
  reads: z.array(personRead),
  /** What of the reads cannot be, or is missing. Links do not depend on it. */
  questions: z.array(question),
})
export type Match = z.infer<typeof match>

const found = participant.pick({
  ...{ id: true, eventName: true, bibNumber: true, firstName: true, lastName: true },
  ...{ gender: true, age: true, division: true, city: true, state: true },
})
export type Found = z.infer<typeof found>

export const raceDay = z.object({
  id,
  name: z.string(),
  date: z.string(),
  timezone: z.string(),
  events: z.array(
    z.object({
      id,
      eventName: z.string(),
      raceName: z.string().nullable(),
      sourceProvider: z.string(),
      startAt: moment.nullable(),
      participants: z.number(),
    }),
  ),
  starts: z.array(
    z.object({
      eventId: id,
      wave: z.string(),
      plannedAt: moment.nullable(),
      gunAt: moment.nullable(),
      correctedAt: moment.nullable(),
      decidedBy: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
})
export type RaceDay = z.infer<typeof raceDay>

const unifiedEvent = z.object({
  id,
  eventName: z.string(),
  raceName: z.string().nullable(),
  sourceProvider: z.string(),
  sourceEventId: z.string(),
  eventDate: z.string().nullable(),
  startAt: moment.nullable(),
  timezone: z.string().nullable(),
  raceDistance: z.number().nullable(),
  locationCity: z.string().nullable(),
  locationState: z.string().nullable(),
  eventStatus: z.string(),
  participants: z.number(),
  syncedAt: moment,
})

const scope = { raceDayId: id.optional(), eventId: id.optional() }

export const raceDayContract = {
  unifiedEvents: route('GET', '/events/unified', 'display', 'Events of all providers, newest first')
    .input(z.object({ limit: limit.default(200) }))
    .output(z.object({ events: z.array(unifiedEvent), providers: z.array(z.string()) })),
  participants: route('GET', '/events/{eventId}/participants', 'crew', 'Participants of an event')
    .input(
      z.object({
        eventId: id,
        limit: limit.default(200),
        after: z.string().optional(),
        q: z.string().optional(),
        status: z.string().optional(),
      }),
    )
    .output(z.object({ participants: z.array(participant), next: z.string().nullable() })),
  lookup: route(
    'GET',
    '/participants/lookup',
    'crew',
    'Who is it, by bib, chip or any part of a name; best first',
  )
    .input(
      z.object({
        ...scope,
        bib: z.string().optional(),
        chip: z.string().optional(),
        q: z.string().optional(),
        limit: limit.default(20),
      }),
    )
    .output(z.object({ matches: z.array(match) })),
  search: route(
    'GET',
    '/participants/search',
    'crew',
    'The same for a box that asks at every key: all as a list shows them, one of them whole',
  )
    .input(z.object({ ...scope, q: z.string(), limit: limit.default(20) }))
    .output(
      z.object({
        people: z.array(found),
        /** Whom Enter means: the only one who wears what was typed as a bib, else the first. */
        best: match.nullable(),
      }),
    ),
  participant: route('GET', '/participants/{id}', 'crew', 'One participant, whole')
    .input(z.object({ id }))
    .output(match),
  addWalkUp: route('POST', '/participants', 'crew', 'A walk-up: a participant by hand')
    .input(
      z.object({
        eventId: id,
        firstName: z.string().trim().min(1),
        lastName: z.string().trim().min(1),
        bibNumber: z.string().trim().min(1).optional(),
        chip: z.string().trim().min(1).optional(),
        gender: z.string().optional(),
        dateOfBirth: z.iso.date().optional(),
        email: z.string().optional(),
        phone: z.string().optional(),
        city: z.string().optional(),
        state: z.string().optional(),
      }),
    )
    .output(match),
  decide: route('PUT', '/participants/{id}/overrides/{field}', 'crew', "The crew's decision about one field")
    .input(
      z.object({ id, field: z.enum(OVERRIDE_FIELDS), value: z.unknown(), reason: z.string().optional() }),
    )
    .output(match),
  takeBack: route(
    'DELETE',
    '/participants/{id}/overrides/{field}',
    'crew',
    'Takes a decision back: the source counts again',
  )
    .input(z.object({ id, field: z.enum(OVERRIDE_FIELDS) }))
    .output(match),
  raceDays: route('GET', '/race-days', 'crew', 'Race days, newest first').output(
    z.object({ raceDays: z.array(raceDay) }),
  ),
  addRaceDay: route('POST', '/race-days', 'crew', 'Events that share a site and a day')
    .input(
      z.object({
        name: z.string().trim().min(1),
        date: z.iso.date(),
        timezone: z.string().optional(),
        eventIds: z.array(id),
      }),
    )
    .output(raceDay),
  updateRaceDay: route('PATCH', '/race-days/{id}', 'crew', 'Changes what is named: name, events, guns')
    .input(
      z.object({
        id,
        name: z.string().trim().min(1).optional(),
        date: z.iso.date().optional(),
        eventIds: z.array(id).optional(),
        starts: z
          .array(
            z.object({
              eventId: id,
              wave: z.string().default(''),
              plannedAt: moment.nullable().optional(),
              correctedAt: moment.nullable().optional(),
              reason: z.string().optional(),
            }),
          )
          .optional(),
      }),
    )
    .output(raceDay),
  bibChips: route('POST', '/race-days/{id}/bib-chips', 'crew', "The supplier's chip file: chip to bib")
    .input(
      z.object({
        id,
        bibChips: z
          .array(z.object({ chip: z.string().min(1), bib: z.string().min(1) }))
          .min(1)
          .max(200_000),
      }),
    )
    .output(z.object({ kept: z.number(), moved: z.number() })),
  counts: route(
    'GET',
    '/race-days/{id}/counts',
    'display',
    'How many are registered, started, finished, still out',
  )
    .input(z.object({ id }))
    .output(
      z.object({
        registered: z.number(),
        checkedIn: z.number(),
        started: z.number(),
        finished: z.number(),
        stillOut: z.number(),
        withoutBib: z.number(),
        duplicateBibs: z.number(),
        locations: z.array(z.object({ location: z.string(), kind: z.string(), people: z.number() })),
        /** People first seen at a finish, a minute each, oldest first. */
        finishPerMinute: z.array(z.object({ at: moment, people: z.number() })),
      }),
    ),
}
