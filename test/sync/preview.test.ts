import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

/** More than are looked at between two turns of the event loop. */
const PEOPLE = 700
const run = (connectionId: string) => world.call().sync.manual({ connectionId, wait: true })
const preview = (connectionId: string, fresh: boolean) => world.call().sync.preview({ connectionId, fresh })
const registered = (place: number): number => {
  const id = world.added[place]?.registrationId
  if (id === undefined) throw new Error(`nobody at ${place}`)
  return id
}
const idOf = (name: string): string => {
  const [row] = world
    .store()
    .read.all<{ id: string }>(
      'SELECT participant_id AS id FROM effective_participants WHERE last_name = ?',
      name,
    )
  if (row === undefined) throw new Error(`nobody is called ${name}`)
  return row.id
}

describe('a preview of more people than a piece holds', () => {
  test('says of everybody what the run stores, whoever’s bib or decision comes from somebody far off', async () => {
    world = await createWorld({ people: PEOPLE })
    const { id } = await world.connect()
    const { registrations, event } = world
    registrations.edit(registered(3), { person: { lastName: 'Decided' } })
    registrations.edit(registered(4), { person: { lastName: 'Leaver' } })
    await run(id)
    await world.call().raceDay.decide({ id: idOf('Decided'), field: 'bib_number', value: '9003' })
    for (let place = 0; place < PEOPLE; place++)
      registrations.edit(registered(place), { person: { city: `Town ${place % 7}` } })
    // One keeps a bib that the source took from him, until it gives it to somebody else; both in one fetch.
    registrations.edit(registered(10), { bib: null })
    registrations.edit(registered(690), { bib: 11 })
    registrations.edit(registered(680), { bib: null })
    registrations.edit(registered(20), { bib: 681 })
    registrations.edit(registered(30), { bib: null })
    // Two with one bib; a third conflict is the decision that follows below.
    registrations.edit(registered(650), { bib: 41 })
    // What was decided of one follows to who is new at the end of the list.
    const [heir] = makePeople({ seed: 99, year: 2026, bibs: ['2000'] })
    if (heir === undefined) throw new Error('there is somebody')
    registrations.transfer(registered(3), { person: { ...heir, lastName: 'Decided' } })
    registrations.remove(registered(4), 'removed')
    registrations.add(event.eventId, { person: { ...heir, lastName: 'New' }, bib: 2001 })

    const before = await preview(id, true)
    await world.call().sync.setFreeze({ frozen: true })
    await run(id)
    const after = await preview(id, false)
    expect({ ...before, calls: 0 }).toEqual({ ...after, calls: 0 })
    expect(before.changed.count).toBeGreaterThan(PEOPLE - 10)
    expect(before.conflicting).toMatchObject({ count: 3 })
    expect(before.gone.count).toBeGreaterThan(0)
  })

  test('shows the first hundred of a first fetch by name, and leaves nothing behind', async () => {
    world = await createWorld({ people: PEOPLE })
    const { id } = await world.connect()
    const before = await preview(id, true)
    expect(before.added.count).toBe(PEOPLE)
    expect(before.added.rows).toHaveLength(100)
    const { people } = world
      .store()
      .read.get<{ people: number }>('SELECT COUNT(*) AS people FROM normalized_participants') ?? {
      people: -1,
    }
    expect(people).toBe(0)
    await world.call().sync.setFreeze({ frozen: true })
    await run(id)
    const after = await preview(id, false)
    expect(after.added.rows.map(row => row.name)).toEqual(before.added.rows.map(row => row.name))
  })
})

/** Resolves when a preview has compared some people and is not through with them. */
const underWay = async (connectionId: string): Promise<void> => {
  for (;;) {
    const { progress } = await world.call().sync.previewProgress({ connectionId })
    if (progress?.step.startsWith('Comparing') && progress.fetched > 0) return
    await setImmediate()
  }
}

describe('while a preview compares', () => {
  test('people change, and its answer is of the moment it ends', async () => {
    world = await createWorld({ people: PEOPLE })
    const { id } = await world.connect()
    await run(id)
    const everybody = world
      .store()
      .read.all<{ id: string }>('SELECT participant_id AS id FROM effective_participants')
    const working = preview(id, false)
    await underWay(id)
    // All at once: each waits for the disk, and the preview for none of them.
    await Promise.all(
      everybody
        .slice(0, 20)
        .concat(everybody.slice(-20))
        .map(({ id: person }) =>
          world.call().raceDay.decide({ id: person, field: 'city', value: 'Castine' }),
        ),
    )
    const answer = await working
    expect(answer.changed.count).toBe(40)
    expect(answer).toEqual(await preview(id, false))
  })

  test('it is cancelled at once', async () => {
    world = await createWorld({ people: PEOPLE })
    const { id } = await world.connect()
    await run(id)
    const stop = new AbortController()
    const working = world.call().sync.preview({ connectionId: id, fresh: false }, { signal: stop.signal })
    await underWay(id)
    stop.abort()
    await expect(working).rejects.toThrow()
    expect(await world.call().sync.previewProgress({ connectionId: id })).toEqual({ progress: null })
  })
})
