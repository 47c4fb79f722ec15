import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, createMorning, eventually, type Morning } from '../support/race-morning.ts'

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
})
afterEach(() => morning.world.stop())

const crew = () => morning.world.callAs('crew', 'Ann')
const day = () => ({ id: morning.day.id })
const gunAt = (wall: string) =>
  crew().starts.decide({ ...day(), eventId: morning.event.id, correctedAt: at(wall) })
const locationOf = async (name: string) => {
  const found = (await crew().course.show(day())).locations.find(one => one.locationName === name)
  if (!found) throw new Error(`no location ${name}`)
  return found
}
const setLaps = (laps: number, location = 'Finish') =>
  crew().course.setPoint({ ...day(), eventId: morning.event.id, location, laps })
const counts = () => crew().raceDay.counts(day())
const out = async () => (await crew().stillOut.list(day())).people.map(person => person.bibNumber)
const results = async () => {
  const { text } = await crew().closing.resultsFile(day())
  const [header = '', ...lines] = text.trim().split('\r\n')
  const columns = header.split(',')
  return lines.map(line => {
    const cells = line.split(',')
    return Object.fromEntries(columns.map((name, index) => [name, cells[index]]))
  })
}

describe('laps', () => {
  test('make the finish the pass that completes them, in results, counts, still out and the person’s reads', async () => {
    await gunAt('08:00:00')
    for (const wall of ['07:30:00', '08:20:00', '08:40:00', '09:05:00', '09:20:00'])
      await morning.chipRead('Finish', '3', wall)
    for (const wall of ['08:20:00', '08:40:00']) await morning.chipRead('Finish', '4', wall)
    expect(await counts()).toMatchObject({ started: 2, finished: 2, stillOut: 0 })
    await setLaps(3)
    expect(await counts()).toMatchObject({ started: 2, finished: 1, stillOut: 1 })
    expect((await counts()).finishPerMinute).toEqual([{ at: at('09:05:00'), people: 1 }])
    expect(await out()).toEqual(['4'])
    const reads = (await morning.personOf('3')).reads.map(({ lap, laps, isFinish }) => [lap, laps, isFinish])
    expect(reads).toEqual([
      [4, 3, false],
      [3, 3, true],
      [2, 3, false],
      [1, 3, false],
      [null, null, false],
    ])
    const rows = await results()
    expect(rows.find(row => row.bib === '3')).toMatchObject({
      ...{ status: 'FIN', gun_time: '1:05:00.00', 'Finish lap 1': '08:20:00.000' },
      ...{ 'Finish lap 2': '08:40:00.000', 'Finish lap 3': '09:05:00.000' },
    })
    expect(rows.find(row => row.bib === '4')).toMatchObject({ status: '', gun_time: '', 'Finish lap 3': '' })
    await setLaps(1)
    expect(await counts()).toMatchObject({ finished: 2, stillOut: 0 })
    expect((await results()).find(row => row.bib === '3')).toMatchObject({ gun_time: '0:20:00.00' })
  })

  test('count from the own gun: one read long before it has not finished', async () => {
    await morning.chipRead('Finish', '3', '07:30:00')
    expect(await counts()).toMatchObject({ finished: 1, stillOut: 0 })
    await gunAt('08:00:00')
    expect(await counts()).toMatchObject({ finished: 0, stillOut: 1 })
    expect(await out()).toEqual(['3'])
  })

  test('of an event that is not of the race day are refused', async () => {
    const stranger = '0190f5c0-0000-7000-8000-000000000001'
    await expect(
      crew().course.setPoint({ ...day(), eventId: stranger, location: 'Finish', laps: 2 }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a location', () => {
  test('that a read made is not defined until somebody says what it is', async () => {
    await morning.chipRead('Aid station', '3', '08:20:00')
    const made = await locationOf('Aid station')
    expect(made).toMatchObject({ kind: 'other', defined: false, counts: 'first', distanceKm: null })
    await crew().course.setLocation({ id: made.id, distanceKm: 2.5 })
    expect(await locationOf('Aid station')).toMatchObject({ defined: false, distanceKm: 2.5 })
    await crew().course.setLocation({ id: made.id, kind: 'split', courseOrder: 1, counts: 'last' })
    expect(await locationOf('Aid station')).toMatchObject({
      ...{ kind: 'split', defined: true, distanceKm: 2.5, courseOrder: 1, counts: 'last' },
    })
    const [session] = (await crew().timing.sessions()).sessions
    expect(session?.locations).toMatchObject([{ locationName: 'Aid station', defined: true }])
  })

  test('may be described before its first read, which then is there', async () => {
    const location = { sessionId: morning.session.id, locationName: 'Pier', kind: 'split' } as const
    const made = await crew().course.addLocation(location)
    await morning.chipRead('Pier', '3', '08:20:00')
    expect((await locationOf('Pier')).id).toBe(made.id)
    expect((await counts()).locations).toMatchObject([{ location: 'Pier', kind: 'split', people: 1 }])
  })
})

describe('questionable reads', () => {
  test('are listed by person with what is wrong, page by page, and no link changes', async () => {
    await gunAt('08:00:00')
    await crew().course.addLocation({
      ...{ sessionId: morning.session.id, locationName: 'Turn', kind: 'split', distanceKm: 2.5 },
    })
    await morning.chipRead('Turn', '1', '08:10:00')
    await morning.chipRead('Finish', '1', '08:21:00')
    await morning.chipRead('Turn', '2', '08:10:00')
    await morning.chipRead('Finish', '2', '08:12:00')
    await morning.chipRead('Turn', '3', '07:59:00')
    await morning.chipRead('Finish', '4', '08:25:00')
    const links = () => morning.world.store().read.all('SELECT * FROM read_links')
    const before = links()
    const { people, next } = await crew().course.questionable(day())
    const asked = people.map(({ bibNumber, questions }) => [bibNumber, ...questions.map(one => one.kind)])
    expect(asked.toSorted()).toEqual([
      ['2', 'too-fast'],
      ['3', 'before-gun'],
      ['4', 'missed'],
    ])
    expect(next).toBeNull()
    expect(people.find(person => person.bibNumber === '2')).toMatchObject({
      questions: [{ location: 'Finish', kmh: 75 }],
      reads: [{ location: 'Turn' }, { location: 'Finish' }],
    })
    expect((await morning.personOf('2')).questions).toMatchObject([{ kind: 'too-fast', kmh: 75 }])
    const paged: unknown[] = []
    let after: string | undefined
    do {
      const page = await crew().course.questionable({ ...day(), limit: 1, ...(after ? { after } : {}) })
      paged.push(...page.people)
      after = page.next ?? undefined
    } while (after !== undefined)
    expect(paged).toEqual(people)
    const missed = await crew().course.questionable({ ...day(), kind: 'missed' })
    expect(missed.people.map(person => person.bibNumber)).toEqual(['4'])
    await crew().course.setLimits({ ...day(), fastestKmh: 80 })
    expect((await morning.personOf('2')).questions).toEqual([])
    expect(links()).toEqual(before)
    await expect(crew().course.questionable({ ...day(), after: 'x' })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })
})

test('a race that takes longer says so, and its late reads are somebody’s', async () => {
  expect(await crew().course.show(day())).toMatchObject({
    ...{ fastestKmh: 25, fastestIsDefault: true, lastsDays: 3, lastsIsDefault: true },
    ...{ readsFrom: at('00:00:00') - 24 * 3_600_000, readsBefore: at('00:00:00') + 72 * 3_600_000 },
  })
  const seconds = (at('12:00:00') - 4 * 3_600_000) / 1000 + 4 * 86_400
  const text = `TO~1~3~160~18~${seconds.toFixed(2)}~Finish~8~-63~1~P~1`
  await crew().timing.import({ sessionId: morning.session.id, location: 'Finish', text })
  const { groups } = await crew().timing.unlinked({})
  expect(groups).toMatchObject([
    {
      ...{ chip: null, device: 'FINISH', reason: 'no-time', reads: 1 },
      timeProblem: 'its clock says 2021-05-12 12:00:00, the race is on 2021-05-08',
    },
  ])
  await crew().course.setLimits({ ...day(), lastsDays: 6 })
  await eventually(async () => expect((await morning.personOf('3')).reads).toHaveLength(1))
})
