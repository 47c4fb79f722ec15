import { afterEach, expect, test } from 'vitest'
import type { Choice } from '../../src/core/mapping.ts'
import { createWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const open = async (options: WorldOptions = {}) => {
  world = await createWorld({ people: 8, ...options })
  return (await world.connect()).id
}
const mapping = () => world.callAs('manager', 'Ann').mapping
const sync = async (connectionId: string) => {
  const { operation } = await world.call().sync.manual({ connectionId, wait: true })
  if (operation === null) throw new Error('the sync did not end')
  return operation
}
const refusedOf = async (id: string) => (await world.call().sync.operation({ id })).errors
const entries = () => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
const sexes = () => new Set(entries().map(entry => entry.athlete_sex))
const registered = (place: number) => world.added[place]?.registrationId ?? 0
const letters: Choice = {
  inputs: ['gender'],
  transforms: [
    {
      kind: 'codes',
      table: [
        { from: 'F', to: 'X' },
        { from: 'f.', to: 'X' },
      ],
      otherwise: 'keep',
    },
  ],
}
const ofSex = (athlete_sex: Choice) => ({ source: {}, target: { athlete_sex } })

test('a code table reaches who was pushed before, once; going back sends the letters again', async () => {
  const id = await open()
  await sync(id)
  expect([...sexes()].sort()).toEqual(['F', 'M'])
  const women = entries().filter(entry => entry.athlete_sex === 'F').length
  await mapping().save({ id, mappingConfig: ofSex(letters), note: 'letters for the results' })
  expect(await sync(id)).toMatchObject({ pushedRecords: women, errorRecords: 0 })
  expect([...sexes()].sort()).toEqual(['M', 'X'])
  expect(await sync(id)).toMatchObject({ pushedRecords: 0 })

  const { version } = await mapping().restore({ id, version: 0 })
  expect(await sync(id)).toMatchObject({ pushedRecords: women })
  expect([...sexes()].sort()).toEqual(['F', 'M'])
  const { versions } = await mapping().versions({ id })
  expect(versions.map(one => one.version)).toEqual([version, version - 1, 0])
  expect(versions[0]).toMatchObject({ restoredFrom: 0, savedBy: 'Ann', note: null })
  expect(versions[1]).toMatchObject({
    restoredFrom: null,
    savedBy: 'Ann',
    note: 'letters for the results',
    changes: [
      {
        side: 'target',
        field: 'athlete_sex',
        before: 'the provider’s default',
        after: 'gender · codes F → X, f. → X, else keep',
      },
    ],
  })
  expect((await mapping().diff({ id, from: version - 1, to: version })).changes).toHaveLength(1)
  expect((await mapping().diff({ id, from: 0, to: version })).changes).toEqual([])
})

test('a mapping saved while entries are being sent reaches them with the next sync', async () => {
  let saving: Promise<unknown> | null = null
  const id = await open({
    config: {
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (init?.method === 'POST') saving ??= mapping().save({ id, mappingConfig: ofSex(letters) })
        await saving
        return answer
      },
    },
  })
  await sync(id)
  expect(saving).not.toBe(null)
  await sync(id)
  expect([...sexes()].sort()).toEqual(['M', 'X'])
})

test('a mapping saved while people are being fetched is not forgotten either', async () => {
  let saving: Promise<unknown> | null = null
  let fetching = false
  const id = await open({
    config: {
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (fetching) saving ??= mapping().save({ id, mappingConfig: ofSex(letters) })
        await saving
        return answer
      },
    },
  })
  await sync(id)
  fetching = true
  expect((await sync(id)).pushedRecords).toBeGreaterThan(0)
  expect([...sexes()].sort()).toEqual(['M', 'X'])
})

