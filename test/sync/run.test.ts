import { afterEach, describe, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const open = async (options: WorldOptions = {}) => {
  world = await createWorld(options)
  return world.connect()
}
const run = (connectionId: string, more: { full?: boolean } = {}) =>
  world.call().sync.manual({ connectionId, wait: true, ...more })
const entries = () => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) })
const posts = () => world.ctlive.calls.filter(call => call.method !== 'GET').length

describe('a manual run', () => {
  test('brings everybody in and sends them to scoring, and says what it did', async () => {
    const connection = await open({ people: 30 })
    const answer = await run(connection.id)
    expect(answer).toMatchObject({
      success: true,
      operation: { status: 'completed', addedRecords: 30, pushedRecords: 30, errorRecords: 0 },
    })
    expect(entries()).toHaveLength(30)
    const [match] = (await world.call().raceDay.lookup({ bib: '7' })).matches
    expect(match).toMatchObject({
      bibNumber: '7',
      sourceProvider: 'runsignup',
      eventName: '5K',
      waitsForPush: false,
    })
  })

  test('with nothing new costs two calls and sends nothing', async () => {
    const connection = await open()
    await run(connection.id)
    const before = { source: world.runSignUp.calls.length, target: world.ctlive.calls.length }
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({
      status: 'completed',
      addedRecords: 0,
      changedRecords: 0,
      pushedRecords: 0,
    })
    expect(world.runSignUp.calls.length - before.source).toBe(2)
    expect(world.ctlive.calls.length - before.target).toBe(0)
  })

  test('after one change sends that one person, as a change of the same entry', async () => {
    const connection = await open()
    await run(connection.id)
    const sent = posts()
    const someone = world.added[4]
    if (!someone) throw new Error('no such registration')
    world.registrations.edit(someone.registrationId, { person: { lastName: 'Corrected' } })
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({ changedRecords: 1, pushedRecords: 1 })
    expect(posts() - sent).toBe(1)
    expect(entries()).toHaveLength(20)
    expect(entries().filter(entry => entry.athlete_last_name === 'Corrected')).toHaveLength(1)
  })

  test('keeps a name corrected upstream on the same participant', async () => {
    const connection = await open()
    await run(connection.id)
    const before = (await world.call().raceDay.lookup({ bib: '5' })).matches[0]
    world.registrations.edit(world.added[4]?.registrationId ?? 0, {
      person: { firstName: 'Zoë', lastName: 'Renamed' },
    })
    await run(connection.id)
    const after = (await world.call().raceDay.lookup({ bib: '5' })).matches[0]
    expect(after).toMatchObject({ id: before?.id, lastName: 'Renamed' })
  })

  test('says withdrawn of somebody removed, and deletes nobody', async () => {
    const connection = await open()
    await run(connection.id)
    world.registrations.remove(world.added[2]?.registrationId ?? 0, 'removed')
    const answer = await run(connection.id)
    expect(answer.operation?.changedRecords).toBe(1)
    expect((await world.call().raceDay.lookup({ bib: '3' })).matches[0]?.registrationStatus).toBe('withdrawn')
  })

  test('asks for nobody’s consent twice: without it the push is held and the file is offered', async () => {
    const connection = await open({ inferredAllowed: false })
    const answer = await run(connection.id)
    expect(answer).toMatchObject({
      success: true,
      operation: { status: 'held', heldRecords: 20, pushedRecords: 0, addedRecords: 20 },
    })
    expect(entries()).toHaveLength(0)
    const file = await world.call().connections.export({ id: connection.id })
    expect(file.rows).toBe(20)
    expect(file.text.split('\r\n').filter(Boolean)).toHaveLength(21)
  })
})

