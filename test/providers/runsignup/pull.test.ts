import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/core/runtime.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../../../src/providers/provider.ts'
import { runsignup } from '../../../src/providers/runsignup/index.ts'
import { type Answering, answering, contextFor, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { runsignupSite } from './site.ts'

const pull = (context: ProviderContext, event: EventRef, since: Cursor | null = null) => {
  if (!runsignup.participants) throw new Error('RunSignUp has participants')
  return runsignup.participants.pull(context, event, since)
}

const idOf = (item: Json): number => Number((item as JsonObject).registration_id)
const idsOf = (pages: readonly Page<Json>[]): number[] => pages.flatMap(page => page.items.map(idOf))
const lastOf = <T>(items: readonly T[]): T => {
  const last = items.at(-1)
  if (last === undefined) throw new Error('nothing there')
  return last
}

describe('a full fetch', () => {
  test('5,001 people come in three pages, the leavers after them, and only the very last page is complete', async () => {
    const site = await runsignupSite({ people: 5001 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect(pages.map(page => page.items.length)).toEqual([2500, 2500, 1, 0])
    expect(pages.map(page => page.complete)).toEqual([false, false, false, true])
    expect(new Set(idsOf(pages)).size).toBe(5001)
    expect(site.budget.spent).toBe(4)
  })

  test('an exact multiple of the page costs one empty page more, and nobody is lost', async () => {
    const site = await runsignupSite({ people: 2500 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    expect(new Set(idsOf(pages)).size).toBe(2500)
    expect(site.budget.spent).toBe(3)
  })

  test('60,000 people cost 25 calls and one for the leavers', async () => {
    const { url, asked } = await answering((url, response) => {
      const after = Number(url.searchParams.get('after_registration_id') ?? 0)
      const rows = Array.from({ length: Math.min(2500, 60_000 - after) }, (_, index) => ({
        registration_id: after + index + 1,
      }))
      const event = { event_id: 1, participants: [] }
      sendJson(response, [{ event, ...(url.pathname.endsWith('/participants') && { participants: rows }) }])
    })
    const context = contextFor({ settings: { base_url: url } })
    const pages = await pagesOf(pull(context, { sourceEventId: '1', sourceRaceId: '2', timezone: null }))
    expect(idsOf(pages).length).toBe(60_000)
    expect(asked.length).toBe(26)
  })

  test('a server that silently gives smaller pages than asked for loses nobody', async () => {
    const { url } = await answering(cappedAt(100, 1000))
    const context = contextFor({ settings: { base_url: url } })
    const pages = await pagesOf(pull(context, EVENT))
    expect(idsOf(pages).length).toBe(1000)
    expect(lastOf(pages).complete).toBe(true)
  })

  test('what is asked for is what RunSignUp documents', async () => {
    const site = await runsignupSite({ people: 3 })
    await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    const [participants, removed] = site.server.calls
    expect(participants?.path).toBe(`/Rest/race/${site.race.raceId}/participants`)
    expect(participants?.query).toMatchObject({
      format: 'json',
      event_id: String(site.fiveK.eventId),
      results_per_page: '2500',
      sort: 'registration_id ASC',
      include_questions: 'T',
      include_corrals: 'T',
      include_checkin_data: 'T',
      supports_nb: 'T',
    })
    expect(participants?.query).not.toHaveProperty('modified_after_timestamp')
    expect(removed?.path).toBe(`/Rest/race/${site.race.raceId}/removed-participants`)
    expect(removed?.query).toMatchObject({ page: '1', results_per_page: '2500' })
  })

  test('the caller registration goes along when there is one', async () => {
    const site = await runsignupSite()
    const credentials = { ...site.contextOf().credentials, rsu_api_reg: 'reg1', rsu_api_reg_secret: 'reg2' }
    await pagesOf(pull(site.contextOf({ credentials }), site.refOf(site.fiveK)))
    const [call] = site.server.calls
    expect([call?.query.rsu_api_reg, call?.headers['x-rsu-api-reg-secret']]).toEqual(['reg1', 'reg2'])
  })

  test('transferred, deferred and removed people come with their reason, and the successor with the others', async () => {
    const site = await runsignupSite({ people: 5 })
    const [first, second, third] = site.registrations.active(site.fiveK.eventId)
    if (!first || !second || !third) throw new Error('five people')
    const successor = site.registrations.transfer(first.registrationId, { person: site.nextPerson().person })
    site.registrations.remove(second.registrationId, 'deferred')
    site.registrations.remove(third.registrationId, 'cleared')
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    const people = pages.flatMap(page => page.items).map(item => runsignup.participants?.normalize(item))
    const statusOf = (id: number) =>
      people.find(person => person?.sourceParticipantId === String(id))?.values.registration_status
    expect(people.length).toBe(6)
    expect([first, second, third, successor].map(row => statusOf(row.registrationId))).toEqual([
      'transferred',
      'deferred',
      'withdrawn',
      'registered',
    ])
    expect(people.find(person => person?.successorId)?.successorId).toBe(String(successor.registrationId))
  })
})

describe('an incremental fetch', () => {
  test('with nothing new costs exactly two calls', async () => {
    const site = await runsignupSite({ people: 30 })
    const full = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    site.budget.spent = 0
    const next = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), lastOf(full).cursor))
    expect(idsOf(next)).toEqual([])
    expect(next.map(page => page.complete)).toEqual([true])
    expect(site.budget.spent).toBe(2)
  })

  test('asks from ten seconds before the last one began, by the provider’s clock and not the laptop’s', async () => {
    const site = await runsignupSite({ people: 1 })
    const before = Math.floor(Date.now() / 1000)
    const wrong = () => 1_000_000
    const [full] = (await pagesOf(pull(site.contextOf({ clock: wrong }), site.refOf(site.fiveK)))).slice(-1)
    await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), full?.cursor ?? null))
    const since = Number(lastOf(site.server.calls).query.modified_after_timestamp)
    expect(since).toBeGreaterThanOrEqual(before - 10)
    expect(since).toBeLessThanOrEqual(before - 7)
  })

  test('brings who changed and who left, and its own cursor', async () => {
    const site = await runsignupSite({ people: 30 })
    const full = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    site.advance(2 * 3_600_000)
    const [first, second] = site.registrations.active(site.fiveK.eventId)
    if (!first || !second) throw new Error('thirty people')
    site.registrations.edit(first.registrationId, { bib: 77 })
    site.registrations.remove(second.registrationId, 'removed')
    const changed = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), lastOf(full).cursor))
    expect(idsOf(changed).sort()).toEqual([first.registrationId, second.registrationId].sort())
    expect(lastOf(changed).cursor).toMatchObject({ phase: 'done' })
  })

  test('includes what changed in the very second it asks from', async () => {
    const rows = [{ registration_id: 1, last_modified: 990 }]
    const date = new Date(1_000_000).toUTCString()
    const { url } = await answering((url, response) => {
      const since = Number(url.searchParams.get('modified_after_timestamp') ?? 0)
      const found = url.pathname.endsWith('/participants')
        ? rows.filter(row => row.last_modified >= since)
        : []
      sendJson(response, [{ event: { event_id: 1 }, participants: found }], { date })
    })
    const context = contextFor({ settings: { base_url: url }, clock: () => 0 })
    const full = await pagesOf(pull(context, EVENT))
    expect(lastOf(full).cursor).toEqual({ phase: 'done', nextSince: 990 })
    expect(idsOf(await pagesOf(pull(context, EVENT, lastOf(full).cursor)))).toEqual([1])
  })

  test('takes the laptop’s clock less a minute where no Date is said', async () => {
    const { url } = await answering((_, response) => {
      response.sendDate = false
      sendJson(response, [{ event: { event_id: 1 } }])
    })
    const context = contextFor({ settings: { base_url: url }, clock: () => 1_000_000 })
    const [page] = await pagesOf(pull(context, EVENT))
    expect(page?.cursor).toEqual({ phase: 'done', nextSince: 930 })
  })
})

