import { describe, expect, test } from 'vitest'
import type { Json } from '../../../src/core/runtime.ts'
import type { Cursor, EventRef, ProviderContext } from '../../../src/providers/provider.ts'
import { pagesOf, troubleOf } from '../outside.ts'
import { hakuSite, normalize, pull } from './site.ts'

/** Everything a pull brings, and where the next one begins. */
async function brought(context: ProviderContext, event: EventRef, since: Cursor | null = null) {
  const pages = await pagesOf(pull(context, event, since))
  expect(pages.map(page => page.complete).indexOf(true)).toBe(pages.length - 1)
  const people = pages.flatMap(page => page.items).map(normalize)
  return { pages, people, cursor: pages.at(-1)?.cursor ?? null }
}

/** The cursor as the store keeps it, and what came, until the pull ended however it did. */
async function untilTrouble(context: ProviderContext, event: EventRef, since: Cursor | null) {
  const items: Json[] = []
  let cursor = since
  let complete = false
  try {
    for await (const page of pull(context, event, since)) {
      items.push(...page.items)
      cursor = JSON.parse(JSON.stringify(page.cursor))
      complete = page.complete
    }
  } catch (error) {
    return { items, cursor, complete, error }
  }
  return { items, cursor, complete, error: null }
}

describe('the first fetch', () => {
  test('asks for everybody once, and for the newest once more to know that nobody changed meanwhile', async () => {
    const site = await hakuSite({ people: 60 })
    const { people } = await brought(site.contextOf(), site.whole)
    expect(people).toHaveLength(60)
    const newest = site.added.at(-1)?.registrationId
    expect(site.details().toSorted()).toEqual(
      [...site.added.map(({ registrationId }) => registrationId), newest ?? 0].toSorted(),
    )
    expect(site.listed()).toEqual([1, 1, 2, 1, 2, 3, 2, 3, 4, 3, 1])
    expect(site.budget.spent).toBe(site.server.calls.length)
  })

  test.each([1, 7, 25, 500])(
    'reads on until an empty page where a page has at most %i rows',
    async largest => {
      const site = await hakuSite({ people: 30, largestPage: largest })
      const { people } = await brought(site.contextOf(), site.whole)
      expect(new Set(people.map(person => person.sourceParticipantId)).size).toBe(30)
      expect(people).toHaveLength(30)
    },
  )

  test('of an event nobody is registered for is complete', async () => {
    const site = await hakuSite()
    const { people, cursor } = await brought(site.contextOf(), site.whole)
    expect([people, cursor]).toEqual([[], null])
  })

  test('brings who was carried past it by an edit, and whoever changed meanwhile as they are', async () => {
    const site = await hakuSite({ people: 60 })
    const [oldest, second] = site.added
    let pages = 0
    const last = new Map<string, string | null>()
    for await (const page of pull(site.contextOf(), site.whole)) {
      for (const item of page.items) {
        const { sourceParticipantId, values } = normalize(item)
        last.set(sourceParticipantId, values.last_name)
      }
      site.advance(10_000)
      pages += 1
      const edited = [oldest, second][pages - 1]
      if (edited) site.registrations.edit(edited.registrationId, { person: { lastName: `Edited ${pages}` } })
    }
    expect(last.size).toBe(60)
    expect(last.get(String(oldest?.registrationId))).toBe('Edited 1')
    expect(last.get(String(second?.registrationId))).toBe('Edited 2')
  })

  test('looks from the front again where more than a page changed meanwhile', async () => {
    const site = await hakuSite({ people: 80 })
    let pages = 0
    const got = new Set<string>()
    for await (const page of pull(site.contextOf(), site.whole)) {
      for (const item of page.items) got.add(normalize(item).sourceParticipantId)
      site.advance(1000)
      pages += 1
      if (pages === 2)
        for (const { registrationId } of site.added.slice(0, 40))
          site.registrations.edit(registrationId, { bib: 900 })
    }
    expect(got.size).toBe(80)
  })

  test('misses nobody who was edited between the first page and its first details', async () => {
    const site = await hakuSite({ people: 80 })
    const edit = (registrationId = 0): void => {
      site.advance(1000)
      site.registrations.edit(registrationId, { bib: 900 })
    }
    let early = true
    const editing: typeof fetch = (input, init) => {
      if (early && String(input).includes('/registrations/')) {
        early = false
        for (const { registrationId } of site.added.slice(0, 40)) edit(registrationId)
        edit(site.added.at(-1)?.registrationId)
      }
      return fetch(input, init)
    }
    const { people } = await brought(site.contextOf({ fetch: editing }), site.whole)
    expect(new Set(people.map(person => person.sourceParticipantId)).size).toBe(80)
  })

  test('misses nobody where somebody it still had to ask for was edited after others', async () => {
    const site = await hakuSite({ people: 60 })
    const got = new Map<string, string | null>()
    let pages = 0
    for await (const page of pull(site.contextOf(), site.whole)) {
      for (const item of page.items) {
        const { sourceParticipantId, values } = normalize(item)
        got.set(sourceParticipantId, values.bib_number)
      }
      pages += 1
      if (pages > 1) continue
      for (const place of [...Array(27).keys(), -20]) {
        site.advance(600_000)
        site.registrations.edit(site.added.at(place)?.registrationId ?? 0, { bib: 900 })
      }
    }
    expect(got.size).toBe(60)
    expect([...got.values()].filter(bib => bib === '900')).toHaveLength(28)
  })

  test.each([
    ['one goes', false],
    ['one goes and another comes to the front', true],
  ])('misses nobody where %s between two readings of a page', async (_, comes) => {
    const site = await hakuSite({ people: 90 })
    let lists = 0
    const moving: typeof fetch = (input, init) => {
      if (String(input).includes('/participants?')) {
        // Pages 1, 1, 2, 1, 2, 3, 2: as page 3 is read, its first row is on page 2.
        if (lists === 5) site.registrations.remove(site.added.at(-1)?.registrationId ?? 0, 'cleared')
        if (lists === 6 && comes) site.registrations.edit(site.added[0]?.registrationId ?? 0, { bib: 900 })
        lists += 1
      }
      return fetch(input, init)
    }
    const { people } = await brought(site.contextOf({ fetch: moving }), site.whole)
    expect(new Set(people.map(person => person.sourceParticipantId)).size).toBe(90)
    expect(site.listed().slice(4, 7)).toEqual([2, 3, 2])
  })

  test('keeps a small place, whatever the size of the event', async () => {
    const site = await hakuSite({ people: 120 })
    const { pages } = await brought(site.contextOf(), site.whole)
    for (const { cursor } of pages) expect(JSON.stringify(cursor).length).toBeLessThan(2500)
  })
})

