import { NO_VALUES, type SourceEvent } from '../src/core/model.ts'
import { makePeople } from '../src/rehearsal/people.ts'
import { storeParticipants } from '../src/store/participants.ts'
import type { Store } from '../src/store/store.ts'
import type { Row } from '../src/store/tables.ts'

export const harbor: SourceEvent = {
  sourceEventId: '1',
  sourceRaceId: '1',
  raceName: 'Harbor Run',
  eventName: '5K',
  timezone: 'UTC',
  startAt: Date.parse('2026-05-09T07:30:00Z'),
  startText: null,
  eventDate: '2026-05-09',
  eventType: null,
  distanceKm: 5,
  city: null,
  state: null,
  country: null,
  maxParticipants: null,
  registrationOpenDate: null,
  registrationCloseDate: null,
  raw: null,
}

/** People with so many bibs from the first on, straight into the store. */
export function crowd(
  store: Store,
  event: Row<'normalized_events'>,
  count: number,
  lastName?: () => string,
  firstBib = 1,
): void {
  const people = makePeople({
    seed: 2 + firstBib,
    year: 2026,
    bibs: Array.from({ length: count }, (_, n) => String(n + firstBib)),
  })
  for (let start = 0; start < people.length; start += 1000) {
    store.write(writer => {
      const rows = people.slice(start, start + 1000).map((person, n) => ({
        written: 'null',
        participant: {
          sourceParticipantId: String(start + n + 1),
          sourceVersion: null,
          successorId: null,
          values: {
            ...NO_VALUES,
            bib_number: person.bib,
            first_name: person.firstName,
            last_name: lastName?.() ?? person.lastName,
            gender: person.gender,
            date_of_birth: person.dob,
            division: person.division,
            team_name: person.team,
            city: person.city,
            state: person.state,
          },
        },
      }))
      storeParticipants(writer, event, rows)
    })
  }
}
