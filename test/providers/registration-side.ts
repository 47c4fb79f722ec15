import { makePeople } from '../../src/rehearsal/people.ts'
import { createRegistrations, type RemovedReason } from '../../src/rehearsal/registrations.ts'
import type { People, SiteOptions } from './contract/site.ts'

/** A race of one event with its registrations, by a clock that may differ from ours. */
export function registrationSide(
  { people: count, skewMs = 0 }: SiteOptions,
  /** How people are taken out: so that the provider's list is shorter by one. */
  reason: Exclude<RemovedReason, 'transferred'>,
) {
  let now = Date.parse('2026-05-08T11:00:00Z')
  const theirClock = () => now + skewMs
  const registrations = createRegistrations({ clock: theirClock })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/New_York' })
  const startsAt = Date.parse('2026-05-09T12:00:00Z')
  const event = registrations.addEvent(race.raceId, { name: '5K', distance: '5K', startsAt })
  const waiting = makePeople({ seed: 7, year: 2026, count: count + 50 })
  const add = (): string => {
    const person = waiting.pop()
    if (!person) throw new Error('nobody left')
    return String(registrations.add(event.eventId, { person }).registrationId)
  }
  for (let made = 0; made < count; made++) add()
  now += 3_600_000
  const people: People = {
    event: {
      sourceEventId: String(event.eventId),
      sourceRaceId: String(race.raceId),
      timezone: race.timezone,
    },
    keys: () => registrations.active(event.eventId).map(({ registrationId }) => String(registrationId)),
    add,
    remove: key => void registrations.remove(Number(key), reason),
    edit: (key, bib) => void registrations.edit(Number(key), { bib }),
  }
  return {
    registrations,
    people,
    theirClock,
    clock: () => now,
    advance: (ms: number) => {
      now += ms
    },
  }
}
