import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { readControllerFiles } from '../../src/rehearsal/controller-files.ts'
import { createRaceDay, type RaceDay } from '../../src/rehearsal/race-day.ts'
import { courseOfChips } from '../../src/rehearsal/race-day-roster.ts'
import { createReplay } from '../../src/rehearsal/replay.ts'

const folder = fileURLToPath(new URL('../fixtures/controller-files', import.meta.url))
const day = readControllerFiles(folder)
// 10:20 in New York
const now = Date.UTC(2026, 10, 21, 15, 20, 30)

describe('the controllers’ files', () => {
  test('hold every read of the three boxes, in time order', () => {
    const count = (location: string) => day.reads.filter(read => read.location === location).length
    expect([count('START1'), count('9K'), count('FINISH3')]).toEqual([6669, 849, 14_367])
    expect(day.reads.every((read, index) => read.boxTime >= (day.reads[index - 1]?.boxTime ?? 0))).toBe(true)
    expect(day.reads.find(read => read.location === 'FINISH3')?.tag).toMatch(/^0/)
  })

  test('hold the guns on the same clock as the reads', () => {
    const gun = new Date(day.guns[0]?.boxTime ?? 0).toISOString()
    expect([day.guns.length, day.guns[0]?.location, gun]).toEqual([6, 'START1', '2021-05-08T08:00:55.160Z'])
  })

  test('tell who ran what', () => {
    const courses = [...courseOfChips(day).values()]
    const runners = (course: number) => courses.filter(of => of === course).length
    expect(courses).toHaveLength(3769)
    // Marathon, half, 10K: as many as their bibs' hundreds hold.
    for (const [course, least] of [800, 1100, 1400].entries()) expect(runners(course)).toBeGreaterThan(least)
  })
})

test('a replay catches up at its rate, then keeps to the time of each', () => {
  vi.useFakeTimers({ now: 100_000 })
  const sent: number[] = []
  const times = [...Array.from({ length: 400 }, (_, index) => index), 103_000, 105_000]
  const happenings = times.map(at => ({ at, send: () => sent.push(at) }))
  const replay = createReplay({ happenings, clock: Date.now, perSecond: 200 })
  replay.start()
  vi.advanceTimersByTime(1000)
  expect(sent.length).toBeGreaterThan(190)
  expect(sent.length).toBeLessThan(210)
  expect(replay.live).toBe(false)
  vi.advanceTimersByTime(1500)
  expect([sent.length, replay.live]).toEqual([400, true])
  vi.advanceTimersByTime(600)
  expect([sent.at(-1), replay.left]).toEqual([103_000, 1])
  replay.stop()
  vi.advanceTimersByTime(10_000)
  expect(replay.left).toBe(1)
  vi.useRealTimers()
})

describe('a race day', () => {
  let raceDay: RaceDay | undefined
  let server: Server | undefined
  const sockets: Socket[] = []
  afterEach(async () => {
    await raceDay?.stop()
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => (server ? server.close(resolve) : resolve(null)))
  })

  test('has a registration for about 92 in 100 chips, and some of everything else', () => {
    const { counts, registrations, raceId } = createRaceDay({ folder, clock: () => now, seed: 1 })
    expect(counts.registeredChips / counts.chips).toBeCloseTo(0.92, 2)
    expect(counts).toMatchObject({ reads: 21_885, guns: 6, testChips: 2, duplicateBibs: 2 })
    const rows = registrations.eventsOf(raceId).flatMap(event => registrations.active(event.eventId))
    expect(rows).toHaveLength(counts.registrations)
    expect(rows.filter(row => row.bib === null)).toHaveLength(counts.withoutBib)
    const bibs = rows.flatMap(row => row.bib ?? [])
    expect(bibs.length - new Set(bibs).size).toBe(2)
    const chips = new Set(courseOfChips(day).keys())
    expect(new Set(bibs.filter(bib => chips.has(String(bib)))).size).toBe(counts.registeredChips)
    expect(bibs.filter(bib => bib > 99_000)).toEqual([])
  })

  test('is the same for the same seed and clock', () => {
    const rows = () => {
      const { registrations, raceId } = createRaceDay({ folder, clock: () => now, seed: 5 })
      return registrations.eventsOf(raceId).map(event => registrations.active(event.eventId))
    }
    expect(rows()).toEqual(rows())
  })

  test('offers the same races at both providers, started this morning', async () => {
    raceDay = createRaceDay({ folder, clock: () => now, seed: 1 })
    await raceDay.start()
    const { urls, keys, raceId, scoring, ctliveEventId } = raceDay
    const query = new URLSearchParams({ format: 'json', ...keys })
    const { race } = await (await fetch(`${urls.runSignUp}/race/${raceId}?${query}`)).json()
    expect(race).toMatchObject({ name: 'Harbor Run', timezone: 'America/New_York', next_date: '11/21/2026' })
    const names = race.events.map((event: { name: string }) => event.name)
    expect(scoring.racesOf(ctliveEventId).map(of => of.race_name)).toEqual(names)
    // 10:15 of the files is now, 10:20; the marathon's gun went at 08:00:55.
    expect(race.events[0].start_time).toBe('11/21/2026 08:05')
  })

  test('sends the past through the reader, on the wall clock of the race', async () => {
    let text = ''
    server = createServer(socket => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', chunk => {
        text += chunk
      })
      socket.write('Test~1~3\r\nstream-mode=push\r\nguntimes=true\r\ntime-format=iso\r\nstart\r\n')
    })
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
    let time = now
    const clock = () => {
      time += 1
      return time
    }
    raceDay = createRaceDay({ folder, clock, seed: 1, backlogPerSecond: Number.POSITIVE_INFINITY })
    await raceDay.start()
    await raceDay.startReplay({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    await vi.waitFor(() => {
      expect(raceDay?.replay?.live).toBe(true)
      expect(text.split('CT01_33~').length - 1).toBe(raceDay?.reader?.pushedCount)
    }, 5000)
    expect(text).toContain('~START1~guntime~2026-11-21T08:05:55.16~')
    const finish = text.split('~FINISH3~').length - 1
    expect(finish).toBeGreaterThan(2500)
    expect(raceDay.replay?.left).toBeGreaterThan(8000)
  })
})
