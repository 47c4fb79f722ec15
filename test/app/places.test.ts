import { afterEach, expect, test } from 'vitest'
import type { Places } from '../../src/api/places.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

const ZONE = 'America/New_York'
const EIGHT = Date.UTC(2026, 4, 9, 12)
const MINUTE = 60_000

let world: World
afterEach(() => world.stop())

/** A controller's line: its seconds are the site's wall clock as if it were UTC. */
const line = (n: number, chip: string, at: number, device = '12000C'): string =>
  `TO~${n}~${chip}~160~18~${((at - 4 * 60 * MINUTE) / 1000).toFixed(2)}~${device}~1~-60~${n}~P~1`

async function sessionWith(lines: readonly string[], location?: string) {
  world = await createWorld({ clock: createTestClock() })
  const call = world.call()
  const { id } = await call.timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  const from = { sessionId: id, text: lines.join('\n'), ...(location ? { location } : {}) }
  await call.timing.import(from)
  return { call, id, from }
}

const spansOf = ({ boxes }: Places) => boxes.find(box => box.device === '12000C')?.spans ?? []

/** Another box brings it one read. */
async function locationOf(call: ReturnType<World['call']>, sessionId: string, location: string) {
  await call.timing.import({ sessionId, text: line(9, '9', EIGHT - MINUTE, '0FFFFF'), location })
  const { locations } = await call.places.list({ id: sessionId })
  return locations.find(one => one.locationName === location)?.id ?? ''
}

const linkedAt = async (sessionId: string) => {
  const { reads } = await world.call().timing.reads({ sessionId })
  return reads
    .filter(read => read.device === '12000C')
    .map(read => read.location)
    .reverse()
}

test('a box is shown with its reads by five minutes, and counted on as more come', async () => {
  const { call, id } = await sessionWith([line(1, '1', EIGHT), line(2, '2', EIGHT + MINUTE)], 'Start')
  const [box] = (await call.places.list({ id })).boxes
  expect(box).toMatchObject({
    ...{ device: '12000C', reads: 2, firstAt: EIGHT, lastAt: EIGHT + MINUTE, named: ['Start'], spans: [] },
    bins: [{ at: EIGHT, reads: 2 }],
  })
  const later = EIGHT + 31 * MINUTE
  await call.timing.import({ sessionId: id, text: line(3, '3', later), location: 'Finish' })
  const [now] = (await call.places.list({ id })).boxes
  expect(now).toMatchObject({ reads: 3, lastAt: later, named: ['Finish', 'Start'] })
  expect(now?.bins).toEqual([
    { at: EIGHT, reads: 2 },
    { at: EIGHT + 30 * MINUTE, reads: 1 },
  ])
  expect(now?.turns).toEqual([{ at: EIGHT + 30 * MINUTE, words: 'Reads again after 25 min' }])
})

test('a controller’s markers say when the box of that place was switched on', async () => {
  const { call, id } = await sessionWith([line(1, '1', EIGHT)], 'Start')
  const mark = 'I11A9D,3,Powerup,1,26050907550000,Controller\nI11A9D,4,Rdr1Pwr,1,26050907550100,ON'
  await call.timing.import({ sessionId: id, text: mark, location: 'Start' })
  const [box] = (await call.places.list({ id })).boxes
  expect(box?.turns).toEqual([{ at: EIGHT - 5 * MINUTE, words: 'Switched on' }])
})

test('reads are where their box stood by the spans: given, moved and taken away', async () => {
  const { call, id } = await sessionWith([line(1, '1', EIGHT), line(2, '2', EIGHT + 60 * MINUTE)], 'Start')
  expect(await linkedAt(id)).toEqual(['Start', 'Start'])
  const finish = await locationOf(call, id, 'Finish')
  const span = { id, device: '12000C', locationId: finish, toAt: null }
  const placed = await call.places.place({ ...span, fromAt: EIGHT + 30 * MINUTE })
  const [kept] = spansOf(placed)
  await expect.poll(() => linkedAt(id)).toEqual(['Start', 'Finish'])
  await call.places.place({ ...span, spanId: kept?.id, fromAt: null })
  await expect.poll(() => linkedAt(id)).toEqual(['Finish', 'Finish'])
  const without = await call.places.removeSpan({ spanId: kept?.id ?? '' })
  expect(spansOf(without)).toEqual([])
  await expect.poll(() => linkedAt(id)).toEqual(['Start', 'Start'])
  const audit = await call.system.audit({ rowId: kept?.id ?? '' })
  expect(audit.entries).toHaveLength(3)
})

test('a span that ends before it begins or is at another session’s location is refused in words', async () => {
  const { call, id } = await sessionWith([line(1, '1', EIGHT)], 'Start')
  const other = await call.timing.addSession({ sessionName: 'Other', timezone: ZONE })
  const elsewhere = await locationOf(call, other.id, '5K')
  const span = { id, device: '12000C', fromAt: EIGHT, toAt: null }
  await expect(call.places.place({ ...span, locationId: elsewhere })).rejects.toThrow('another session')
  const here = await locationOf(call, id, 'Finish')
  await expect(call.places.place({ ...span, locationId: here, toAt: EIGHT })).rejects.toThrow(
    'before it began',
  )
})
