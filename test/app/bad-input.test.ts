import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { at, createMorning, eventually, type Morning } from '../support/race-morning.ts'

let morning: Morning
beforeEach(async () => {
  morning = await createMorning({ timingPort: 0 })
})
afterEach(() => morning.world.stop())

const call = () => morning.world.call()
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text))
/** As Excel saves it: no mark, a byte a letter. */
const windows1252 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...text].map(letter => (letter === '’' ? 0x92 : letter.charCodeAt(0))))
const utf8Mark = new Uint8Array([0xef, 0xbb, 0xbf])
const zeros = new Uint8Array(5000)

const chipFile = (...pieces: readonly Uint8Array<ArrayBuffer>[]) =>
  call().desk.importChipFile({ id: morning.day.id, file: new File([...pieces], 'chips.csv') })
const readsFile = (...pieces: readonly Uint8Array<ArrayBuffer>[]) =>
  call().timing.import({
    ...{ sessionId: morning.session.id, location: 'Finish', format: 'csv' as const },
    csvColumns: { chip: 'Chip', time: 'Time' },
    file: new File([...pieces], 'reads.csv'),
  })
const boxFile = (text: string | Uint8Array<ArrayBuffer>) => {
  const options = { sessionId: morning.session.id, location: 'Finish' }
  return call().timing.import({ ...options, file: new File([text], '5071949.csv') })
}
const readCount = async (): Promise<number> => (await call().timing.status()).reads

const boxLine = (chip: string, wall: string): string =>
  `TO~1~${chip}~160~18~${(Date.parse(`${wall}Z`) / 1000).toFixed(2)}~12000C~8~-63~1~P~1\n`

/** People in the results file whose status is FIN, by bib. */
async function finishers(): Promise<readonly string[]> {
  const { text } = await call().closing.resultsFile({ id: morning.day.id })
  return text
    .split('\r\n')
    .filter(line => line.split(',')[8] === 'FIN')
    .map(line => line.split(',')[0] ?? '')
}

describe('a person', () => {
  test('whose name is an emoji is found by bib, listed, and in both files', async () => {
    const walkUp = { eventId: morning.event.id, firstName: '🏃‍♀️', lastName: '💨', bibNumber: '9🏅' }
    const { id } = await call().raceDay.addWalkUp(walkUp)
    await morning.chipRead('Finish', '9🏅', '08:31:00.00')
    expect(await morning.personOf('9🏅')).toMatchObject({
      id,
      firstName: '🏃‍♀️',
      reads: [{ location: 'Finish' }],
    })
    const listed = (await call().raceDay.participants({ eventId: morning.event.id })).participants
    expect(listed.map(person => person.id)).toContain(id)
    expect(await finishers()).toEqual(['9🏅'])
    const reads = await call().closing.readsFile({ id: morning.session.id })
    expect(reads.text).toContain(',9🏅,🏃‍♀️,💨,')
  })

  test('with a bib of 40 characters has the reads keyed with it', async () => {
    const bib = '9'.repeat(40)
    const { id } = await morning.personOf('3')
    await call().raceDay.decide({ id, field: 'bib_number', value: bib })
    await call().keyedReads.press({ sessionId: morning.session.id, location: 'Finish', bib })
    await eventually(async () => expect((await morning.personOf(bib)).reads).toHaveLength(1))
  })

  test('who has a chip that somebody else has too keeps it; its reads are nobody’s and say why', async () => {
    for (const bib of ['3', '4'])
      await call().raceDay.decide({ id: (await morning.personOf(bib)).id, field: 'chips', value: ['AB12'] })
    await morning.chipRead('Finish', 'AB12', '08:31:00.00')
    expect((await call().timing.unlinked({})).groups).toMatchObject([
      { chip: 'AB12', reason: 'ambiguous', reads: 1 },
    ])
    const both = (await call().raceDay.lookup({ chip: 'AB12', raceDayId: morning.day.id })).matches
    expect(both.map(match => match.bibNumber).sort()).toEqual(['3', '4'])
    await call().raceDay.takeBack({ id: (await morning.personOf('4')).id, field: 'chips' })
    await eventually(async () => expect((await morning.personOf('3')).reads).toHaveLength(1))
  })

  test('whose bib somebody else was given at the table is on the list of double bibs until one has another', async () => {
    const other = await morning.personOf('4')
    await call().raceDay.decide({ id: (await morning.personOf('3')).id, field: 'bib_number', value: '4' })
    const doubled = async () => (await call().desk.doubleBibs({ id: morning.day.id })).bibs
    expect(await doubled()).toMatchObject([{ bib: '4', wearers: [{}, { id: other.id }] }])
    expect(await call().raceDay.counts({ id: morning.day.id })).toMatchObject({ duplicateBibs: 1 })
    await call().raceDay.decide({ id: other.id, field: 'bib_number', value: '44' })
    expect(await doubled()).toEqual([])
  })
})