describe('a fetch that is cut', () => {
  test('at any call goes on without asking for anybody a second time', async () => {
    const calls = 60 + 12
    for (let cut = 2; cut < calls; cut += 3) {
      const site = await hakuSite({ people: 60 })
      let made = 0
      const context = site.contextOf({
        async spend() {
          if (made++ === cut) throw new Error('out of budget')
        },
      })
      const first = await untilTrouble(context, site.whole, null)
      expect(first.error, `call ${cut}`).toBeInstanceOf(Error)
      const rest = await untilTrouble(site.contextOf(), site.whole, first.cursor)
      expect([rest.error, rest.complete]).toEqual([null, true])
      expect(
        new Set([...first.items, ...rest.items].map(item => normalize(item).sourceParticipantId)).size,
      ).toBe(60)
      const newest = site.added.at(-1)?.registrationId
      expect(site.details().filter(id => id !== newest)).toHaveLength(59)
    }
  })

  test('and found the list moved by more than it remembers skips nobody, and asks few again', async () => {
    for (const how of ['edited', 'taken out'] as const) {
      const site = await hakuSite({ people: 300 })
      let made = 0
      const context = site.contextOf({
        async spend() {
          // Just before the page is read again.
          if (made++ === 1 + 1 + 150 + 5 * 3) throw new Error('out of budget')
        },
      })
      const first = await untilTrouble(context, site.whole, null)
      expect(first.items).toHaveLength(150)
      site.advance(3_600_000)
      // Edited: those far down, who go to the front. Taken out: those who came already.
      const moved = how === 'edited' ? site.added.slice(0, 140) : site.added.slice(-140)
      for (const { registrationId } of moved)
        if (how === 'edited') site.registrations.edit(registrationId, { bib: 900 })
        else site.registrations.remove(registrationId, 'cleared')
      const asked = site.server.calls.length
      const rest = await untilTrouble(site.contextOf(), site.whole, first.cursor)
      expect([rest.error, rest.complete]).toEqual([null, true])
      const got = new Set([...first.items, ...rest.items].map(item => normalize(item).sourceParticipantId))
      expect(got.size).toBe(300)
      expect(site.details(asked).length).toBeLessThanOrEqual(150 + 5)
    }
  })
})

