import { describe, expect, test } from 'vitest'
import { valueAt } from '../../../src/core/mapping.ts'
import { raceRoster } from '../../../src/providers/race-roster/index.ts'
import { normalizeEvents } from '../../../src/providers/race-roster/normalize.ts'
import { eventWire } from '../../../src/providers/race-roster/wire.ts'
import { pagesOf, troubleOf } from '../outside.ts'
import { normalize, pull, raceRosterSite } from './site.ts'

/** The fields that were seen, as they were seen. */
const ROW = {
  participantId: 4711,
  firstName: ' Ana',
  lastName: 'Berg',
  profile: { email: 'ana@example.com', birthday: '1990-04-01' },
  bibNumber: '0012',
  gender: 2,
  registrationDate: '2026-02-12T15:19:21+00:00',
  isActive: true,
  subEventId: 9,
}

describe('a participant', () => {
  test('is known by participantId', () => {
    expect(normalize(ROW)).toEqual({
      sourceParticipantId: '4711',
      sourceVersion: null,
      successorId: null,
      values: {
        bib_number: '0012',
        first_name: 'Ana',
        last_name: 'Berg',
        email: 'ana@example.com',
        phone: null,
        date_of_birth: null,
        gender: 'F',
        age: null,
        city: null,
        state: null,
        country: null,
        emergency_contact: null,
        race_distance: null,
        division: null,
        team_name: null,
        wave: null,
        registration_date: '2026-02-12',
        chips: [],
        registration_status: 'registered',
      },
    })
  })

  test.each([
    [0, null],
    [1, 'M'],
    ['2', 'F'],
    [8, null],
    [9, 'X'],
    [7, null],
    [null, null],
  ])('of gender %j is %j', (gender, ours) => {
    expect(normalize({ ...ROW, gender }).values.gender).toBe(ours)
  })

  test.each([
    [true, 'registered'],
    [false, 'withdrawn'],
    ['false', 'withdrawn'],
    [0, 'withdrawn'],
    [1, 'registered'],
    [null, 'registered'],
  ])('whose isActive is %j is %s', (isActive, status) => {
    expect(normalize({ ...ROW, isActive }).values.registration_status).toBe(status)
  })

  test('without its id is unreadable, and it is said whose it is', async () => {
    const { participantId: _, ...rest } = ROW
    const error = await troubleOf(() => normalize(rest))
    expect([error.code, error.message]).toEqual([
      'participant.unreadable',
      'A Race Roster participant (Ana Berg) without participantId',
    ])
    expect((await troubleOf(() => normalize('x'))).code).toBe('participant.unreadable')
  })

  test('has something under every path of the field list', () => {
    expect(raceRoster.fields.filter(field => valueAt(ROW, field.name) === null)).toEqual([])
  })

  test('comes with every field it has, known or not', async () => {
    const site = await raceRosterSite({ people: 1 })
    const odd: typeof fetch = async (input, init) => {
      const text = await (await fetch(input, init)).text()
      return new Response(
        text.replace('"isActive"', '"answers":[{"question":"Wave","value":"B"}],"isActive"'),
      )
    }
    const pages = await pagesOf(pull(site.contextOf({ fetch: odd }), site.refOf(site.fiveK)))
    expect(valueAt(pages[0]?.items[0] ?? null, 'answers[question=Wave].value')).toBe('B')
  })
})

describe('events', () => {
  test('are the sub-events, by event', async () => {
    const site = await raceRosterSite()
    const pages = await pagesOf(raceRoster.events(site.contextOf()))
    const items = pages.flatMap(page => page.items)
    expect(pages.map(page => page.complete)).toEqual([false, true])
    expect(items).toMatchObject([
      {
        sourceEventId: String(site.fiveK.eventId),
        sourceRaceId: String(site.race.raceId),
        raceName: 'Harbor Run',
        eventName: '5K',
        timezone: 'America/Chicago',
        startAt: site.fiveK.startsAt,
        eventDate: '2026-05-09',
        distanceKm: 5,
        city: 'Portland',
        state: 'ME',
        country: 'US',
      },
      { eventName: 'Half', startAt: site.half.startsAt, distanceKm: 21.0824 },
    ])
    expect(valueAt(items[0]?.raw ?? null, 'event.organizerName')).toBeNull()
    expect(valueAt(items[0]?.raw ?? null, 'event.url')).toContain(String(site.race.raceId))
  })

  test('are those of one event where the account is tied to it, also when it is over', async () => {
    const site = await raceRosterSite()
    site.advance(30 * 86_400_000)
    expect(await raceRoster.check(site.contextOf())).toMatchObject({
      details: ['This login sees no coming event. For a past one, set its id.'],
    })
    const settings = { base_url: site.server.url.replace('/api/v1', ''), event_id: ` ${site.race.raceId} ` }
    expect(await raceRoster.check(site.contextOf({ settings }))).toMatchObject({
      details: [`Harbor Run (${site.race.raceId}) with 2 sub-events`],
    })
    const pages = await pagesOf(raceRoster.events(site.contextOf({ settings })))
    expect(pages.map(page => [page.items.length, page.complete])).toEqual([[2, true]])
    const unknown = site.contextOf({ settings: { ...settings, event_id: '5' } })
    expect((await troubleOf(() => raceRoster.check(unknown))).code).toBe('provider.not-found')
  })

  const eventOf = (event: object) =>
    normalizeEvents(eventWire.parse({ eventId: 7, name: 'Run', ...event }), null)

  test('without sub-events are one themselves, under an id no sub-event has', async () => {
    expect(eventOf({ subEvents: { data: [] } })).toMatchObject([
      { sourceEventId: 'event-7', sourceRaceId: '7', eventName: 'Run', distanceKm: null },
    ])
    const site = await raceRosterSite({ people: 2 })
    const ref = { ...site.refOf(site.fiveK), sourceEventId: `event-${site.race.raceId}` }
    const items = (await pagesOf(pull(site.contextOf(), ref))).flatMap(page => page.items)
    expect(items.map(item => normalize(item).values.registration_status)).toEqual([
      'registered',
      'registered',
    ])
  })

  test('have their sub-events bare or under data, and a start with an offset or by the clock on the wall', () => {
    const sub = { subEventId: '1', subEventDistance: { value: 10, unit: 'km' } }
    expect(eventOf({ subEvents: [sub] })).toMatchObject([{ sourceEventId: '1', distanceKm: 10 }])
    const starts = (startDate: string | null, timeZone = 'America/Chicago') => {
      const [event] = eventOf({ startDate, timeZone, subEvents: sub })
      return [event?.startAt ?? null, event?.eventDate]
    }
    expect(starts('2026-05-09T23:30:00-05:00')).toEqual([Date.parse('2026-05-10T04:30:00Z'), '2026-05-09'])
    expect(starts('2026-05-10T04:30:00+00:00')).toEqual([Date.parse('2026-05-10T04:30:00Z'), '2026-05-09'])
    expect(starts('2026-05-09 08:00:00')).toEqual([Date.parse('2026-05-09T13:00:00Z'), '2026-05-09'])
    expect(starts('2026-05-09 08:00:00', 'Mars/Base')).toEqual([null, '2026-05-09'])
    expect(starts(null)).toEqual([null, null])
  })
})

test('what nobody has confirmed is marked so', () => {
  expect(raceRoster.evidence).toEqual({ check: 'observed', events: 'observed', participants: 'inferred' })
})
