import { afterEach, expect, test } from 'vitest'
import { judgePreflight, type PreflightFacts } from '../../src/app/preflight/preflight.ts'
import { createMorning, eventually, MORNING, type Morning } from '../support/race-morning.ts'
import { tinyClient } from '../timing/tiny-client.ts'

let morning: Morning | null = null
afterEach(async () => {
  await morning?.world.stop()
  morning = null
})

const GOOD: PreflightFacts = {
  now: MORNING,
  raceDate: '2021-05-08',
  zone: 'America/New_York',
  laptopZone: 'America/Detroit',
  people: {
    here: 100,
    byHand: 2,
    atProvider: 98,
    inScoring: 100,
    waiting: 0,
    fetchedAt: MORNING - 60_000,
    acceptedAt: MORNING - 60_000,
    unconnected: [],
    connections: 1,
  },
  withoutBib: 0,
  doubledBibs: [],
  chips: { inFile: 200, bibsWithout: 0, examples: [] },
  port: { listening: 61_611, trouble: null },
  readers: [{ name: 'Start', address: '10.0.0.7:4', state: 'streaming', lastReadAt: MORNING - 2000 }],
  clocks: [{ device: 'I11A9D', behindMs: 300, heardAt: MORNING - 2000 }],
  disk: { freeBytes: 50e9, takesWrites: true },
  backup: { state: 'ok', message: '', lastAt: MORNING - 120_000, folder: '/media/stick' },
  keys: { ok: true, message: '', lacking: [] },
  network: { state: 'up', since: MORNING - 60_000 },
  hub: { own: null, joined: [] },
}

const judged = (changes: Partial<PreflightFacts>, key: string) =>
  judgePreflight({ ...GOOD, ...changes }).find(line => line.key === key)

test('where all is well every line is ready and nothing is to do', () => {
  expect(judgePreflight(GOOD).filter(line => line.state !== 'ready' || line.todo !== null)).toEqual([])
})

const { people } = GOOD
const [reader] = GOOD.readers
const cases: readonly (readonly [
  what: string,
  Partial<PreflightFacts>,
  key: string,
  state: string,
  says: string,
])[] = [
  [
    'nobody was ever fetched',
    { people: { ...people, fetchedAt: null } },
    'people',
    'not-ready',
    'never fetched',
  ],
  ['changes wait', { people: { ...people, waiting: 12 } }, 'people', 'look', '12 wait for scoring'],
  ['scoring lacks some', { people: { ...people, inScoring: 97 } }, 'people', 'look', '97 in scoring'],
  [
    'the counts are old',
    { people: { ...people, fetchedAt: MORNING - 20 * 3_600_000 } },
    'people',
    'look',
    '20 h ago',
  ],
  ['an event has no connection', { people: { ...people, unconnected: ['Kids'] } }, 'people', 'look', 'Kids'],
  ['bibs are missing', { withoutBib: 1 }, 'without-bib', 'look', '1 person without'],
  ['a bib is worn twice', { doubledBibs: ['214'] }, 'doubled-bibs', 'look', '1 bib: 214'],
  [
    'there is no chip file',
    { chips: { inFile: 0, bibsWithout: 9, examples: [] } },
    'chip-file',
    'look',
    'No chip file',
  ],
  [
    'bibs have no chip',
    { chips: { inFile: 9, bibsWithout: 1, examples: ['7'] } },
    'chip-file',
    'look',
    '1 bib without: 7',
  ],
  ['no reader was heard', { readers: [] }, 'readers', 'not-ready', 'No reader'],
  [
    'a reader is gone',
    { readers: reader ? [{ ...reader, state: 'gone' }] : [] },
    'reader 10.0.0.7:4',
    'not-ready',
    'Gone',
  ],
  [
    'a clock is ahead',
    { clocks: [{ device: 'B', behindMs: -4200, heardAt: MORNING }] },
    'clock B',
    'look',
    '4.2 s ahead',
  ],
  [
    'a clock is behind',
    { clocks: [{ device: 'B', behindMs: 1100, heardAt: MORNING }] },
    'clock B',
    'look',
    '1.1 s behind',
  ],
  [
    'a clock is not known',
    { clocks: [{ device: 'B', behindMs: null, heardAt: MORNING }] },
    'clock B',
    'look',
    'Not known',
  ],
  ['the port is taken', { port: { listening: null, trouble: 'Taken.' } }, 'port', 'not-ready', 'Taken.'],
  ['the disk fills', { disk: { freeBytes: 1e9, takesWrites: true } }, 'disk', 'look', '1.0 GB free'],
  ['the disk is full', { disk: { freeBytes: 1e7, takesWrites: true } }, 'disk', 'not-ready', '10 MB free'],
  [
    'backups are on this laptop only',
    { backup: { ...GOOD.backup, folder: null } },
    'backup',
    'look',
    'Made 2 min ago',
  ],
  [
    'no backup could be made',
    { backup: { ...GOOD.backup, state: 'failed', message: 'No room.' } },
    'backup',
    'not-ready',
    'No room.',
  ],
  ['keys are lacking', { keys: { ok: true, message: '', lacking: ['X Key'] } }, 'keys', 'not-ready', 'X Key'],
  [
    'there is no network',
    { network: { state: 'down', since: MORNING - 300_000 } },
    'network',
    'look',
    'None since 5 min',
  ],
  ['the laptop is elsewhere', { laptopZone: 'Europe/Berlin' }, 'zone', 'look', 'This laptop: Europe/Berlin'],
  ['the race is on another day', { raceDate: '2021-05-09' }, 'zone', 'look', 'The race day is 2021-05-09'],
]

