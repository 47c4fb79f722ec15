import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/race-morning.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld({ people: 12, clock: createTestClock() })
})
afterEach(() => world.stop())

async function ready() {
  const connection = await world.connect()
  const sync = () => world.call().sync.manual({ connectionId: connection.id, wait: true })
  await sync()
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  if (!day) throw new Error('no race day came with the events')
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', raceDayId: day.id })
  const read = async (...chips: string[]) => {
    const lines = chips.map((chip, n) => `TO~${n}~${chip}~160~18~${at + 60 * n}~12000C~8~-63~1~P~1`)
    await world.call().timing.import({ sessionId: session.id, location: 'Finish', text: lines.join('\n') })
  }
  return { day, connection, session, read, sync, eventId: day.events[0]?.id ?? '' }
}
const at = Date.parse('2026-05-09T08:31:00Z') / 1000
const who = async (bib: string) => {
  const [match] = (await world.call().raceDay.lookup({ bib })).matches
  if (!match) throw new Error(`nobody wears ${bib}`)
  return match
}
const linkRows = () =>
  new Map(
    world
      .store()
      .read.all<{ id: number }>('SELECT read_id AS id, state, route, participant_id FROM read_links')
      .map(row => [row.id, JSON.stringify(row)]),
  )

describe('the supplier’s chip file', () => {
  const windows1252 = (text: string): File =>
    new File(
      [
        new Uint8Array([0xef, 0xbb, 0xbf]),
        new Uint8Array([...text].map(letter => (letter === '’' ? 0x92 : letter.charCodeAt(0)))),
      ],
      'chips.csv',
    )

  test('in Windows-1252 behind a mark of UTF-8, with line breaks in quotes: each row is taken, or refused with its line', async () => {
    const { day } = await ready()
    const text =
      'Bib;Läufer’s name;Chip A;Chip B\r\n1;"Zoë\r\nMüller";AA1;AA2\r\n2;Bo;;\r\n;Cy;AA4;\r\n3;"D\nE";"AA\n5";\r\n4;Ed;AA6;\r\n'
    const answer = await world.call().desk.previewChipFile({ id: day.id, file: windows1252(text) })
    expect(answer).toMatchObject({
      ...{
        encoding: 'windows-1252',
        delimiter: ';',
        header: true,
        chipColumns: [2, 3],
        bibColumn: 0,
        rows: 5,
      },
      changes: { added: 3, kept: 0, moved: 0, bare: 10 },
    })
    expect(answer.sample[0]?.[1]).toBe('Läufer’s name')
    expect(answer.changes?.refusedRows.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'no chip'],
      [5, 'no bib'],
      [6, 'a line break in it'],
    ])
  })

  test('in UTF-16, by tabs and without a header: the columns are known by the bibs that are worn', async () => {
    const { day } = await ready()
    const text = '\uFEFFE28011\t1\nE28012\t2\n'
    const bytes = new Uint8Array(new Uint16Array([...text].map(letter => letter.charCodeAt(0))).buffer)
    expect(
      await world.call().desk.previewChipFile({ id: day.id, file: new File([bytes], 'a.txt') }),
    ).toMatchObject({ encoding: 'utf-16le', header: false, chipColumns: [0], bibColumn: 1, rows: 2 })
  })

  test('says before and after what it changes, and changes nothing before', async () => {
    const { day } = await ready()
    const first = 'chip,bib\nA1,1\nA2,1\nA3,3\n'
    expect((await world.call().desk.importChipFile({ id: day.id, text: first })).changes).toMatchObject({
      added: 3,
    })
    const second = { id: day.id, text: 'chip,bib\nA1,1\nA2,2\nA9,700\nA2,4\n', replace: true }
    const said = {
      ...{ kept: 1, added: 1, moved: 1, removed: 1, doubled: 1, unworn: 1 },
      movedChips: [{ chip: 'A2', from: '1', bib: '4' }],
      removedChips: [{ chip: 'A3', bib: '3' }],
      doubledChips: [{ chip: 'A2', bibs: ['2', '4'] }],
      unwornBibs: ['700'],
    }
    expect((await world.call().desk.previewChipFile(second)).changes).toMatchObject(said)
    expect((await who('3')).bibChips).toEqual(['A3'])
    expect((await world.call().desk.importChipFile(second)).changes).toMatchObject(said)
    expect((await who('3')).bibChips).toEqual([])
    expect((await who('4')).bibChips).toEqual(['A2'])
    expect((await world.call().desk.previewChipFile(second)).changes).toMatchObject({ kept: 3, moved: 0 })
  })

  test('that is no table is refused in words', async () => {
    const { day } = await ready()
    const refused = (text: string) => world.call().desk.previewChipFile({ id: day.id, text })
    await expect(refused('')).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(refused('<html>\n<body>Log in')).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(refused('chip,bib\nA1,1\n"A2,2\n')).rejects.toThrow(/line \d+, a quote is opened/)
    await expect(world.call().desk.importChipFile({ id: day.id, text: 'x,y\nQ,W\n' })).rejects.toThrow(
      'which column',
    )
  })
})

