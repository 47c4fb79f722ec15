import { describe, expect, test } from 'vitest'
import type { SourceEvent } from '../../../src/core/model.ts'
import { haku } from '../../../src/providers/haku/index.ts'
import { answering, contextFor, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { hakuSite, normalize, pull } from './site.ts'

const TOKEN = '/oauth2/token'

describe('the token', () => {
  test('is bought with the keys as Basic and a form, and is sent without a word before it', async () => {
    const site = await hakuSite()
    await haku.check(site.contextOf())
    const [login, events] = site.server.calls
    const { client_id, client_secret } = site.keys
    expect([login?.method, login?.path, login?.headers.authorization, login?.body]).toEqual([
      'POST',
      TOKEN,
      `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
      'grant_type=client_credentials',
    ])
    expect(events?.headers.authorization).toBe(site.server.issued[0])
  })

  test('serves an hour but its last minutes, and is bought anew when it is refused before', async () => {
    const site = await hakuSite()
    const bought = () => site.server.issued.length
    await haku.check(site.contextOf())
    site.advance(54 * 60_000)
    await haku.check(site.contextOf())
    expect(bought()).toBe(1)
    site.advance(2 * 60_000)
    await haku.check(site.contextOf())
    expect(bought()).toBe(2)
    site.server.revoke()
    await haku.check(site.contextOf())
    expect(bought()).toBe(3)
    expect(site.budget.spent).toBe(site.server.calls.length)
  })

  test('with wrong or missing keys is refused, and tells none of them', async () => {
    const site = await hakuSite()
    const wrong = { ...site.keys, client_secret: 'canary-wrong' }
    expect((await troubleOf(() => haku.check(site.contextOf({ credentials: wrong })))).code).toBe(
      'provider.keys-refused',
    )
    const calls = site.server.calls.length
    const none = { client_id: 'canary-client' }
    expect((await troubleOf(() => haku.check(site.contextOf({ credentials: none })))).code).toBe(
      'provider.keys-refused',
    )
    expect(site.server.calls).toHaveLength(calls)
  })
})

describe('a check', () => {
  test('names the organization and the latest event', async () => {
    const site = await hakuSite()
    const settings = { ...site.settings, organization_name: ' Harbor Runners ' }
    expect(await haku.check(site.contextOf({ settings }))).toEqual({
      name: 'Harbor Runners',
      details: ['The latest event these keys see is Harbor Run'],
    })
  })

  test('with an event id tries that event', async () => {
    const site = await hakuSite({ people: 1 })
    const settings = { ...site.settings, event_id: String(site.race.raceId), event_categories: '5K' }
    expect((await haku.check(site.contextOf({ settings }))).details).toEqual([
      `Event ${site.race.raceId}: its registrations are open to these keys`,
      'Categories: 5K',
    ])
    const other = { ...site.settings, event_id: '1' }
    expect((await troubleOf(() => haku.check(site.contextOf({ settings: other })))).code).toBe(
      'provider.not-found',
    )
  })

  test('says that categories are those of one event', async () => {
    const site = await hakuSite()
    const settings = { ...site.settings, event_categories: '5K' }
    expect((await troubleOf(() => haku.check(site.contextOf({ settings })))).message).toContain('event id')
  })
})

describe('events', () => {
  const eventsOf = async (context: ReturnType<typeof contextFor>): Promise<readonly SourceEvent[]> =>
    (await pagesOf(haku.events(context))).flatMap(page => page.items)

  test('are those of every page, each one of ours', async () => {
    const site = await hakuSite()
    for (let more = 0; more < 30; more++) {
      const race = site.registrations.addRace({ name: `Run ${more}`, timezone: 'America/Chicago' })
      site.registrations.addEvent(race.raceId, {
        name: '5K',
        startsAt: Date.parse('2026-06-01T12:00:00Z') + more * 86_400_000,
      })
    }
    const events = await eventsOf(site.contextOf())
    expect(new Set(events.map(event => event.sourceEventId)).size).toBe(31)
    expect(site.server.calls.filter(({ path }) => path === '/events').map(({ query }) => query.page)).toEqual(
      ['1', '2', '3'],
    )
    expect(events.at(-1)).toMatchObject({
      sourceEventId: String(site.race.raceId),
      sourceRaceId: String(site.race.raceId),
      eventName: 'Harbor Run',
      raceName: 'Harbor Run',
      eventDate: '2026-05-09',
      startAt: null,
      timezone: null,
      city: 'Portland',
      state: 'ME',
    })
  })

  test('are the categories the crew named, of the event it named', async () => {
    const site = await hakuSite()
    site.registrations.addRace({ name: 'Another', timezone: 'America/Chicago' })
    const settings = {
      ...site.settings,
      event_id: String(site.race.raceId),
      event_categories: ' 5K ; Half Marathon, 5k,',
    }
    const events = await eventsOf(site.contextOf({ settings }))
    expect(events.map(event => [event.sourceEventId, event.eventName, event.distanceKm])).toEqual([
      [`${site.race.raceId}/5k`, '5K', 5],
      [`${site.race.raceId}/half marathon`, 'Half Marathon', 21.0975],
    ])
  })

  test.each([
    ['2026-05-09', null],
    ['2026-05-09 07:30:00', null],
    ['2026-05-09T00:00:00Z', null],
    ['2026-05-09T07:30:00-05:00', Date.parse('2026-05-09T12:30:00Z')],
  ])('on %s start at %s', async (event_date, startAt) => {
    const { url } = await answering((asked, response) => {
      if (asked.pathname === TOKEN) sendJson(response, { access_token: 'token' })
      else sendJson(response, asked.searchParams.get('page') === '1' ? [{ id: 7, event_date }] : [])
    })
    const context = contextFor({
      credentials: { client_id: 'c', client_secret: `starts ${event_date}` },
      settings: { base_url: url, auth_url: url },
    })
    expect(await eventsOf(context)).toMatchObject([
      { sourceEventId: '7', eventName: 'Event 7', eventDate: '2026-05-09', startAt },
    ])
  })
})

const registration = (changes: Record<string, unknown> = {}) => ({
  registration_number: 'HK-1',
  participant: {
    first_name: 'Ada',
    last_name: 'Runner',
    email: 'ada@example.com',
    phone: '207-555-0100',
    dob: '1986-01-06',
    gender: 'Female',
    updated_at: '2026-05-01T10:00:00Z',
    address: { city: 'Portland', state: 'ME', country: 'US' },
  },
  event_category: {
    name: 'Half Marathon',
    tag_number: '0214',
    chip_number: 'AB12',
    wave_name: 'Wave B',
    corral_name: 'C',
  },
  event_categories: [{ name: 'Half Marathon', updated_at: '2026-05-02 08:30:00' }],
  emergency_contact_name: 'Ben',
  emergency_contact_phone_number: '207-555-0111',
  team: { name: 'Harriers' },
  is_cancelled: false,
  created_at: '2026-02-03T09:00:00Z',
  updated_at: '2026-05-01T11:00:00Z',
  ...changes,
})

describe('a registration', () => {
  test('is read with the bib and chip of its category, and is as new as its newest part', () => {
    expect(normalize(registration() as never)).toMatchObject({
      sourceParticipantId: 'HK-1',
      sourceVersion: Date.parse('2026-05-02T08:30:00Z'),
      values: {
        bib_number: '0214',
        chips: ['AB12'],
        first_name: 'Ada',
        last_name: 'Runner',
        email: 'ada@example.com',
        phone: '207-555-0100',
        date_of_birth: '1986-01-06',
        gender: 'F',
        city: 'Portland',
        state: 'ME',
        country: 'US',
        emergency_contact: 'Ben, 207-555-0111',
        race_distance: 21.0975,
        division: 'Half Marathon',
        team_name: 'Harriers',
        wave: 'Wave B',
        registration_date: '2026-02-03',
        registration_status: 'registered',
      },
    })
  })

  test('has no bib where only a chip was given out', () => {
    const { values } = normalize(registration({ event_category: { chip_number: '77' } }) as never)
    expect([values.bib_number, values.chips]).toEqual([null, ['77']])
  })

  test('that is cancelled is withdrawn', () => {
    for (const is_cancelled of [true, 'true', 1])
      expect(normalize(registration({ is_cancelled }) as never).values.registration_status).toBe('withdrawn')
  })

  test('without its number cannot be read', async () => {
    expect((await troubleOf(() => normalize({}))).code).toBe('participant.unreadable')
  })
})

describe('somebody in several categories', () => {
  async function inBoth(tag: number | null, active: boolean) {
    const alsoIn = new Map<number, readonly { eventId: number; tag: number | null; active: boolean }[]>()
    const site = await hakuSite({ people: 3, alsoIn })
    const both = site.added[1]
    if (!both) throw new Error('three people')
    alsoIn.set(both.registrationId, [{ eventId: site.half.eventId, tag, active }])
    const settings = {
      ...site.settings,
      event_id: String(site.race.raceId),
      event_categories: '5K, Half Marathon',
    }
    const who = async (category: string) => {
      const event = category === '' ? site.whole : site.categoryRef(category)
      const items = (await pagesOf(pull(site.contextOf({ settings }), event))).flatMap(page => page.items)
      const people = items.map(normalize)
      const one = people.find(person => person.sourceParticipantId === String(both.registrationId))
      return [people.length, one?.values.bib_number, one?.values.registration_status]
    }
    return { whole: await who(''), fiveK: await who('5k'), half: await who('half marathon') }
  }

  test('is in each of them with its bib, and once in the event as a whole', async () => {
    expect(await inBoth(1002, true)).toEqual({
      whole: [3, '2', 'registered'],
      fiveK: [3, '2', 'registered'],
      half: [1, '1002', 'registered'],
    })
  })

  test('is withdrawn from one that is not active any more while another is', async () => {
    expect(await inBoth(1002, false)).toEqual({
      whole: [3, '2', 'registered'],
      fiveK: [3, '2', 'registered'],
      half: [1, '1002', 'withdrawn'],
    })
  })

  test('is told where the crew named none of them', async () => {
    const site = await hakuSite({ people: 2 })
    const settings = {
      ...site.settings,
      event_id: String(site.race.raceId),
      event_categories: 'Half Marathon',
    }
    const items = (
      await pagesOf(pull(site.contextOf({ settings }), site.categoryRef('half marathon')))
    ).flatMap(page => page.items)
    expect(items).toHaveLength(2)
    expect((await troubleOf(() => normalize(items[0] ?? null))).message).toMatch(
      / is in 5K, which .*do not name/,
    )
  })
})

test('a category is asked for without those whom the list shows in another one', async () => {
  const site = await hakuSite({ people: 60 })
  const half = Array.from({ length: 30 }, () => site.add(site.half))
  const settings = {
    ...site.settings,
    event_id: String(site.race.raceId),
    event_categories: '5K, Half Marathon',
  }
  const pages = await pagesOf(pull(site.contextOf({ settings }), site.categoryRef('half marathon')))
  expect(pages.flatMap(page => page.items)).toHaveLength(half.length)
  // The first page whole, then those five of the second, and the newest once more.
  expect(site.details()).toHaveLength(25 + 5 + 1)
})

describe('a category', () => {
  const settingsOf = (site: Awaited<ReturnType<typeof hakuSite>>) => ({
    ...site.settings,
    event_id: String(site.race.raceId),
    event_categories: '5K, Half Marathon',
  })

  test('nobody is in is complete, and the next fetch asks for changes only', async () => {
    const site = await hakuSite({ people: 60 })
    const context = site.contextOf({ settings: settingsOf(site) })
    const [last] = (await pagesOf(pull(context, site.categoryRef('half marathon')))).slice(-1)
    expect([last?.complete, last?.items]).toEqual([true, []])
    const before = site.server.calls.length
    await pagesOf(pull(context, site.categoryRef('half marathon'), last?.cursor))
    expect(site.details(before)).toHaveLength(1)
  })

  test('somebody left is told of, though the list shows them in the other one alone', async () => {
    const alsoIn = new Map<number, readonly { eventId: number; tag: null; active: boolean }[]>()
    const site = await hakuSite({ people: 40, alsoIn })
    const list: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      const text = (await answer.text()).replaceAll(
        '"event_category_info":"5K, Half Marathon"',
        '"event_category_info":"5K"',
      )
      return new Response(text, {
        status: answer.status,
        headers: { date: answer.headers.get('date') ?? '' },
      })
    }
    const context = site.contextOf({ settings: settingsOf(site), fetch: list })
    const half = site.categoryRef('half marathon')
    const [last] = (await pagesOf(pull(context, half))).slice(-1)
    const leaver = site.added[3]?.registrationId ?? 0
    alsoIn.set(leaver, [{ eventId: site.half.eventId, tag: null, active: false }])
    site.registrations.edit(leaver, { bib: 900 })
    site.advance(1000)
    for (const { registrationId } of site.added.slice(4, 34))
      site.registrations.edit(registrationId, { bib: 901 })
    const people = (await pagesOf(pull(context, half, last?.cursor)))
      .flatMap(page => page.items)
      .map(normalize)
    expect(
      people.map(({ sourceParticipantId, values }) => [sourceParticipantId, values.registration_status]),
    ).toEqual([[String(leaver), 'withdrawn']])
  })

  test('that is called not active everywhere has its people all the same', async () => {
    const site = await hakuSite({ people: 3 })
    const closed: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      const text = (await answer.text()).replaceAll('"is_active":true', '"is_active":false')
      return new Response(text, {
        status: answer.status,
        headers: { date: answer.headers.get('date') ?? '' },
      })
    }
    for (const event of [site.whole, site.categoryRef('5k')]) {
      const context = site.contextOf({ settings: settingsOf(site), fetch: closed })
      const people = (await pagesOf(pull(context, event))).flatMap(page => page.items).map(normalize)
      expect(people.map(({ values }) => [values.bib_number, values.registration_status]).toSorted()).toEqual([
        ['1', 'registered'],
        ['2', 'registered'],
        ['3', 'registered'],
      ])
    }
  })
})