describe('the crew’s decisions', () => {
  test('a bib given at the table survives ten syncs and reaches scoring', async () => {
    const connection = await open()
    await run(connection.id)
    const [match] = (await world.call().raceDay.lookup({ bib: '5' })).matches
    if (!match) throw new Error('bib 5 is not there')
    await world
      .callAs('crew', 'Ann')
      .raceDay.decide({ id: match.id, field: 'bib_number', value: '905', reason: 'lost bib' })
    for (let pass = 0; pass < 10; pass += 1) {
      world.registrations.edit(world.added[4]?.registrationId ?? 0, { bib: 5 + pass * 100 })
      await run(connection.id, { full: pass % 2 === 0 })
    }
    const [after] = (await world.call().raceDay.lookup({ bib: '905' })).matches
    expect(after).toMatchObject({
      id: match.id,
      bibNumber: '905',
      overrides: [{ field: 'bib_number', decidedBy: 'Ann', reason: 'lost bib' }],
    })
    // The source ended at 905 by its own way: nothing differs any more.
    expect(after?.sourceDiffers).toEqual([])
    expect(entries().find(entry => entry.entry_bib === '905')).toBeDefined()
  })

  test('a blank bib from the source blanks nothing, until the source gives that bib to somebody else', async () => {
    const connection = await open()
    await run(connection.id)
    world.registrations.edit(world.added[4]?.registrationId ?? 0, { bib: null })
    await run(connection.id)
    const [kept] = (await world.call().raceDay.lookup({ bib: '5' })).matches
    expect(kept?.sourceParticipantId).toBe(String(world.added[4]?.registrationId))
    world.registrations.edit(world.added[9]?.registrationId ?? 0, { bib: 5 })
    await run(connection.id)
    const holders = (await world.call().raceDay.lookup({ bib: '5' })).matches
    expect(holders.map(match => match.sourceParticipantId)).toEqual([String(world.added[9]?.registrationId)])
    const audit = await world.call().system.audit({ rowId: kept?.id ?? '' })
    expect(audit.entries[0]?.action).toBe('bib given to somebody else by the source')
  })
})

