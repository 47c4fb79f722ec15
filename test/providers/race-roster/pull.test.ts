import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/core/runtime.ts'
import type { Page } from '../../../src/providers/provider.ts'
import { pagesOf, troubleOf } from '../outside.ts'
import { normalize, pull, raceRosterSite } from './site.ts'

const idsOf = (pages: readonly Page<Json>[]): number[] =>
  pages.flatMap(page => page.items.map(item => Number((item as JsonObject).participantId)))
const participants = (site: Awaited<ReturnType<typeof raceRosterSite>>) =>
  site.asked().filter(path => path.endsWith('/participants')).length

describe('a fetch', () => {
  test('walks the whole list of the event, and says complete with its last page only', async () => {
    const site = await raceRosterSite({ people: 1200, largestPage: 500 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect(new Set(idsOf(pages)).size).toBe(1200)
    expect(idsOf(pages)).toHaveLength(1200)
    expect(pages.map(page => page.complete)).toEqual([false, false, false, true])
    expect(pages.at(-1)?.cursor).toBeNull()
    expect(site.budget.spent).toBe(5)
  })

  test.each([
    [0, 1],
    [1, 2],
    [2, 2],
    [50, 2],
    [51, 3],
  ])('of %i people costs %i calls where pages are of fifty', async (people, calls) => {
    const site = await raceRosterSite({ people, largestPage: 50 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect([idsOf(pages).length, participants(site), pages.at(-1)?.complete]).toEqual([people, calls, true])
  })

  test('asks for pages of fifty where more are refused, and then keeps to them', async () => {
    const site = await raceRosterSite({ people: 120, largestPage: 50, overLargest: 'refused' })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect(idsOf(pages)).toHaveLength(120)
    const limits = site.server.calls.flatMap(call => call.query.limit ?? [])
    expect(limits[0]).toBe('500')
    expect(new Set(limits.slice(1))).toEqual(new Set(['50']))
  })

  test('goes on from the cursor of any page', async () => {
    const site = await raceRosterSite({ people: 230 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    for (const [index, page] of pages.slice(0, -1).entries()) {
      const kept = JSON.parse(JSON.stringify(page.cursor))
      const rest = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), kept))
      expect(idsOf(rest)).toEqual(idsOf(pages.slice(index + 1)))
    }
    const unknown = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), { page: 2 }))
    expect(idsOf(unknown)).toHaveLength(230)
  })
})