describe('resuming', () => {
  test('from every page’s cursor brings exactly the rest', async () => {
    const site = await runsignupSite({ people: 2600 })
    const [someone] = site.registrations.active(site.fiveK.eventId)
    site.registrations.remove(someone?.registrationId ?? 0, 'removed')
    const whole = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK)))
    for (const [index, page] of whole.slice(0, -1).entries()) {
      const kept = JSON.parse(JSON.stringify(page.cursor)) as Cursor
      const rest = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), kept))
      expect(idsOf(rest)).toEqual(idsOf(whole.slice(index + 1)))
      expect(lastOf(rest).complete).toBe(true)
    }
  })

  test('keeps the time its first page was asked at, so that nothing between is missed', async () => {
    let now = 1_000_000
    const { url } = await answering((url, response, request) => {
      response.setHeader('date', new Date(now).toUTCString())
      cappedAt(100, 300)(url, response, request)
    })
    const context = contextFor({ settings: { base_url: url }, clock: () => now })
    const [first] = await pagesOf(pull(context, EVENT))
    now += 5_000_000
    const rest = await pagesOf(pull(context, EVENT, first?.cursor ?? null))
    expect(lastOf(rest).cursor).toEqual({ phase: 'done', nextSince: 990 })
  })

  test('from a cursor nobody can read fetches everybody', async () => {
    const site = await runsignupSite({ people: 3 })
    const pages = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), { phase: 'v0', at: 'x' }))
    expect(idsOf(pages).length).toBe(3)
  })
})

