import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { csvRecords } from '../../src/timing/csv-records.ts'
import { createImporter, type Importer, type ImportOptions } from '../../src/timing/importer.ts'
import { readCsvTime } from '../../src/timing/protocols/csv-time.ts'
import { NOON } from './race.ts'
import { createStage, type Stage } from './stage.ts'

let stage: Stage
let importer: Importer
beforeEach(async () => {
  stage = await createStage()
  importer = createImporter({ store: stage.store, linker: stage.linker, clock: () => NOON })
})
afterEach(() => stage.close())

const bring = (bytes: Uint8Array | string, more: Partial<ImportOptions> = {}) =>
  importer.importBytes({
    ...{ sessionId: stage.session, location: null, format: 'csv', fileName: 'reads.csv' },
    ...{ csvColumns: { chip: 'Chip', time: 'Time' } },
    bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    ...more,
  })
const FILE = 'Chip,Time,Place\n41,2021-05-08 12:00:01.5,Finish\n42,2021-05-08 12:00:02.25,Finish\n'

describe('a CSV file', () => {
  test('without columns is answered with its header and three rows', async () => {
    const rows = 'a;b\n1;"x\ny"\n2;z\n3;z\n4;z\n'
    const made = importer.importBytes({
      ...{ sessionId: stage.session, location: null, format: 'csv', fileName: 'reads.csv' },
      bytes: Buffer.from(rows),
    })
    await expect(made).rejects.toMatchObject({
      code: 'input.invalid',
      details: {
        delimiter: ';',
        header: ['a', 'b'],
        rows: [
          ['1', 'x\ny'],
          ['2', 'z'],
          ['3', 'z'],
        ],
      },
    })
    await expect(bring(FILE, { csvColumns: { chip: 'Tag', time: 'Time' } })).rejects.toMatchObject({
      message: 'The file has no column "Tag"; it has Chip, Time, Place.',
      details: { header: ['Chip', 'Time', 'Place'] },
    })
    await expect(bring(FILE, { csvColumns: { time: 'Time' } })).rejects.toThrow('chips or one of bibs')
    expect(stage.reads()).toEqual([])
  })

  test('is read by header or by place, and again brings nothing', async () => {
    const columns = { chip: ' chip', time: 'TIME', location: 'Place' }
    expect(await bring(FILE, { csvColumns: columns })).toMatchObject({ lines: 2, new: 2, refused: [] })
    expect(stage.reads()).toMatchObject([
      {
        source: 'csv',
        kind: 'chip',
        chip: '41',
        location: 'Finish',
        at: Date.UTC(2021, 4, 8, 17, 0, 1, 500),
      },
      { chip: '42' },
    ])
    const again = await bring(FILE, { csvColumns: { chip: 0, time: '1' }, fileName: 'copy.csv' })
    expect(again).toMatchObject({ lines: 2, new: 0, redelivered: 2 })
    expect(await bring('7,12:00:00\n8,12:00:01', { csvColumns: { chip: 0, time: 1 } })).toMatchObject({
      new: 2,
    })
    expect(
      stage.store.read.get("SELECT participant_id AS id FROM read_links WHERE state = 'linked'"),
    ).toEqual({
      id: 'ann',
    })
  })

  test('of bibs links by the bib', async () => {
    await bring('Bib,Time\n41,12:00:00\n', { csvColumns: { bib: 'Bib', time: 'Time' }, location: 'Finish' })
    expect(stage.reads()).toMatchObject([{ kind: 'manual', chip: null, location: 'Finish' }])
    expect(stage.store.read.all('SELECT participant_id AS id, route FROM read_links')).toEqual([
      { id: 'ann', route: 'bib' },
    ])
  })

  test('has each bad row refused with its line and reason, quoted line ends counted', async () => {
    const done = await bring(
      'Chip,Note,Time\n41,"two\r\nlines",12:00:00\n,x,12:00:01\n\n43,"never closed,12:00:02\n44,x,noon\n45,x\n46,"a ""b""",12:00:03\n',
    )
    expect(done.refused.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'no chip'],
      [6, 'a quote that is not closed, or a row without end'],
      [7, '"noon" is not a time'],
      [8, 'no time'],
    ])
    expect(done).toMatchObject({ lines: 6, new: 2 })
    expect(stage.refused()).toHaveLength(4)
  })

  test.each([
    [
      'Windows-1252',
      Buffer.concat([Buffer.from('Chip;Time;Läufer\n41;12:00:00;', 'latin1'), Buffer.from([0x80, 0x92])]),
    ],
    ['UTF-8 with a mark', Buffer.from('\uFEFFChip;Time;Läufer\n41;12:00:00;€’')],
    ['UTF-16 with a mark', Buffer.from('\uFEFFChip;Time;Läufer\n41;12:00:00;€’', 'utf16le')],
    [
      'UTF-16, the other end first',
      Buffer.from('\uFEFFChip;Time;Läufer\n41;12:00:00;€’', 'utf16le').swap16(),
    ],
    ['UTF-16 without a mark', Buffer.from('Chip;Time;Läufer\n41;12:00:00;€’', 'utf16le')],
  ])('in %s is read letter by letter', async (_, bytes) => {
    const done = await bring(bytes, { csvColumns: { chip: 'Chip', time: 'Time', location: 'läufer' } })
    expect(done).toMatchObject({ new: 1, refused: [] })
    expect(stage.reads()).toMatchObject([{ location: '€’' }])
  })

  test('of a hundred thousand rows is read whole', { timeout: 120_000 }, async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_, n) => `${n},"12:${String(n % 60).padStart(2, '0')}:00.${n % 1000}"`,
    )
    expect(await bring(`Chip,Time\n${rows.join('\n')}`)).toMatchObject({ lines: 100_000, refused: [] })
  })

  test('of noise does no harm', async () => {
    const noise = fc.array(fc.constantFrom('"', ',', '\n', '\r', 'a', '1', ';', '\u001e', '12:00:00'), {
      maxLength: 300,
    })
    await fc.assert(
      fc.asyncProperty(noise, async pieces => {
        const done = await bring(`Chip,Time\n${pieces.join('')}`)
        expect(done.lines).toBe(done.new + done.redelivered + done.refused.length)
      }),
      { numRuns: 100 },
    )
  })
})