describe('rows that move while they are read', () => {
  test.each(['id', 'newest'] as const)(
    'lose nobody where the order is %s, however many are taken out',
    async order => {
      for (const gone of [1, 20, 40, 90]) {
        const site = await raceRosterSite({ people: 300, order, largestPage: 100 })
        const all = site.registrations.active(site.fiveK.eventId)
        const first = (order === 'id' ? all : all.toReversed()).slice(0, gone)
        const stay = new Set(all.filter(row => !first.includes(row)).map(row => row.registrationId))
        const got = new Set<number>()
        let complete = false
        for await (const page of pull(site.contextOf(), site.refOf(site.fiveK))) {
          for (const row of idsOf([page])) got.add(row)
          while (first.length > 0) site.registrations.remove(first.pop()?.registrationId ?? 0, 'cleared')
          complete = page.complete
        }
        expect(complete).toBe(true)
        expect([...stay].filter(id => !got.has(id))).toEqual([])
      }
    },
  )

  test('in no order of their ids are walked again after a change, and are complete after a walk without one', async () => {
    const site = await raceRosterSite({ people: 250, order: 'name' })
    const before = site.registrations.active(site.fiveK.eventId).map(row => row.registrationId)
    let changed = false
    const pages: Page<Json>[] = []
    for await (const page of pull(site.contextOf(), site.refOf(site.fiveK))) {
      pages.push(page)
      const last = idsOf([page]).at(0)
      // Whoever stood ahead of us is now behind.
      const ahead = before.find(id => !idsOf(pages).includes(id))
      if (!changed && ahead !== undefined && last !== undefined) {
        site.registrations.edit(ahead, { person: { lastName: 'Aaa' } })
        changed = true
      }
    }
    expect(changed).toBe(true)
    expect(pages.at(-1)?.complete).toBe(true)
    expect(new Set(idsOf(pages))).toEqual(new Set(before))
  })

  test('as newest changes first, look like an order of ids until one is carried past us', async () => {
    const site = await raceRosterSite({ people: 250, order: 'newest' })
    const all = site.registrations.active(site.fiveK.eventId)
    const [oldest] = all
    // Edited after the first page, it stands first from then on: as it would where the list is sorted by change.
    let edited = false
    const sorted: typeof fetch = async (input, init) => {
      const url = new URL(String(input))
      if (!edited || !url.searchParams.has('offset')) return fetch(url, init)
      const offset = Number(url.searchParams.get('offset'))
      if (offset > 0) url.searchParams.set('offset', String(offset - 1))
      const body = await (await fetch(url, init)).json()
      const row = { participantId: oldest?.registrationId, subEventId: site.fiveK.eventId }
      const rows = body.data.filter(
        (one: { participantId: number }) => one.participantId !== row.participantId,
      )
      return Response.json({ ...body, data: offset === 0 ? [row, ...rows] : rows })
    }
    const pages: Page<Json>[] = []
    for await (const page of pull(site.contextOf({ fetch: sorted }), site.refOf(site.fiveK))) {
      pages.push(page)
      edited = true
    }
    expect(pages.at(-1)?.complete).toBe(true)
    expect(new Set(idsOf(pages))).toEqual(new Set(all.map(row => row.registrationId)))
  })

  test('of people in several sub-events are walked to the end, a row for each', async () => {
    const alsoIn = new Map<number, readonly number[]>()
    const site = await raceRosterSite({ people: 200, alsoIn, largestPage: 50 })
    const all = site.registrations.active(site.fiveK.eventId).map(row => row.registrationId)
    for (const id of all.filter(id => id % 3 === 0)) alsoIn.set(id, [site.half.eventId])
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect([idsOf(pages), pages.at(-1)?.complete]).toEqual([all, true])
    const half = await pagesOf(pull(site.contextOf(), site.refOf(site.half)))
    expect([idsOf(half), half.at(-1)?.complete]).toEqual([all.filter(id => id % 3 === 0), true])
  })

  test('in no order of their ids and without an end are given up: nothing is complete', async () => {
    const site = await raceRosterSite({ people: 250, order: 'name' })
    const pages: Page<Json>[] = []
    const error = await troubleOf(async () => {
      for await (const page of pull(site.contextOf(), site.refOf(site.fiveK))) {
        pages.push(page)
        site.add()
      }
    })
    expect([error.code, error.retriable]).toEqual(['provider.unreadable', true])
    expect(pages.some(page => page.complete)).toBe(false)
  })

  test('a list that does not go on, or gives less than it speaks of, is never complete', async () => {
    const site = await raceRosterSite({ people: 130 })
    const same: typeof fetch = (input, init) => {
      const url = new URL(String(input))
      if (url.searchParams.has('offset')) url.searchParams.set('offset', '0')
      return fetch(url, init)
    }
    const stuck = await troubleOf(() =>
      pagesOf(pull(site.contextOf({ fetch: same }), site.refOf(site.fiveK))),
    )
    expect(stuck.message).toContain('the same page again')
    const short: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      const body = await answer.json()
      if (body.metadata) body.metadata.totalResults += 10
      return Response.json(body)
    }
    const less = await troubleOf(() =>
      pagesOf(pull(site.contextOf({ fetch: short }), site.refOf(site.fiveK))),
    )
    expect(less.message).toBe('Race Roster speaks of 140 rows and gives 130')
  })

  test('a total that counts the page only, or none at all, ends nothing', async () => {
    for (const total of [50, undefined]) {
      const site = await raceRosterSite({ people: 130, largestPage: 50 })
      const odd: typeof fetch = async (input, init) => {
        const answer = await fetch(input, init)
        const body = await answer.json()
        return Response.json(body.metadata ? { ...body, metadata: { totalResults: total } } : body)
      }
      const pages = await pagesOf(pull(site.contextOf({ fetch: odd }), site.refOf(site.fiveK)))
      expect([idsOf(pages).length, pages.at(-1)?.complete]).toEqual([130, true])
    }
  })
})

