import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assignChip } from '../../src/store/links.ts'
import { type NobodysChipRow, putNobodysChips } from '../../src/store/nobodys-chips.ts'
import { readsPage } from '../../src/store/reads.ts'
import { unlinkedGroups } from '../../src/store/unlinked.ts'
import { createImporter, type Importer, type ImportOptions } from '../../src/timing/importer.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { controllerFile, NOON, putPerson, putRace, quiet, type TestStore, testStore } from './race.ts'

const testChip = (chip: string): NobodysChipRow => ({ chip, kind: 'test', note: null })

let opened: TestStore
let linker: Linker
let importer: Importer
let sessionId: string

beforeEach(() => {
  opened = testStore()
  linker = createLinker({ store: opened.store, log: quiet })
  importer = createImporter({ store: opened.store, linker, clock: () => NOON })
  sessionId = putRace(opened.store, [])
})
afterEach(async () => {
  await linker.stop()
  opened.close()
})

const FILES = [
  ['START1', 'START1/5071909.csv'],
  ['9K', '9K/5071949.csv'],
  ['FINISH3', 'FINISH3/05080711.csv'],
] as const

type Few = Partial<ImportOptions>
const bring = (bytes: Uint8Array, more: Few = {}) =>
  importer.importBytes({
    ...{ sessionId, location: null, format: 'chronotrack-controller', fileName: 'reads.csv', bytes },
    ...more,
  })
const bringText = (text: string, more: Few = {}) => bring(new TextEncoder().encode(text), more)

const count = (where = '1'): number =>
  opened.store.read.get<{ n: number }>(`SELECT COUNT(*) AS n FROM timing_reads WHERE ${where}`)?.n ?? 0

const LINE = 'TO~1~9511~160~18~1620458668.64~12000C~8~-63~1~P~192'

describe('the real files of 2021', () => {
  const all = async () => {
    const done = []
    for (const [location, path] of FILES)
      done.push(await bring(controllerFile(path), { location, fileName: path }))
    return {
      lines: done.reduce((sum, each) => sum + each.lines, 0),
      new: done.reduce((sum, each) => sum + each.new, 0),
      redelivered: done.reduce((sum, each) => sum + each.redelivered, 0),
      refused: done.flatMap(each => each.refused),
    }
  }

  test('21,885 lines are 21,884 reads; again they are none', async () => {
    expect(await all()).toEqual({ lines: 21_885, new: 21_884, redelivered: 1, refused: [] })
    expect(await all()).toEqual({ lines: 21_885, new: 0, redelivered: 21_885, refused: [] })
    expect(count()).toBe(21_884)
  })

  test('START1 under another name and as another location brings nothing new', async () => {
    await bring(controllerFile('START1/5071909.csv'), { location: 'START1', fileName: '5071909.csv' })
    const again = await bring(controllerFile('START1/5071909.csv'), {
      location: 'finish',
      fileName: 'copy (2).csv',
    })
    expect([again.lines, again.new]).toEqual([6669, 0])
  })

  test('a longer second download brings only its end', async () => {
    const whole = controllerFile('9K/5071949.csv')
    const half = whole.subarray(0, 20_000)
    const first = await bring(half.subarray(0, half.lastIndexOf('\n') + 1))
    const second = await bring(whole)
    expect(first.new + second.new).toBe(849)
  })

  test("a box's clock shows the site's time", async () => {
    await bring(controllerFile('START1/5071909.csv'))
    const [first] = opened.store.read.all<{ at: number }>(
      'SELECT read_at AS at FROM timing_reads ORDER BY id LIMIT 1',
    )
    expect(new Date(first?.at ?? 0).toISOString()).toBe('2021-05-08T12:24:28.640Z')
  })

  test('markers are known by their content; guns are guns', async () => {
    const done = await bring(controllerFile('START1/5071909.mrk'), {
      fileName: 'what.csv',
      location: 'START1',
    })
    expect(done).toMatchObject({ format: 'chronotrack-marker', lines: 37, new: 37, markers: 37, refused: [] })
    expect((await bring(controllerFile('START1/5071909.mrk'))).new).toBe(0)
    const guns = opened.store.read.all<{ at: number }>(
      "SELECT read_at AS at FROM timing_reads WHERE kind = 'gun'",
    )
    expect(guns.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2021-05-08T13:00:55.160Z',
      '2021-05-08T13:05:55.520Z',
      '2021-05-08T13:15:55.420Z',
      '2021-05-08T13:20:55.420Z',
      '2021-05-08T13:35:55.540Z',
    ])
    expect((await bring(controllerFile('FINISH3/05080711.mrk'))).refused).toEqual([])
    expect(opened.store.read.get('SELECT 1 FROM read_links')).toBeUndefined()
  })

  test('test chips are those of the list, and no others', async () => {
    await all()
    linker.linkNow()
    const reasons = () =>
      opened.store.read
        .all<{ chip: string }>(
          `SELECT DISTINCT r.chip FROM read_links l JOIN timing_reads r ON r.id = l.read_id
           WHERE l.reason = 'test-chip' ORDER BY r.chip`,
        )
        .map(row => row.chip)
    expect(reasons()).toEqual([])
    opened.store.write(writer => putNobodysChips(writer, ['99995', '099997', '99998'].map(testChip), true))
    linker.linkNow()
    expect(reasons()).toEqual(['99997', '99998'])
    opened.store.write(writer => putNobodysChips(writer, [testChip('99997')], true))
    linker.linkNow()
    expect(reasons()).toEqual(['99997'])
  })

  test('people who come later find their reads', async () => {
    await all()
    linker.linkNow()
    const before = unlinkedGroups(opened.store.read, sessionId, 5000).find(group => group.chip === '9511')
    expect(before).toMatchObject({ reason: 'unknown-chip', locations: expect.arrayContaining(['START1']) })
    opened.store.write(writer => putPerson(writer, { id: 'ann', bib: '9511' }))
    linker.linkNow()
    expect(unlinkedGroups(opened.store.read, sessionId, 5000).some(group => group.chip === '9511')).toBe(
      false,
    )
    const page = readsPage(opened.store.read, { sessionId, state: 'linked', after: null, limit: 50 })
    expect(page.length).toBeGreaterThan(0)
    expect(page.every(row => row.participantId === 'ann' && row.participantBib === '9511')).toBe(true)
    opened.store.write(writer =>
      assignChip(writer, { raceDayId: 'day', chip: '9511', participantId: null, fromAt: 0, reason: 'lost' }),
    )
    linker.linkNow()
    expect(readsPage(opened.store.read, { sessionId, state: 'linked', after: null, limit: 1 })).toEqual([])
  })
})

