import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ctlive } from '../../../src/providers/ctlive/index.ts'
import type {
  Entry,
  EventToScore,
  ProviderContext,
  PushOutcome,
  TargetRace,
} from '../../../src/providers/provider.ts'
import { type Answering, answering, contextFor, LOGIN, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { ctliveSite } from './site.ts'

const { entries } = ctlive
if (!entries) throw new Error('CTLive takes entries')

/** Of LOGIN's password, as it travels. */
const SHA1 = createHash('sha1').update(LOGIN.password).digest('hex')

const TARGET: TargetRace = { targetEventId: '1', targetRaceId: '2', name: '5K' }
const wanted = (more: Partial<EventToScore> = {}): EventToScore => ({
  eventName: '5K',
  raceName: 'harbor RUN',
  eventDate: '2025-05-17',
  onlyEvent: true,
  ...more,
})

async function push(
  context: ProviderContext,
  batch: readonly Entry[],
  target = TARGET,
): Promise<PushOutcome[]> {
  const outcomes: PushOutcome[] = []
  await entries?.push(context, target, batch, outcome => outcomes.push(outcome))
  return outcomes.sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }))
}

/** A CTLive that answers as the test says. */
async function odd(answer: Answering) {
  const { url, asked } = await answering(answer)
  return { asked, context: contextFor({ credentials: LOGIN, settings: { base_url: url } }) }
}

describe('the login', () => {
  test('sends the password as its SHA-1 only, and says what it sees', async () => {
    const site = await ctliveSite()
    expect(await ctlive.check(site.contextOf())).toEqual({
      name: LOGIN.user_id,
      details: ['This login sees 1 event'],
    })
    const [call] = site.server.calls
    expect(call?.query).toMatchObject({ format: 'json', client_id: LOGIN.client_id, user_id: LOGIN.user_id })
    expect(call?.query.user_pass).toMatch(/^[0-9a-f]{40}$/)
    expect(JSON.stringify(call?.query)).not.toContain(LOGIN.password)
  })

  test('names the event that takes the entries where one is set', async () => {
    const site = await ctliveSite()
    const settings = { base_url: site.server.url.replace(/\/api$/, '/'), event_id: site.eventId }
    const account = await ctlive.check(site.contextOf({ settings }))
    expect(account.details).toEqual([`Entries go to Harbor Run (${site.eventId})`])
    const unknown = site.contextOf({ settings: { ...settings, event_id: '5' } })
    expect((await troubleOf(() => ctlive.check(unknown))).code).toBe('provider.not-found')
  })

  test('with a wrong or missing password is refused, and no part of it is told', async () => {
    const site = await ctliveSite()
    const credentials = { ...LOGIN, password: 'canary-wrong' }
    expect((await troubleOf(() => ctlive.check(site.contextOf({ credentials })))).code).toBe(
      'provider.keys-refused',
    )
    const { password: _, ...without } = LOGIN
    const none = site.contextOf({ credentials: without })
    expect((await troubleOf(() => ctlive.check(none))).code).toBe('provider.keys-refused')
  })
})

describe('events', () => {
  test('are CTLive’s races, by event', async () => {
    const site = await ctliveSite()
    const pages = await pagesOf(ctlive.events(site.contextOf()))
    expect(pages.flatMap(page => page.items)).toMatchObject([
      {
        sourceEventId: site.raceId,
        sourceRaceId: site.eventId,
        raceName: 'Harbor Run',
        eventName: '5K',
        timezone: null,
      },
      { eventName: 'Half Marathon', eventDate: '2025-05-17', startAt: null },
    ])
    expect(pages.map(page => page.complete)).toEqual([false, true])
  })
})