describe('odd pages', () => {
  const once = async (body: unknown, removed: unknown = []) => {
    const { url, asked } = await answering((url, response) =>
      sendJson(response, url.pathname.endsWith('/removed-participants') ? removed : body),
    )
    return { pages: await pagesOf(pull(contextFor({ settings: { base_url: url } }), EVENT)), asked }
  }

  test('several events in one answer: rows of the event asked for, wherever it stands', async () => {
    const { pages } = await once([
      { event: { event_id: 9, participants: [] }, participants: [{ registration_id: 5, event_id: 9 }] },
      { event: { event_id: 8, participants: [] } },
      {
        event: { event_id: '1', participants: [] },
        participants: [
          { registration_id: 1, event_id: 1 },
          { registration_id: 7, event_id: 9 },
        ],
      },
      { event: { event_id: 1, participants: [] }, participants: [{ registration_id: 2 }] },
    ])
    expect(idsOf(pages)).toEqual([1, 2])
  })

  test('an object instead of an array, one row instead of a list, numbers as strings', async () => {
    const { pages } = await once(
      { event: { event_id: '1' }, participants: { registration_id: '12', event_id: '1' } },
      { event: { event_id: 1, participants: { registration_id: '13', removed_reason: null } } },
    )
    expect(idsOf(pages)).toEqual([12, 13])
    const leaver = lastOf(pages).items[0] ?? null
    expect(runsignup.participants?.normalize(leaver).values.registration_status).toBe('withdrawn')
  })

  test('doubled rows do not loop', async () => {
    const row = { registration_id: 4, event_id: 1 }
    const { pages, asked } = await once([{ event: { event_id: 1 }, participants: [row, row, row] }])
    expect([idsOf(pages), asked.length, lastOf(pages).complete]).toEqual([[4, 4, 4], 2, true])
  })

  test('a full page that comes again ends the fetch without calling it complete', async () => {
    const participants = Array.from({ length: 100 }, (_, index) => ({ registration_id: index + 1 }))
    const error = await troubleOf(() => once([{ event: { event_id: 1 }, participants }]))
    expect([error.code, error.message]).toEqual([
      'provider.unreadable',
      expect.stringContaining('same page again'),
    ])
  })

  test('a full page in no order is not walked, for it would lose people', async () => {
    const participants = Array.from({ length: 100 }, (_, index) => ({ registration_id: 1000 - index }))
    const error = await troubleOf(() => once([{ event: { event_id: 1 }, participants }]))
    expect(error.message).toContain('no order')
  })

  test('leavers that are answered again and again end', async () => {
    const participants = Array.from({ length: 60 }, (_, index) => ({
      registration_id: index + 1,
      removed_reason: 'removed',
    }))
    const { pages, asked } = await once([], [{ event: { event_id: 1, participants } }])
    expect([asked.length, lastOf(pages).complete]).toEqual([3, true])
  })

  test.each([[{}], [null], ['ok'], [[{ foo: 1 }]], [[[]]]])('%j is no empty page', async body => {
    expect((await troubleOf(() => once(body))).code).toBe('provider.unreadable')
  })

  test('without a race nobody can be fetched, and it is said', async () => {
    const error = await troubleOf(() => pagesOf(pull(contextFor(), { ...EVENT, sourceRaceId: null })))
    expect(error.code).toBe('input.invalid')
  })
})

describe('the second page fails', () => {
  const faults = [
    [{ kind: 'error200', code: 14 }, 'provider.throttled'],
    [{ kind: 'error200', code: 7 }, 'provider.forbidden'],
    [{ kind: 'status', status: 500 }, 'provider.unavailable'],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '5' } }, 'provider.throttled'],
    [{ kind: 'html' }, 'provider.unreadable'],
    [{ kind: 'half' }, 'network.unreachable'],
  ] as const
  test.each(faults)(
    'with %j: nothing is complete, and the first page’s cursor goes on',
    async (fault, code) => {
      const site = await runsignupSite({ people: 2600 })
      const got: Page<Json>[] = []
      const error = await troubleOf(async () => {
        for await (const page of pull(site.contextOf(), site.refOf(site.fiveK))) {
          got.push(page)
          site.server.faults.add({ ...fault, path: 'after_registration_id', times: 3 })
        }
      })
      expect([error.code, got.length, got.some(page => page.complete)]).toEqual([code, 1, false])
      site.server.faults.clear()
      const rest = await pagesOf(pull(site.contextOf(), site.refOf(site.fiveK), lastOf(got).cursor))
      expect(new Set([...idsOf(got), ...idsOf(rest)]).size).toBe(2600)
      expect(lastOf(rest).complete).toBe(true)
    },
  )
})

const EVENT: EventRef = { sourceEventId: '1', sourceRaceId: '2', timezone: null }

/** A server whose pages are smaller than what it is asked for. */
const cappedAt =
  (cap: number, people: number): Answering =>
  (url, response) => {
    const after = Number(url.searchParams.get('after_registration_id') ?? 0)
    const participants = Array.from({ length: Math.min(cap, people - after) }, (_, index) => ({
      registration_id: after + index + 1,
    }))
    const leaving = url.pathname.endsWith('/removed-participants')
    sendJson(response, [{ event: { event_id: 1 }, ...(!leaving && { participants }) }])
  }
