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
const writes = () => world.ctlive.calls.filter(call => call.method !== 'GET').length
const bibOf = async (q: string) => (await world.call().raceDay.lookup({ bib: q })).matches[0]

/** Scoring keeps another value than it was sent, as long as this is on. */
const distort = (change: (fields: Record<string, string>) => Record<string, string>): (() => void) => {
  const { addEntry, editEntry } = world.scoring
  world.scoring.addEntry = (raceId, fields) => addEntry(raceId, change({ ...fields }))
  world.scoring.editEntry = (entryId, fields) => editEntry(entryId, change({ ...fields }))
  return () => Object.assign(world.scoring, { addEntry, editEntry })
}

describe('the first live use of a push nobody has confirmed', () => {
  test('sends five, reads them back, and then the rest; the next run asks no more', async () => {
    const connection = await open()
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 20 })
    const calls = world.ctlive.calls.map(({ method, path }) => `${method} ${path}`)
    const firstFive = calls.findIndex((_, at) => calls.slice(0, at + 1).filter(isWrite).length === 5)
    expect(calls[firstFive + 1]).toMatch(/^GET .*\/entry/)
    expect(world.store().read.all('SELECT operation, how FROM evidence_seen')).toEqual([
      { operation: 'push', how: '5 entries came back as sent' },
    ])
    world.registrations.edit(world.added[4]?.registrationId ?? 0, { person: { lastName: 'Corrected' } })
    const before = world.ctlive.calls.length
    await run(connection.id)
    expect(world.ctlive.calls.length - before).toBe(1)
  })

  test('that comes back otherwise holds the rest, names the field, and is no longer allowed', async () => {
    const connection = await open()
    const straight = distort(fields => ({ ...fields, entry_bib: `0${fields.entry_bib}` }))
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({
      status: 'held',
      errorCode: 'sync.first-use',
      heldRecords: 15,
      errorRecords: 5,
    })
    expect(entries()).toHaveLength(5)
    const { errors } = await world.call().sync.operation({ id: answer.operationId })
    expect(errors[0]).toMatchObject({ code: 'entry.differs' })
    expect(errors[0]?.message).toMatch(/entry_bib sent \d+, came back 0\d+/)
    expect((await world.call().connections.get({ id: connection.id })).inferredAllowed).toBe(false)
    expect((await run(connection.id)).operation).toMatchObject({ errorCode: 'provider.unconfirmed' })
    expect(entries()).toHaveLength(5)
    straight()
    await world.call().connections.update({ id: connection.id, inferredAllowed: true })
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 20 })
    expect(
      entries()
        .map(entry => Number(entry.entry_bib))
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(entries().every(entry => !entry.entry_bib?.startsWith('0'))).toBe(true)
  })

  test('that loses a field of one entry holds it again and says which', async () => {
    const connection = await open()
    let written = 0
    distort(fields => (++written === 3 ? { ...fields, athlete_birthdate: '' } : fields))
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({ status: 'held', errorRecords: 1 })
    expect(answer.message).toMatch(/athlete_birthdate sent .*, nothing came back/)
  })
})

describe('pushing that is frozen', () => {
  test('fetches, sends nothing, says by whom, and sends when it is let go', async () => {
    const connection = await open()
    await world.callAs('crew', 'Ann').sync.setFreeze({ frozen: true })
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({
      status: 'held',
      errorCode: 'sync.frozen',
      addedRecords: 20,
      heldRecords: 20,
      pushedRecords: 0,
    })
    expect(answer.message).toContain('Ann')
    expect(writes()).toBe(0)
    await world.restart()
    expect((await world.call().sync.freeze()).frozen).toMatchObject({ by: 'Ann' })
    await world.callAs('crew', 'Bo').sync.setFreeze({ frozen: false })
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 20 })
    const audit = await world.call().system.audit({ rowId: 'push_frozen' })
    expect(audit.entries.map(({ action, actor }) => `${actor}: ${action}`)).toEqual([
      'Bo: pushing unfrozen',
      'Ann: pushing frozen',
    ])
  })
})

