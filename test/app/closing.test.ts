import { afterEach, beforeEach, expect, test } from 'vitest'
import { at, createMorning, type Morning } from '../support/race-morning.ts'

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
})
afterEach(() => morning.world.stop())

const closing = () => morning.world.callAs('manager', 'Ann').closing

/** Rows of an RFC 4180 file. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

test('the facts say what is still open, and closing ends sessions, turns schedules off and keeps a date', async () => {
  const { world, day, connection, session } = morning
  await world.call().connections.update({ id: connection.id, autoSyncEnabled: true })
  await morning.chipRead('Start', '3', '08:00:04.00')
  await morning.chipRead('Finish', '777', '08:31:00.00')
  await world.call().keyedReads.press({ sessionId: session.id, location: 'Finish' })
  await world.call().raceDay.decide({
    id: (await morning.personOf('4')).id,
    field: 'bib_number',
    value: '44',
  })
  expect(await closing().facts({ id: day.id })).toMatchObject({
    sessions: [{ id: session.id, status: 'active', reads: 3, keyedWaiting: 1 }],
    connections: [{ id: connection.id, autoSyncEnabled: true, waiting: 1, otherEvents: 0 }],
    stillOut: 1,
    startsWithoutGun: ['5K'],
    closedAt: null,
    deleteOn: null,
  })
  const closed = await closing().close({
    id: day.id,
    connectionIds: [connection.id],
    deleteOn: '2021-08-08',
  })
  expect(closed).toMatchObject({
    sessions: [{ status: 'ended' }],
    connections: [{ autoSyncEnabled: false }],
    closedBy: 'Ann',
    deleteOn: '2021-08-08',
  })
  expect((await world.call().connections.get({ id: connection.id })).nextSyncAt).toBe(null)
  const actions = (await world.call().system.audit({})).entries.map(entry => entry.action)
  expect(actions).toEqual(expect.arrayContaining(['race closed', 'session changed', 'connection changed']))
  await expect(world.callAs('crew').closing.close({ id: day.id })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
})

test('names with commas, quotes and line ends come out of both files as they went in', async () => {
  const { world, day, event, session } = morning
  const name = { firstName: 'Zoë "Zip"', lastName: 'O’Hara, Jr.\nII' }
  await world.call().raceDay.addWalkUp({ eventId: event.id, ...name, bibNumber: '900' })
  await world.call().starts.decide({ id: day.id, eventId: event.id, correctedAt: at('08:00:00') })
  await morning.chipRead('Start', '900', '08:00:10.50')
  await morning.chipRead('Finish', '900', '08:30:00.25')
  await morning.chipRead('Finish', '3', '08:29:00.00')
  await morning.chipRead('Finish', '4444', '08:29:30.00')

  const results = await closing().resultsFile({ id: day.id })
  const [columns, ...lines] = rowsOf(results.text)
  expect(results.fileName).toBe('Harbor-Run-2021-05-08-times.csv')
  expect(columns?.slice(-4)).toEqual(['gun_time', 'chip_time', 'Start', 'Finish'])
  expect(lines).toHaveLength(7)
  expect(lines.map(cells => cells[0]).slice(0, 3)).toEqual(['3', '900', '1'])
  expect(lines[1]?.slice(0, 3)).toEqual(['900', name.firstName, name.lastName])
  expect(lines[1]?.slice(-5)).toEqual(['FIN', '0:30:00.25', '0:29:49.75', '08:00:10.500', '08:30:00.250'])

  const reads = await closing().readsFile({ id: session.id })
  const [head = [], ...rows] = rowsOf(reads.text)
  const cell = (row: readonly string[] | undefined, column: string) => row?.[head.indexOf(column)]
  expect(reads).toMatchObject({ rows: 4, next: null })
  expect(rows).toHaveLength(4)
  expect(cell(rows[1], 'last_name')).toBe(name.lastName)
  expect(cell(rows[1], 'local_time')).toBe('2021-05-08 08:30:00.250')
  expect(cell(rows[1], 'race_time')).toBe('0:30:00.25')
  expect([cell(rows[3], 'state'), cell(rows[3], 'reason')]).toEqual(['unlinked', 'unknown-chip'])
})

test('a long session’s reads come in pieces that together are all of them, each once', async () => {
  const { world, session } = morning
  const lines = Array.from({ length: 9001 }, (_, n) => {
    const seconds = (Date.parse('2021-05-08T08:00:00Z') / 1000 + n).toFixed(2)
    return `TO~${n}~${n + 1}~160~18~${seconds}~12000C~8~-63~${n}~P~1`
  })
  await world.call().timing.import({ sessionId: session.id, location: 'Finish', text: lines.join('\n') })
  let text = ''
  let after: number | null = 0
  while (after !== null) {
    const piece: { readonly text: string; readonly next: number | null } = await closing().readsFile({
      id: session.id,
      after,
    })
    text += piece.text
    after = piece.next
  }
  const rows = rowsOf(text)
  expect(rows).toHaveLength(9002)
  expect(new Set(rows.map(row => row[0])).size).toBe(9002)
}, 20_000)