describe('the race that takes the entries', () => {
  test('is found by name in the event of the same name and day', async () => {
    const site = await ctliveSite()
    expect(await entries.ensureEvent(site.contextOf(), wanted())).toEqual(site.target)
    const half = await entries.ensureEvent(site.contextOf(), wanted({ eventName: 'half marathon!' }))
    expect(half.targetRaceId).toBe(site.half.race_id)
    const tagged = await entries.ensureEvent(site.contextOf(), wanted({ eventName: 'Five' }))
    expect(tagged.targetRaceId).toBe(site.raceId)
  })

  test('is looked for in the event that is set, whatever that is called', async () => {
    const site = await ctliveSite()
    const settings = { base_url: site.server.url, event_id: site.eventId }
    const found = await entries.ensureEvent(
      site.contextOf({ settings }),
      wanted({ raceName: 'Else', eventDate: null }),
    )
    expect(found).toEqual(site.target)
    expect(site.budget.spent).toBe(1)
  })

  test('is never made: what there is and what to do is said', async () => {
    const site = await ctliveSite()
    const error = await troubleOf(() => entries.ensureEvent(site.contextOf(), wanted({ eventName: '10K' })))
    expect(error.code).toBe('entry.no-race')
    expect(error.message).toBe(
      `Make a race named "10K" in CTLive event ${site.eventId}, or rename one. It has ${site.raceId} "5K", ${site.half.race_id} "Half Marathon".`,
    )
    expect(site.server.calls.every(call => call.method === 'GET')).toBe(true)
  })

  test('is not guessed among events: another day, no such name, several of the name', async () => {
    const site = await ctliveSite()
    const fail = async (more: Partial<EventToScore>) =>
      (await troubleOf(() => entries.ensureEvent(site.contextOf(), wanted(more)))).message
    expect(await fail({ eventDate: '2026-05-16' })).toContain('no event named "harbor RUN" on 2026-05-16')
    expect(await fail({ raceName: 'Other' })).toContain(`It has ${site.eventId} "Harbor Run"`)
    site.scoring.addEvent({ event_name: 'HARBOR RUN' })
    expect(await fail({})).toContain('several events named')
  })

  test('may be the only one there is, unless its name says another distance or other events go there too', async () => {
    const { context } = await odd((url, response) => {
      if (url.pathname === '/api/event')
        sendJson(response, {
          event: { event_id: '1', event_name: 'Harbor Run', event_start_time: '1747486800' },
        })
      else sendJson(response, { event_race: { race_id: 2, race_name: '10K' } })
    })
    expect((await entries.ensureEvent(context, wanted({ eventName: 'Main race' }))).targetRaceId).toBe('2')
    const others = wanted({ eventName: 'Main race', onlyEvent: false })
    expect((await troubleOf(() => entries.ensureEvent(context, others))).code).toBe('entry.no-race')
    expect((await troubleOf(() => entries.ensureEvent(context, wanted()))).code).toBe('entry.no-race')
  })
})