describe('a run within a day of the start', () => {
  const rebib = (people: number): void => {
    for (const { registrationId, bib } of world.added.slice(0, people))
      world.registrations.edit(registrationId, { bib: (bib ?? 0) + 1000 })
  }

  test('that would change more than five bibs stores and sends none of them until somebody lets it go on', async () => {
    const connection = await open()
    await run(connection.id)
    rebib(6)
    const sent = writes()
    const answer = await run(connection.id)
    expect(answer).toMatchObject({ success: false, operation: { status: 'needs-a-look', pushedRecords: 0 } })
    expect(answer.message).toContain('change 6 bibs of 20 people')
    expect(await bibOf('1001')).toBeUndefined()
    expect(writes()).toBe(sent)
    const { looks } = await world.call().sync.operation({ id: answer.operationId })
    expect(looks).toMatchObject([{ stage: 'fetch', allowed: 5, bibs: { count: 6 }, gone: { count: 0 } }])
    expect(looks[0]?.bibs.rows).toContainEqual(expect.objectContaining({ bib: '1', newBib: '1001' }))
    const went = await world.callAs('crew', 'Ann').sync.goOn({ id: answer.operationId, wait: true })
    expect(went).toMatchObject({
      operationId: answer.operationId,
      operation: { status: 'completed', pushedRecords: 6 },
    })
    expect(await bibOf('1001')).toBeDefined()
    expect(entries().filter(entry => Number(entry.entry_bib) > 1000)).toHaveLength(6)
    const after = await world.call().sync.operation({ id: answer.operationId })
    expect(after.looks).toMatchObject([{ decision: 'go-on', decidedBy: 'Ann' }])
    await expect(world.call().sync.goOn({ id: answer.operationId })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('that would change five goes on by itself', async () => {
    const connection = await open()
    await run(connection.id)
    rebib(5)
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 5 })
  })

  test('may change one in a hundred of many people', async () => {
    const connection = await open({ people: 700 })
    await run(connection.id)
    rebib(7)
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 7 })
    for (const { registrationId, bib } of world.added.slice(0, 8))
      world.registrations.edit(registrationId, { bib: (bib ?? 0) + 3000 })
    expect((await run(connection.id)).operation?.status).toBe('needs-a-look')
  }, 20_000)

  test('that lost many from a complete fetch calls nobody gone until somebody looked; cancelled, nothing changes', async () => {
    const connection = await open()
    await run(connection.id)
    const rows = world.added.slice(6).map(({ registrationId, person, bib }) => ({
      registration_id: registrationId,
      bib_num: bib,
      user: { first_name: person.firstName, last_name: person.lastName },
    }))
    const body = JSON.stringify([
      { event: { event_id: world.event.eventId, participants: [] }, participants: rows },
    ])
    world.runSignUp.faults.add({ path: '/participants?', kind: 'status', status: 200, body })
    const answer = await run(connection.id, { full: true })
    expect(answer.operation).toMatchObject({ status: 'needs-a-look', goneRecords: 0 })
    expect(answer.message).toContain('call 6 gone')
    expect((await bibOf('1'))?.registrationStatus).toBe('registered')
    const cancelled = await world.call().sync.cancel({ id: answer.operationId })
    expect(cancelled.status).toBe('cancelled')
    // The provider is well again.
    world.runSignUp.faults.clear()
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', goneRecords: 0 })
    expect((await bibOf('1'))?.registrationStatus).toBe('registered')
  })

  test('asks again when the source has changed more since somebody looked', async () => {
    const connection = await open()
    await run(connection.id)
    rebib(6)
    const first = await run(connection.id)
    rebib(14)
    const went = await world.call().sync.goOn({ id: first.operationId, wait: true })
    expect(went.operation?.status).toBe('needs-a-look')
  })

  test('asks before a mapping changes the bibs at the target, for it changes none here', async () => {
    const connection = await open()
    await run(connection.id)
    await world.call().connections.update({
      id: connection.id,
      mappingConfig: { source: {}, target: { entry_bib: 'phone' } },
    })
    const sent = writes()
    const answer = await run(connection.id)
    expect(answer.operation).toMatchObject({ status: 'needs-a-look', pushedRecords: 0 })
    const { looks } = await world.call().sync.operation({ id: answer.operationId })
    expect(looks).toMatchObject([{ stage: 'push', bibs: { count: 20 } }])
    expect(writes()).toBe(sent)
    await world.call().connections.update({ id: connection.id, mappingConfig: { source: {}, target: {} } })
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 0 })
    await expect(world.call().sync.goOn({ id: answer.operationId })).rejects.toMatchObject({
      message: expect.stringContaining('a later run'),
    })
  })

  test('takes the crew’s own bibs to scoring, however many', async () => {
    const connection = await open()
    await run(connection.id)
    for (let bib = 1; bib <= 8; bib += 1) {
      const person = await bibOf(String(bib))
      if (!person) throw new Error(`bib ${bib} is not there`)
      await world
        .callAs('crew', 'Ann')
        .raceDay.decide({ id: person.id, field: 'bib_number', value: String(500 + bib), reason: 'new bibs' })
    }
    expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 8 })
  })
})

test('further from the start many bibs may change', async () => {
  const connection = await open({ people: 1 })
  const startsAt = Date.now() + 72 * 3_600_000
  const later = world.registrations.addEvent(world.race.raceId, { name: 'Half', distance: 'Half', startsAt })
  world.scoring.addRace(String(world.scored.event_id), { race_name: 'Half' })
  const bibs = Array.from({ length: 12 }, (_, index) => String(700 + index))
  const added = makePeople({ seed: 9, year: 2026, bibs }).map(person =>
    world.registrations.add(later.eventId, { person }),
  )
  await run(connection.id)
  for (const { registrationId, bib } of added)
    world.registrations.edit(registrationId, { bib: (bib ?? 0) + 1000 })
  expect((await run(connection.id)).operation).toMatchObject({ status: 'completed', pushedRecords: 12 })
})

test('who is gone is never deleted in scoring but listed', async () => {
  const connection = await open()
  await run(connection.id)
  world.registrations.remove(world.added[2]?.registrationId ?? 0, 'removed')
  await run(connection.id)
  expect(entries()).toHaveLength(20)
  const left = await world.call().sync.leftAtTarget({ connectionId: connection.id })
  expect(left).toMatchObject({ count: 1, people: [{ bibNumber: '3', registrationStatus: 'withdrawn' }] })
})

const isWrite = (call: string): boolean => !call.startsWith('GET')
