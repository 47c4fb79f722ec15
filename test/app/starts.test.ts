import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, createMorning, type Morning } from '../support/race-morning.ts'

const markers = readFileSync(
  join(import.meta.dirname, '..', 'fixtures', 'controller-files', 'START1', '5071909.mrk'),
  'utf8',
)

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
})
afterEach(() => morning.world.stop())

const starts = () => morning.world.callAs('crew', 'Ann').starts
const list = () => starts().list({ id: morning.day.id })
const importMarkers = () =>
  morning.world.call().timing.import({ sessionId: morning.session.id, location: 'Start', text: markers })
const inWave = async (bib: string, wave: string) =>
  morning.world.call().raceDay.decide({ id: (await morning.personOf(bib)).id, field: 'wave', value: wave })
const start = async (wave = '') => {
  const found = (await list()).starts.find(one => one.wave === wave)
  if (!found) throw new Error(`no start of wave ${wave}`)
  return found
}
const decide = (change: Readonly<Record<string, unknown>>) =>
  starts().decide({ id: morning.day.id, eventId: morning.event.id, ...change })
const finishOf = async (bib: string) =>
  (await morning.personOf(bib)).reads.find(read => read.location === 'Finish')

describe('guns', () => {
  test('of a box’s markers are found, and the one nearest to the plan counts until somebody chooses', async () => {
    expect(await start()).toMatchObject({ plannedAt: at('08:00:00'), at: null, found: null, people: 6 })
    await importMarkers()
    const { guns } = await list()
    expect(guns.map(gun => gun.at)).toEqual([
      at('08:00:55.160'),
      at('08:05:55.520'),
      at('08:15:55.420'),
      at('08:20:55.420'),
      at('08:35:55.540'),
    ])
    expect(await start()).toMatchObject({ at: at('08:00:55.160'), found: 'nearest', gunReadId: guns[0]?.id })
    await decide({ gunReadId: guns[2]?.id ?? 0, reason: 'late start' })
    expect(await start()).toMatchObject({
      at: at('08:15:55.420'),
      found: 'chosen',
      decidedBy: 'Ann',
      reason: 'late start',
    })
  })

  test('that were wrong are corrected by hand, taken back, and every race time follows', async () => {
    await importMarkers()
    await morning.chipRead('Finish', '3', '08:30:55.16')
    expect(await finishOf('3')).toMatchObject({ raceTimeMs: 30 * 60_000 })
    await decide({ correctedAt: at('08:02:55.160'), reason: 'stopwatch' })
    expect(await start()).toMatchObject({ found: 'corrected', at: at('08:02:55.160') })
    expect(await finishOf('3')).toMatchObject({ raceTimeMs: 28 * 60_000 })
    const [read] = (await morning.world.call().timing.reads({ location: 'Finish' })).reads
    expect(read?.raceTimeMs).toBe(28 * 60_000)
    await starts().takeBack({ id: morning.day.id, eventId: morning.event.id })
    expect(await start()).toMatchObject({ found: 'nearest', correctedAt: null, plannedAt: at('08:00:00') })
    expect(await finishOf('3')).toMatchObject({ raceTimeMs: 30 * 60_000 })
    const actions = (await morning.world.call().system.audit({})).entries.map(entry => entry.action)
    expect(actions).toEqual(expect.arrayContaining(['gun corrected', 'gun taken back']))
  })

  test('follow their reader’s offset, chosen or nearest', async () => {
    await importMarkers()
    const { setReaderOffset } = await import('../../src/store/offsets.ts')
    morning.world.store().write(writer =>
      setReaderOffset(writer, {
        sessionId: morning.session.id,
        device: 'I11A9D',
        offsetMs: 1000,
        reason: null,
      }),
    )
    expect(await start()).toMatchObject({ at: at('08:00:56.160') })
    await decide({ gunReadId: (await start()).gunReadId })
    expect(await start()).toMatchObject({ at: at('08:00:56.160'), found: 'chosen' })
  })

  test('pressed by hand are reads of their own: twice the same press is one, and a start may take it', async () => {
    morning.clock.set(at('08:00:10.000'))
    const press = { id: morning.day.id, pressId: '0190f5c0-0000-7000-8000-000000000001', agoMs: 249.6 }
    await starts().gunNow({ ...press, start: { eventId: morning.event.id } })
    morning.clock.advance(5000)
    const { guns } = await starts().gunNow({ ...press, agoMs: 5249.6 })
    expect(guns).toMatchObject([{ at: at('08:00:09.750'), source: 'by-hand', raw: 'pressed by Ann' }])
    expect(await start()).toMatchObject({ at: at('08:00:09.750'), found: 'chosen', decidedBy: 'Ann' })
    const [read] = (await morning.world.call().timing.reads({})).reads
    expect(read).toMatchObject({ kind: 'gun', state: null })
  })

  test('of another race day, or reads that are none, cannot be chosen', async () => {
    await morning.chipRead('Finish', '3', '08:30:55.16')
    const [read] = (await morning.world.call().timing.reads({})).reads
    await expect(decide({ gunReadId: read?.id ?? 0 })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a wave', () => {
  test('without a gun starts with its event; with one of its own it does not', async () => {
    await inWave('3', 'B')
    await importMarkers()
    expect(await start('B')).toMatchObject({ people: 1, at: at('08:00:55.160'), found: 'event' })
    await morning.chipRead('Finish', '3', '08:30:55.16')
    await morning.chipRead('Finish', '4', '08:30:56.16')
    const { guns } = await list()
    await decide({ wave: 'B', gunReadId: guns[1]?.id ?? 0 })
    expect(await start('B')).toMatchObject({ at: at('08:05:55.520'), found: 'chosen' })
    expect(await start()).toMatchObject({ found: 'nearest' })
    expect((await finishOf('3'))?.raceTimeMs).toBe(30 * 60_000 - 300_360)
    expect((await finishOf('4'))?.raceTimeMs).toBe(30 * 60_000 + 1000)
  })

  test('that is planned takes the gun nearest to its own plan, even where the event’s is corrected', async () => {
    await inWave('3', 'B')
    await importMarkers()
    await decide({ wave: 'B', plannedAt: at('08:20:00') })
    await decide({ correctedAt: at('08:01:00') })
    expect(await start('B')).toMatchObject({ at: at('08:20:55.420'), found: 'nearest' })
  })
})

describe('chip time', () => {
  test('counts from the last start read; one before the start window is none', async () => {
    await importMarkers()
    for (const wall of ['07:30:00.00', '08:01:30.00', '08:02:00.00'])
      await morning.chipRead('Start', '3', wall)
    await morning.chipRead('Start', '4', '07:40:00.00')
    await morning.chipRead('Finish', '3', '08:32:00.00')
    await morning.chipRead('Finish', '4', '08:32:01.00')
    expect((await finishOf('3'))?.chipTimeMs).toBe(30 * 60_000)
    expect((await finishOf('4'))?.chipTimeMs).toBe(null)
    await starts().setWindow({ startWindowMs: 30 * 60_000 })
    expect((await list()).startWindowMs).toBe(30 * 60_000)
    expect((await finishOf('4'))?.chipTimeMs).toBe(52 * 60_000 + 1000)
  })
})
