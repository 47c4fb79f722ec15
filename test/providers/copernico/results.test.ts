import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isAppError } from '../../../src/core/errors.ts'
import type { SourceResult } from '../../../src/core/model.ts'
import { copernico } from '../../../src/providers/copernico/index.ts'
import type { Cursor, Page } from '../../../src/providers/provider.ts'
import type { CopernicoWays } from '../../../src/rehearsal/copernico-server.ts'
import type { Misbehaviour } from '../../../src/rehearsal/faults.ts'
import { type QuickTime, quickTime } from '../contract/quick-time.ts'
import { pagesOf, troubleOf } from '../outside.ts'
import { COLUMNS, copernicoSite, FIVE_K, HALF } from './site.ts'

const results = (() => {
  if (!copernico.results) throw new Error('Copernico gives results')
  return copernico.results
})()

let time: QuickTime
beforeAll(() => {
  time = quickTime()
})
afterAll(() => time.restore())

const GUN = Date.parse('2026-05-09T12:00:00Z')

/** Three people of 5K: two finished, one passed 2 km; one waits, and one did not come. */
async function raced(settings: Readonly<Record<string, string>>, ways: CopernicoWays = {}) {
  const site = await copernicoSite(ways)
  const { race } = site
  const register = (number: number, gender: string): string => {
    const id = `runsignup:${number}`
    race.register(FIVE_K, id, { dorsal: String(number), name: 'Ana', surname: 'Peña', gender })
    return id
  }
  const pass = (number: number, split: string, seconds: number): void =>
    race.pass(`runsignup:${number}`, split, {
      time: seconds * 1000,
      netTime: seconds * 1000 - 2500,
      rawTime: GUN + seconds * 1000,
    })
  for (const [index, gender] of ['male', 'female', 'female', 'male', 'female'].entries())
    register(index + 1, gender)
  pass(1, 'Km 2', 600)
  pass(1, 'Meta', 1500)
  pass(2, 'Km 2', 650)
  pass(2, 'Meta', 1600)
  pass(3, 'Km 2', 700)
  race.setStatus('runsignup:5', 'dns')
  const pull = (since: Cursor | null = null) =>
    pagesOf(results.pull(site.contextOf(settings), site.target, since))
  return { ...site, pull, pass, register }
}

const said = (pages: readonly Page<never>[] | Awaited<ReturnType<typeof pagesOf>>): SourceResult[] =>
  pages
    .flatMap(page => page.items)
    .map(item => results.normalize(item as never))
    .sort((a, b) => a.sourceResultId.localeCompare(b.sourceResultId))

const BOTH = [
  ['by columns of the preset', COLUMNS],
  ['by athletes', {}],
] as const

