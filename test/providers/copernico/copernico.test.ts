import { describe, expect, test } from 'vitest'
import { effective } from '../../../src/core/effective.ts'
import { mapEntry, NO_MAPPING } from '../../../src/core/mapping.ts'
import { checkMapping } from '../../../src/core/mapping-check.ts'
import { NO_VALUES } from '../../../src/core/model.ts'
import { copernico } from '../../../src/providers/copernico/index.ts'
import type { Entry, EventToScore, ProviderContext, PushOutcome } from '../../../src/providers/provider.ts'
import { sendingOf } from '../../../src/sync/publish.ts'
import { answering, contextFor, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { copernicoSite, FIVE_K, HALF, KEY, RACE_ID, settingsOf } from './site.ts'

const { entries } = copernico
if (!entries) throw new Error('Copernico takes entries')

const wanted = (more: Partial<EventToScore> = {}): EventToScore => ({
  eventName: '5K',
  raceName: 'Harbor Run',
  eventDate: '2026-05-09',
  onlyEvent: false,
  ...more,
})

async function push(
  site: Awaited<ReturnType<typeof copernicoSite>>,
  batch: readonly Entry[],
  context: ProviderContext = site.contextOf(),
): Promise<PushOutcome[]> {
  const outcomes: PushOutcome[] = []
  await entries?.push(context, site.target, batch, outcome => outcomes.push(outcome))
  return outcomes
}

const refusedAt = async (settings: Readonly<Record<string, string>>): Promise<string> => {
  const site = await copernicoSite()
  const error = await troubleOf(() => copernico.check(site.contextOf(settings)))
  expect([error.code, site.budget.spent]).toEqual(['input.invalid', 0])
  return error.message
}

describe('the test of a connection', () => {
  test('reads each event by the preset, and tries the key where it is needed', async () => {
    const site = await copernicoSite()
    site.race.register(FIVE_K, 'runsignup:1', { dorsal: '1', name: 'Ana', surname: 'Berg' })
    expect(await copernico.check(site.contextOf())).toEqual({
      name: 'harbor-run-2026',
      details: [
        '5K: the preset shows 1 person',
        'Media Maratón: the preset shows 0 people',
        'the API key opens athletes',
        `entries go to race ${RACE_ID}, which only sending can try`,
      ],
    })
    const keyless = await copernico.check(site.contextOf({}, { credentials: {} }))
    expect(keyless.details).toContain('results cannot be read: neither their columns nor an API key is given')
    const [first] = site.server.calls
    expect(decodeURIComponent(first?.path ?? '')).toBe(
      '/api/races/harbor-run-2026/preset/crew@example.com:::Trackside/5K',
    )
    const wrong = site.contextOf({}, { credentials: { api_key: 'canary-wrong' } })
    expect((await troubleOf(() => copernico.check(wrong))).code).toBe('provider.forbidden')
  })

  test('finds a preset or an event that is a letter off', async () => {
    const site = await copernicoSite()
    for (const settings of [{ preset_name: 'trackside' }, { events: `5k = ${FIVE_K}` }]) {
      const error = await troubleOf(() => copernico.check(site.contextOf(settings)))
      expect([error.code, error.message]).toEqual([
        'provider.not-found',
        expect.stringContaining('letter by letter'),
      ])
    }
  })

  test('says what of the settings cannot be read, before any call', async () => {
    expect(await refusedAt({ race_id: 'harbor-run-2026' })).toContain('not "harbor-run-2026"')
    expect(await refusedAt({ events: '' })).toContain('of no event')
    expect(await refusedAt({ events: `5K = ${FIVE_K}; Half` })).toContain('it says "Half"')
    expect(await refusedAt({ events: '5K = 5K' })).toContain('it says "5K = 5K"')
    expect(await refusedAt({ result_columns: 'place = pos' })).toContain('neither a gun time nor a chip time')
    expect(await refusedAt({ result_columns: 'gun = time; 2K' })).toContain('it says "2K"')
  })

  test('asks for the column id where a preset has none', async () => {
    const site = await copernicoSite()
    site.race.register(FIVE_K, 'x', { dorsal: '1', name: 'Ana' })
    const error = await troubleOf(() => copernico.check(site.contextOf({ preset_name: 'Sin id' })))
    expect([error.code, error.message]).toEqual([
      'provider.unreadable',
      'The preset Sin id shows somebody without the column id: add that column in Copernico. It has dorsal, name.',
    ])
  })

  test('says of a preset that fails as one that is too large does what to do', async () => {
    const site = await copernicoSite()
    const name = 'x'.repeat(100_000)
    for (let id = 0; id < 60; id++) site.race.register(FIVE_K, `key:${id}`, { dorsal: String(id), name })
    const error = await troubleOf(() => copernico.check(site.contextOf()))
    expect([error.code, error.message]).toEqual([
      'provider.unavailable',
      expect.stringContaining('above 6 MB fails'),
    ])
  })
})

describe('events', () => {
  test('are those the crew named', async () => {
    const site = await copernicoSite()
    const items = (await pagesOf(copernico.events(site.contextOf()))).flatMap(page => page.items)
    expect(items).toMatchObject([
      { sourceEventId: FIVE_K, sourceRaceId: RACE_ID, eventName: '5K', distanceKm: 5 },
      { sourceEventId: HALF, eventName: 'Media Maratón' },
    ])
  })
})

describe('where an event goes', () => {
  test('is found by its name here or there, however it is written', async () => {
    const site = await copernicoSite()
    const ensure = (eventName: string) => entries.ensureEvent(site.contextOf(), wanted({ eventName }))
    expect(await ensure('5k')).toEqual(site.target)
    const half = { targetEventId: RACE_ID, targetRaceId: HALF, name: 'Media Maratón' }
    expect(await ensure('HALF MARATHON')).toEqual(half)
    expect(await ensure('media maraton')).toEqual(half)
  })

  test('is not guessed: what to add is said', async () => {
    const site = await copernicoSite()
    const error = await troubleOf(() =>
      entries.ensureEvent(site.contextOf(), wanted({ eventName: '10K', onlyEvent: true })),
    )
    expect([error.code, error.message]).toEqual([
      'entry.no-race',
      'Nobody said where "10K" goes: add 10K = its event id to "Events" of the connection, which has 5K, Half Marathon.',
    ])
    const twice = site.contextOf({ events: `5K = ${FIVE_K}\n5k = ${HALF}` })
    expect((await troubleOf(() => entries.ensureEvent(twice, wanted()))).message).toContain('more than once')
  })

  test('may be the only place there is, unless its name says another distance or other events go there too', async () => {
    const site = await copernicoSite()
    const lone = site.contextOf({ events: `5K = ${FIVE_K}` })
    const race = wanted({ eventName: 'Harbor Run', onlyEvent: true })
    expect((await entries.ensureEvent(lone, race)).targetRaceId).toBe(FIVE_K)
    for (const other of [wanted({ eventName: '10K', onlyEvent: true }), { ...race, onlyEvent: false }])
      expect((await troubleOf(() => entries.ensureEvent(lone, other))).code).toBe('entry.no-race')
  })
})

describe('pushing', () => {
  test('sends one array, each with our key, the race and its event', async () => {
    const site = await copernicoSite()
    const batch = Array.from({ length: 100 }, (_, index) => site.entryOf(index + 1))
    const outcomes = await push(site, batch)
    expect(outcomes).toEqual(batch.map(({ key }) => ({ key, ok: true, entryId: key })))
    const [call, ...others] = site.server.calls
    expect([call?.method, call?.path, others.length]).toEqual(['POST', `/race-registrations/${RACE_ID}`, 0])
    expect(call?.headers['content-type']).toBe('application/json')
    expect(call?.headers).not.toHaveProperty('x-api-key')
    expect(JSON.parse(call?.body ?? '')[6]).toEqual({
      ...{ id: 'runsignup:7', dorsal: '7', name: 'Ana', surname: 'Berg 7', gender: 'female' },
      ...{ raceId: RACE_ID, eventId: FIVE_K },
    })
    expect(site.race.athletesOf(FIVE_K)).toHaveLength(100)
  })

  test('corrects who is there: the same id is the same person', async () => {
    const site = await copernicoSite()
    await push(site, [site.entryOf(1)])
    await push(site, [site.entryOf(1, { dorsal: '900' })])
    expect(site.race.athletesOf(FIVE_K)).toMatchObject([{ id: 'runsignup:1', fields: { dorsal: '900' } }])
  })

  test('finds who is meant when the array is refused, and everybody else goes', async () => {
    const site = await copernicoSite()
    const batch = Array.from({ length: 100 }, (_, index) =>
      site.entryOf(index + 1, [13, 77].includes(index) ? { birthdate: '1/2/1980' } : {}),
    )
    const outcomes = await push(site, batch)
    const refused = outcomes.filter(outcome => !outcome.ok)
    expect(outcomes.map(({ key }) => key)).toEqual(batch.map(({ key }) => key))
    expect(refused).toEqual([
      {
        key: 'runsignup:14',
        ok: false,
        code: 'entry.invalid',
        message: 'runsignup:14: birthdate is not YYYY-MM-DD',
      },
      expect.objectContaining({ key: 'runsignup:78' }),
    ])
    expect(site.race.athletesOf(FIVE_K)).toHaveLength(98)
    expect(site.budget.spent).toBeLessThan(30)
  })

  test('gives up when one after the other is refused and nobody is taken', async () => {
    const site = await copernicoSite()
    const batch = Array.from({ length: 100 }, (_, index) => site.entryOf(index + 1, { gender: 'F' }))
    const outcomes: PushOutcome[] = []
    const error = await troubleOf(() =>
      entries.push(site.contextOf(), site.target, batch, outcome => outcomes.push(outcome)),
    )
    expect([error.code, error.message]).toEqual([
      'provider.refused',
      expect.stringContaining('gender is none of male, female, mixed'),
    ])
    expect([outcomes.length, site.race.athletesOf(FIVE_K).length]).toEqual([10, 0])
    expect(site.budget.spent).toBeLessThan(30)
  })

  test('takes a bib that is taken apart, and tells no key', async () => {
    const site = await copernicoSite()
    site.server.faults.add({ kind: 'status', status: 409, body: `Dorsal 1 ${KEY.api_key}` })
    expect(await push(site, [site.entryOf(1)])).toEqual([
      { key: 'runsignup:1', ok: false, code: 'entry.bib-taken', message: 'Dorsal 1 …' },
    ])
  })

  test.each(['', 'OK', '[]', '{"inserted":1}'])('takes the answer “%s” for yes', async pushAnswer => {
    const site = await copernicoSite({ pushAnswer })
    expect(await push(site, [site.entryOf(1)])).toMatchObject([{ ok: true }])
  })

  test.each([
    ['<html>Sign in</html>', 'provider.unreadable'],
    ['{"inserted":', 'provider.unreadable'],
    ['{"error":"race closed"}', 'provider.refused'],
    ['{"result":{"code":7,"message":"no"}}', 'provider.refused'],
  ])('takes the answer %s for no yes', async (pushAnswer, code) => {
    const site = await copernicoSite({ pushAnswer })
    expect((await troubleOf(() => push(site, [site.entryOf(1)]))).code).toBe(code)
  })

  test('to a race that is not there stops', async () => {
    const site = await copernicoSite()
    const context = site.contextOf({ race_id: HALF })
    expect((await troubleOf(() => push(site, [site.entryOf(1)], context))).code).toBe('provider.not-found')
  })
})

describe('reading back', () => {
  const held = {
    entryId: 'runsignup:1',
    key: 'runsignup:1',
    bib: '1',
    name: 'Íñigo Peña “Œdipe”',
    values: {
      dorsal: '1',
      name: 'Íñigo',
      surname: 'Peña “Œdipe”',
      gender: 'male',
      birthdate: '1980-02-01',
      email: 'i@example.com',
    },
  }

  test.each([
    [{}],
    [{ wrapped: 'data' }],
    [{ wrapped: 'results' }],
    [{ packed: true }],
    [{ doubled: true }],
    [{ packed: true, doubled: true, wrapped: 'data' }],
  ] as const)('says what was sent, met as %j', async ways => {
    const site = await copernicoSite(ways)
    await push(site, [{ ...site.entryOf(1), values: held.values }])
    const pages = await pagesOf(entries.readBack(site.contextOf(), site.target))
    expect(pages).toEqual([{ items: [held], cursor: null, complete: true }])
  })

  test('calls a gender by our word, and leaves out a date that is written otherwise', async () => {
    const { url } = await answering((_, response) =>
      sendJson(response, [{ id: 'a', dorsal: 7, gender: 'F', birthdate: '318211200000' }]),
    )
    const context = contextFor({ settings: settingsOf(url) })
    const [page] = await pagesOf(entries.readBack(context, (await copernicoSite()).target))
    expect(page?.items).toEqual([
      { entryId: 'a', key: 'a', bib: '7', name: null, values: { dorsal: '7', gender: 'female' } },
    ])
  })

  test.each([[{}], [null], ['x'], [{ message: 'none' }]])('%j is no empty list', async body => {
    const { url } = await answering((_, response) => sendJson(response, body))
    const context = contextFor({ settings: settingsOf(url) })
    const { target } = await copernicoSite()
    expect((await troubleOf(() => pagesOf(entries.readBack(context, target)))).code).toBe(
      'provider.unreadable',
    )
  })
})

describe('the mapping nobody touched', () => {
  const sent = (values: Partial<typeof NO_VALUES>) =>
    mapEntry(effective({ ...NO_VALUES, last_name: 'Ash', ...values }, {}, null), copernico.fields, NO_MAPPING)

  test('has nothing wrong with it', () => {
    expect(checkMapping(NO_MAPPING, copernico.fields)).toEqual([])
  })

  test.each([
    ['M', 'male'],
    ['f', 'female'],
    ['X', 'mixed'],
    ['Woman', 'female'],
    ['Non-binary', 'mixed'],
    [null, undefined],
  ])('says of gender %s the word %s', (gender, word) => {
    const { values, refusals } = sent({ gender })
    expect([values.gender, refusals]).toEqual([word, []])
  })

  test('refuses a gender that is none of its words, by name', () => {
    expect(sent({ gender: 'Q' }).refusals).toMatchObject([{ field: 'gender', code: 'mapping.refused' }])
  })

  test('sends a team as club and a division as category, and leaves out what is blank', () => {
    const { values } = sent({ team_name: 'Owls', division: 'F30', date_of_birth: '1990-05-01' })
    expect(values).toEqual({ surname: 'Ash', club: 'Owls', category: 'F30', birthdate: '1990-05-01' })
  })
})

describe('the import file', () => {
  const entry = (key: string, raceId: string, values: Readonly<Record<string, string>>): Entry => ({
    key,
    entryId: null,
    raceId,
    values,
  })

  test('has the vendor’s columns, and the events by the names they have there', () => {
    const file = entries.file(
      [
        entry('runsignup:1', 'half marathon', {
          ...{ dorsal: '7', name: 'Zoë', surname: 'Berg, Jr', gender: 'female', birthdate: '1980-02-01' },
          ...{ club: 'The "Owls"', email: 'z@example.com' },
        }),
        entry('runsignup:2', '5K', { surname: 'Müller' }),
      ],
      settingsOf('http://127.0.0.1'),
    )
    expect(file).toEqual({
      fileName: 'copernico-registrants.csv',
      mediaType: 'text/csv; charset=utf-8',
      text: [
        'id,bib-number,name,surname,gender,birthdate,eventName,club,document',
        'runsignup:1,7,Zoë,"Berg, Jr",female,1980-02-01,Media Maratón,"The ""Owls""",',
        'runsignup:2,,,Müller,,,5K,,',
        '',
      ].join('\r\n'),
    })
  })

  test('of one event is named for it, safely', () => {
    const one = entries.file([entry('a', '../x', {})], settingsOf('http://127.0.0.1'))
    expect(one.fileName).toBe('copernico-registrants-_x.csv')
  })
})

test('no way is known to send results to it, and that is said with what brings them there', async () => {
  const error = await troubleOf(() => sendingOf(copernico))
  expect([error.code, error.message]).toEqual([
    'provider.unsupported',
    expect.stringContaining('from the reads that TsConnector brings it'),
  ])
})
