import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

const ZONE = 'America/New_York'

let world: World
afterEach(() => world.stop())

async function session() {
  world = await createWorld()
  const { id } = await world.call().timing.addSession({ sessionName: 'Harbor', timezone: ZONE })
  return { call: world.call(), sessionId: id }
}

test('the columns of a file are guessed by their names, and nothing of it is kept', async () => {
  const { call, sessionId } = await session()
  const text = 'Reader;Tag;Passing time;Ant\nA1;9573;2026-05-09 08:00:00.25;2\nA1;9574;soon;2\n'
  const preview = await call.csvReads.preview({ sessionId, text })
  expect(preview).toMatchObject({
    ...{ delimiter: ';', header: true, problem: null, encoding: 'utf-8', timezone: ZONE },
    places: { chip: 1, time: 2, device: 0, antenna: 3 },
    sample: [['Reader', 'Tag', 'Passing time', 'Ant'], ['A1', '9573', '2026-05-09 08:00:00.25', '2'], {}],
    found: {
      ...{ reads: 1, chips: 1, bibs: 0, dated: true, refusedCount: 1 },
      firstAt: Date.UTC(2026, 4, 9, 12, 0, 0, 250),
      shown: [{ chip: '9573', rawTime: '2026-05-09 08:00:00.25' }],
      refused: [{ line: 3, reason: '"soon" is not a time' }],
    },
  })
  expect((await call.timing.status()).reads).toBe(0)
})

test('without names above them the time is known by its look, and the other column of two is the chip', async () => {
  const { call, sessionId } = await session()
  const preview = await call.csvReads.preview({ sessionId, text: '08:00:01,41\n08:00:02,42\n' })
  expect(preview).toMatchObject({
    header: false,
    places: { time: 0, chip: 1 },
    found: { reads: 2, dated: false },
  })
})

test('a file that does not say what is what is asked about, with its first rows', async () => {
  const { call, sessionId } = await session()
  const preview = await call.csvReads.preview({ sessionId, text: 'a,b,c\n1,2,3\n' })
  expect(preview).toMatchObject({ places: {}, found: null, problem: expect.stringContaining('Which column') })
  const half = await call.csvReads.preview({ sessionId, text: 'a,b,c\n1,2,3\n', csvColumns: { chip: 0 } })
  expect(half).toMatchObject({ places: { chip: 0 }, found: null })
})

test('what is said of the day, its order and the header is what preview and import go by', async () => {
  const { call, sessionId } = await session()
  const text = '5/8/2026,08:00:00,41\n5/8/2026,08:00:05,42\n'
  const csvColumns = { date: 0, time: 1, chip: 2, dayFirst: true, header: false }
  const preview = await call.csvReads.preview({ sessionId, text, csvColumns })
  expect(preview.found).toMatchObject({ reads: 2, firstAt: Date.UTC(2026, 7, 5, 12) })
  const done = await call.timing.import({ sessionId, text, format: 'csv', csvColumns })
  expect(done).toMatchObject({ new: 2, refusedCount: 0 })
  const { reads } = await call.timing.reads({ sessionId })
  expect(reads.map(read => read.at)).toEqual([Date.UTC(2026, 7, 5, 12, 0, 5), Date.UTC(2026, 7, 5, 12)])

  const clock = { ...{ time: 0, chip: 1 }, day: '2026-12-24', header: true }
  const bare = await call.csvReads.preview({ sessionId, text: '9:00:00,1\n9:30:00,2\n', csvColumns: clock })
  expect(bare).toMatchObject({ day: '2026-12-24', header: true })
  expect(bare.found).toMatchObject({ reads: 1, firstAt: Date.UTC(2026, 11, 24, 14, 30), dated: false })
})