describe('a new bib', () => {
  test('brings its chips and frees the old ones, and touches no other read', async () => {
    const { day, read } = await ready()
    await world.call().desk.importChipFile({ id: day.id, text: 'chip,bib\nC1,1\nC2,2\nC900,900\nD900,900\n' })
    await read('C1', 'C2', 'C900', 'D900', '3', '4', '5')
    const person = await who('1')
    expect(person.reads.map(one => one.chip)).toEqual(['C1'])
    const before = linkRows()
    await world.call().raceDay.decide({ id: person.id, field: 'bib_number', value: '900' })
    await eventually(async () =>
      expect((await who('900')).reads.map(one => one.chip).sort()).toEqual(['C900', 'D900']),
    )
    const touched = [...linkRows()].filter(([id, row]) => before.get(id) !== row)
    expect(touched).toHaveLength(3)
    expect((await world.call().timing.unlinked({})).groups).toMatchObject([
      { chip: 'C1', reason: 'unknown-bib' },
    ])
  })

  test('that the organiser moved to somebody else is taken, and both are said with who has the reads', async () => {
    const { day, sync } = await ready()
    await world.callAs('crew', 'Ann').raceDay.decide({
      id: (await who('3')).id,
      field: 'bib_number',
      value: '4',
    })
    const third = (await who('4')).id
    expect((await world.call().desk.doubleBibs({ id: day.id })).bibs).toMatchObject([
      { bib: '4', linksTo: third, wearers: [{ id: third, decidedBy: 'Ann' }, { decidedBy: null }] },
    ])
    world.registrations.edit(world.added[3]?.registrationId ?? 0, { bib: 44 })
    world.registrations.edit(world.added[4]?.registrationId ?? 0, { bib: 4 })
    await sync()
    const [bib] = (await world.call().desk.doubleBibs({ id: day.id })).bibs
    expect(bib?.wearers.map(wearer => wearer.id)).toEqual([third, (await who('4')).sameBib[0]?.id])
    expect(await who('4')).toMatchObject({ id: third, bibLinksTo: third })
  })
})

describe('chips of two who wore each other’s bib', () => {
  test('are swapped with all reads, and back', async () => {
    const { read } = await ready()
    await read('1', '2')
    const [one, two] = [await who('1'), await who('2')]
    const swapped = await world.callAs('crew', 'Ann').desk.swapChips({ id: one.id, withId: two.id })
    expect(swapped).toMatchObject({
      reads: [{ chip: '2', route: 'chip-assignment' }],
      chipsSwappedWith: { id: two.id },
    })
    await expect(world.call().desk.swapChips({ id: one.id, withId: two.id })).rejects.toThrow(
      'by hand already',
    )
    expect(await world.call().desk.takeBackSwap({ id: two.id, withId: one.id })).toMatchObject({
      reads: [{ chip: '2', route: 'bib' }],
      chipsSwappedWith: null,
    })
  })
})

describe('a registration that the provider transferred', () => {
  const lisa = { firstName: 'Lisa', lastName: 'Wexford', gender: 'F' as const, dateOfBirth: '1991-04-05' }
  const prepared = async () => {
    const { sync, read, connection } = await ready()
    const [registration] = world.registrations.active(world.event.eventId)
    if (!registration) throw new Error('nobody registered')
    const ann = world.callAs('crew', 'Ann')
    const before = await who(String(registration.bib))
    await ann.raceDay.decide({ id: before.id, field: 'bib_number', value: '900' })
    await ann.raceDay.decide({ id: before.id, field: 'note', value: 'knee' })
    await read('900')
    return { sync, registration, before, connection }
  }

  test('to another person hands on the bib that the desk gave, and its reads; not what was noted of the first', async () => {
    const { sync, registration, before } = await prepared()
    world.registrations.transfer(registration.registrationId, {
      person: { ...registration.person, ...lisa, bib: null },
    })
    await sync()
    const taker = await who('900')
    expect(taker).toMatchObject({ lastName: 'Wexford', note: null, sameBib: [], reads: [{ chip: '900' }] })
    expect(taker.id).not.toBe(before.id)
    expect(await world.call().raceDay.participant({ id: before.id })).toMatchObject({
      registrationStatus: 'transferred',
      reads: [],
    })
    const actions = (await world.call().system.audit({})).entries.map(entry => entry.action)
    expect(actions).toContain('decisions followed a transfer')
  })

  test('to another event takes all of the same person along', async () => {
    const { sync, registration, connection } = await prepared()
    const half = world.registrations.addEvent(world.event.raceId, {
      name: 'Half',
      distance: 'Half Marathon',
      startsAt: world.event.startsAt,
    })
    await world.call().sync.manual({ connectionId: connection.id, operation: 'events', wait: true })
    world.registrations.transfer(registration.registrationId, { eventId: half.eventId })
    await sync()
    expect(await who('900')).toMatchObject({ eventName: 'Half', note: 'knee', reads: [{ chip: '900' }] })
  })
})

