import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, createMorning, eventually, type Morning } from '../support/race-morning.ts'

const markers = readFileSync(
  join(import.meta.dirname, '..', 'fixtures', 'controller-files', 'START1', '5071909.mrk'),
  'utf8',
)

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
})
afterEach(() => morning.world.stop())

const clocks = () => morning.world.callAs('crew', 'Ann').readerClocks
const session = () => ({ sessionId: morning.session.id })
const readId = async (location: string): Promise<number> => {
  const { reads } = await morning.world.call().timing.reads({ location })
  return reads[0]?.id ?? 0
}
/** A read at the finish by another box than the finish's own: a box is named after its location. */
const backupRead = async (chip: string, wall: string) => {
  const seconds = Date.parse(`2021-05-08T${wall}Z`) / 1000
  const text = `TO~9~${chip}~160~18~${seconds.toFixed(2)}~Backup~8~-63~9~P~1`
  await morning.world.call().timing.import({ ...session(), location: 'Finish', text })
}
const timesOf = async (bib: string) => (await morning.personOf(bib)).reads.map(read => read.at)

describe('a reader’s clock', () => {
  test('is measured by another reader’s read of the same passing, seen before it moves anything, and taken back', async () => {
    await morning.chipRead('Finish', '3', '08:30:00')
    const wrong = await readId('Finish')
    await backupRead('3', '08:31:00')
    const right = await readId('Finish')
    await morning.chipRead('Finish', '4', '08:35:00')
    const measurement = {
      ...session(),
      device: 'FINISH',
      found: { readId: wrong, trueReadId: right },
    }
    expect(await clocks().measure(measurement)).toEqual({
      ...{ offsetMs: 60_000, how: 'read', readerAt: at('08:30:00'), trueAt: at('08:31:00') },
      ...{ samePassing: true, offsetMsBefore: 0, moves: 2, movesGuns: 0 },
    })
    expect(await timesOf('4')).toEqual([at('08:35:00')])
    const given = await clocks().set({ ...measurement, reason: 'backup mat' })
    expect(given).toMatchObject({
      ...{ offsetMs: 60_000, how: 'read', readId: wrong, trueAt: at('08:31:00') },
      ...{ decidedBy: 'Ann', reason: 'backup mat' },
    })
    await eventually(async () => expect(await timesOf('4')).toEqual([at('08:36:00')]))
    expect(await clocks().measure(measurement)).toMatchObject({ offsetMsBefore: 60_000, moves: 0 })
    await clocks().takeBack({ id: given.id, reason: 'was right' })
    await eventually(async () => expect(await timesOf('4')).toEqual([at('08:35:00')]))
    const { entries } = await clocks().history(session())
    expect(entries).toMatchObject([
      { action: 'reader offset taken back', actor: 'Ann', reason: 'was right', offsetMs: 60_000 },
      { action: 'reader offset', actor: 'Ann', reason: 'backup mat', device: 'FINISH' },
    ])
    expect((await clocks().list(session())).offsets).toEqual([])
  })

  test('is measured by a watch, for a part of the day', async () => {
    await morning.chipRead('Finish', '3', '08:30:00')
    const wrong = await readId('Finish')
    await morning.chipRead('Finish', '4', '08:50:00')
    const measurement = {
      ...session(),
      ...{ device: 'FINISH', fromAt: null, toAt: at('08:40:00') },
      found: { readId: wrong, trueAt: at('08:29:58') },
    }
    expect(await clocks().measure(measurement)).toMatchObject({
      offsetMs: -2000,
      moves: 1,
      samePassing: null,
    })
    await clocks().set(measurement)
    await eventually(async () => expect(await timesOf('3')).toEqual([at('08:29:58')]))
    expect(await timesOf('4')).toEqual([at('08:50:00')])
    expect((await clocks().list(session())).devices).toEqual([
      {
        ...{ device: 'FINISH', reads: 2, guns: 0, outside: 0 },
        ...{ firstAt: at('08:30:00'), lastAt: at('08:50:00') },
      },
    ])
    await expect(clocks().measure({ ...measurement, fromAt: at('08:35:00') })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })

  test('is measured by its gun and the corrected start, and its guns follow', async () => {
    await morning.world.call().timing.import({ ...session(), location: 'Start', text: markers })
    const starts = morning.world.callAs('crew', 'Ann').starts
    const start = { id: morning.day.id, eventId: morning.event.id }
    const [gun] = (await starts.list({ id: morning.day.id })).guns
    const measurement = {
      ...session(),
      device: gun?.device ?? '',
      found: { readId: gun?.id ?? 0, trueStart: { eventId: morning.event.id } },
    }
    // The start counts from that very gun: it says nothing of itself.
    await expect(clocks().measure(measurement)).rejects.toMatchObject({ code: 'input.invalid' })
    await starts.decide({ ...start, correctedAt: at('08:00:00') })
    expect(await clocks().measure(measurement)).toMatchObject({ how: 'gun', offsetMs: -55_160, movesGuns: 5 })
    await clocks().set(measurement)
    await starts.takeBack(start)
    const { starts: now, guns } = await starts.list({ id: morning.day.id })
    expect(now[0]).toMatchObject({ at: at('08:00:00'), found: 'nearest' })
    expect(guns.map(one => one.at)).toContain(at('08:05:00.360'))
    // Far from the plan by its own clock, near to it by the true time.
    await clocks().set({ ...measurement, found: { offsetMs: -6 * 3_600_000 } })
    expect((await starts.list({ id: morning.day.id })).starts[0]).toMatchObject({ at: null })
    await starts.decide({ ...start, plannedAt: at('02:00:00') })
    expect((await starts.list({ id: morning.day.id })).starts[0]).toMatchObject({ at: at('02:00:55.160') })
  })

  test('of 1980 is put right by one read whose true time is known: all its reads become somebody’s', async () => {
    const wall1980 = (wall: string) => Date.parse(`1980-01-06T${wall}Z`) / 1000
    const line = (n: number, chip: string, wall: string) =>
      `TO~${n}~${chip}~160~18~${wall1980(wall).toFixed(2)}~Old~8~-63~${n}~P~1`
    const text = [line(1, '3', '00:20:00'), line(2, '4', '00:25:00')].join('\n')
    await morning.world.call().timing.import({ ...session(), location: 'Finish', text })
    const first = (await morning.world.call().timing.reads({})).reads.at(-1)
    expect(first).toMatchObject({ reason: 'no-time', name: null })
    expect(first?.timeProblem).toMatch(/^its clock says 1980-01-06 00:2.:00, the race is on 2021-05-08$/)
    const reads = (await morning.world.call().timing.reads({})).reads
    const third = reads.find(read => read.chip === '3')
    expect((await clocks().list(session())).devices).toMatchObject([{ device: 'OLD', outside: 2 }])
    await clocks().set({
      ...session(),
      ...{ device: 'OLD', toAt: Date.UTC(1981, 0, 1) },
      found: { readId: third?.id ?? 0, trueAt: at('08:20:00') },
    })
    await eventually(async () => expect(await timesOf('4')).toEqual([at('08:25:00')]))
    expect((await morning.world.call().timing.unlinked({})).groups).toEqual([])
  })

  test('is not measured by a read of its own, nor by one of another reader', async () => {
    await morning.chipRead('Finish', '3', '08:30:00')
    const own = await readId('Finish')
    await morning.chipRead('Finish', '4', '08:31:00')
    const other = await readId('Finish')
    const refuse = (device: string, found: { readId: number; trueReadId: number }) =>
      expect(clocks().set({ ...session(), device, found })).rejects.toMatchObject({ code: 'input.invalid' })
    await refuse('FINISH', { readId: own, trueReadId: other })
    await refuse('START', { readId: own, trueReadId: other })
    expect((await clocks().history(session())).entries).toEqual([])
  })
})
