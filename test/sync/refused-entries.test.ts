import { afterEach, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

test('of 5,000 entries the 37 that scoring refuses are listed with its words and tried again alone', async () => {
  world = await createWorld({ people: 20 })
  const { id: connectionId } = await world.connect()
  const run = () => world.call().sync.manual({ connectionId, wait: true })
  const entries = () => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  await run()
  const bibs = Array.from({ length: 4980 }, (_, index) => String(21 + index))
  for (const person of makePeople({ seed: 8, year: 2026, bibs }))
    world.registrations.add(world.event.eventId, { person })
  const body = 'athlete_birthdate is after the race'
  world.ctlive.faults.add({ method: 'POST', path: '/entry', kind: 'status', status: 400, times: 37, body })
  const answer = await run()
  expect(answer.operation).toMatchObject({ status: 'completed', pushedRecords: 4943, errorRecords: 37 })
  expect(entries()).toHaveLength(4963)
  const { errors } = await world.call().sync.operation({ id: answer.operationId })
  expect(errors).toHaveLength(37)
  expect(errors.every(({ name, message }) => name !== null && message.includes(body))).toBe(true)
  const before = world.ctlive.calls.length
  const again = await world.call().sync.retryFailed({ id: answer.operationId, wait: true })
  expect(again.operation).toMatchObject({ status: 'completed', pushedRecords: 37, errorRecords: 0 })
  expect(world.ctlive.calls.slice(before).filter(({ method }) => method !== 'GET')).toHaveLength(37)
  expect(new Set(entries().map(entry => entry.entry_external_id)).size).toBe(5000)
}, 120_000)