describe('sub-events', () => {
  test.each(['subEventId', 'subEvent', 'subEvents'] as const)(
    'each have their own people, and who is in several is in each, named by %s',
    async subEventLink => {
      const alsoIn = new Map<number, readonly number[]>()
      const site = await raceRosterSite({ subEventLink, alsoIn })
      const runner = site.add(site.fiveK)
      const walker = site.add(site.half)
      const both = site.add(site.fiveK)
      alsoIn.set(both.registrationId, [site.half.eventId])
      const of = async (event: { readonly eventId: number }) => {
        const items = (await pagesOf(pull(site.contextOf(), site.refOf(event)))).flatMap(page => page.items)
        return items.map(item => normalize(item).sourceParticipantId)
      }
      expect(await of(site.fiveK)).toEqual([runner, both].map(row => String(row.registrationId)))
      expect(await of(site.half)).toEqual([walker, both].map(row => String(row.registrationId)))
    },
  )

  test('that nobody names are no matter where there is one only', async () => {
    const site = await raceRosterSite({ subEventLink: 'none' })
    const race = site.registrations.addRace({ name: 'One', timezone: 'America/Chicago' })
    const only = site.registrations.addEvent(race.raceId, { name: '10K', startsAt: Date.parse('2026-05-10') })
    site.add(only)
    const ref = { ...site.refOf(only), sourceRaceId: String(race.raceId) }
    const [item = null] = (await pagesOf(pull(site.contextOf(), ref))).flatMap(page => page.items)
    expect(item).toMatchObject({ subEventId: String(only.eventId) })
    expect(normalize(item).values.registration_status).toBe('registered')
  })

  test('that nobody names are not guessed among several: nothing is complete, and it is said what to do', async () => {
    const site = await raceRosterSite({ people: 3, subEventLink: 'none' })
    const pages: Page<Json>[] = []
    const error = await troubleOf(async () => {
      for await (const page of pull(site.contextOf(), site.refOf(site.fiveK))) pages.push(page)
    })
    expect(error.message).toContain('"Sub-event field"')
    expect(idsOf(pages)).toEqual([])
    expect(pages.some(page => page.complete)).toBe(false)
  })

  test('are found under the field that the crew named', async () => {
    const site = await raceRosterSite({ people: 3 })
    const renamed: typeof fetch = async (input, init) => {
      const text = await (await fetch(input, init)).text()
      return new Response(
        text.replaceAll(/"isActive":true,"subEventId":(\d+)/g, '"isActive":true,"entered":{"race":[$1]}'),
      )
    }
    const settings = { base_url: site.server.url, sub_event_field: 'entered.race' }
    const pages = await pagesOf(pull(site.contextOf({ fetch: renamed, settings }), site.refOf(site.fiveK)))
    expect(idsOf(pages)).toHaveLength(3)
    const other = await pagesOf(pull(site.contextOf({ fetch: renamed, settings }), site.refOf(site.half)))
    expect([idsOf(other), other.at(-1)?.complete]).toEqual([[], true])
  })

  test('one person without any, among others, is told as trouble with one record', async () => {
    const site = await raceRosterSite({ people: 3 })
    const one: typeof fetch = async (input, init) => {
      const text = await (await fetch(input, init)).text()
      return new Response(text.replace(/,"subEventId":\d+}/, '}'))
    }
    const context = site.contextOf({ fetch: one })
    const pages = await pagesOf(pull(context, site.refOf(site.fiveK)))
    expect(pages.at(-1)?.complete).toBe(true)
    const [first = null, second = null] = pages.flatMap(page => page.items)
    const error = await troubleOf(() => normalize(first))
    expect([error.code, error.message]).toEqual([
      'participant.unreadable',
      expect.stringMatching(/^A Race Roster participant \(.+\) names no sub-event$/),
    ])
    expect(normalize(second).values.registration_status).toBe('registered')
  })
})