describe('a file', () => {
  test('of both firmwares is one: zero-padded or not, with or without the last field', async () => {
    await bringText(`${LINE}\n`)
    const again = await bringText('TO~000001~009511~160~018~1620458668.640~12000C~08~-063~00001~P\r\n')
    expect(again).toMatchObject({ lines: 1, new: 0, redelivered: 1 })
  })

  test('two antennas in one hundredth are two reads', async () => {
    expect((await bringText(`${LINE}\n${LINE.replace('~8~-63', '~4~-63')}\n`)).new).toBe(2)
  })

  test('bad lines are said with number and reason, and kept', async () => {
    const done = await bringText(`${LINE}\n\nnonsense\nTO~2~~160~18~1~12000C~8~-63~1~P\nTO~3\n`)
    expect(done).toMatchObject({ lines: 4, new: 1 })
    expect(done.refused).toEqual([
      { line: 3, reason: 'not a controller line, which begins with TO~', text: 'nonsense' },
      { line: 4, reason: 'no chip', text: 'TO~2~~160~18~1~12000C~8~-63~1~P' },
      { line: 5, reason: '2 fields where a controller line has 11 or 12', text: 'TO~3' },
    ])
    expect(opened.store.read.get('SELECT COUNT(*) AS n FROM refused_lines')).toEqual({ n: 3 })
  })

  test('a time that cannot be read is journalled with its problem', async () => {
    await bringText(LINE.replace('1620458668.64', '0000000000.00x'), { location: 'start' })
    linker.linkNow()
    const [row] = readsPage(opened.store.read, { sessionId, state: null, after: null, limit: 5 })
    expect(row).toMatchObject({
      readAt: null,
      reason: 'no-time',
      timeProblem: '"0000000000.00x" is not a time',
    })
  })

  test.each([
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108', 'hex')],
    ['a page', Buffer.from('<!doctype html>\n<html><body>404</body></html>\n')],
    ['people', Buffer.from('bib,first,last\n214,Ann,Lee\n215,Bo,Li\n')],
  ])('%s is no controller file', async (_, bytes) => {
    await expect(bring(bytes)).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringContaining('lines like TO~1~9511'),
    })
    expect(count()).toBe(0)
  })

  test('in the other format is told apart', async () => {
    const line = 'CT01_13,1,start,12,06:08:32.02,1,0FA22E,4'
    await expect(bringText(line)).rejects.toThrow('looks like the format "ctff01"')
    expect((await bringText(`${line}\n${line}`, { format: 'ctff01' })).new).toBe(1)
    const [row] = readsPage(opened.store.read, { sessionId, state: null, after: null, limit: 1 })
    expect(row).toMatchObject({ chip: '12', device: '0FA22E', antenna: '4', streamLocation: 'start' })
    expect(row?.readAt).toBe(Date.UTC(2021, 4, 8, 11, 8, 32, 20))
  })

  test.each([
    ['UTF-16 little endian', Buffer.from(`\uFEFF${LINE}\r\n${LINE}`, 'utf16le')],
    ['UTF-16 big endian', Buffer.from(`\uFEFF${LINE}\r\n${LINE}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${LINE}\n${LINE}`)],
    [
      'Latin-1',
      Buffer.concat([Buffer.from(`${LINE}\r`), Buffer.from([0x4d, 0xfc, 0x0d]), Buffer.from(LINE)]),
    ],
  ])('in %s loses no line', async (_, bytes) => {
    const done = await bring(bytes)
    expect([done.new, done.redelivered]).toEqual([1, 1])
  })

  test('can be stopped; what was read is kept', async () => {
    const stop = new AbortController()
    const bytes = controllerFile('START1/5071909.csv')
    const going = bring(bytes, { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(going).rejects.toMatchObject({ code: 'cancelled' })
    expect(count()).toBeGreaterThan(0)
    expect((await bring(bytes)).new).toBeLessThan(6668)
    expect(count()).toBe(6668)
  })

  test('without a line is none', async () => {
    expect(await bringText('\n\n')).toMatchObject({ lines: 0, new: 0, refused: [] })
  })
})