describe.each(BOTH)('Copernico results, %s', (way, settings) => {
  test.each([[{}], [{ packed: true, doubled: true, wrapped: 'results' }]] as const)(
    'are one a person, in ms, met as %j',
    async ways => {
      const { pull } = await raced(settings, ways)
      const pages = await pull()
      expect(pages.map(page => page.complete).indexOf(true)).toBe(pages.length - 1)
      const found = said(pages)
      expect(found.map(({ bib, status }) => [bib, status])).toEqual([
        ['1', 'finished'],
        ['2', 'finished'],
        ['3', 'running'],
        ['5', 'dns'],
      ])
      expect(found[1]).toMatchObject({
        sourceResultId: 'runsignup:2',
        entryKey: 'runsignup:2',
        entryId: 'runsignup:2',
        overallPlace: 2,
        gunTimeMs: 1_600_000,
        chipTimeMs: 1_597_500,
        splits: [{ name: 'Km 2', gunMs: 650_000 }],
      })
      // Only an athlete has all of it.
      if (way === 'by athletes') expect(found[1]).toMatchObject({ genderPlace: 1, finishAt: GUN + 1_600_000 })
      expect(found[2]).toMatchObject({
        overallPlace: null,
        gunTimeMs: null,
        chipTimeMs: null,
        splits: [{ name: 'Km 2', gunMs: 700_000 }],
      })
    },
  )

  test('come no more where nothing changed, and again where somebody did', async () => {
    const { pull, pass, register, race } = await raced(settings)
    const full = await pull()
    const cursor = JSON.parse(JSON.stringify(full.at(-1)?.cursor))
    expect(JSON.stringify(cursor).length).toBeLessThan(2200)
    expect(await pull(cursor)).toMatchObject([{ items: [], cursor, complete: true }])
    pass(3, 'Meta', 1700)
    const changed = await pull(cursor)
    expect(said(changed)).toMatchObject([{ bib: '3', status: 'finished', gunTimeMs: 1_700_000 }])
    register(6, 'male')
    pass(6, 'Meta', 1400)
    race.setStatus('runsignup:4', 'dnf')
    const later = said(await pull(changed.at(-1)?.cursor ?? null))
    expect(later.map(({ bib }) => bib)).toEqual(expect.arrayContaining(['4', '6']))
    expect(said(await pull()).length).toBe(6)
  })

  test.each<[string, Misbehaviour, string]>([
    ['a refused key', { kind: 'status', status: 401 }, 'provider.keys-refused'],
    ['a forbidden call', { kind: 'status', status: 403 }, 'provider.forbidden'],
    ['nothing there', { kind: 'status', status: 404 }, 'provider.not-found'],
    ['too many calls', { kind: 'status', status: 429 }, 'provider.throttled'],
    ['a server in trouble', { kind: 'status', status: 500 }, 'provider.unavailable'],
    ['a web page', { kind: 'html' }, 'provider.unreadable'],
    ['half a body', { kind: 'half' }, 'network.unreachable'],
    ['a cut connection', { kind: 'cut' }, 'network.unreachable'],
    ['an error with HTTP 200', { kind: 'error200', code: 4 }, 'provider.refused'],
  ])('with %s at any of their calls are a trouble, and never complete', async (_, fault, code) => {
    const plain = await raced(settings)
    await plain.pull()
    for (let struck = 0; struck < plain.server.calls.length; struck++) {
      const site = await raced(settings)
      let made = 0
      const striking: typeof fetch = (input, init) => {
        if (made++ === struck) site.server.faults.add({ ...fault, times: 1000 })
        return fetch(input, init)
      }
      const completes: boolean[] = []
      const error = await troubleOf(async () => {
        const context = site.contextOf(settings, { fetch: striking })
        for await (const page of results.pull(context, site.target, null)) completes.push(page.complete)
      })
      expect(error.code, `call ${struck + 1}`).toBe(code)
      expect(completes).not.toContain(true)
      expect(site.budget.spent).toBe(site.server.calls.length)
      site.server.faults.clear()
      expect(said(await site.pull())).toHaveLength(4)
    }
  })

  test('stop when they are cancelled', async () => {
    const site = await raced(settings)
    const stop = new AbortController()
    const cutting: typeof fetch = (input, init) => {
      stop.abort()
      return fetch(input, init)
    }
    const context = site.contextOf(settings, { signal: stop.signal, fetch: cutting })
    expect((await troubleOf(() => pagesOf(results.pull(context, site.target, null)))).code).toBe('cancelled')
  })
})

test('an athlete costs a call, and who waits for the start costs none', async () => {
  const { pull, server, budget } = await raced({})
  await pull()
  const athletes = server.calls.filter(({ path }) => path.endsWith('/full'))
  expect([athletes.length, budget.spent]).toEqual([4, 5])
  expect(athletes.every(({ headers }) => headers['x-api-key'] === 'canary-copernico-key')).toBe(true)
})

test('of many people are one call where the columns are named', async () => {
  const site = await copernicoSite()
  for (let number = 1; number <= 1201; number++) {
    site.race.register(FIVE_K, `k:${number}`, { dorsal: String(number) })
    site.race.setStatus(`k:${number}`, 'started')
  }
  const settings = { ...COLUMNS, preset_name: 'Trackside' }
  const pages = await pagesOf(results.pull(site.contextOf(settings), site.target, null))
  expect(pages.map(page => page.items.length)).toEqual([500, 500, 201])
  expect(pages.map(page => page.complete)).toEqual([false, false, true])
  expect(site.budget.spent).toBe(1)
})