describe('when the outside is in trouble', () => {
  test('wrong keys end the run with their code, and no key is in any message', async () => {
    world = await createWorld()
    const connection = await world.connect({
      sourceCredentials: { ...world.keys, api_secret: 'wrong-canary-1' },
    })
    const answer = await run(connection.id)
    expect(answer).toMatchObject({
      success: false,
      operation: { status: 'failed', errorCode: 'provider.keys-refused' },
    })
    expect(JSON.stringify(answer)).not.toContain('canary')
  })

  for (const [kind, code] of [
    ['html', 'provider.unreadable'],
    ['half', 'network.unreachable'],
  ] as const) {
    test(`${kind === 'html' ? 'a web page instead of data' : 'half a page'} on page 2 stores page 1, says nobody is gone, and goes on there`, async () => {
      const connection = await open({ people: 2600 })
      world.runSignUp.faults.add({ path: 'after_registration_id', times: 99, kind })
      const cut = await run(connection.id)
      expect(cut.operation).toMatchObject({ errorCode: code, addedRecords: 2500, goneRecords: 0 })
      world.runSignUp.faults.clear()
      const calls = world.runSignUp.calls.length
      const rest = await run(connection.id)
      expect(rest.success).toBe(true)
      expect(entries()).toHaveLength(2600)
      const first = world.runSignUp.calls[calls]
      expect(first?.query.after_registration_id).toBe(String(world.added[2499]?.registrationId))
    }, 60_000)
  }

  test('a network that is gone makes the run wait, says so, and goes on by itself when it is back', async () => {
    const connection = await open()
    world.runSignUp.faults.down = true
    const answer = await run(connection.id)
    expect(answer).toMatchObject({
      success: false,
      operation: { status: 'waiting', errorCode: 'network.unreachable' },
    })
    expect((await world.call().system.health()).network.state).toBe('down')
    world.runSignUp.faults.down = false
    const ended = await waitFor(
      () => lastOperation(connection.id),
      row => row?.status === 'completed',
    )
    expect(ended).toMatchObject({ id: answer.operationId, addedRecords: 20, pushedRecords: 20 })
    expect((await world.call().system.health()).network.state).toBe('up')
  })

  test('a push that broke off after the entry was made enters nobody twice', async () => {
    const connection = await open()
    world.ctlive.faults.add({ method: 'POST', path: '/entry', times: 4, kind: 'half' })
    await run(connection.id)
    await waitFor(
      () => lastOperation(connection.id),
      row => row?.status === 'completed',
    )
    expect(entries()).toHaveLength(20)
    expect(new Set(entries().map(entry => entry.entry_external_id)).size).toBe(20)
  })

  test('what scoring answered is kept though one answer is still out: after that only that one is sent again', async () => {
    const connection = await open()
    await run(connection.id)
    const bibs = Array.from({ length: 40 }, (_, n) => String(1001 + n))
    for (const person of makePeople({ seed: 8, year: 2026, bibs }))
      world.registrations.add(world.event.eventId, { person })
    world.ctlive.faults.add({ method: 'POST', path: '/entry', kind: 'hang' })
    const { operationId } = await world.call().sync.manual({ connectionId: connection.id })
    const accepted = async () =>
      world
        .store()
        .read.get<{ n: number }>(`SELECT COUNT(*) AS n FROM push_receipts WHERE accepted_hash <> ''`)?.n
    await waitFor(accepted, count => count === 59)
    expect((await world.call().sync.operation({ id: operationId })).status).toBe('running')
    await world.call().sync.cancel({ id: operationId })
    const sent = posts()
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 1 })
    expect(posts() - sent).toBe(1)
    expect(entries()).toHaveLength(60)
  })

  test('one refused entry is trouble with one record; it is named, and tried again on demand', async () => {
    const connection = await open()
    world.ctlive.faults.add({
      method: 'POST',
      path: '/entry',
      kind: 'status',
      status: 400,
      body: 'athlete_birthdate is no date',
    })
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({ status: 'completed', pushedRecords: 19, errorRecords: 1 })
    const { errors } = await world.call().sync.operation({ id: answer.operationId })
    expect(errors).toMatchObject([{ stage: 'push', code: 'entry.invalid' }])
    const again = await world.call().sync.retryFailed({ id: answer.operationId, wait: true })
    expect(again.operation).toMatchObject({ status: 'completed', pushedRecords: 1 })
    expect(entries()).toHaveLength(20)
  })

  test('an event that scoring has no race for is said, and keeps no other event waiting', async () => {
    const connection = await open()
    const other = world.registrations.addEvent(world.race.raceId, {
      name: 'Half',
      distance: 'Half Marathon',
      startsAt: Date.now() + 3 * 3_600_000,
    })
    const [person] = makePeople({ seed: 9, year: 2026, bibs: ['700'] })
    if (!person) throw new Error('nobody made')
    world.registrations.add(other.eventId, { person })
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({
      status: 'completed',
      addedRecords: 21,
      pushedRecords: 20,
      errorRecords: 1,
    })
    const { errors } = await world.call().sync.operation({ id: answer.operationId })
    expect(errors).toMatchObject([{ code: 'entry.no-race', message: expect.stringContaining('Half') }])
    const raceId = String(world.scoring.addRace(String(world.scored.event_id), { race_name: 'Half' }).race_id)
    expect((await run(connection.id)).operation).toMatchObject({ pushedRecords: 1, errorRecords: 0 })
    expect(world.scoring.entriesOf({ raceId })).toHaveLength(1)
  })

  test('people of past years, under the same names, are kept here and not sent', async () => {
    const connection = await open()
    const startsAt = Date.now() - 365 * 24 * 3_600_000
    const lastYear = world.registrations.addEvent(world.race.raceId, { name: '5K', distance: '5K', startsAt })
    for (const person of makePeople({ seed: 9, year: 2025, bibs: ['1', '2'] })) {
      world.registrations.add(lastYear.eventId, { person })
    }
    expect((await run(connection.id)).operation).toMatchObject({ addedRecords: 22, pushedRecords: 20 })
    expect(entries()).toHaveLength(20)
  })

  test('a held run needs no keys of the scoring provider', async () => {
    world = await createWorld({ inferredAllowed: false })
    const connection = await world.connect({ targetCredentials: {} })
    expect((await run(connection.id)).operation).toMatchObject({ status: 'held', heldRecords: 20 })
  })

  test('an empty answer to a full fetch calls nobody gone', async () => {
    const connection = await open()
    await run(connection.id)
    for (const registration of world.added) world.registrations.remove(registration.registrationId, 'cleared')
    world.runSignUp.faults.add({ path: 'removed-participants', kind: 'status', status: 200, body: '[]' })
    const answer = await run(connection.id, { full: true })
    expect(answer.operation?.goneRecords).toBe(0)
    expect((await world.call().raceDay.lookup({ bib: '3' })).matches[0]?.registrationStatus).toBe(
      'registered',
    )
  })

  test('somebody who is in no list any more is gone, by a complete fetch only, and is back when they are', async () => {
    const connection = await open()
    await run(connection.id)
    const [someone] = world.added
    const only = (hidden: boolean): void => {
      world.runSignUp.faults.clear()
      if (!hidden) return
      const rows = world.added.slice(1).map(({ registrationId, person, bib }) => ({
        registration_id: registrationId,
        bib_num: bib,
        user: { first_name: person.firstName, last_name: person.lastName },
      }))
      const body = JSON.stringify([
        { event: { event_id: world.event.eventId, participants: [] }, participants: rows },
      ])
      world.runSignUp.faults.add({ path: '/participants?', kind: 'status', status: 200, body })
    }
    const statusOf = async () =>
      (await world.call().raceDay.lookup({ bib: '1' })).matches[0]?.registrationStatus
    only(true)
    expect((await run(connection.id)).operation?.goneRecords).toBe(0)
    expect(await statusOf()).toBe('registered')
    only(true)
    expect((await run(connection.id, { full: true })).operation?.goneRecords).toBe(1)
    expect(await statusOf()).toBe('gone')
    only(false)
    await run(connection.id, { full: true })
    expect(await statusOf()).toBe('registered')
    expect(someone?.bib).toBe(1)
  })

  test('a run that was cut by a restart goes on after it', async () => {
    const connection = await open()
    world.runSignUp.faults.add({ path: '/participants', kind: 'hang' })
    const { operationId } = await world.call().sync.manual({ connectionId: connection.id })
    // In the middle of the call that is never answered.
    await waitFor(
      async () => world.runSignUp.calls.some(call => call.fault === 'hang'),
      hangs => hangs,
    )
    expect((await lastOperation(connection.id))?.status).toBe('running')
    await world.restart()
    const ended = await waitFor(
      () => lastOperation(connection.id),
      row => row?.status === 'completed',
    )
    expect(ended).toMatchObject({ id: operationId, addedRecords: 20 })
  })
})