test('records do not depend on where the reader stops for breath', () => {
  const row = fc.constantFrom('1,2', '"a\nb",3', '"x""y",4', '', '5,"6')
  fc.assert(
    fc.property(fc.array(row, { maxLength: 1500, minLength: 400 }), rows => {
      const lines = [...csvRecords(rows.join('\n'), ',')].flatMap(({ records }) =>
        records.map(({ line }) => line),
      )
      expect([...lines].sort((one, other) => one - other)).toEqual(lines)
      expect(new Set(lines).size).toBe(lines.length)
    }),
    { numRuns: 20 },
  )
})

test.each([
  ['2021-05-08T12:00:01.5Z', null, '2021-05-08T12:00:01.500Z'],
  ['2021-05-08 12:00:01+0200', null, '2021-05-08T10:00:01.000Z'],
  ['1620475200', null, '2021-05-08T12:00:00.000Z'],
  ['1620475200123', null, '2021-05-08T12:00:00.123Z'],
  ['5/8/2021 1:00:01.25 PM', null, 'wall 2021-05-08T13:00:01.250Z'],
  ['12:00:05 am', '8.5.2021', 'wall 2021-05-08T00:00:05.000Z'],
  ['07:08:09,123456', '2021-05-09 00:00:00', 'wall 2021-05-09T07:08:09.123Z'],
  ['25:00:00', null, 'wall 2021-05-09T01:00:00.000Z'],
  ['13:00:00 pm', null, null],
  ['12:00', null, null],
  ['2021-13-08 12:00:00', null, null],
  ['Total', null, null],
])('the time %s (%s) is %s', (text, date, wanted) => {
  const time = readCsvTime(text, date, '2021-05-08')
  const said =
    time &&
    (time.kind === 'wall' ? `wall ${new Date(time.wall).toISOString()}` : new Date(time.at).toISOString())
  expect(said).toBe(wanted)
})
