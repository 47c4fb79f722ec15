import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestClock, createWorld, type World } from '../support/world.ts'

const clock = createTestClock()
let world: World
let raceDayId: string
beforeEach(async () => {
  world = await createWorld({ people: 25, clock })
  const connection = await world.connect()
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  raceDayId = (await world.call().raceDay.raceDays()).raceDays[0]?.id ?? ''
})
afterEach(() => world.stop())

const search = (q: string) => world.call().raceDay.search({ q, raceDayId })
const lookup = async (q: string) => (await world.call().raceDay.lookup({ q, raceDayId })).matches

test('what is typed finds whom a lookup finds, in its order, as a list shows them; the one on top whole', async () => {
  const [first] = await lookup('7')
  for (const typed of [
    '7',
    first?.lastName ?? '',
    first?.firstName?.slice(0, 2) ?? '',
    'nobody by this name',
  ]) {
    const { people, best } = await search(typed)
    const matches = await lookup(typed)
    expect(
      people.map(({ id }) => id),
      typed,
    ).toEqual(matches.map(({ id }) => id))
    for (const [place, person] of people.entries()) expect(matches[place]).toMatchObject(person)
    expect(best).toEqual(matches[0] ?? null)
  }
})

test('the only one who wears exactly what was typed is meant, whoever stands above', async () => {
  const [one, other] = [(await lookup('3'))[0], (await lookup('4'))[0]]
  const decide = (id: string | undefined, value: string) =>
    world.call().raceDay.decide({ id: id ?? '', field: 'bib_number', value })
  await decide(one?.id, 'A77')
  clock.advance(1000)
  await decide(other?.id, 'a77')
  const { people, best } = await search('A77')
  expect(people.map(({ id }) => id)).toEqual([other?.id, one?.id])
  expect(best?.id).toBe(one?.id)
  expect((await search('a77')).best?.id).toBe(other?.id)
})

test('whoever stopped waiting is not searched for', async () => {
  const stop = new AbortController()
  const asked = world.call().raceDay.search({ q: '7', raceDayId }, { signal: stop.signal })
  stop.abort()
  expect(await asked.catch(() => ({ people: [] }))).toMatchObject({ people: [] })
})

test('what all of an event share is said as it is now: its race day, its course, its connection', async () => {
  const call = world.call()
  const [day] = (await call.raceDay.raceDays()).raceDays
  const eventId = day?.events[0]?.id ?? ''
  const person = (await lookup('5'))[0]
  const id = person?.id ?? ''
  const session = await call.timing.addSession({ sessionName: 'Harbor', raceDayId })
  const at = Date.parse('2026-05-09T08:31:00Z') / 1000
  const text = [0, 1800].map((after, n) => `TO~${n}~5~160~18~${at + after}~12000C~8~-63~1~P~1`).join('\n')
  await call.timing.import({ sessionId: session.id, location: 'Finish', text })
  const laps = async () =>
    (await call.raceDay.participant({ id })).reads.map(read => [read.laps, read.isFinish])
  expect(await laps()).toEqual([
    [1, false],
    [1, true],
  ])
  await call.course.setPoint({ id: raceDayId, eventId, location: 'Finish', laps: 2 })
  expect(await laps()).toEqual([
    [2, true],
    [2, false],
  ])
  const walkUp = await call.raceDay.addWalkUp({
    eventId,
    firstName: 'Wanda',
    lastName: 'Late',
    bibNumber: '5',
  })
  expect((await call.raceDay.participant({ id })).sameBib).toMatchObject([{ id: walkUp.id }])
  await call.raceDay.updateRaceDay({ id: raceDayId, eventIds: [] })
  expect((await call.raceDay.participant({ id })).reads.every(read => read.laps !== 2)).toBe(true)
})
