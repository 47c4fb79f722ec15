import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

test('a relay whose members share a bib goes to scoring whole, and the desk is shown who wears it', async () => {
  world = await createWorld({ people: 4 })
  const team = world.added.slice(0, 3)
  for (const { registrationId } of team) world.registrations.edit(registrationId, { bib: 901 })
  const { id: connectionId } = await world.connect()
  const { operation } = await world.call().sync.manual({ connectionId, wait: true })
  expect(operation).toMatchObject({ status: 'completed', pushedRecords: 4, errorRecords: 0 })
  const entries = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
  expect(entries.filter(({ entry_bib }) => entry_bib === '901')).toHaveLength(3)
  const found = await world.call().raceDay.lookup({ bib: '901' })
  expect(found.matches).toHaveLength(3)
})

test('a bundle is one person in several events: each has an entry of its own, under its own key', async () => {
  world = await createWorld({ people: 3 })
  const second = world.registrations.addEvent(world.race.raceId, {
    name: '10K',
    distance: '10K',
    startsAt: world.clock() + 5 * 3_600_000,
  })
  const other = world.scoring.addRace(String(world.scored.event_id), { race_name: '10K' })
  const [both] = world.added
  if (both === undefined) throw new Error('nobody is registered')
  world.registrations.add(second.eventId, { person: { ...both.person, bib: '77' } })
  const { id: connectionId } = await world.connect()
  const { operation } = await world.call().sync.manual({ connectionId, wait: true })
  expect(operation).toMatchObject({ status: 'completed', pushedRecords: 4, errorRecords: 0 })
  const entries = [world.scoredRace, other].map(race =>
    world.scoring
      .entriesOf({ raceId: String(race.race_id) })
      .filter(
        entry =>
          entry.athlete_email === both.person.email && entry.athlete_last_name === both.person.lastName,
      ),
  )
  expect(entries.map(({ length }) => length)).toEqual([1, 1])
  expect(entries[0]?.[0]?.entry_external_id).not.toBe(entries[1]?.[0]?.entry_external_id)
})
