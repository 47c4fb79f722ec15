import { describe, expect, test } from 'vitest'
import { ctlive } from '../../../src/providers/ctlive/index.ts'
import type { Cursor } from '../../../src/providers/provider.ts'
import { answering, contextFor, LOGIN, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { ctliveSite } from './site.ts'

function results() {
  if (!ctlive.results) throw new Error('CTLive gives results')
  return ctlive.results
}

async function raced(options: Parameters<typeof ctliveSite>[0] = {}) {
  const site = await ctliveSite(options)
  const intervalOf = (fields: Readonly<Record<string, string>>): string =>
    String(site.scoring.results.addInterval(site.raceId, fields).interval_id)
  const full = intervalOf({ interval_is_full: '1' })
  const split = intervalOf({ interval_is_full: '0', interval_name: '2K' })
  const entries = ['M', 'F', 'M'].map((sex, index) =>
    site.scoring.addEntry(site.raceId, {
      entry_bib: String(index + 1),
      athlete_last_name: `Berg ${index}`,
      athlete_sex: sex,
      bracket_name: `${sex} 30-39`,
    }),
  )
  const pass = (interval: string, index: number, seconds: number): void =>
    site.scoring.results.set(interval, entries[index]?.entry_id ?? '', {
      gunSeconds: seconds,
      chipSeconds: seconds - 2.5,
      changedAt: Date.now(),
    })
  for (const index of [0, 1, 2]) pass(full, index, 1500 + index)
  pass(split, 1, 700)
  const pull = (since: Cursor | null = null) => pagesOf(results().pull(site.contextOf(), site.target, since))
  return { ...site, full, entries, pull }
}

describe('CTLive results', () => {
  test('are one an entry, with the place in each of its brackets, whether or not pages are announced', async () => {
    for (const pageHeaders of [true, false]) {
      const { entries, pull } = await raced({ pageHeaders })
      const found = (await pull()).flatMap(page => page.items).map(results().normalize)
      expect(found).toHaveLength(3)
      expect(found.find(({ bib }) => bib === '3')).toMatchObject({
        sourceResultId: entries[2]?.entry_id,
        overallPlace: 3,
        genderPlace: 2,
        divisionPlace: 2,
        gunTimeMs: 1_502_000,
        chipTimeMs: 1_499_500,
        splits: [],
        status: 'finished',
      })
      expect(found.find(({ bib }) => bib === '2')?.splits).toEqual([
        { name: '2K', gunMs: 700_000, chipMs: 697_500 },
      ])
    }
  })

  test('come again whole where anything changed, and not at all where nothing did', async () => {
    const { pull } = await raced()
    const now = Math.floor(Date.now() / 1000)
    expect((await pull({ askedAt: now })).flatMap(page => page.items)).toHaveLength(3)
    const quiet = await pull({ askedAt: now + 3600 })
    expect(quiet).toMatchObject([{ items: [], complete: true }])
  })

  test('of a race without an interval of the whole course are not taken for none', async () => {
    const site = await ctliveSite()
    const trouble = await troubleOf(() => pagesOf(results().pull(site.contextOf(), site.target, null)))
    expect(trouble.code).toBe('provider.unreadable')
    expect(trouble.message).toContain(site.raceId)
  })

  test('that break off are a trouble, not fewer results', async () => {
    const { url } = await answering((asked, response) =>
      asked.pathname.endsWith('/interval')
        ? sendJson(response, { race_interval: { interval_id: 5, interval_is_full: 1 } })
        : response.writeHead(200, { 'content-type': 'application/json' }).end('{"interval_results":['),
    )
    const context = contextFor({ credentials: LOGIN, settings: { base_url: url } })
    const target = { targetEventId: '1', targetRaceId: '2', name: '5K' }
    expect((await troubleOf(() => pagesOf(results().pull(context, target, null)))).code).toBe(
      'provider.unreadable',
    )
  })

  const rowWith = (fields: Readonly<Record<string, string>>) => ({
    full: [{ results_entry_id: '9', results_bib: '7', ...fields }],
    splits: [],
  })

  test.each([
    ['25:01.5', 1_501_500],
    ['1:25:01', 5_101_000],
    ['1501.25', 1_501_250],
    ['25:99', null],
    ['soon', null],
  ])('read the time %s', (written, ms) => {
    expect(results().normalize(rowWith({ results_time: written })).chipTimeMs).toBe(ms)
  })

  test('take a word in the place of the time for the status', () => {
    expect(results().normalize(rowWith({ results_time: 'DNF' })).status).toBe('dnf')
    expect(results().normalize(rowWith({ results_time: 'DSQ' })).status).toBe('dq')
    expect(results().normalize(rowWith({})).status).toBe('unknown')
  })

  test('without an entry are refused: a bib may be somebody else’s tomorrow', async () => {
    const item = { full: [{ results_bib: '7', results_time: '25:00' }], splits: [] }
    expect((await troubleOf(() => results().normalize(item))).code).toBe('result.unreadable')
  })
})