describe('reading back', () => {
  test.each([[true], [false]])('brings everybody, with page headers: %s', async pageHeaders => {
    const site = await ctliveSite({ pageHeaders })
    for (let number = 1; number <= 1001; number++)
      site.scoring.addEntry(site.raceId, {
        entry_external_id: `key-${number}`,
        entry_bib: String(number),
        athlete_last_name: 'Berg',
      })
    const pages = await pagesOf(entries.readBack(site.contextOf(), site.target))
    const items = pages.flatMap(page => page.items)
    expect([items.length, site.budget.spent]).toEqual([1001, 6])
    expect(pages.map(page => page.complete)).toEqual([false, false, false, false, false, true])
    expect(items[0]).toEqual({
      ...{ entryId: expect.any(String), key: 'key-1', bib: '1', name: 'Berg' },
      values: { entry_bib: '1', athlete_last_name: 'Berg', entry_status: 'CONF' },
    })
  })

  test('takes a single object for a list of one, and nobody for nobody', async () => {
    const site = await ctliveSite()
    expect((await pagesOf(entries.readBack(site.contextOf(), site.target))).at(-1)).toMatchObject({
      items: [],
      complete: true,
    })
    site.scoring.addEntry(site.raceId, { athlete_first_name: 'Ana', athlete_last_name: 'Berg' })
    const [page] = await pagesOf(entries.readBack(site.contextOf(), site.target))
    expect(page?.items).toEqual([
      {
        ...{ entryId: expect.any(String), key: null, bib: null, name: 'Ana Berg' },
        values: { athlete_first_name: 'Ana', athlete_last_name: 'Berg', entry_status: 'CONF' },
      },
    ])
  })

  test('ends where a server without headers answers its page again, and does not double anybody', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({ entry_id: index + 1 }))
    const { context, asked } = await odd((_, response) => sendJson(response, { race_entry: rows }))
    const pages = await pagesOf(entries.readBack(context, TARGET))
    expect([pages.flatMap(page => page.items).length, asked.length]).toEqual([60, 4])
  })

  test.each([[{}], [{ error: 'x' }], [null], [{ race_entry: [{ entry_bib: '1' }] }]])(
    '%j is no empty list',
    async body => {
      const { context } = await odd((_, response) => sendJson(response, body))
      const error = await troubleOf(() => pagesOf(entries.readBack(context, TARGET)))
      expect(['provider.unreadable', 'provider.refused']).toContain(error.code)
    },
  )

  test('that fails on its second page says nothing is complete', async () => {
    const site = await ctliveSite()
    for (let number = 1; number <= 501; number++)
      site.scoring.addEntry(site.raceId, { athlete_last_name: 'Berg' })
    const seen: boolean[] = []
    const error = await troubleOf(async () => {
      for await (const page of entries.readBack(site.contextOf(), site.target)) {
        seen.push(page.complete)
        site.server.faults.add({ kind: 'html' })
      }
    })
    expect([error.code, seen]).toEqual(['provider.unreadable', [false]])
  })
})