test('who a rule refuses is listed with field and reason, and everybody else goes', async () => {
  const id = await open()
  world.registrations.edit(registered(2), { person: { gender: 'X' } })
  await mapping().save({
    id,
    mappingConfig: ofSex({
      inputs: ['gender'],
      transforms: [
        {
          kind: 'codes',
          table: [
            { from: 'F', to: 'F' },
            { from: 'M', to: 'M' },
          ],
          otherwise: 'refuse',
        },
      ],
    }),
  })
  const preview = await world.call().sync.preview({ connectionId: id })
  expect(preview.added.count).toBe(7)
  expect(preview.refused.rows).toMatchObject([
    { bibNumber: '3', field: 'athlete_sex', code: 'mapping.refused' },
  ])
  const operation = await sync(id)
  expect(operation).toMatchObject({ pushedRecords: 7, errorRecords: 1 })
  expect(await refusedOf(operation.id)).toMatchObject([
    {
      stage: 'map',
      code: 'mapping.refused',
      field: 'athlete_sex',
      message: 'Sex (M, F, X): “X” is not in the code table',
      sourceParticipantId: String(registered(2)),
    },
  ])
  expect(entries()).toHaveLength(7)
  expect(await mapping().fitness({ id })).toMatchObject({
    people: 8,
    fit: 7,
    refused: [{ field: 'athlete_sex', people: 1, first: [{ bibNumber: '3' }] }],
  })
})

test('who the source’s side refuses is kept here, not sent, and goes once the crew has said it', async () => {
  const id = await open()
  await sync(id)
  const strict: Choice = {
    inputs: ['user.gender'],
    transforms: [
      {
        kind: 'codes',
        table: [
          { from: 'M', to: 'M' },
          { from: 'F', to: 'F' },
        ],
        otherwise: 'refuse',
      },
    ],
  }
  await mapping().save({ id, mappingConfig: { source: { gender: strict }, target: {} } })
  world.registrations.edit(registered(4), { person: { gender: 'X', lastName: 'Newname' } })
  const operation = await sync(id)
  expect(operation).toMatchObject({ changedRecords: 1, pushedRecords: 0, errorRecords: 1 })
  expect(await refusedOf(operation.id)).toMatchObject([
    { stage: 'map', field: 'gender', name: expect.stringContaining('Newname') },
  ])
  const [somebody] = (await world.call().raceDay.lookup({ bib: '5' })).matches
  await world.call().raceDay.decide({ id: somebody?.id ?? '', field: 'gender', value: 'F' })
  expect(await sync(id)).toMatchObject({ pushedRecords: 1, errorRecords: 0 })
  expect(entries().filter(entry => entry.athlete_last_name === 'Newname')).toMatchObject([
    { athlete_sex: 'F' },
  ])
})

test('a wrong mapping is refused with the field’s name, through each door, and nothing of it is saved or sent', async () => {
  const id = await open()
  await sync(id)
  const before = await mapping().shown({ id })
  const calls = world.ctlive.calls.length
  const circle = { source: {}, target: { team_name: '=wave_name', wave_name: '=team_name' } }
  const wrong = {
    code: 'input.invalid',
    message: expect.stringContaining('goes round in a circle: team_name → wave_name → team_name'),
  }
  await expect(mapping().save({ id, mappingConfig: circle })).rejects.toMatchObject(wrong)
  await expect(world.call().connections.update({ id, mappingConfig: circle })).rejects.toMatchObject(wrong)
  await expect(world.connect({ connectionName: 'Another', mappingConfig: circle })).rejects.toMatchObject(
    wrong,
  )
  const later: Choice = JSON.parse('{"inputs":["gender"],"transforms":[{"kind":"rot13"}]}')
  await expect(mapping().save({ id, mappingConfig: ofSex(later) })).rejects.toMatchObject({
    data: { issues: [{ path: ['mappingConfig', 'target', 'athlete_sex'] }] },
  })
  expect((await mapping().preview({ id, mappingConfig: circle })).problems).toMatchObject([
    { field: 'team_name' },
  ])
  expect((await mapping().shown({ id })).version).toBe(before.version)
  await sync(id)
  expect(world.ctlive.calls.length).toBe(calls)
})

test('a version made from an older one does not cover up what was saved meanwhile', async () => {
  const id = await open()
  const { version } = await mapping().shown({ id })
  await mapping().save({ id, mappingConfig: ofSex(letters), basedOn: version })
  await expect(mapping().save({ id, mappingConfig: ofSex(null), basedOn: version })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Ann'),
  })
})