describe('the next fetch', () => {
  test('asks for one where nobody changed, and for who changed and one more where some did', async () => {
    const site = await hakuSite({ people: 60 })
    const { cursor } = await brought(site.contextOf(), site.whole)
    site.advance(600_000)
    let before = site.server.calls.length
    const idle = await brought(site.contextOf(), site.whole, cursor)
    expect([idle.people, site.details(before), site.listed(before)]).toEqual([
      [],
      [site.added.at(-1)?.registrationId],
      [1],
    ])
    const [first, second] = site.added
    site.registrations.edit(first?.registrationId ?? 0, { bib: 700 })
    site.registrations.remove(second?.registrationId ?? 0, 'removed')
    const fresh = site.add()
    before = site.server.calls.length
    const next = await brought(site.contextOf(), site.whole, idle.cursor)
    expect(
      next.people.map(({ sourceParticipantId, values }) => [
        Number(sourceParticipantId),
        values.bib_number,
        values.registration_status,
      ]),
    ).toEqual([
      [fresh.registrationId, String(fresh.bib), 'registered'],
      [second?.registrationId, '2', 'withdrawn'],
      [first?.registrationId, '700', 'registered'],
    ])
    expect(site.details(before)).toHaveLength(4)
  })

  test('looks again at what changed within the last minute, for a change may be stored after its time', async () => {
    const site = await hakuSite({ people: 30 })
    site.registrations.edit(site.added[3]?.registrationId ?? 0, { bib: 700 })
    const { cursor } = await brought(site.contextOf(), site.whole)
    // Of the same second, and seen only now.
    site.registrations.edit(site.added[4]?.registrationId ?? 0, { bib: 701 })
    const next = await brought(site.contextOf(), site.whole, cursor)
    expect(next.people.map(person => person.values.bib_number)).toContain('701')
    site.advance(120_000)
    const later = await brought(site.contextOf(), site.whole, next.cursor)
    const calm = await brought(site.contextOf(), site.whole, later.cursor)
    expect(calm.people).toEqual([])
  })

  test('begins no further on where the newest one was taken out', async () => {
    const site = await hakuSite({ people: 30 })
    const { cursor } = await brought(site.contextOf(), site.whole)
    site.registrations.remove(site.added.at(-1)?.registrationId ?? 0, 'cleared')
    const next = await brought(site.contextOf(), site.whole, cursor)
    expect([next.people, next.cursor]).toEqual([[], cursor])
  })

  test('works where times have no zone', async () => {
    const site = await hakuSite({ people: 30, times: 'plain' })
    const { cursor } = await brought(site.contextOf(), site.whole)
    site.registrations.edit(site.added[3]?.registrationId ?? 0, { bib: 700 })
    const next = await brought(site.contextOf(), site.whole, cursor)
    expect(next.people.map(person => person.values.bib_number)).toEqual(['700'])
  })
})

describe('a list that cannot be trusted', () => {
  const through = (change: (path: URL, body: unknown) => unknown): typeof fetch =>
    async function changed(input, init) {
      const answer = await fetch(input, init)
      const body = change(new URL(String(input)), await answer.json())
      return new Response(JSON.stringify(body), { status: answer.status })
    }

  test('that answers the same page whatever is asked is no complete one', async () => {
    const site = await hakuSite({ people: 60 })
    const onlyFirst: typeof fetch = (input, init) => {
      const url = new URL(String(input))
      if (url.searchParams.has('page')) url.searchParams.set('page', '1')
      return fetch(url, init)
    }
    const error = await troubleOf(() => pagesOf(pull(site.contextOf({ fetch: onlyFirst }), site.whole)))
    expect([error.code, error.message]).toEqual(['provider.unreadable', expect.stringContaining('same page')])
  })

  test('whose registrations say no time of change is brought, never called complete, and begun anew', async () => {
    const site = await hakuSite({ people: 12 })
    const untimed = through((_, body) =>
      JSON.parse(JSON.stringify(body).replaceAll('"updated_at"', '"other"')),
    )
    const { items, cursor, complete, error } = await untilTrouble(
      site.contextOf({ fetch: untimed }),
      site.whole,
      null,
    )
    expect([items.length, cursor, complete]).toEqual([12, null, false])
    expect(String(error)).toContain('when it was changed')
  })

  test('that answers no time of its own is followed by the changes alone', async () => {
    const site = await hakuSite({ people: 12 })
    const context = site.contextOf({ fetch: through((_, body) => body) })
    const { cursor } = await brought(context, site.whole)
    site.registrations.edit(site.added[3]?.registrationId ?? 0, { bib: 700 })
    const next = await brought(context, site.whole, cursor)
    expect(next.people.map(person => person.values.bib_number)).toContain('700')
  })

  test('who is listed and has no details is told, and keeps nobody else from coming', async () => {
    const listedOnly = new Set<number>()
    const site = await hakuSite({ people: 30, listedOnly })
    listedOnly.add(site.added[5]?.registrationId ?? 0)
    const pages = await pagesOf(pull(site.contextOf(), site.whole))
    const items = pages.flatMap(page => page.items)
    expect([items.length, pages.at(-1)?.complete]).toEqual([30, true])
    const [refused] = items.filter(item => JSON.stringify(item).includes('has_no_details'))
    const error = await troubleOf(() => normalize(refused ?? null))
    expect([error.code, error.message]).toEqual([
      'participant.unreadable',
      expect.stringContaining(String(site.added[5]?.registrationId)),
    ])
  })

  test('who is taken out between list and details is not told', async () => {
    const site = await hakuSite({ people: 30 })
    const victim = site.added[20]?.registrationId ?? 0
    const taking: typeof fetch = (input, init) => {
      if (String(input).endsWith(`/registrations/${victim}`) && site.registrations.find(victim))
        site.registrations.remove(victim, 'cleared')
      return fetch(input, init)
    }
    const { people } = await brought(site.contextOf({ fetch: taking }), site.whole)
    expect(people).toHaveLength(29)
  })
})