describe('pushing', () => {
  test('tells of each entry, and keeps our key as its external id', async () => {
    const site = await ctliveSite()
    const batch = Array.from({ length: 10 }, (_, index) => site.entryOf(index + 1))
    const outcomes = await push(site.contextOf(), batch, site.target)
    expect(outcomes.map(outcome => outcome.ok && outcome.entryId !== null)).toEqual(Array(10).fill(true))
    const kept = site.scoring.entriesOf({ raceId: site.raceId })
    expect(new Set(kept.map(entry => entry.entry_external_id))).toEqual(
      new Set(batch.map(entry => entry.key)),
    )
    expect(site.budget.spent).toBe(10)
  })

  test('changes the entry it knows, and makes anew the one that is gone there', async () => {
    const site = await ctliveSite()
    const [made] = await push(site.contextOf(), [site.entryOf(1)], site.target)
    const entryId = made?.ok ? made.entryId : null
    const again = { ...site.entryOf(1, { entry_bib: '900' }), entryId }
    expect(await push(site.contextOf(), [again], site.target)).toEqual([{ key: 'key-1', ok: true, entryId }])
    expect(site.scoring.entry(entryId ?? '')?.entry_bib).toBe('900')
    site.scoring.removeEntry(entryId ?? '')
    const [anew] = await push(site.contextOf(), [again], site.target)
    expect(anew).toMatchObject({ ok: true })
    expect(anew?.ok && anew.entryId !== entryId && anew.entryId !== null).toBe(true)
  })

  test('one entry that is not valid hinders no other', async () => {
    const site = await ctliveSite()
    const batch = [site.entryOf(1), site.entryOf(2, { athlete_sex: 'F/M' }), site.entryOf(3)]
    expect(await push(site.contextOf(), batch, site.target)).toMatchObject([
      { key: 'key-1', ok: true },
      { key: 'key-2', ok: false, code: 'entry.invalid', message: 'athlete_sex is none of M, F, X' },
      { key: 'key-3', ok: true },
    ])
  })

  test('a bib that is taken is told apart, long texts are cut and keys hidden', async () => {
    const site = await ctliveSite()
    site.server.faults.add({ kind: 'status', status: 409, body: `Bib 1 is taken ${LOGIN.user_id} ${SHA1}` })
    site.server.faults.add({ kind: 'status', status: 422, body: 'x'.repeat(5000) })
    const [taken] = await push(site.contextOf(), [site.entryOf(1)], site.target)
    const [invalid] = await push(site.contextOf(), [site.entryOf(2)], site.target)
    expect(taken).toEqual({ key: 'key-1', ok: false, code: 'entry.bib-taken', message: 'Bib 1 is taken … …' })
    expect(invalid).toMatchObject({ code: 'entry.invalid', message: 'x'.repeat(200) })
  })

  test.each([
    [{ kind: 'status', status: 500 }, 'provider.unavailable'],
    [{ kind: 'status', status: 429 }, 'provider.throttled'],
    [{ kind: 'status', status: 401 }, 'provider.keys-refused'],
    [{ kind: 'html' }, 'provider.unreadable'],
    [{ kind: 'error200', code: 4 }, 'provider.refused'],
    [{ kind: 'cut' }, 'network.unreachable'],
  ] as const)('trouble with %j stops it, after telling what was answered', async (fault, code) => {
    const site = await ctliveSite()
    const batch = Array.from({ length: 40 }, (_, index) => site.entryOf(index + 1))
    const outcomes: PushOutcome[] = []
    const error = await troubleOf(() =>
      entries.push(site.contextOf(), site.target, batch, outcome => {
        outcomes.push(outcome)
        if (outcomes.length === 8) site.server.faults.add(fault)
      }),
    )
    const kept = site.scoring.entriesOf({ raceId: site.raceId }).length
    expect(error.code).toBe(code)
    expect(outcomes.length).toBeGreaterThanOrEqual(8)
    expect(outcomes.length).toBeLessThan(20)
    expect(kept).toBe(outcomes.length)
  })

  test('never has more than four on the way', async () => {
    let open = 0
    let most = 0
    const { context } = await odd((_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        sendJson(response, { race_entry: { entry_id: 5 } })
      }, 5)
    })
    const batch = Array.from({ length: 20 }, (_, index) => ({
      key: `k${index}`,
      entryId: null,
      raceId: '2',
      values: {},
    }))
    expect((await push(context, batch)).every(outcome => outcome.ok && outcome.entryId === '5')).toBe(true)
    expect(most).toBe(4)
  })

  test('a race that is not there stops it', async () => {
    const site = await ctliveSite()
    const nowhere = { ...site.target, targetRaceId: '9' }
    const error = await troubleOf(() => push(site.contextOf(), [site.entryOf(1)], nowhere))
    expect([error.code, error.message]).toEqual(['provider.not-found', expect.stringContaining('POST')])
  })
})

describe('the import file', () => {
  const entry = (key: string, values: Readonly<Record<string, string>>, raceId = '2'): Entry => ({
    key,
    entryId: null,
    raceId,
    values,
  })

  test('has the known fields in order, only those somebody fills, quoted where they must be', () => {
    const file = entries.file(
      [
        entry('a', { athlete_last_name: 'Berg, Jr', entry_bib: '7', team_name: 'The "Owls"' }),
        entry('b', { athlete_last_name: 'Müller', athlete_first_name: 'Zoë', custom: 'x' }),
      ],
      {},
    )
    expect(file).toEqual({
      fileName: 'ctlive-entries-race-2.csv',
      mediaType: 'text/csv; charset=utf-8',
      text: [
        'entry_external_id,entry_bib,athlete_first_name,athlete_last_name,team_name,custom',
        'a,7,,"Berg, Jr","The ""Owls""",',
        'b,,Zoë,Müller,,x',
        '',
      ].join('\r\n'),
    })
  })

  test('says the race where there are several, and has a safe name', () => {
    const several = entries.file([entry('a', {}, '2'), entry('b', {}, '3')], {})
    expect([several.fileName, several.text]).toEqual([
      'ctlive-entries.csv',
      'entry_external_id,race_id\r\na,2\r\nb,3\r\n',
    ])
    expect(entries.file([entry('a', {}, '../x')], {}).fileName).toBe('ctlive-entries-race-_x.csv')
  })
})
