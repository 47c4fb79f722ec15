import type { Race, RaceEvent, Registration } from './registrations.ts'

/** How a participant names the sub-event. [G] Nobody showed it: each of these is a way it may be. */
export type SubEventLink = 'subEventId' | 'subEvent' | 'subEvents' | 'none'

/** A race of the provider's database is an event here, its events are the sub-events. */
export interface Participant {
  readonly registration: Registration
  readonly active: boolean
  readonly subEvents: readonly RaceEvent[]
}

/** 2014-02-12T15:19:21+00:00 */
export const iso = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00')

const genders = { M: 1, F: 2, X: 9 } as const

export function eventJson(race: Race, subEvents: readonly RaceEvent[]) {
  const starts = subEvents.map(({ startsAt }) => startsAt).sort((a, b) => a - b)
  const [first = 0] = starts
  return {
    eventId: race.raceId,
    type: 'RUN',
    name: race.name,
    city: race.city,
    region: { code: race.state, name: race.state },
    country: { code: 'US', name: 'United States' },
    startDate: iso(first),
    timeZone: race.timezone,
    registrationOpenDate: iso(first - 180 * 86_400_000),
    registrationCloseDate: iso(first - 3_600_000),
    lastModifiedDate: iso(race.lastModified * 1000),
    url: `https://raceroster.example/events/${race.raceId}`,
    subEvents: { data: subEvents.map(subEvent => subEventJson(subEvent, first)) },
  }
}

function subEventJson(subEvent: RaceEvent, first: number) {
  const [, amount, unit = ''] = /([\d.]+)\s*([A-Za-z]+)/.exec(subEvent.distance) ?? []
  const metres = unit.toLowerCase().startsWith('mi') ? 1609.344 : 1000
  return {
    subEventId: subEvent.eventId,
    name: subEvent.name,
    maxParticipants: null,
    participantMinAge: null,
    participantMaxAge: null,
    subEventDistance:
      amount === undefined
        ? null
        : { label: subEvent.distance, value: Number(amount), unit, inMeters: Number(amount) * metres },
    customSubEventDate: subEvent.startsAt === first ? null : iso(subEvent.startsAt),
  }
}

/** One row, or one for each sub-event where a row has place for one only. */
export function participantJson({ registration, active, subEvents }: Participant, link: SubEventLink) {
  const row = {
    participantId: registration.registrationId,
    firstName: registration.person.firstName,
    lastName: registration.person.lastName,
    profile: { email: registration.person.email },
    gender: genders[registration.person.gender],
    bibNumber: registration.bib,
    registrationDate: iso(registration.registeredAt),
    isActive: active,
  }
  const ids = subEvents.map(({ eventId }) => eventId)
  switch (link) {
    case 'subEventId':
      return ids.map(subEventId => ({ ...row, subEventId }))
    case 'subEvent':
      return subEvents.map(({ eventId, name }) => ({ ...row, subEvent: { subEventId: eventId, name } }))
    case 'subEvents':
      return [{ ...row, subEvents: { data: ids.map(subEventId => ({ subEventId })) } }]
    case 'none':
      return [row]
  }
}