test.each(cases)('when %s it is said, with what to do', (_, changes, key, state, says) => {
  const line = judged(changes, key)
  expect(line).toMatchObject({ state, words: expect.stringContaining(says), todo: expect.any(String) })
})

test('the check reads the store: who is where, bibs, chips, keys, and makes no call', async () => {
  morning = await createMorning()
  const { world, day, connection } = morning
  const lines = async () =>
    new Map((await world.callAs('crew').preflight.check({ id: day.id })).lines.map(line => [line.key, line]))
  const calls = world.runSignUp.calls.length
  expect((await lines()).get('people')).toMatchObject({
    state: 'ready',
    words: '6 here · 6 at the provider, fetched 0 s ago · 6 in scoring, last accepted 0 s ago.',
  })
  expect((await lines()).get('port')?.state).toBe('not-ready')
  expect((await lines()).get('keys')?.state).toBe('ready')
  expect((await lines()).get('backup')?.state).toBe('look')
  expect((await lines()).get('disk')?.words).toMatch(/free in the data folder/)

  const decide = async (bib: string, value: string | null) =>
    world.call().raceDay.decide({ id: (await morning?.personOf(bib))?.id ?? '', field: 'bib_number', value })
  await decide('1', null)
  await decide('2', '3')
  await world.call().raceDay.bibChips({ id: day.id, bibChips: [{ chip: 'AB1', bib: '3' }] })
  await world.call().connections.update({ id: connection.id, sourceCredentials: { api_secret: '' } })
  const found = await lines()
  expect(found.get('people')?.words).toContain('wait for scoring')
  expect(found.get('without-bib')).toMatchObject({ state: 'look', words: '1 person without.' })
  expect(found.get('doubled-bibs')).toMatchObject({ state: 'look', words: '1 bib: 3.' })
  expect(found.get('chip-file')?.words).toBe('1 chip on bibs; 3 bibs without: 4, 5, 6.')
  expect(found.get('keys')).toMatchObject({ state: 'not-ready' })
  expect(world.runSignUp.calls.length).toBe(calls)
})

test('a reader’s clock is told by its newest live reads, not by a file’s', async () => {
  morning = await createMorning({ timingPort: 0 })
  const { world, day, clock } = morning
  clock.set(Date.parse('2021-05-08T12:00:00Z'))
  await morning.chipRead('Start', '5', '05:00:00.00')
  const client = await tinyClient(world.app().timingPort() ?? 0)
  await client.handshake()
  for (const second of [4, 5, 6]) {
    client.say(`CT01_33~${second - 3}~start~1~2021-05-08T08:00:0${second}.50~0~0FA22E~1`)
    await eventually(async () => {
      const row = world
        .store()
        .read.get<{ n: number }>("SELECT COUNT(*) AS n FROM timing_reads WHERE source = 'ctp01'")
      expect(row?.n).toBe(second - 3)
    })
    clock.advance(1000)
  }
  const lines = async () => (await world.call().preflight.check({ id: day.id })).lines
  await eventually(async () =>
    expect((await lines()).filter(line => line.key.startsWith('clock'))).toMatchObject([
      {
        title: 'Clock of 0FA22E',
        state: 'look',
        words: expect.stringContaining('4.5 s ahead of this laptop'),
      },
    ]),
  )
  expect((await lines()).find(line => line.key.startsWith('reader '))?.state).toBe('ready')
  client.cut()
})