test('five real people are shown through a mapping that is not saved, and a crew’s value stands above it', async () => {
  const id = await open()
  await sync(id)
  const [somebody] = (await world.call().raceDay.lookup({ bib: '1' })).matches
  await world.call().raceDay.decide({ id: somebody?.id ?? '', field: 'city', value: 'Castine' })
  const tried = await mapping().preview({
    id,
    mappingConfig: { source: { city: 'user.address.state', chips: null }, target: { athlete_sex: letters } },
  })
  expect(tried).toMatchObject({ total: 8, row: 0, problems: [] })
  expect(tried.people).toHaveLength(5)
  const place = tried.rows.findIndex(row => row.target?.field === 'athlete_sex')
  for (const { cells } of tried.people) expect(['M', 'X']).toContain(cells[place]?.sent)
  const everybody = [
    ...tried.people,
    ...(await mapping().preview({ id, row: 5, mappingConfig: tried.mappingConfig })).people,
  ]
  const city = tried.rows.findIndex(row => row.ours === 'city')
  for (const { bibNumber, cells } of everybody) {
    const mine = bibNumber === '1'
    expect(cells[city]).toMatchObject({ overridden: mine, sent: mine ? 'Castine' : cells[city]?.said })
  }
  const rows = tried.rows.map(row => row.ours)
  for (const ours of ['chips', 'emergency_contact', 'division']) expect(rows).toContain(ours)
  expect((await mapping().shown({ id })).people[0]?.cells[place]?.sent).toMatch(/^[MFX]$/)
})

test('what the provider says is found in the rows it gave', async () => {
  const id = await open()
  expect(await mapping().sourcePaths({ id })).toEqual({ rows: 0, paths: [] })
  await sync(id)
  const { rows, paths } = await mapping().sourcePaths({ id })
  expect(rows).toBe(8)
  const lastName = paths.find(found => found.path === 'user.last_name')
  expect(lastName?.filled).toBe(8)
  expect(world.added.map(({ person }) => person.lastName)).toContain(lastName?.samples[0])
})

test('a preview says how far it is while it fetches, and one that is stopped leaves nothing behind', async () => {
  const seen: unknown[] = []
  let watched: string | null = null
  const stop = new AbortController()
  const id = await open({
    config: {
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (watched === null) return answer
        seen.push((await world.call().sync.previewProgress({ connectionId: watched })).progress)
        if (seen.length > 3) stop.abort()
        return answer
      },
    },
  })
  watched = id
  await world.call().sync.preview({ connectionId: id })
  expect(seen.at(-1)).toMatchObject({ step: 'Fetching 5K', calls: seen.length })
  expect(await world.call().sync.previewProgress({ connectionId: id })).toEqual({ progress: null })
  seen.push(null, null, null)
  const cut = world.call().sync.preview({ connectionId: id }, { signal: stop.signal })
  await expect(cut).rejects.toThrow()
  expect(await world.call().sync.previewProgress({ connectionId: id })).toEqual({ progress: null })
  expect(world.store().read.all('SELECT id FROM normalized_participants')).toEqual([])
})

test('reading what is stored by another mapping brings nobody back who is gone', async () => {
  const id = await open()
  await sync(id)
  world.registrations.remove(registered(1), 'removed')
  await sync(id)
  world
    .store()
    .write(writer =>
      writer.run(`UPDATE normalized_participants SET registration_status = 'gone' WHERE bib_number = '4'`),
    )
  await mapping().save({ id, mappingConfig: { source: { city: 'user.address.state' }, target: {} } })
  const statuses = world
    .store()
    .read.all<{ bib: string; status: string; city: string }>(
      'SELECT bib_number AS bib, registration_status AS status, city FROM normalized_participants',
    )
  expect(statuses.find(row => row.bib === '4')?.status).toBe('gone')
  expect(statuses.find(row => row.bib === '2')?.status).toBe('withdrawn')
  expect(statuses.find(row => row.bib === '1')?.city).toHaveLength(2)
})