describe('a preview', () => {
  test('says what a run would do and changes nothing', async () => {
    const connection = await open()
    const before = await world.call().sync.preview({ connectionId: connection.id })
    expect(before).toMatchObject({ added: { count: 20 }, changed: { count: 0 }, inferred: true })
    expect((await world.call().raceDay.lookup({ bib: '7' })).matches).toEqual([])
    expect(posts()).toBe(0)
    await run(connection.id)
    world.registrations.edit(world.added[4]?.registrationId ?? 0, { person: { lastName: 'Corrected' } })
    const preview = await world.call().sync.preview({ connectionId: connection.id })
    expect(preview).toMatchObject({ added: { count: 0 }, changed: { count: 1 }, unchanged: 19 })
    expect(preview.changed.rows[0]?.changes).toContainEqual(
      expect.objectContaining({ field: 'athlete_last_name', new: 'Corrected' }),
    )
    const ran = await run(connection.id)
    expect(ran.operation?.pushedRecords).toBe(preview.changed.count)
  })
})

const lastOperation = async (connectionId: string) =>
  (await world.call().sync.status({ connectionId })).recentOperations[0]

async function waitFor<T>(look: () => Promise<T>, good: (value: T) => boolean, ms = 8000): Promise<T> {
  const until = Date.now() + ms
  for (;;) {
    const value = await look()
    if (good(value)) return value
    if (Date.now() > until) throw new Error(`waited ${ms} ms in vain: ${JSON.stringify(value)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