test('without columns and without a key there is no way to the times, and that is said', async () => {
  const site = await copernicoSite()
  const context = site.contextOf({}, { credentials: {} })
  const error = await troubleOf(() => pagesOf(results.pull(context, site.target, null)))
  expect([error.code, error.message]).toEqual([
    'input.invalid',
    expect.stringContaining('"Result columns" or "API key"'),
  ])
  expect(site.budget.spent).toBe(0)
})

test('of somebody who is in another event than its preset says are one record’s trouble', async () => {
  const site = await copernicoSite()
  site.race.register(HALF, 'runsignup:9', { dorsal: '9' })
  site.race.setStatus('runsignup:9', 'started')
  const target = { ...site.target, name: 'media maraton' }
  // The event's own name differs by accents, which is no other event.
  const odd: typeof fetch = (input, init) =>
    fetch(String(input).replace('media%20maraton', 'Media%20Marat%C3%B3n'), init)
  const pull = (name: string) =>
    pagesOf(results.pull(site.contextOf({}, { fetch: odd }), { ...target, name }, null))
  expect(said(await pull('media maraton'))).toMatchObject([{ bib: '9', status: 'running' }])
  const moved: typeof fetch = async (input, init) => {
    const text = await (await fetch(input, init)).text()
    return new Response(text.replace('"event":"Media Maratón"', '"event":"10K"'))
  }
  const [page] = await pagesOf(
    results.pull(site.contextOf({}, { fetch: moved }), { ...target, name: 'Media Maratón' }, null),
  )
  const trouble = await troubleOf(() => results.normalize(page?.items[0] ?? null))
  expect([trouble.code, trouble.message]).toEqual([
    'result.unreadable',
    expect.stringContaining('runsignup:9'),
  ])
})

describe('a row', () => {
  const item = (status: string | null, finished: boolean) => ({
    id: 'a',
    race: {
      dorsal: '7',
      status,
      times: {
        salida: { order: 0, time: 0, netTime: 0 },
        cinco: { order: 1, time: '700000' },
        ...(finished && { meta: { order: 2, time: 1_500_000.4, netTime: 0, raw: { rawTime: 12 } } }),
      },
      rankings: { meta: { pos: 3, posGen: 0 } },
    },
    finish: null,
  })

  test.each([
    ['finished', 'finished'],
    ['Started', 'running'],
    ['active', 'running'],
    ['running', 'running'],
    ['dns', 'dns'],
    ['dnf', 'dnf'],
    ['retired', 'dnf'],
    ['withdrawn', 'dnf'],
    ['abandoned', 'dnf'],
    ['disqualified', 'dq'],
    ['dsq', 'dq'],
    ['en meta', 'running'],
    [null, 'running'],
  ])('that says %s is %s', (word, status) => {
    expect(results.normalize(item(word, true)).status).toBe(status)
  })

  test('has its finish only from somebody who finished; 0 is no time and no place', () => {
    expect(results.normalize(item('finished', true))).toMatchObject({
      gunTimeMs: 1_500_000,
      chipTimeMs: null,
      overallPlace: 3,
      genderPlace: null,
      divisionPlace: null,
      finishAt: null,
      splits: [{ name: 'cinco', gunMs: 700_000, chipMs: null }],
    })
    expect(results.normalize(item('dnf', true))).toMatchObject({
      gunTimeMs: null,
      overallPlace: null,
      splits: [{ name: 'cinco' }, { name: 'meta' }],
    })
  })

  test('without an id is refused: a bib may be somebody else’s tomorrow', () => {
    for (const broken of [{ ...item('finished', true), id: null }, null, [], 'x'])
      expect(() => results.normalize(broken)).toThrow(
        expect.toSatisfy(error => isAppError(error) && error.code === 'result.unreadable'),
      )
  })
})