describe('a walk-up', () => {
  const zoe = { firstName: 'Zoë', lastName: 'Müller-Ortiz', bibNumber: '900', dateOfBirth: '1988-02-03' }

  test('is taken back while nothing hangs on it; else it is said what does', async () => {
    const { eventId, read } = await ready()
    const ann = world.callAs('crew', 'Ann')
    const first = await ann.raceDay.addWalkUp({ eventId, ...zoe })
    expect(await ann.desk.takeBackWalkUp({ id: first.id })).toEqual({ success: true })
    expect((await world.call().raceDay.lookup({ q: 'zoe muller' })).matches).toEqual([])
    expect((await world.call().raceDay.lookup({ bib: '900' })).matches).toEqual([])
    const second = await ann.raceDay.addWalkUp({ eventId, ...zoe })
    await read('900')
    await world.callAs('crew', 'Bo').raceDay.decide({ id: second.id, field: 'note', value: 'late' })
    await expect(ann.desk.takeBackWalkUp({ id: second.id })).rejects.toThrow(
      '1 read is linked to it, somebody else decided something of it',
    )
    await expect(ann.desk.takeBackWalkUp({ id: (await who('1')).id })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('is offered to be joined to the registration that came later; reads and decisions follow, and back', async () => {
    const { eventId, read, day, sync } = await ready()
    const ann = world.callAs('crew', 'Ann')
    const people = (await world.call().raceDay.participants({ eventId })).participants
    const target = people.find(person => person.dateOfBirth !== null)
    if (!target?.dateOfBirth) throw new Error('nobody has a birth date')
    const walkUp = await ann.raceDay.addWalkUp({
      ...{ eventId, bibNumber: '900', dateOfBirth: target.dateOfBirth },
      ...{ firstName: target.firstName?.toUpperCase() ?? '', lastName: `${target.lastName}’` },
    })
    await ann.raceDay.decide({ id: walkUp.id, field: 'checked_in_at', value: 5000 })
    await read('900')
    const [offer] = (await world.call().raceDay.participant({ id: target.id })).joinOffers
    expect(offer).toMatchObject({ id: walkUp.id, because: 'name', bibNumber: '900' })
    expect(walkUp.joinOffers).toMatchObject([{ id: target.id, walkUpId: walkUp.id }])
    const joined = await ann.desk.joinWalkUp({ id: walkUp.id, withId: target.id })
    expect(joined).toMatchObject({
      ...{ id: target.id, bibNumber: '900', checkedInAt: 5000, joinOffers: [], sameBib: [] },
      reads: [{ chip: '900' }],
      joined: [{ id: walkUp.id }],
    })
    expect((await world.call().raceDay.lookup({ bib: '900' })).matches.map(one => one.id)).toEqual([
      target.id,
    ])
    expect((await world.call().raceDay.counts({ id: day.id })).registered).toBe(12)
    const { operation } = await sync()
    expect(operation?.status).toBe('completed')
    const bibs = world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) }).map(e => e.entry_bib)
    expect(bibs.filter(bib => bib === '900')).toHaveLength(1)
    const apart = await ann.desk.splitWalkUp({ id: walkUp.id })
    expect(apart).toMatchObject({ id: walkUp.id, bibNumber: '900', reads: [{ chip: '900' }] })
    expect(await world.call().raceDay.participant({ id: target.id })).toMatchObject({
      ...{ bibNumber: target.bibNumber, checkedInAt: null, reads: [], joined: [] },
    })
    const actions = (await world.call().system.audit({})).entries.map(entry => entry.action)
    expect(actions).toEqual(expect.arrayContaining(['walk-up joined', 'walk-up split']))
  })
})