describe('a read', () => {
  test('of 1980 or of next week is kept, is nobody’s for its time, and makes no finisher; of tomorrow, once a day is all it lasts', async () => {
    await boxFile(
      boxLine('3', '1980-01-06T00:00:01') +
        boxLine('4', '2021-05-15T08:31:00') +
        boxLine('5', '2021-05-08T08:31:00') +
        boxLine('6', '2021-05-09T08:31:00'),
    )
    const untimed = async () =>
      (await call().timing.reads({ state: 'unlinked' })).reads
        .map(({ chip, reason }) => `${chip} ${reason}`)
        .sort()
    expect(await untimed()).toEqual(['3 no-time', '4 no-time'])
    expect(await finishers()).toEqual(['5', '6'])
    await call().course.setLimits({ id: morning.day.id, lastsDays: 1 })
    await eventually(async () => expect(await untimed()).toEqual(['3 no-time', '4 no-time', '6 no-time']))
    expect(await finishers()).toEqual(['5'])
    expect(await call().raceDay.counts({ id: morning.day.id })).toMatchObject({ started: 1, finished: 1 })
    expect(await readCount()).toBe(4)
    // It is the reader's clock, whichever chips it read.
    expect((await call().timing.unlinked({})).groups).toMatchObject([
      { chip: null, reason: 'no-time', reads: 3 },
    ])
  })

  test('of a location nobody defined is kept: a stream’s makes it, a file’s without one says that it is missing', async () => {
    const client = createCtp01Client({
      ...{ host: '127.0.0.1', port: morning.world.app().timingPort() ?? 0, clock: morning.clock },
      ...{
        zone: 'America/New_York',
        eventName: 'Harbor',
        locations: ['Bridge'],
        connectionId: 'a'.repeat(40),
      },
    })
    await client.start()
    try {
      client.push({ location: 'Bridge', tag: '3', at: at('08:10:00'), readerId: '0F2A38', gator: 1 })
      await eventually(async () => expect((await morning.personOf('3')).reads).toHaveLength(1))
    } finally {
      await client.stop()
    }
    expect((await call().timing.sessions()).sessions[0]?.locations).toMatchObject([
      { locationName: 'Bridge', kind: 'other' },
    ])
    const text = boxLine('4', '2021-05-08T08:31:00')
    await call().timing.import({ sessionId: morning.session.id, text })
    expect((await call().timing.unlinked({})).groups).toMatchObject([
      { chip: '4', reason: 'unknown-location', locations: [] },
    ])
  })
})

describe('the supplier’s chip file', () => {
  const text = 'Läufer’s bib;Chip\r\n3;AA3\r\n4;AA4\r\n'

  test.each([
    ['UTF-8 with its mark', 'utf-8', [utf8Mark, bytesOf(text)]],
    ['Windows-1252 without a mark', 'windows-1252', [windows1252(text)]],
    ['UTF-16 with its mark', 'utf-16le', [new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))]],
  ] as const)('in %s is read letter by letter', async (_, encoding, pieces) => {
    const answer = await chipFile(...pieces)
    expect(answer).toMatchObject({ encoding, header: true, rows: 2, changes: { added: 2, refused: 0 } })
    expect(answer.sample[0]).toEqual(['Läufer’s bib', 'Chip'])
  })

  test('has a row that is too short, and one with another separator, refused with line and reason', async () => {
    const { changes } = await chipFile(bytesOf('Bib,Name,Chip\n3,"An\nna",AA3\n4,Bo\n5;Cy;AA5\n6,Di,AA6\n'))
    expect(changes).toMatchObject({ added: 2, refused: 2 })
    expect(changes?.refusedRows).toEqual([
      { line: 4, reason: 'no chip', text: '4,Bo' },
      { line: 5, reason: 'no chip', text: '5;Cy;AA5' },
    ])
  })

  test.each([
    ['empty', new Uint8Array(0), 'The file is empty.'],
    ['of nothing but zeros', zeros, 'The file has one column'],
  ])('that is %s is refused in words', async (_, bytes, said) => {
    await expect(chipFile(bytes)).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining(said),
    })
  })
})

describe('a file of reads', () => {
  const text = 'Chip;Läufer’s name;Time\r\n3;"Zoë\r\n’"; 08:31:00\r\n'

  test.each([
    ['UTF-8 with its mark', [utf8Mark, bytesOf(text)]],
    ['Windows-1252 without a mark', [windows1252(text)]],
    ['Windows-1252 behind a mark of UTF-8', [utf8Mark, windows1252(text)]],
    ['UTF-16 with its mark', [new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le'))]],
  ])('in %s keeps each letter, line breaks in quotes too', async (_, pieces) => {
    expect(await readsFile(...pieces)).toMatchObject({ lines: 1, new: 1, refusedCount: 0 })
    const { text: kept } = await call().closing.readsFile({ id: morning.session.id })
    expect(kept).toContain('Zoë\n’')
    expect((await morning.personOf('3')).reads).toMatchObject([{ location: 'Finish', at: at('08:31:00') }])
  })

  test('has a row that is too short, and one with another separator, refused with line and reason', async () => {
    const answer = await readsFile(
      bytesOf('Chip,Name,Time\n3,"An\nna",08:31:00\n4,Bo\n5;Cy;08:32:00\n6,Di,08:33:00\n'),
    )
    expect(answer).toMatchObject({ lines: 4, new: 2, refusedCount: 2 })
    expect(answer.refused).toEqual([
      { line: 4, reason: 'no time', text: '4,Bo' },
      { line: 5, reason: 'no time', text: '5;Cy;08:32:00' },
    ])
    const kept = (await call().timing.refused({})).lines
    expect(kept.map(({ line, text: line_ }) => [line, line_])).toEqual([
      [5, '5;Cy;08:32:00'],
      [4, '4,Bo'],
    ])
  })

  test('that is empty, or nothing but zeros, is refused in words and leaves nothing behind', async () => {
    const message = expect.stringMatching(/^(reads|5071949)\.csv (is empty|holds no text)/)
    for (const bytes of [new Uint8Array(0), zeros]) {
      await expect(readsFile(bytes)).rejects.toMatchObject({ code: 'input.invalid', message })
      await expect(boxFile(bytes)).rejects.toMatchObject({ code: 'input.invalid', message })
    }
    expect(await readCount()).toBe(0)
    expect((await call().timing.refused({})).lines).toEqual([])
  })
})
